// The agent of the longer examples: what a real agent would write is kept in `made/`, by task, and it copies that. A task that is
// planned first gets `made/<task>/plan.md` as its sub-plan; a task of a sub-plan, `P2/P1`, lies in `made/P2.P1/`.
import { cpSync, copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';

const [example] = process.argv.slice(2);
const { MASTERPLAN_TASK: task = '', MASTERPLAN_PLAN: plan } = process.env;
const made = join(example, 'made', task.replaceAll('/', '.'));
if (!existsSync(made)) {
  console.error(`this agent does not know the task ${task}`);
  process.exit(1);
}
console.log(`${plan === undefined ? 'working on' : 'planning'} ${task}`);
if (plan === undefined) cpSync(made, '.', { recursive: true });
else copyFileSync(join(made, 'plan.md'), plan);
