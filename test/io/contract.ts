import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Clock } from '../../src/io/clock.ts';
import { FileError, type Files } from '../../src/io/files.ts';
import type { ProcessIdentity, Processes, Program } from '../../src/io/processes.ts';
import type { Random } from '../../src/io/random.ts';

/**
 * What every version of `Io` promises, real or simulated. A maker builds a fresh world for each test; where time is
 * simulated, its `drive` lets time pass until the given work is done.
 */
interface World {
  drive?<T>(work: Promise<T>): Promise<T>;
  dispose?(): Promise<void>;
}

/** Runs each test in a world of its own. */
function worlds<W extends World>(make: () => Promise<W>): { (): W; drive<T>(work: Promise<T>): Promise<T> } {
  let world: W | undefined;
  beforeEach(async () => {
    world = await make();
  });
  afterEach(async () => {
    await world?.dispose?.();
    world = undefined;
  });
  const current = (): W => {
    if (world === undefined) throw new Error('no world outside of a test');
    return world;
  };
  return Object.assign(current, { drive: <T>(work: Promise<T>) => current().drive?.(work) ?? work });
}

const text = (bytes: Uint8Array | undefined): string | undefined => bytes && new TextDecoder().decode(bytes);
const bytes = (content: string): Uint8Array => new TextEncoder().encode(content);

export interface FilesWorld extends World {
  readonly files: Files;
  /** An empty directory. */
  readonly directory: string;
  /** Plants a symbolic link. */
  link(target: string, path: string): Promise<void>;
}

export function filesContract(name: string, make: () => Promise<FilesWorld>): void {
  describe(`${name}: files`, () => {
    const world = worlds(make);
    const at = (path: string): string => `${world().directory}/${path}`;
    const refusal = async (work: Promise<unknown>): Promise<string> => {
      const error = await work.then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(FileError);
      expect((error as FileError).message).not.toMatch(/^[A-Z0-9]+:|syscall| '\//);
      return (error as FileError).code;
    };

    test('a file that is not there is undefined, and nothing else', async () => {
      const { files } = world();
      expect(await files.read(at('no'))).toBeUndefined();
      expect(await files.readRange(at('no'), 0, 10)).toBeUndefined();
      expect(await files.stat(at('no'))).toBeUndefined();
      expect(await files.list(at('no'))).toEqual([]);
      expect(await refusal(files.read(world().directory))).toBe('EISDIR');
    });

    test('what was written is read, whole and in ranges', async () => {
      const { files } = world();
      const content = Uint8Array.from({ length: 70_000 }, (_, i) => i % 251);
      await files.write(at('a'), content);
      expect(await files.read(at('a'))).toEqual(content);
      expect(await files.readRange(at('a'), 69_990, 100)).toEqual(content.slice(69_990));
      expect(await files.readRange(at('a'), 5, 3)).toEqual(content.slice(5, 8));
      expect(await files.readRange(at('a'), 80_000, 3)).toEqual(new Uint8Array());
      await files.write(at('a'), 'grün');
      expect(text(await files.read(at('a')))).toBe('grün');
      await files.write(at('a'), '');
      expect(await files.read(at('a'))).toEqual(new Uint8Array());
      expect(await files.list(world().directory)).toEqual(['a']);
    });

    test('a file beyond the limit is refused', async () => {
      const { files } = world();
      await files.write(at('a'), '12345');
      expect(text(await files.read(at('a'), 5))).toBe('12345');
      expect(await refusal(files.read(at('a'), 4))).toBe('EFBIG');
    });

    test('stat tells what a path is without following links', async () => {
      const { files, link } = world();
      await files.write(at('file'), 'four');
      await files.makeDirectory(at('directory'));
      await link(at('file'), at('link'));
      expect(await files.stat(at('file'))).toMatchObject({ kind: 'file', size: 4 });
      expect(await files.stat(at('directory'))).toMatchObject({ kind: 'directory' });
      expect(await files.stat(at('link'))).toMatchObject({ kind: 'link' });
    });

    test('names are sorted by code unit', async () => {
      const { files } = world();
      for (const name of ['b', 'a', 'Z', 'ä', '10', '9']) await files.write(at(name), '');
      expect(await files.list(world().directory)).toEqual(['10', '9', 'Z', 'a', 'b', 'ä']);
      expect(await refusal(files.list(at('a')))).toBe('ENOTDIR');
    });

    test('of many creators exactly one wins, and its content is whole', async () => {
      const { files } = world();
      const content = (i: number): string => `creator ${i} `.repeat(500);
      const won = await Promise.all(Array.from({ length: 20 }, (_, i) => files.create(at('a'), content(i))));
      expect(won.filter(Boolean)).toHaveLength(1);
      expect(text(await files.read(at('a')))).toBe(content(won.indexOf(true)));
      expect(await files.list(world().directory)).toEqual(['a']);
      expect(await files.create(at('a'), 'late')).toBe(false);
    });

    test('directories are made with their parents, and again', async () => {
      const { files } = world();
      await files.makeDirectory(at('x/y/z'));
      await files.makeDirectory(at('x/y/z'));
      expect(await files.stat(at('x/y/z'))).toMatchObject({ kind: 'directory' });
      await files.write(at('file'), '');
      expect(await refusal(files.makeDirectory(at('file')))).toBe('ENOTDIR');
      expect(await refusal(files.write(at('absent/a'), ''))).toBe('ENOENT');
      expect(await refusal(files.create(at('absent/a'), ''))).toBe('ENOENT');
      expect(await refusal(files.openAppend(at('absent/a')))).toBe('ENOENT');
    });

    test('removing what is gone is fine, removing a directory as a file is not', async () => {
      const { files } = world();
      await files.write(at('a'), '');
      await files.remove(at('a'));
      await files.remove(at('a'));
      expect(await files.stat(at('a'))).toBeUndefined();
      await files.makeDirectory(at('d'));
      expect(await refusal(files.remove(at('d')))).toBe('EISDIR');
    });

    test('a tree is removed as a whole, and what its links point to stays', async () => {
      const { files, link } = world();
      await files.makeDirectory(at('tree/a/b'));
      await files.makeDirectory(at('outside'));
      await files.write(at('outside/kept'), '');
      await files.write(at('tree/a/b/c'), '');
      await link(at('outside'), at('tree/a/link'));
      await files.removeTree(at('tree'));
      await files.removeTree(at('tree'));
      expect(await files.list(world().directory)).toEqual(['outside']);
      expect(await files.list(at('outside'))).toEqual(['kept']);
    });

    test('moving replaces a file and carries a directory', async () => {
      const { files } = world();
      await files.write(at('a'), 'new');
      await files.write(at('b'), 'old');
      await files.rename(at('a'), at('b'));
      expect(text(await files.read(at('b')))).toBe('new');
      await files.makeDirectory(at('d/e'));
      await files.write(at('d/e/f'), 'inside');
      await files.rename(at('d'), at('g'));
      expect(text(await files.read(at('g/e/f')))).toBe('inside');
      expect(await files.list(world().directory)).toEqual(['b', 'g']);
      expect(await refusal(files.rename(at('a'), at('b')))).toBe('ENOENT');
    });

    test('a planted link is refused and its target untouched', async () => {
      const { files, link } = world();
      await files.makeDirectory(at('victims'));
      await files.write(at('victims/file'), 'untouched');
      await link(at('victims/file'), at('file'));
      await link(at('victims'), at('directory'));
      await link(at('victims/absent'), at('dangling'));
      expect(await refusal(files.read(at('file')))).toBe('ELOOP');
      expect(await refusal(files.readRange(at('file'), 0, 1))).toBe('ELOOP');
      expect(await refusal(files.write(at('file'), 'x'))).toBe('ELOOP');
      expect(await refusal(files.write(at('dangling'), 'x'))).toBe('ELOOP');
      expect(await refusal(files.openAppend(at('file')))).toBe('ELOOP');
      expect(await refusal(files.openAppend(at('dangling')))).toBe('ELOOP');
      expect(await refusal(files.list(at('directory')))).toBe('ELOOP');
      expect(await refusal(files.makeDirectory(at('directory')))).toBe('ELOOP');
      expect(await refusal(files.makeDirectory(at('dangling/sub')))).toBe('ELOOP');
      expect(await refusal(files.removeTree(at('directory')))).toBe('ELOOP');
      expect(await files.create(at('file'), 'x')).toBe(false);
      expect(await files.create(at('dangling'), 'x')).toBe(false);
      expect(await files.list(at('victims'))).toEqual(['file']);
      expect(text(await files.read(at('victims/file')))).toBe('untouched');
      await files.remove(at('file'));
      expect(text(await files.read(at('victims/file')))).toBe('untouched');
    });

    test('an appended file grows, is cut, and is found again', async () => {
      const { files } = world();
      const first = await files.openAppend(at('log'));
      expect(first.size).toBe(0);
      await first.append(bytes('one\n'));
      await first.append(bytes('two\n'));
      expect(first.size).toBe(8);
      await first.truncate(4);
      expect(first.size).toBe(4);
      expect(await refusal(first.truncate(5))).toBe('EINVAL');
      await first.append(bytes('drei\n'));
      await first.close();
      await first.close();
      expect(await refusal(first.append(bytes('late')))).toBe('EBADF');
      const second = await files.openAppend(at('log'));
      expect(second.size).toBe(9);
      await second.append(bytes('vier\n'));
      expect(text(await files.read(at('log')))).toBe('one\ndrei\nvier\n');
      await second.close();
    });

    test('watching can be stopped, and a directory that is not there can be watched in vain', () => {
      const { files } = world();
      files.watch(world().directory, () => {}).close();
      files.watch(at('absent'), () => {}).close();
    });
  });
}

export interface ClockWorld extends World {
  readonly clock: Clock;
}

export function clockContract(name: string, make: () => Promise<ClockWorld>): void {
  describe(`${name}: clock`, () => {
    const world = worlds(make);

    test('waiting takes at least as long as asked', async () => {
      const { clock } = world();
      for (const ms of [0, 1, 20]) {
        const before = clock.monotonic();
        await world.drive(clock.wait(ms));
        expect(clock.monotonic() - before).toBeGreaterThanOrEqual(ms);
      }
      expect(Number.isInteger(clock.now())).toBe(true);
    });

    test('waiting ends at once when it is aborted, before or meanwhile', async () => {
      const { clock } = world();
      await clock.wait(1e9, AbortSignal.abort());
      const abort = new AbortController();
      const waiting = clock.wait(1e12, abort.signal);
      abort.abort();
      await waiting;
    });
  });
}

export function randomContract(name: string, make: () => Promise<World & { readonly random: Random }>): void {
  describe(`${name}: random`, () => {
    const world = worlds(make);

    test('hex digits, as many as asked, and never the same', () => {
      const drawn = Array.from({ length: 100 }, () => world().random.hex(8));
      for (const one of drawn) expect(one).toMatch(/^[0-9a-f]{16}$/);
      expect(new Set(drawn).size).toBe(drawn.length);
    });
  });
}

export interface ProcessesWorld extends World {
  readonly clock: Clock;
  readonly files: Files;
  readonly processes: Processes;
  /** An empty directory; the programs run in it. */
  readonly directory: string;
  /** Environment that the programs need. */
  readonly env: Readonly<Record<string, string>>;
  /** The few programs that the contract needs, as argument vectors. */
  readonly programs: {
    exit(code: number): Program['argv'];
    print(text: string): Program['argv'];
    sleep(ms: number): Program['argv'];
    /** Copies standard input to standard output. */
    readonly copy: Program['argv'];
    readonly missing: Program['argv'];
  };
}

export function processesContract(name: string, make: () => Promise<ProcessesWorld>): void {
  describe(`${name}: processes`, () => {
    const world = worlds(make);
    const program = (argv: Program['argv'], env: Record<string, string> = {}): Program => ({
      argv,
      cwd: world().directory,
      env: { ...world().env, ...env },
    });
    const at = (path: string): string => `${world().directory}/${path}`;
    const start = async (argv: Program['argv'], env?: Record<string, string>): Promise<ProcessIdentity> => {
      await world().files.write(at('in'), 'the brief');
      return world.drive(world().processes.start(program(argv, env), { stdin: at('in'), output: at('out') }));
    };
    /** Waits for a process to be gone, with a deadline. */
    const gone = async (identity: ProcessIdentity): Promise<void> => {
      const { clock, processes } = world();
      const until = clock.monotonic() + 30_000;
      while ((await processes.liveness(identity)) === 'alive') {
        expect(clock.monotonic()).toBeLessThan(until);
        await world.drive(clock.wait(5));
      }
    };

    test('we are alive, another start time is dead, another machine unknown', async () => {
      const { processes } = world();
      const self = processes.self();
      expect(self).toEqual(processes.self());
      expect(await processes.liveness(self)).toBe('alive');
      expect(await processes.liveness({ ...self, started: '1' })).toBe('dead');
      expect(await processes.liveness({ ...self, host: 'elsewhere - -' })).toBe('unknown');
    });

    test('run tells the exit code and captures output', async () => {
      const { processes, programs } = world();
      const run = (argv: Program['argv']) => world.drive(processes.run(program(argv)));
      expect(await run(programs.exit(0))).toMatchObject({ code: 0, signal: undefined, ended: 'exited' });
      expect(await run(programs.exit(7))).toMatchObject({ code: 7, signal: undefined, ended: 'exited' });
      expect(text((await run(programs.print('grün'))).stdout)?.trimEnd()).toBe('grün');
    });

    test('run feeds standard input and appends output to a file', async () => {
      const { files, processes, programs } = world();
      const copied = await world.drive(processes.run(program(programs.copy), { stdin: bytes('through') }));
      expect(text(copied.stdout)).toBe('through');
      await files.write(at('log'), 'before ');
      const filed = await world.drive(
        processes.run(program(programs.copy), { stdin: bytes('after'), output: at('log') }),
      );
      expect(filed).toMatchObject({ code: 0, stdout: new Uint8Array(), stderr: '' });
      expect(text(await files.read(at('log')))).toBe('before after');
    });

    test('run says what could not be started, and why', async () => {
      const { processes, programs } = world();
      const missing = await world.drive(processes.run(program(programs.missing)));
      expect(missing).toMatchObject({ code: undefined, signal: undefined, ended: 'not-started' });
      expect(missing.stderr).toContain(programs.missing[0]);
      const nowhere = await world.drive(processes.run({ ...program(programs.exit(0)), cwd: at('absent') }));
      expect(nowhere.ended).toBe('not-started');
      expect(nowhere.stderr).toContain(at('absent'));
    });

    test('run ends a program at its time-out and when cancelled', async () => {
      const { processes, programs } = world();
      const late = await world.drive(processes.run(program(programs.sleep(1e7)), { timeout: 20 }));
      expect(late).toMatchObject({ code: undefined, ended: 'timeout' });
      const abort = new AbortController();
      const running = processes.run(program(programs.sleep(1e7)), { signal: abort.signal });
      abort.abort();
      expect(await world.drive(running)).toMatchObject({ code: undefined, ended: 'cancelled' });
      const never = await world.drive(processes.run(program(programs.exit(0)), { signal: AbortSignal.abort() }));
      expect(never).toMatchObject({ code: undefined, ended: 'cancelled' });
    });

    test('a started program reads its file, appends to its output and is gone at the end', async () => {
      const { files, programs } = world();
      await files.write(at('out'), 'before ');
      const identity = await start(programs.copy);
      await gone(identity);
      expect(text(await files.read(at('out')))).toBe('before the brief');
    });

    test('a program that cannot be started is named', async () => {
      const { programs } = world();
      await expect(start(programs.missing)).rejects.toThrow(programs.missing[0]);
    });

    test('started programs are found by their environment and ended', async () => {
      const { processes, programs } = world();
      const identity = await start(programs.sleep(1e7), { CONTRACT_NONCE: 'n-1' });
      const other = await start(programs.sleep(1e7), { CONTRACT_NONCE: 'n-10' });
      expect(await processes.liveness(identity)).toBe('alive');
      expect(await processes.find('CONTRACT_NONCE', 'n-1')).toEqual([identity]);
      await world.drive(processes.end({ ...identity, started: `${identity.started}0` }, 0));
      expect(await processes.liveness(identity)).toBe('alive');
      await world.drive(processes.end(identity, 5_000));
      expect(await processes.liveness(identity)).toBe('dead');
      expect(await processes.find('CONTRACT_NONCE', 'n-1')).toEqual([]);
      await world.drive(processes.end(identity, 0));
      expect(await processes.liveness(other)).toBe('alive');
      await world.drive(processes.end(other, 0));
      expect(await processes.liveness(other)).toBe('dead');
    });
  });
}
