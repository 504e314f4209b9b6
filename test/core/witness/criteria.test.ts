import { expect, test } from 'vitest';
import { criteriaIn, unproven } from '../../../src/core/witness/criteria.ts';
import { sourceOf } from '../../../src/core/witness/units.ts';

const TASK = `### Task 1: Transfer

- AC-1: a transfer moves money between accounts
- AC-2: an overdraft is refused

**Acceptance criteria:**

- Every transfer is written to the audit trail
`;

test('criteria are found by their ids and below their heading', () => {
  expect(criteriaIn(TASK).map(({ id, text }) => `${id} ${text}`)).toEqual([
    'AC-1 a transfer moves money between accounts',
    'AC-2 an overdraft is refused',
    ' Every transfer is written to the audit trail',
  ]);
});

test('a criterion that nothing shows is named', () => {
  const text = `test('moves money between accounts', () => assert.equal(transfer(5), 5));\ntest('AC-2', () => assert.throws(f));\n`;
  const units = sourceOf('test/transfer.test.js', text, true)?.units ?? [];
  expect(unproven(TASK, ['node --test'], units).map(({ what }) => what)).toEqual([
    'no test and no command shows Every transfer is written to the audit trail',
  ]);
});
