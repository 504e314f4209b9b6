/** Why an agent did not do its work, whoever says so. One of these, and exactly one, is the end of a failed attempt. */
export type FailureClass =
  | 'authentication'
  | 'forbidden'
  | 'billing'
  | 'usage-limit'
  | 'rate-limit'
  | 'overloaded'
  | 'server'
  | 'connection'
  | 'overflow'
  | 'refusal'
  | 'turns'
  | 'budget'
  | 'misconfigured'
  | 'session'
  | 'protocol'
  | 'silent'
  | 'died'
  | 'vanished'
  | 'unknown';

interface FailurePolicy {
  /** For people. */
  readonly about: string;
  /**
   * What becomes of the account's lane: `park` until the limit ends, `pause` shortly and try again, `stop` until a person
   * mends it, `open`: nothing is wrong with it.
   */
  readonly lane: 'park' | 'pause' | 'stop' | 'open';
  /** Whether it is the attempt's own fault and counts against the attempts of its task. */
  readonly counts: boolean;
}

/** What each class means for the run. */
export const FAILURES: Readonly<Record<FailureClass, FailurePolicy>> = {
  authentication: { about: 'it is not logged in, or its key is not accepted', lane: 'stop', counts: false },
  forbidden: { about: 'the account may not use the model', lane: 'stop', counts: false },
  billing: { about: 'the account has no credit', lane: 'stop', counts: false },
  'usage-limit': { about: 'the usage limit of the account is reached', lane: 'park', counts: false },
  'rate-limit': { about: 'the account sends too many requests', lane: 'pause', counts: false },
  overloaded: { about: 'the model server is overloaded', lane: 'pause', counts: false },
  server: { about: 'the model server failed', lane: 'pause', counts: false },
  connection: { about: 'the model server could not be reached, or hung up', lane: 'pause', counts: false },
  overflow: { about: 'the conversation no longer fits into the model', lane: 'open', counts: true },
  refusal: { about: 'the model refused', lane: 'open', counts: true },
  turns: { about: 'it took more turns than it may', lane: 'open', counts: true },
  budget: { about: 'it spent more than it may', lane: 'open', counts: true },
  misconfigured: { about: 'the program does not start as it is configured', lane: 'stop', counts: false },
  session: { about: 'the conversation to go on with is not there', lane: 'open', counts: false },
  protocol: { about: 'it does not speak the protocol that was expected', lane: 'open', counts: true },
  silent: { about: 'it was silent for too long', lane: 'pause', counts: true },
  died: { about: 'it died', lane: 'open', counts: false },
  vanished: { about: 'its worktree was taken away while it worked', lane: 'open', counts: false },
  unknown: { about: 'it failed', lane: 'open', counts: true },
};

export const FAILURE_CLASSES = Object.keys(FAILURES) as readonly FailureClass[];
