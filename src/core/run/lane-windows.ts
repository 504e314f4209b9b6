/** How something is known of a limit: the program told it in a field, or in words for people. */
export type ToldBy = 'event' | 'message';

/** What is known of one window of a lane's limit. */
export interface KnownWindow {
  /** Percent that is used; missing where only its end was told. */
  readonly used?: number;
  /** When it begins anew; milliseconds since 1970. */
  readonly resetsAt?: number;
  /** What is left where that is told in something else than percent. */
  readonly left?: string;
  readonly by: ToldBy;
  /** When it was told; milliseconds since 1970. */
  readonly seen: number;
}

/** Percent used from which an account counts as full when there is another one. */
const FULL = 98;

/** Whether nothing says that an account is as good as used up at `now`. What is not known counts as room. */
export function hasRoom(windows: Readonly<Record<string, KnownWindow>> | undefined, now: number): boolean {
  return Object.values(windows ?? {}).every(
    ({ used, resetsAt }) => (used ?? 0) < FULL || (resetsAt !== undefined && resetsAt <= now),
  );
}
