import type { AppendFile, Files } from '../../src/io/files.ts';
import type { Hands } from './simulate.ts';

/**
 * Guards of the production code, each taken away through what the simulator hands in. A seed must fail without it: a guard
 * that nothing misses is either not needed, or not tested.
 */
export const SABOTAGES: Readonly<Record<string, Hands>> = {
  'merge looks for what has landed': {
    git: (git) => wrap(git, { landed: () => Promise.resolve([]) }),
  },
  'launch looks for the orphan by its nonce': {
    io: (io) => ({ ...io, processes: wrap(io.processes, { find: () => Promise.resolve([]) }) }),
  },
  'publish compares the base': {
    git: (git) =>
      wrap(git, {
        publish: async (branch: string, commit: string) => git.publish(branch, commit, await git.branchTip(branch)),
      }),
  },
  'the log is synced before anything follows from it': {
    io: (io) => ({ ...io, files: withAppend(io.files, (file) => new HastyFile(file)) }),
  },
  'the lock is looked at before each write': {
    owned: (run) => {
      run.lock.check = () => Promise.resolve(true);
      return run;
    },
  },
  'a group is durable as a whole': {
    owned: (run) => {
      const append = run.log.append.bind(run.log);
      run.log.append = async (events, request) => {
        const recorded = [];
        for (const event of events) recorded.push(...(await append([event], request)));
        return recorded;
      };
      return run;
    },
  },
  'work is collected before its worktree is tidied': {
    git: (git, life) =>
      wrap(git, {
        collect: async (
          path: string,
          scratch: string,
          base: string,
          name: string,
          text: { readonly message: string; readonly date: number },
        ) => {
          const refs = life.machine.git.queueRefs;
          const before = new Map(refs);
          const collected = await git.collect(path, scratch, base, name, text);
          // Everything is as if it had been kept, but for the ref.
          refs.clear();
          for (const [ref, commit] of before) refs.set(ref, commit);
          return collected;
        },
      }),
  },
  'leased ports are written down': {
    io: (io) => ({
      ...io,
      files: wrap(io.files, {
        write: (path: string, content: Uint8Array | string) =>
          path.endsWith('/leases.json') ? Promise.resolve() : io.files.write(path, content),
      }),
    }),
  },
  'a verdict counts only for its own tree': {
    io: (io) => ({
      ...io,
      processes: wrap(io.processes, {
        run: async (...args: Parameters<typeof io.processes.run>) => {
          const finished = await io.processes.run(...args);
          return finished.ended === 'exited' ? { ...finished, code: 0 } : finished;
        },
      }),
    }),
  },
};

/** The same object with some methods replaced; the others keep their `this`. */
function wrap<T extends object>(inner: T, replaced: Partial<T>): T {
  return new Proxy(inner, {
    get(target, name) {
      const own: unknown = Reflect.get(replaced, name);
      if (own !== undefined) return own;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

function withAppend(files: Files, change: (file: AppendFile) => AppendFile): Files {
  return wrap(files, { openAppend: async (path: string) => change(await files.openAppend(path)) });
}

/** Says that it has written before it has. */
class HastyFile implements AppendFile {
  readonly #file: AppendFile;
  #before: Promise<unknown> = Promise.resolve();
  constructor(file: AppendFile) {
    this.#file = file;
  }
  get size(): number {
    return this.#file.size;
  }
  append(content: Uint8Array): Promise<void> {
    this.#before = this.#before.then(() => this.#file.append(content)).catch(() => undefined);
    return Promise.resolve();
  }
  async truncate(size: number): Promise<void> {
    await this.#before;
    await this.#file.truncate(size);
  }
  async close(): Promise<void> {
    await this.#before;
    await this.#file.close();
  }
}
