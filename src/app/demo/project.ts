/** The sample project of the demo before the run: a small library with its own tests, and the plan that extends it. */
export const PROJECT: Readonly<Record<string, string>> = {
  'package.json': `${JSON.stringify({ name: 'invoices', version: '0.0.0', type: 'module', scripts: { test: 'node --test' } }, null, 2)}\n`,
  'README.md': '# Invoices\n\nA sample project, made by `masterplan demo`.\n',
  'src/money.js': `/** Amounts are whole cents. */
export function format(cents) {
  const sign = cents < 0 ? '-' : '';
  const whole = Math.trunc(Math.abs(cents) / 100);
  return \`\${sign}\${whole}.\${String(Math.abs(cents) % 100).padStart(2, '0')}\`;
}
`,
  'test/money.test.js': `import assert from 'node:assert/strict';
import test from 'node:test';
import { format } from '../src/money.js';

test('amounts have two decimals', () => {
  assert.equal(format(5), '0.05');
  assert.equal(format(-1250), '-12.50');
});
`,
};

export const PLAN = `# Invoices that add up

**Goal:** from single amounts to a printed invoice: items, tax and discounts side by side, then the invoice that needs
all three, then its text form.

### Task 1: Amounts can be parsed

**Files:** src/parse.js, test/parse.test.js
**Needs:** none
**Verify:** \`node --test test/parse.test.js\`

\`parse('12.50')\` gives 1250; text that is no amount throws a \`RangeError\`.

### Task 2: Items

**Files:** src/items.js, test/items.test.js
**Needs:** Task 1
**Verify:** \`node --test test/items.test.js\`

An item has a name, a price and a count; \`subtotal(items)\` adds them up.

### Task 3: Tax

**Files:** src/tax.js, test/tax.test.js
**Needs:** Task 1
**Verify:** \`node --test test/tax.test.js\`

\`tax(cents, percent)\` rounds half away from zero, to whole cents.

### Task 4: Discounts

**Files:** src/discounts.js, test/discounts.test.js
**Needs:** Task 1
**Verify:** \`node --test test/discounts.test.js\`

\`discounted(cents, percent)\` never goes below zero.

### Task 5: The invoice

**Files:** src/invoice.js, test/invoice.test.js
**Needs:** Task 2, Task 3, Task 4
**Verify:** \`node --test\`

\`invoice(items, {discount, tax})\` gives subtotal, discount, tax and total.

### Task 6: The invoice as text

**Files:** src/print.js, test/print.test.js
**Needs:** Task 5
**Verify:** \`node --test\`

One line an item, amounts aligned, the total last.

### Task 7: Say in the README what there is

**Files:** README.md
**Needs:** none
**Verify:** \`grep -q invoice README.md\`

## Verification

- [ ] \`node --test\`
`;
