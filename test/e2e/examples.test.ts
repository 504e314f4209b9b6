import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { project } from '../rig/world.ts';

interface Expected {
  readonly slug: string;
  readonly waves: readonly (readonly string[])[];
  readonly files: Readonly<Record<string, string>>;
}

const EXAMPLES = readdirSync('examples', { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);

test.each(EXAMPLES)('the example %s does what it says', async (name) => {
  const folder = resolve('examples', name);
  const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Expected;
  const world = await project({
    plan: readFileSync(join(folder, 'plan.md'), 'utf8'),
    planFile: 'plan.md',
    agent: { command: ['sh', join(folder, 'agent.sh')] },
  });
  const ended = await world.run(['--yes', '--finish', 'merge']).end();
  expect(ended.code).toBe(0);
  const index = JSON.parse(readFileSync(world.path('docs/masterplan', expected.slug, 'plan.index.json'), 'utf8')) as {
    tasks: { id: string; wave: number }[];
  };
  const waves: string[][] = [];
  for (const task of index.tasks) (waves[task.wave] ??= []).push(task.id);
  expect(waves).toEqual(expected.waves);
  for (const [path, text] of Object.entries(expected.files)) expect(readFileSync(world.path(path), 'utf8')).toBe(text);
});
