import type { Io } from '../../io/io.ts';

/** Milliseconds that counting may take; whoever has more files than that counts in an hour. */
const PATIENCE = 60_000;

/** Bytes that directories take on the disk, hard links counted once; `undefined`: nobody could tell. */
export async function diskUse(
  io: Io,
  base: { readonly PATH: string; readonly HOME: string },
  directories: readonly string[],
): Promise<number | undefined> {
  const there: string[] = [];
  for (const path of directories) if ((await io.files.stat(path))?.kind === 'directory') there.push(path);
  const [first] = there;
  if (first === undefined) return 0;
  const counted = await io.processes.run(
    { argv: ['du', '-skc', '--', ...there], cwd: first, env: { ...base } },
    { timeout: PATIENCE },
  );
  // What vanishes while it is counted makes du fail; the sum stands all the same.
  const sum = /^(\d+)\s+total$/m.exec(new TextDecoder().decode(counted.stdout))?.[1];
  return sum === undefined ? undefined : Number(sum) * 1024;
}

/** Counts again only after so long that at most a twentieth of the time goes into it. */
export class DiskMeter {
  readonly #io: Io;
  readonly #base: { readonly PATH: string; readonly HOME: string };
  readonly #directories: readonly string[];
  readonly #pause: number;
  #next = Number.NEGATIVE_INFINITY;
  #known: number | undefined;

  /** @param pause  milliseconds between two counts at least */
  constructor(
    io: Io,
    base: { readonly PATH: string; readonly HOME: string },
    directories: readonly string[],
    pause: number,
  ) {
    this.#io = io;
    this.#base = base;
    this.#directories = directories;
    this.#pause = pause;
  }

  /** Bytes, as they were at the last count. */
  async use(): Promise<number | undefined> {
    const { clock } = this.#io;
    const began = clock.monotonic();
    if (began < this.#next) return this.#known;
    this.#known = await diskUse(this.#io, this.#base, this.#directories);
    const now = clock.monotonic();
    this.#next = now + Math.max(this.#pause, 20 * (now - began));
    return this.#known;
  }
}
