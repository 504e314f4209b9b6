/** The verify command that did not pass, with what is worth telling the next attempt. */
export interface FailedCheck {
  readonly command: string;
  /** `null`: ended by a signal, by the time-out, or not startable; `reason` says which. */
  readonly exit_code: number | null;
  readonly reason: string;
  /** Last lines of its output, printable, at most 2,000 characters. */
  readonly tail: string;
}
