import type { ProcessIdentity } from './processes.ts';

/** One live process of this user, as the operating system sees it. */
export interface MachineProcess {
  readonly identity: ProcessIdentity;
  readonly parent: number;
  readonly group: number;
  /** When it was started, milliseconds since 1970. */
  readonly since: number;
  /** Bytes in memory, shared pages included. */
  readonly memory: number;
  /** Milliseconds of processor time so far. */
  readonly cpu: number;
  /** Its command line, at most some hundred characters. */
  readonly command: string;
  /** The variables of its first environment whose names begin with `MASTERPLAN_`, as far as we may see them. */
  readonly marks: Readonly<Record<string, string>>;
}

/** What can be measured of the machine that we are on. A limit of a container around us counts as the machine's. */
export interface Machine {
  /** Bytes. */
  memory(): { readonly available: number; readonly total: number };
  /** Processes that want to run, averaged over the last minute; and how many can at once. */
  load(): { readonly one: number; readonly cores: number };
  /** Bytes that we may still write where `path` is; `undefined` where nobody says. */
  free(path: string): Promise<number | undefined>;
  /** Live processes of this user, by pid. */
  processes(): readonly MachineProcess[];
}
