import { expect, test } from 'vitest';
import { bytesIn } from '../doctor/bytes.ts';
import { imported, oldBundle, AGES } from './world.ts';

const task = (n: number, command: string): string => `### Task ${n}: Number ${n}\n\n**Verify:** \`${command}\`\n\n`;
const PLAN = `# Old\n\n${[
  'test -f src/a.ts && : > spoilt',
  'test -f src/b.ts',
  'test ! -e spoilt && test -f src/a.ts',
  'true',
  'no-such-program here',
]
  .map((command, i) => task(i + 1, command))
  .join('')}`;

test('with --verify the commands of the tasks are run elsewhere, and what they say counts', async () => {
  const at = oldBundle(AGES['2'] ?? '', { 'docs/masterplan/old/plan.md': PLAN });
  const before = bytesIn(at.root);
  const said: string[] = [];
  const how = { dryRun: true, verify: { say: (line: string) => void said.push(line) } };
  const asked = await imported(at, 'docs/masterplan/old', how);
  if (!asked.ok) throw new Error(asked.error.message);
  expect(
    asked.value.tasks.map(({ evidence, against }) => [evidence.map(({ signal }) => signal), against.length]),
  ).toEqual([
    [['log', 'git', 'tests'], 0],
    [[], 1],
    // What the first command left behind is not there any more.
    [['tests'], 0],
    [[], 0],
    [[], 0],
  ]);
  expect(asked.value.remarks.join('\n')).toMatch(/"true" passes whatever is there\n"no-such-program here" could not/);
  expect(said.filter((line) => line.startsWith('verify '))).toHaveLength(5);
  expect(bytesIn(at.root)).toEqual(before);

  const unasked = await imported(at, 'docs/masterplan/old', { dryRun: true });
  expect(unasked.ok && unasked.value.tasks.flatMap(({ evidence }) => evidence.map(({ signal }) => signal))).toEqual([
    'log',
    'git',
  ]);

  const late = await imported(at, 'docs/masterplan/old', {
    dryRun: true,
    verify: { say: () => undefined, patience: 0 },
  });
  expect(late.ok && late.value.remarks.join()).toContain('the time was up');
});
