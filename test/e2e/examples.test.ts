import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { project, type World } from '../rig/world.ts';

interface Expected {
  readonly slug: string;
  readonly waves: readonly (readonly string[])[];
  readonly files?: Readonly<Record<string, string>>;
  /** Tasks that land, in any order. */
  readonly landed?: readonly string[];
  /** What works afterwards. */
  readonly commands?: readonly string[];
}

const EXAMPLES = readdirSync('examples', { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);

test.each(EXAMPLES)('the example %s does what it says', async (name) => {
  const folder = resolve('examples', name);
  const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Expected;
  const script = join(folder, 'agent.sh');
  const copier = [process.execPath, resolve('examples/agent.mjs'), folder];
  const world = await project({
    plan: readFileSync(join(folder, 'plan.md'), 'utf8'),
    planFile: 'plan.md',
    agent: { command: existsSync(script) ? ['sh', script] : copier },
  });
  expect((await world.masterplan('lint', 'plan.md')).stdout).toContain('no findings');
  const ended = await world.run(['--yes', '--finish', 'merge']).end();
  expect(ended.code, ended.stderr).toBe(0);
  const bundle = world.path('docs/masterplan', expected.slug);
  const index = JSON.parse(readFileSync(join(bundle, 'plan.index.json'), 'utf8')) as {
    tasks: { id: string; wave: number }[];
  };
  const waves: string[][] = [];
  for (const task of index.tasks) (waves[task.wave] ??= []).push(task.id);
  expect(waves).toEqual(expected.waves);
  for (const [path, text] of Object.entries(expected.files ?? {}))
    expect(readFileSync(world.path(path), 'utf8')).toBe(text);
  if (expected.landed !== undefined) expect(landed(world, bundle)).toEqual([...expected.landed].sort());
  for (const command of expected.commands ?? []) {
    const { code, stdout } = await world.launch(['sh', '-c', command]).end();
    expect(code, stdout).toBe(0);
  }
});

function landed(world: World, bundle: string): string[] {
  const events = world.events(join(bundle, 'events.jsonl'));
  return events.flatMap((event) => (event.event === 'merge_finished' ? [event.task] : [])).sort();
}
