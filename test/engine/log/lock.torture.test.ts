import { type ChildProcess, fork } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { bundledScript } from '../../io/bundle.ts';
import { PATH_ONLY, place } from '../../io/place.ts';

/** By hand, for longer: VITEST_TORTURE=60 VITEST_SEED=7 npx vitest run test/engine/log/lock.torture.test.ts */
const SECONDS = Number(process.env['VITEST_TORTURE'] ?? 3);
const SEED = Number(process.env['VITEST_SEED'] ?? Date.now() % 1e6);
const WORKERS = 4;

interface Note {
  readonly what: 'begin' | 'end' | 'robbed';
  readonly generation: number;
  readonly pid: number;
}

const script = bundledScript(new URL('lock-worker.ts', import.meta.url));

test(
  `real processes, killed and stopped at random, never own a run together (seed ${SEED})`,
  { timeout: SECONDS * 1000 + 60_000 },
  async () => {
    const here = place();
    const journal = `${here.directory}/journal`;
    writeFileSync(journal, '');
    const random = sequence(SEED);
    const killed = new Set<number>();
    const workers = new Set<ChildProcess>();
    const begin = (): void => {
      const worker = fork(script.path, [`${here.directory}/run`, journal], { env: { ...PATH_ONLY }, stdio: 'inherit' });
      workers.add(worker);
      worker.once('exit', () => workers.delete(worker));
    };
    for (let i = 0; i < WORKERS; i++) begin();
    const notes = (): Note[] =>
      readFileSync(journal, 'utf8')
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Note);

    const start = performance.now();
    const elapsed = (): number => performance.now() - start;
    // A slow machine gets longer, so that a green test has always seen takeovers.
    const enough = (): boolean =>
      elapsed() > SECONDS * 1000 &&
      (elapsed() > SECONDS * 1000 + 30_000 || (killed.size >= 5 && notes().length >= 100));
    while (!enough()) {
      await pause(20 + random() * 100);
      const victim = [...workers][Math.floor(random() * workers.size)];
      if (victim?.pid === undefined) continue;
      if (random() < 0.5) {
        // Stopped anywhere, also between looking and creating, while the others go on.
        victim.kill('SIGSTOP');
        await pause(random() * 60);
        victim.kill('SIGCONT');
      } else {
        killed.add(victim.pid);
        victim.kill('SIGKILL');
        begin();
      }
    }
    const ended = [...workers].map((worker) => new Promise((resolve) => worker.once('exit', resolve)));
    for (const worker of workers) worker.disconnect();
    await Promise.all(ended);

    const history = notes();
    expect(violations(history, killed)).toEqual([]);
    expect(killed.size).toBeGreaterThanOrEqual(5);
    expect(history.length).toBeGreaterThanOrEqual(100);
    // The last owner's record and its release, at most one more that a killed process had no time to clear away.
    expect(readdirSync(`${here.directory}/run/lock`).length).toBeLessThanOrEqual(3);
    await here.dispose();
  },
);

/** What must not be: two owners at once, unless the first was killed; a generation that does not grow; a robbed owner. */
function violations(history: readonly Note[], killed: ReadonlySet<number>): string[] {
  const found: string[] = [];
  let last = 0;
  let open: Note | undefined;
  for (const [line, note] of history.entries()) {
    const at = `line ${line + 1}: ${JSON.stringify(note)}`;
    if (note.what === 'begin') {
      if (open !== undefined && !killed.has(open.pid)) found.push(`${at} begins inside ${JSON.stringify(open)}`);
      if (note.generation <= last) found.push(`${at} follows generation ${last}`);
      last = note.generation;
      open = note;
    } else {
      if (open?.generation !== note.generation || open.pid !== note.pid)
        found.push(`${at} while ${JSON.stringify(open)} owns`);
      if (note.what === 'robbed') found.push(`${at}: lost a lock that nobody may take`);
      if (note.what === 'end') open = undefined;
    }
  }
  return found;
}

/** Mulberry32: the same numbers for the same seed. What the machine makes of them is its own. */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
