import type { ElsewhereScope } from '../../core/run/obstacle.ts';
import { granted, type Share } from '../../core/run/shares.ts';
import type { Io } from '../../io/io.ts';
import type { ProcessIdentity } from '../../io/processes.ts';
import { acquireLock } from '../log/lock.ts';

/** What one process of masterplan has in its hands, and would like; one file each in the folder of the machine. */
export interface Entry extends Share {
  readonly schema: 1;
  readonly process: ProcessIdentity;
  readonly run: string;
  readonly slug: string;
  readonly root: string;
  /** When it was written, milliseconds since 1970: who has not written for long does not wait any more. */
  readonly at: number;
  /** How much of each class of things its tasks have. */
  readonly resources: Readonly<Record<string, number>>;
  /** Scopes of its tasks under way. */
  readonly scopes?: readonly HeldScope[];
}

/** A scope in use. */
export type HeldScope = Pick<ElsewhereScope, 'task' | 'scope'>;

/** What is asked of the machine: what is under way, and what else would be started if there was room. */
export interface Demand {
  readonly using: number;
  readonly wants: number;
  readonly resources: Readonly<Record<string, number>>;
  readonly scopes?: readonly HeldScope[];
}

/** What others leave. */
export interface Left {
  readonly agents?: number;
  readonly taken: Readonly<Record<string, number>>;
  readonly scopes?: readonly ElsewhereScope[];
}

/** Milliseconds after which an entry that was not renewed waits for nothing: its process is stopped, or stuck. */
const STALE = 15_000;
/** Milliseconds for which a lock that others hold is waited for: they hold it for a few. */
const PATIENCE = 2_000;

/**
 * The register of what runs on a machine, in a folder of the user: one file for each process of masterplan, changed under a lock. An
 * entry counts as long as its process lives, which its identity says and not its pid alone; so a crash gives back what it had.
 */
export class Registry {
  readonly #io: Io;
  readonly #directory: string;
  readonly #self: Pick<Entry, 'id' | 'run' | 'slug' | 'root'>;
  #since = 0;

  constructor(io: Io, directory: string, run: Pick<Entry, 'run' | 'slug' | 'root'>) {
    this.#io = io;
    this.#directory = directory;
    const { pid, started } = io.processes.self();
    this.#self = { ...run, id: `${pid}-${started.replace(/\W+/g, '_')}-${run.run}` };
  }

  /**
   * Asks for room. `measure` says what is wanted when others leave so much; what it says with the agents that were granted is noted
   * before anybody else can ask. `limit`: agents on this machine altogether; `undefined`: as many as anybody likes. Without an answer
   * (others hold the lock) nothing is granted.
   */
  async ask(limit: number | undefined, measure: (left: Left) => Demand): Promise<Left & { readonly wants: number }> {
    return this.#locked(
      async (others) => {
        const taken: Record<string, number> = {};
        for (const { resources } of others)
          for (const [name, amount] of Object.entries(resources)) taken[name] = (taken[name] ?? 0) + amount;
        const scopes = scopesOf(others, this.#self.root);
        const demand = measure({ taken, scopes });
        const now = this.#io.clock.now();
        if (demand.wants === 0) this.#since = 0;
        else if (this.#since === 0) this.#since = now;
        const own: Share = { id: this.#self.id, using: demand.using, wants: demand.wants, since: this.#since };
        const agents = limit === undefined ? undefined : granted([...others, own], limit, own.id);
        const given = measure({ taken, scopes, ...(agents === undefined ? {} : { agents }) });
        if (given.wants > 0) this.#since = now;
        const wants = Math.max(0, demand.wants - given.wants);
        await this.#write({ ...given, using: given.using + given.wants, wants });
        return { taken, scopes, wants: demand.wants, ...(agents === undefined ? {} : { agents }) };
      },
      { taken: {}, scopes: [], agents: 0, wants: measure({ taken: {} }).wants },
    );
  }

  /** Gives everything back. */
  async leave(): Promise<void> {
    await this.#io.files.remove(this.#path(this.#self.id)).catch(() => undefined);
  }

  async #write(demand: Demand): Promise<void> {
    const entry: Entry = {
      schema: 1,
      ...this.#self,
      process: this.#io.processes.self(),
      ...demand,
      since: this.#since,
      at: this.#io.clock.now(),
    };
    await this.#io.files.write(this.#path(this.#self.id), `${JSON.stringify(entry)}\n`, { durable: false });
  }

  async #locked<T>(work: (others: readonly Entry[]) => Promise<T>, otherwise: T): Promise<T> {
    const { clock, files } = this.#io;
    await files.makeDirectory(`${this.#directory}/runs`);
    const start = clock.monotonic();
    for (let pause = 2; ; pause = Math.min(pause * 2, 50)) {
      // It throws when too many come at once: that is a lock that others hold, too.
      const lock = await acquireLock(this.#io, this.#directory, 'machine').catch(() => undefined);
      if (lock?.ok === true) {
        try {
          const entries = await entriesIn(this.#io, this.#directory, true);
          return await work(entries.filter(({ id }) => id !== this.#self.id));
        } finally {
          await lock.value.release();
        }
      }
      if (clock.monotonic() - start > PATIENCE) return otherwise;
      await clock.wait(pause);
    }
  }

  #path(id: string): string {
    return `${this.#directory}/runs/${id}.json`;
  }
}

/** Scopes that runs in a repository have in use. */
export function scopesOf(entries: readonly Entry[], root: string): ElsewhereScope[] {
  return entries.flatMap((entry) =>
    entry.root === root ? (entry.scopes ?? []).map(({ task, scope }) => ({ run: entry.slug, task, scope })) : [],
  );
}

/** What is noted of live processes. `prune`: entries of dead ones are removed on the way. */
export async function entriesIn(io: Io, directory: string, prune = false): Promise<readonly Entry[]> {
  const found: Entry[] = [];
  for (const name of await io.files.list(`${directory}/runs`)) {
    const path = `${directory}/runs/${name}`;
    const entry = name.endsWith('.json') ? await readEntry(io, path) : undefined;
    if (entry === undefined) continue;
    if ((await io.processes.liveness(entry.process)) === 'dead') {
      if (prune) await io.files.remove(path).catch(() => undefined);
      continue;
    }
    found.push(io.clock.now() - entry.at > STALE ? { ...entry, wants: 0 } : entry);
  }
  return found;
}

async function readEntry(io: Io, path: string): Promise<Entry | undefined> {
  try {
    const bytes = await io.files.read(path, 1024 * 1024);
    if (bytes === undefined) return undefined;
    const entry = JSON.parse(new TextDecoder().decode(bytes)) as Entry;
    const whole =
      entry.schema === 1 &&
      typeof entry.id === 'string' &&
      Number.isSafeInteger(entry.using) &&
      Number.isSafeInteger(entry.wants) &&
      typeof entry.process.pid === 'number' &&
      typeof entry.resources === 'object' &&
      (entry.scopes === undefined || Array.isArray(entry.scopes));
    return whole ? entry : undefined;
  } catch {
    // Written by another release, or torn by a power cut: it says nothing.
    return undefined;
  }
}
