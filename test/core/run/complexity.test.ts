import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PRESETS, type Preset } from '../../../src/core/run/complexity.ts';

const range = (value: readonly [number, number] | null): string =>
  value === null ? 'as the work needs' : `${value[0]} to ${value[1]}`;

/** Rows of the table in docs/gates.md, in its order, by how they begin. */
const ROWS: readonly (readonly [string, (preset: Preset) => string])[] = [
  ['autonomy', ({ autonomy }) => autonomy],
  ['small edits', ({ routing }) => routing],
  ['review', ({ review }) => review],
  ['findings', ({ askFrom }) => askFrom],
  ['fixes', ({ fixes }) => String(fixes)],
  ['agents at once', ({ parallel }) => String(parallel)],
  ['thoroughness of `doctor`', ({ doctor }) => doctor],
  ['told that `loose`', ({ offerAt }) => String(offerAt)],
  ['tasks of a plan', ({ rigor }) => range(rigor.tasks)],
  ['`Files`', ({ rigor }) => rigor.files],
  ['`Codex:`', ({ rigor }) => rigor.routing],
  ['questions', ({ questions }) => range(questions)],
];

const text = readFileSync(new URL('../../../docs/gates.md', import.meta.url), 'utf8');
const table = (text.split('## Complexity')[1] ?? '')
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .slice(1)
  .map((line) => line.split('|').map((cell) => cell.trim().replaceAll(/^`|`$/g, '')))
  .map(([, policy = '', , low = '', medium = '', high = '']) => ({ policy, low, medium, high }))
  .filter(({ policy }) => /^[a-z`]/i.test(policy));

test('the table of presets has these rows and no other', () => {
  expect(table.slice(0, ROWS.length)).toHaveLength(ROWS.length);
});

test.each(
  ROWS.flatMap(([row, of], at) => (['low', 'medium', 'high'] as const).map((level) => ({ row, of, at, level }))),
)('complexity $level, $row: as the table says', ({ row, of, at, level }) => {
  const line = table[at];
  expect(line?.policy.replaceAll('`', '')).toContain(row.replaceAll('`', '').split(' ')[0]);
  expect(of(PRESETS[level])).toBe(line?.[level]);
});
