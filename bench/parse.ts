import { rankTasks } from '../src/core/plan/graph.ts';
import { isRunnable, parsePlan } from '../src/core/plan/parse.ts';
import { Chance } from './lib/chance.ts';
import { someTasks } from './lib/history.ts';
import { paired } from './lib/measure.ts';
import { options, print } from './lib/report.ts';

/* From a document to a plan, for documents of about 0.1 and 1 MB, beside a bare cut into lines; and the ranks of 10,000 tasks. */

const { json, rounds } = options({ rounds: 9 });

/** A plan of kind task with as many tasks as make about that many bytes. */
function document(bytes: number): { text: string; tasks: number } {
  const parts = ['# A plan for measuring\n\n**Goal:** find out how long it takes.\n\n## Tasks\n'];
  let size = 0;
  let tasks = 0;
  for (const task of someTasks(10_000, new Chance(2))) {
    const part = [
      `### Task ${task.id.slice(1)}: ${task.title}\n`,
      `**Files:** ${task.scope.map((path) => `\`${path}\``).join(', ')}`,
      `**Needs:** ${task.needs.length === 0 ? 'none' : task.needs.join(', ')}`,
      `**Verify:** \`${task.verify[0] ?? ''}\`\n`,
      'Keep what is there, and add only what the test below asks for. The *empty* case counts too, see [above](#tasks).\n',
      '- [ ] **Step 1:** write the test that fails\n- [ ] **Step 2:** make it pass\n',
      '```ts\nexpect(order([3, 1, 2])).toEqual([1, 2, 3]);\n```\n',
    ].join('\n');
    parts.push(part);
    size += part.length;
    tasks++;
    if (size >= bytes) break;
  }
  return { text: `${parts.join('\n')}\n## Verification\n\n- [ ] \`npm test\`\n`, tasks };
}

const small = document(100_000);
const large = document(1_000_000);
const many = someTasks(10_000, new Chance(2));
const parse = (text: string): void => {
  const parsed = parsePlan(text, { fileName: 'plan.md' });
  if (!parsed.ok || !isRunnable(parsed.value)) throw new Error('the plan of this benchmark is no plan');
};
const measured = await paired(
  {
    'cut into lines, 1 MB': () => void large.text.split('\n').map((line) => line.trim()),
    [`parse 0.1 MB (${small.tasks} tasks)`]: () => parse(small.text),
    [`parse 1 MB (${large.tasks} tasks)`]: () => parse(large.text),
    'rank of 10,000 tasks': () => void rankTasks(many),
  },
  rounds,
);
print(
  {
    name: 'plan documents',
    rows: measured.map((one) => ({ what: one.name, ms: one.ms, fastest: one.fastest, 'x lines': one.ratio })),
    goals: [{ what: 'parse of 1 MB', value: measured[2]?.ms ?? Number.NaN, atMost: 400, unit: 'ms' }],
  },
  json,
);
