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
 * Whole processes of `status`, `next`, `doctor`, `validate` and `stats` over 200 bundles, and over one run of many tasks and
 * a million events; with how much memory each takes. `--events` and `--bundles` make it smaller. In the same rounds, over the
 * same bytes: Node reading the logs, and parsing each line of them; `jq` counting their events; and over as many tasks `ninja -n` and
 * `backlog` (--backlog <file> or MASTERPLAN_BENCH_BACKLOG names the program), each where it is there.
 */

const given = options({ rounds: 5, events: 1_000_000, bundles: 200, tasks: 10_000 }, ['backlog']);
const { json, rounds, events, bundles, tasks } = given;
const backlog = given.backlog || (process.env['MASTERPLAN_BENCH_BACKLOG'] ?? '');
const io = nodeIo();
/** The most memory of this very program: what `getrusage` tells counts the process that it was forked from, too. */
const MEMORY = String.raw`process.on('exit', () => {
  const { readFileSync, writeSync } = require('fs');
  writeSync(2, 'peak ' + /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1] + '\n');
});
`;
const COMMANDS = ['status', 'next', 'doctor', 'validate', 'validate --anew', 'stats'] as const;
/** At most so many times `node -e 0` over many bundles; over a large one `status` and `next` too, the others of parsing it. */
const GOALS: Readonly<Record<string, readonly [number, number]>> = {
  status: [2, 2],
  next: [2, 2],
  doctor: [25, 2],
  validate: [15, 2.5],
  stats: [20, 5],
};
/** Reads every log below the directory; with `parse`, each line of them as JSON. */
const READING = String.raw`const fs = require('fs');
const [, directory, parse] = process.argv;
const buffer = Buffer.alloc(4 << 20);
for (const name of fs.readdirSync(directory)) {
  const file = fs.openSync(directory + '/' + name + '/events.jsonl');
  for (let at = 0, rest = ''; ; ) {
    const count = fs.readSync(file, buffer, 0, buffer.length, at);
    if (count === 0) break;
    at += count;
    if (parse === undefined) continue;
    const lines = (rest + buffer.latin1Slice(0, count)).split('\n');
    rest = lines.pop();
    for (const line of lines) JSON.parse(line);
  }
}
`;

/** Writes a run's bundle of `tasks` and `count` events: its log by the codec, its projections as a run writes them. */
async function writeRun(root: string, slug: string, tasks: number, count: number): Promise<number> {
  const paths = runPaths(root, 'docs/masterplan', slug);
  await io.files.makeDirectory(paths.bundle);
  const file = openSync(paths.log, 'w');
  const landed = Math.floor(tasks * 0.9);
  // A task that lands takes ten events, an attempt that fails six.
  const rejected = Math.max(0.15, (count / landed - 9.9) / 6);
  const begin = Date.now() - 3_600_000 - count * 977;
  let [sum, seq] = [0, 0];
  let parts: Uint8Array[] = [];
  for (const group of history(someTasks(tasks, new Chance(5)), slug, landed, rejected)) {
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
  const { stderr, status } = spawnSync(process.execPath, [PROGRAM, ...command.split(' '), '--json'], {
    cwd: root,
    env,
    encoding: 'utf8',
    maxBuffer: 1024 ** 3,
  });
  const kilobytes = /peak (\d+)/.exec(stderr)?.[1];
  if (kilobytes === undefined || status === null) throw new Error(`${command}: ${stderr}`);
  return Number(kilobytes) / 1000;
}

/** Runs the program of another, and returns how long it took; its output is of no use to us. */
function other(cwd: string, program: string, args: readonly string[], input?: number): void {
  const { status, error } = spawnSync(program, args, { cwd, stdio: [input ?? 'ignore', 'ignore', 'ignore'] });
  if (error !== undefined || status !== 0) throw error ?? new Error(`${program} ended with ${status}`);
}

function isThere(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
}

/** The same graph for ninja: every task makes a file from those of its needs. */
function writeNinja(root: string, count: number): void {
  const lines = someTasks(count, new Chance(5)).map(
    ({ id, needs }) => `build ${id}.out: make ${needs.map((need) => `${need}.out`).join(' ')}\n`,
  );
  mkdirSync(root, { recursive: true });
  writeFileSync(join(root, 'build.ninja'), `rule make\n  command = touch $out\n${lines.join('')}`);
}

/** The same graph for Backlog.md: a file for every task. */
function writeBacklog(root: string, count: number): void {
  repository(root);
  mkdirSync(join(root, 'backlog/tasks'), { recursive: true });
  writeFileSync(
    join(root, 'backlog/config.yml'),
    'project_name: "bench"\nstatuses: ["To Do", "In Progress", "Done"]\nremote_operations: false\ncheck_active_branches: false\n',
  );
  someTasks(count, new Chance(5)).forEach(({ title, needs }, i) => {
    const of = needs.map((need) => `TASK-${need.slice(1)}`).join(', ');
    writeFileSync(
      join(root, `backlog/tasks/task-${i + 1} - ${title.replaceAll(' ', '-')}.md`),
      `---\nid: TASK-${i + 1}\ntitle: ${title}\nstatus: ${i < count * 0.9 ? 'Done' : 'To Do'}\nassignee: []\ncreated_date: '2026-11-20'\nlabels: []\ndependencies: [${of}]\n---\n`,
    );
  });
}

await inPlace(async (directory) => {
  const [many, large] = [join(directory, 'many'), join(directory, 'large')];
  const notes: string[] = [];
  for (const root of [many, large]) {
    repository(root);
    writeFileSync(join(root, 'memory.cjs'), MEMORY);
  }
  for (let i = 0; i < bundles; i++) await writeRun(many, `run-${i}`, 20, 250);
  const written = await writeRun(large, 'large', tasks, events);
  const log = runPaths(large, 'docs/masterplan', 'large').log;
  notes.push(
    `${bundles} bundles of 20 tasks and some 250 events; one run of ${tasks} tasks and ${written} events (${(statSync(log).size / 1e6).toFixed(0)} MB)`,
  );
  const others: Record<string, Subject> = {};
  const ninja = join(directory, 'ninja');
  if (isThere('ninja')) {
    writeNinja(ninja, tasks);
    others[`ninja -n, ${tasks} tasks`] = () => other(ninja, 'ninja', ['-n']);
  } else notes.push('ninja is not there');
  if (isThere('jq')) {
    others['jq, events counted'] = () => other(large, 'jq', ['-n', 'reduce inputs as $event (0; . + 1)', log]);
  } else notes.push('jq is not there');
  if (backlog !== '') {
    const root = join(directory, 'backlog');
    writeBacklog(root, tasks);
    others[`backlog task list, ${tasks} tasks`] = () => other(root, backlog, ['task', 'list', '--plain']);
  } else notes.push('backlog is not given');
  const memory = new Map<string, number>();
  const rows: Row[] = [];
  const goals: Goal[] = [];
  for (const [name, root] of [
    [`${bundles} bundles`, many],
    [`${written} events`, large],
  ] as const) {
    const logs = join(root, 'docs/masterplan');
    const subjects: Record<string, Subject> = {
      'node -e 0': () => void spawnSync(process.execPath, ['-e', '0']),
      'Node reads the logs': () => other(root, process.execPath, ['-e', READING, logs]),
      'Node parses the logs': () => other(root, process.execPath, ['-e', READING, logs, 'parse']),
    };
    for (const command of COMMANDS) subjects[command] = () => void memory.set(`${name} ${command}`, run(root, command));
    if (root === large) Object.assign(subjects, others);
    const measured = await paired(subjects, root === large ? Math.min(2, rounds) : rounds);
    const parsing = measured.find((one) => one.name === 'Node parses the logs')?.ratio ?? Number.NaN;
    for (const one of measured) {
      const peak = memory.get(`${name} ${one.name}`);
      rows.push({
        over: name,
        command: one.name,
        ms: one.ms,
        fastest: one.fastest,
        'x node': one.ratio,
        'memory, MB': peak ?? '',
      });
      const atMost = GOALS[one.name]?.[root === large ? 1 : 0];
      if (atMost === undefined) continue;
      const what = `${one.name} over ${name}`;
      if (root === many || one.name === 'status' || one.name === 'next')
        goals.push({ what, value: one.ratio, atMost, unit: 'x node -e 0' });
      else goals.push({ what, value: one.ratio / parsing, atMost, unit: 'x parsing the log' });
    }
  }
  print({ name: 'health of many bundles and of a large one, whole processes', rows, goals, notes }, json);
});
