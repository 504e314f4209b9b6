import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { formatStamp } from '../src/core/base/time.ts';
import { encodeEvent } from '../src/core/run/codec.ts';
import type { RecordedEvent } from '../src/core/run/event.ts';
import { replay } from '../src/engine/log/log.ts';
import { runPaths } from '../src/engine/paths.ts';
import { writeProjections } from '../src/engine/projections.ts';
import { nodeIo } from '../src/io/node/index.ts';
import { Chance } from './lib/chance.ts';
import { history, someTasks } from './lib/history.ts';
import { paired, type Subject } from './lib/measure.ts';
import { inPlace } from './lib/place.ts';
import { options, print, type Goal, type Row } from './lib/report.ts';
import { PROGRAM } from './lib/whole.ts';

/*
 * Whole processes of `status`, `next`, `doctor`, `stats` and `validate` over 200 bundles, and over one run of many tasks and
 * a million events; with how much memory each takes. `--events` and `--bundles` make it smaller.
 */

const { json, rounds, events, bundles } = options({ rounds: 5, events: 1_000_000, bundles: 200 });
const io = nodeIo();
/** The most memory of this very program: what `getrusage` tells counts the process that it was forked from, too. */
const MEMORY = String.raw`process.on('exit', () => {
  const { readFileSync, writeSync } = require('fs');
  writeSync(2, 'peak ' + /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1] + '\n');
});
`;
const COMMANDS = ['status', 'next', 'doctor', 'stats', 'validate'] as const;

/** Writes a run's bundle: its log by the codec, its projections as a run writes them. */
async function writeRun(root: string, slug: string, tasks: number, count: number): Promise<number> {
  const paths = runPaths(root, 'docs/masterplan', slug);
  await io.files.makeDirectory(paths.bundle);
  const file = openSync(paths.log, 'w');
  const rejected = Math.max(0.15, (count / tasks - 10) / 6);
  const begin = Date.now() - 3_600_000 - count * 977;
  let [sum, seq] = [0, 0];
  let parts: Uint8Array[] = [];
  for (const group of history(someTasks(tasks, new Chance(5)), slug, Math.floor(tasks * 0.9), rejected)) {
    group.forEach((event, i) => {
      seq++;
      const more = i < group.length - 1 ? { more: true as const } : {};
      const stamped: RecordedEvent = { ...event, seq, ts: formatStamp(begin + seq * 977), fence: 1, ...more };
      const line = encodeEvent(stamped, sum);
      sum = line.sum;
      parts.push(line.bytes);
    });
    if (parts.length > 5_000) {
      writeSync(file, Buffer.concat(parts));
      parts = [];
    }
    if (seq >= count) break;
  }
  writeSync(file, Buffer.concat(parts));
  closeSync(file);
  const replayed = await replay(io.files, paths.log);
  if (!replayed.ok) throw new Error(`line ${replayed.error.line}: ${replayed.error.problem}`);
  await writeProjections(io, paths, replayed.value.position, replayed.value.state);
  return seq;
}

function repository(root: string): void {
  mkdirSync(root, { recursive: true });
  const git = (...args: string[]): void => {
    const { status, stderr } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
  };
  git('init', '--quiet', '--initial-branch=main');
  writeFileSync(join(root, '.gitignore'), '/.masterplan/\n');
  git('add', '.gitignore');
  git('-c', 'user.name=a', '-c', 'user.email=a@example.org', 'commit', '--quiet', '--message', 'Begin');
}

/** Runs a command and returns the most memory that it held, in MB. */
function run(root: string, command: string): number {
  // What the process itself says in the end is what counts: no other program is needed to measure it.
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: '/nonexistent',
    NO_COLOR: '1',
    NODE_OPTIONS: `--require=${join(root, 'memory.cjs')}`,
  };
  const { stderr, status } = spawnSync(process.execPath, [PROGRAM, command, '--json'], {
    cwd: root,
    env,
    encoding: 'utf8',
    maxBuffer: 1024 ** 3,
  });
  const kilobytes = /peak (\d+)/.exec(stderr)?.[1];
  if (kilobytes === undefined || status === null) throw new Error(`${command}: ${stderr}`);
  return Number(kilobytes) / 1000;
}

await inPlace(async (directory) => {
  const [many, large] = [join(directory, 'many'), join(directory, 'large')];
  const notes: string[] = [];
  for (const root of [many, large]) {
    repository(root);
    writeFileSync(join(root, 'memory.cjs'), MEMORY);
  }
  for (let i = 0; i < bundles; i++) await writeRun(many, `run-${i}`, 20, 250);
  const written = await writeRun(large, 'large', 10_000, events);
  const log = statSync(runPaths(large, 'docs/masterplan', 'large').log).size;
  notes.push(
    `${bundles} bundles of 20 tasks and some 250 events; one run of 10,000 tasks and ${written} events (${(log / 1e6).toFixed(0)} MB)`,
  );
  const memory = new Map<string, number>();
  const rows: Row[] = [];
  const goals: Goal[] = [];
  for (const [name, root] of [
    [`${bundles} bundles`, many],
    [`${written} events`, large],
  ] as const) {
    const subjects: Record<string, Subject> = { 'node -e 0': () => void spawnSync(process.execPath, ['-e', '0']) };
    for (const command of COMMANDS) subjects[command] = () => void memory.set(`${name} ${command}`, run(root, command));
    for (const one of await paired(subjects, root === large ? Math.min(2, rounds) : rounds)) {
      const peak = memory.get(`${name} ${one.name}`);
      rows.push({
        over: name,
        command: one.name,
        ms: one.ms,
        fastest: one.fastest,
        'x node': one.ratio,
        'memory, MB': peak ?? '',
      });
      if (one.name === 'node -e 0') continue;
      const quick = one.name === 'status' || one.name === 'next';
      goals.push({
        what: `${one.name} over ${name}`,
        value: one.ratio,
        atMost: quick ? 2 : root === large ? 80 : 30,
        unit: 'x node -e 0',
      });
    }
  }
  print({ name: 'health of many bundles and of a large one, whole processes', rows, goals, notes }, json);
});
