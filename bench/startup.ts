import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { paired, type Subject } from './lib/measure.ts';
import { makeMidrun } from './lib/midrun.ts';
import { inPlace } from './lib/place.ts';
import { options, print, type Goal, type Row } from './lib/report.ts';

/* Whole processes: the built program on repositories with one run of many tasks in its middle, against a Node that does nothing. */

const { json, rounds } = options({ rounds: 31 });
const program = join(process.cwd(), 'dist/start.cjs');
const env = { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent' };

function whole(cwd: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  if (status !== 0 && status !== 3) throw new Error(`node ${args.join(' ')}: ${stderr.toString()}`);
}

await inPlace(async (directory) => {
  const subjects: Record<string, Subject> = {
    'node -e 0': () => whole(directory, ['-e', '0']),
    '--version': () => whole(directory, [program, '--version']),
  };
  const notes: string[] = [];
  const limits: Record<string, number> = { '--version': 1.35 };
  for (const tasks of [10, 1000, 10_000]) {
    const root = join(directory, String(tasks));
    const paths = await makeMidrun(root, 'run', tasks);
    const kilo = (path: string): string => `${(statSync(path).size / 1000).toFixed(0)} kB`;
    notes.push(`${tasks} tasks: log ${kilo(paths.log)}, snapshot ${kilo(paths.snapshot)}`);
    for (const command of ['status', 'next']) {
      const name = `${command}, ${tasks} tasks`;
      subjects[name] = () => whole(root, [program, command]);
      limits[name] = tasks > 1000 ? 2 : 1.35;
    }
  }
  const measured = await paired(subjects, rounds);
  const rows: Row[] = measured.map((one) => ({
    command: one.name,
    ms: one.ms,
    fastest: one.fastest,
    'x node -e 0': one.ratio,
  }));
  const goals: Goal[] = measured.flatMap((one) => {
    const atMost = limits[one.name];
    return atMost === undefined ? [] : [{ what: one.name, value: one.ratio, atMost, unit: 'x' }];
  });
  print({ name: 'start-up, whole processes', rows, goals, notes }, json);
});
