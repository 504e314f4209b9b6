/** What the scripted agent writes for each task. \`flawed\` is what its first attempt writes instead. */
interface Script {
  readonly says: string;
  readonly files: Readonly<Record<string, string>>;
  readonly flawed?: Readonly<Record<string, string>>;
  /** Its first attempt is killed in the middle. */
  readonly dies?: true;
  /** Milliseconds of pretended thought. */
  readonly takes: number;
}

const head = `import assert from 'node:assert/strict';
import test from 'node:test';
`;

const SCRIPTS: Readonly<Record<string, Script>> = {
  T1: {
    says: 'Amounts are parsed by a pattern; everything else is refused.',
    takes: 900,
    files: {
      'src/parse.js': `export function parse(text) {
  const match = /^(-?)(\\d+)\\.(\\d{2})$/.exec(text);
  if (match === null) throw new RangeError(\`not an amount: \${text}\`);
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 100 + Number(match[3]));
}
`,
      'test/parse.test.js': `${head}import { parse } from '../src/parse.js';

test('amounts are read to the cent', () => {
  assert.equal(parse('12.50'), 1250);
  assert.equal(parse('-0.05'), -5);
});
test('other text is refused', () => assert.throws(() => parse('12'), RangeError));
`,
    },
  },
  T2: {
    says: 'Items and their subtotal.',
    takes: 1500,
    files: {
      'src/items.js': `export function subtotal(items) {
  return items.reduce((sum, item) => sum + item.price * item.count, 0);
}
`,
      'test/items.test.js': `${head}import { subtotal } from '../src/items.js';

test('items add up', () => {
  assert.equal(subtotal([{ name: 'pen', price: 120, count: 3 }, { name: 'ink', price: 450, count: 1 }]), 810);
});
`,
    },
  },
  T3: {
    says: 'Tax in whole cents, half away from zero.',
    takes: 1100,
    flawed: {
      'src/tax.js': `export function tax(cents, percent) {
  return Math.floor((cents * percent) / 100);
}
`,
      'test/tax.test.js': `${head}import { tax } from '../src/tax.js';

test('halves are rounded away from zero', () => {
  assert.equal(tax(250, 19), 48);
  assert.equal(tax(-250, 19), -48);
});
`,
    },
    files: {
      'src/tax.js': `export function tax(cents, percent) {
  const exact = (Math.abs(cents) * percent) / 100;
  return Math.sign(cents) * Math.floor(exact + 0.5);
}
`,
      'test/tax.test.js': `${head}import { tax } from '../src/tax.js';

test('halves are rounded away from zero', () => {
  assert.equal(tax(250, 19), 48);
  assert.equal(tax(-250, 19), -48);
});
`,
    },
  },
  T4: {
    says: 'Discounts that stop at zero.',
    takes: 1300,
    dies: true,
    files: {
      'src/discounts.js': `export function discounted(cents, percent) {
  return Math.max(0, cents - Math.round((cents * percent) / 100));
}
`,
      'test/discounts.test.js': `${head}import { discounted } from '../src/discounts.js';

test('a discount takes its part', () => assert.equal(discounted(1000, 10), 900));
test('nothing costs less than nothing', () => assert.equal(discounted(1000, 150), 0));
`,
    },
  },
  T5: {
    says: 'The invoice brings subtotal, discount and tax together.',
    takes: 1200,
    files: {
      'src/invoice.js': `import { discounted } from './discounts.js';
import { subtotal } from './items.js';
import { tax } from './tax.js';

export function invoice(items, { discount = 0, tax: percent = 0 } = {}) {
  const sum = subtotal(items);
  const net = discounted(sum, discount);
  const added = tax(net, percent);
  return { subtotal: sum, discount: sum - net, tax: added, total: net + added };
}
`,
      'test/invoice.test.js': `${head}import { invoice } from '../src/invoice.js';

test('discount first, then tax', () => {
  const made = invoice([{ name: 'pen', price: 1000, count: 2 }], { discount: 10, tax: 19 });
  assert.deepEqual(made, { subtotal: 2000, discount: 200, tax: 342, total: 2142 });
});
`,
    },
  },
  T6: {
    says: 'One line an item, the total last.',
    takes: 1000,
    files: {
      'src/print.js': `import { invoice } from './invoice.js';
import { format } from './money.js';

export function print(items, terms) {
  const made = invoice(items, terms);
  const rows = [...items.map((item) => [\`\${item.count} × \${item.name}\`, item.price * item.count]), ['total', made.total]];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, cents]) => \`\${name.padEnd(width)}  \${format(cents).padStart(9)}\`).join('\\n');
}
`,
      'test/print.test.js': `${head}import { print } from '../src/print.js';

test('the total stands last', () => {
  const lines = print([{ name: 'pen', price: 120, count: 3 }], { tax: 19 }).split('\\n');
  assert.match(lines.at(-1), /^total +4\\.28$/);
});
`,
    },
  },
  T7: {
    says: 'The README names the parts.',
    takes: 700,
    files: {
      'README.md': `# Invoices

A sample project, made by \`masterplan demo\`: amounts, items, tax, discounts, the invoice and its text form.
Run its tests with \`node --test\`.
`,
    },
  },
};

/**
 * The demo's agent: a Node script that fulfils the contract of the command agent and has its work prepared. It is honest
 * in form (it reads its brief, works in its worktree, returns a digest) and pretends only to think.
 */
export const AGENT = `// A scripted agent for "masterplan demo". It does what any command agent does (docs/formats/brief.md), but its work is
// prepared: no model is asked.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const scripts = ${JSON.stringify(SCRIPTS, null, 2)};
const task = process.env.MASTERPLAN_TASK;
const attempt = Number(process.env.MASTERPLAN_ATTEMPT);
const script = scripts[task];
const brief = JSON.parse(readFileSync(process.env.MASTERPLAN_BRIEF_JSON, 'utf8'));
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

console.log(\`reading the brief of \${task}: \${brief.title}\`);
await pause(script.takes / 2);
const learned = brief.lessons.length > 0;
const files = script.flawed !== undefined && !learned ? script.flawed : script.files;
for (const [path, text] of Object.entries(files)) {
  console.log(\`writing \${path}\`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  if (script.dies && attempt === 1) {
    console.log('(here the power of this agent goes out)');
    process.kill(process.pid, 'SIGKILL');
  }
  await pause(script.takes / 4);
}
writeFileSync(
  process.env.MASTERPLAN_DIGEST,
  JSON.stringify({
    contract_id: brief.contract_id,
    status: 'completed',
    summary: script.says,
    files_changed: Object.keys(files),
    commands_run: [],
    tests_passed: true,
    blocker_reason: null,
  }),
);
`;
