/** Files of one attempt. */
export interface AttemptPlace {
  /** `T3#2`. */
  readonly name: string;
  readonly worktree: string;
  /** Git directory of the worktree. */
  readonly scratch: string;
  /** Directory with the brief, and where the digest and the exit code arrive. */
  readonly inputs: string;
  /** Process record: written before the start as an intent, and again with the process once it runs. */
  readonly record: string;
  readonly transcript: string;
  /** Where the exit code arrives; without it `exit` in `inputs`. */
  readonly exit?: string;
  /** What the agent reads; without it `brief.md` in `inputs`. */
  readonly brief?: string;
  /** Beside what every agent gets. */
  readonly env?: Readonly<Record<string, string>>;
}
