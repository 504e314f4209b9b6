import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createContext } from '../src/app/context.ts';
import { openRun } from '../src/app/run.ts';
import { inPlace } from './lib/place.ts';
import { options, print, type Row } from './lib/report.ts';

/*
 * Many command agents that print a megabyte a second each, all at once: whether every byte is in their transcripts, and how long the loop of
 * masterplan is kept from its work meanwhile. What an agent prints goes straight to its transcript; masterplan looks at sizes.
 */

const { json, agents: count, seconds } = options({ agents: 64, seconds: 6 });
/** Pieces a second, and bytes of one: together a megabyte. */
const PIECES = 4;
const PIECE = 250_000;
/** Milliseconds between two looks of the histogram: what a loop without work shows. */
const RESOLUTION = 5;

/** Prints its pieces, numbered, once everybody is there. Builtins alone, but for the pause: processes would cost more than bytes. */
const AGENT = [
  'touch "$GO/$MASTERPLAN_TASK"',
  'filler=$(head -c 249983 /dev/zero | tr "\\0" x)',
  'while [ ! -e "$GO/go" ]; do sleep 0.2; done',
  'i=0',
  `while [ $i -lt ${seconds * PIECES} ]; do printf "%-8s%-8s%s\\n" "$MASTERPLAN_TASK" "$i" "$filler"; i=$((i + 1)); sleep ${1 / PIECES}; done`,
  'echo x >"$MASTERPLAN_TASK.txt"',
  'touch "$GO/$MASTERPLAN_TASK.done"',
  'printf %s \'{"contract_id":"implement.v1","status":"completed","summary":"done"}\' >"$MASTERPLAN_DIGEST"',
].join('\n');

const wanted = (task: string): string =>
  Array.from(
    { length: seconds * PIECES },
    (_, i) => `${task.padEnd(8)}${String(i).padEnd(8)}${'x'.repeat(PIECE - 17)}\n`,
  ).join('');

function newProject(root: string, go: string): void {
  mkdirSync(root, { recursive: true });
  mkdirSync(go, { recursive: true });
  const env = { PATH: process.env['PATH'] ?? '', HOME: root, GIT_CONFIG_NOSYSTEM: '1' };
  const git = (...args: string[]): void => void execFileSync('git', args, { cwd: root, env });
  git('init', '--quiet', '--initial-branch=main');
  git('config', 'user.name', 'Bench');
  git('config', 'user.email', 'bench@example.org');
  writeFileSync(join(root, '.gitignore'), '/.masterplan/\n');
  const config = {
    agents: { mine: { command: ['sh', '-c', AGENT], env: { GO: go }, max_output: '1GB' } },
    parallelism: { max_agents: count, max_verifications: 2 },
  };
  writeFileSync(join(root, '.masterplan.yaml'), JSON.stringify(config));
  const units = Array.from(
    { length: count },
    (_, i) =>
      `### Task ${i + 1}: Print\n\n**Files:** \`T${i + 1}.txt\`\n**Needs:** none\n**Verify:** \`true\`\n\nPrint.\n`,
  );
  writeFileSync(join(root, 'plan.md'), `# Streams\n\n**Goal:** noise.\n\n${units.join('\n')}`);
  git('add', '--all');
  git('commit', '--quiet', '--message', 'Begin');
}

await inPlace(async (directory) => {
  const root = join(directory, 'project');
  const go = join(directory, 'go');
  newProject(root, go);
  const env = { PATH: process.env['PATH'] ?? '', HOME: root, USER: 'bench' };
  const context = createContext({ cwd: root, env, argv: ['run', 'plan.md'], node: process.execPath });
  const opened = await openRun(context, { target: 'plan.md' });
  if (!opened.ok) throw new Error(`${opened.error.message}: ${opened.error.hint}`);
  const run = opened.value;
  await run.approve('bench');
  const running = run.run();
  const there = (suffix: string): number =>
    readdirSync(go).filter((name) => /^T\d+/.test(name) && name.endsWith(suffix)).length;
  const until = async (good: () => boolean): Promise<void> => {
    while (!good()) await context.io.clock.wait(100);
  };
  await until(() => there('') >= count);
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION });
  const cpu = process.cpuUsage();
  const start = performance.now();
  delay.enable();
  writeFileSync(join(go, 'go'), '');
  await until(() => there('.done') >= count);
  delay.disable();
  const took = performance.now() - start;
  const used = process.cpuUsage(cpu);
  // What is made of their work is measured elsewhere.
  run.stop('now');
  await running;
  const { transcripts } = run.paths;
  await run.close();
  let bytes = 0;
  let wrong = 0;
  for (let i = 1; i <= count; i++) {
    const text = readFileSync(join(transcripts, `T${i}.1.log`), 'utf8');
    bytes += text.length;
    if (text !== wanted(`T${i}`)) wrong++;
  }
  const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - RESOLUTION);
  const rows: Row[] = [
    {
      agents: count,
      'MB/s together': bytes / 1e6 / (took / 1000),
      'MB printed': bytes / 1e6,
      'transcripts not as printed': wrong,
      'loop delay p50, ms': late(delay.percentile(50)),
      'p99, ms': late(delay.percentile(99)),
      'max, ms': late(delay.max),
      'our CPU, % of one core': ((used.user + used.system) / 1000 / took) * 100,
    },
  ];
  const p99 = late(delay.percentile(99));
  print(
    {
      name: 'Agents that print a megabyte a second each, together',
      rows,
      goals: [
        { what: 'transcripts that are not what was printed', value: wrong, atMost: 0 },
        { what: 'loop delay p99', value: p99, atMost: 50, unit: 'ms' },
      ],
    },
    json,
  );
});
