import { err, ok, type Result } from '../base/result.ts';
import { sha256 } from '../base/sha256.ts';

/** What belongs to one worktree or checkout alone, on the whole machine, until it is removed. */
export interface Lease {
  /** Names what is made for it: containers, queues, buckets. Fit for a compose project and a host name. */
  readonly name: string;
  /** The same, fit for a database: letters, digits and underscores, at most 63. */
  readonly db: string;
  /** The first port of each name. */
  readonly ports: Readonly<Record<string, number>>;
}

/** A directory that somebody works in, and for which task. */
export interface LeasedPlace {
  /** Absolute path: it makes the names distinct between repositories, runs and attempts. */
  readonly path: string;
  readonly slug: string;
  readonly task: string;
}

/** The names of a place. They follow from its path alone, so they are the same after a crash. */
export function namesOf(place: LeasedPlace): Pick<Lease, 'name' | 'db'> {
  const hash = sha256(place.path).slice(0, 8);
  const name = ['mp', plain(place.slug).slice(0, 20), plain(place.task).slice(0, 16), hash]
    .filter((part) => part !== '')
    .join('-');
  return { name, db: name.replaceAll('-', '_') };
}

function plain(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
}

/** Variables that every process in the place gets, whatever the configuration says. */
export function variablesOf(place: LeasedPlace, lease: Lease): Record<string, string> {
  const variables: Record<string, string> = {
    MASTERPLAN_WORKTREE: place.path,
    MASTERPLAN_NAME: lease.name,
    MASTERPLAN_DB: lease.db,
    COMPOSE_PROJECT_NAME: lease.name,
  };
  for (const [port, number] of Object.entries(lease.ports)) variables[portVariable(port)] = String(number);
  return variables;
}

/** `web-admin` → `MASTERPLAN_PORT_WEB_ADMIN`. */
export function portVariable(port: string): string {
  return `MASTERPLAN_PORT_${port.toUpperCase().replaceAll('-', '_')}`;
}

/** `{port:web}`, `{name}`, `{db}`, `{worktree}`, `{task}`; every other brace is text. */
const PLACEHOLDER = /\{(?:port:([a-z][a-z0-9-]*)|name|db|worktree|task)\}/g;

/** Puts the values of a place into a text. An error names the port that is not leased. */
export function expand(text: string, place: LeasedPlace, lease: Lease): Result<string, string> {
  let missing: string | undefined;
  const values: Readonly<Record<string, string>> = {
    '{name}': lease.name,
    '{db}': lease.db,
    '{worktree}': place.path,
    '{task}': place.task,
  };
  const expanded = text.replaceAll(PLACEHOLDER, (whole: string, port: string | undefined) => {
    if (port === undefined) return values[whole] ?? whole;
    const number = Object.hasOwn(lease.ports, port) ? lease.ports[port] : undefined;
    if (number === undefined) missing ??= port;
    return String(number);
  });
  return missing === undefined ? ok(expanded) : err(`{port:${missing}} is not among environment.ports`);
}

/** Ports that a text asks for. */
export function portsIn(text: string): string[] {
  return [...text.matchAll(PLACEHOLDER)].flatMap(([, port]) => (port === undefined ? [] : [port]));
}
