import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chaos } from './chaos.ts';

/*
 *   npm run chaos -- --rounds 1000 --seed 1
 *
 * Where a disk of our own can be mounted (by root, or in a namespace of the user's), it is filled from time to time too.
 */

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    interval: { type: 'string', default: '500' },
    slack: { type: 'string', default: '3500' },
    program: { type: 'string', default: 'dist/start.cjs' },
    keep: { type: 'boolean', default: false },
  },
});

const MOUNTED = 'MASTERPLAN_CHAOS_DISK';
const disk = process.env[MOUNTED];
if (disk === undefined) {
  // Once more, on a disk of its own.
  const place = realpathSync(mkdtempSync(join(tmpdir(), 'mp-chaos-')));
  const mount = 'mount -t tmpfs -o size=400m masterplan-chaos "$0" && exec "$@"';
  const ways = [
    ['unshare', '-m'],
    ['unshare', '-U', '-r', '-m'],
  ];
  const way = ways.find(
    ([file = '', ...args]) => spawnSync(file, [...args, 'sh', '-c', mount, place, 'true']).status === 0,
  );
  const again = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const [file = '', ...args] = way === undefined ? again : [...way, 'sh', '-c', mount, place, ...again];
  const env = { ...process.env, [MOUNTED]: way === undefined ? '' : place };
  const ended = spawnSync(file, args, { stdio: 'inherit', env });
  rmSync(place, { recursive: true, force: true });
  process.exit(ended.status ?? 1);
}

const fill = disk !== '';
const directory = fill ? disk : realpathSync(mkdtempSync(join(tmpdir(), 'mp-chaos-')));
const began = Date.now();
const survived = await chaos({
  rounds: Number(values.rounds),
  seed: Number(values.seed),
  interval: Number(values.interval),
  slack: Number(values.slack),
  directory,
  program: resolve(values.program),
  fill,
  tell: (line) => console.log(line),
});
const { rounds, runs, blows, oldest, checked, violations } = survived;
const words = Object.entries(blows).map(([blow, count]) => `${count} ${blow}`);
console.log(`${rounds} rounds in ${runs} runs and ${Math.round((Date.now() - began) / 1000)} s: ${words.join(', ')}`);
console.log(
  `${checked} times a line that was owed was looked for; the oldest that no snapshot had yet was ${oldest} ms old`,
);
if (!fill) console.log('no disk could be mounted here, so none was filled');
for (const violation of violations) console.log(`LOST: ${violation}`);
if (!values.keep && violations.length === 0 && !fill) rmSync(directory, { recursive: true, force: true });
process.exit(violations.length === 0 ? 0 : 1);
