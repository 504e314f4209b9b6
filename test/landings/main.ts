import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { landings } from './landings.ts';

const USAGE = `usage: npm run landings -- [--seed <n>] [--landings <n>] [--conflicts <n>] [--agents <n>] [--slots <n>] [--batch <n>]`;

let given: Record<string, string | undefined>;
try {
  ({ values: given } = parseArgs({
    options: {
      seed: { type: 'string' },
      landings: { type: 'string' },
      conflicts: { type: 'string' },
      agents: { type: 'string' },
      slots: { type: 'string' },
      batch: { type: 'string' },
    },
  }));
} catch {
  console.error(USAGE);
  process.exit(2);
}
const number = (name: string, otherwise: number): number => Number(given[name] ?? otherwise);
const numbers = {
  seed: number('seed', 1),
  landings: number('landings', 500),
  conflicts: number('conflicts', 30),
  agents: number('agents', 8),
  slots: number('slots', 2),
  batch: number('batch', 4),
};
if (Object.values(numbers).some((value) => !Number.isInteger(value) || value < 0)) {
  console.error(USAGE);
  process.exit(2);
}
const asked = { program: resolve('dist/start.cjs'), ...numbers };
console.log(`seed ${asked.seed}: ${asked.landings} landings, ${asked.conflicts} pairs that do not go together`);
const found = await landings(asked, (line) => console.log(line));
for (const line of found.wrong.slice(0, 20)) console.error(line);
const { minutes } = found;
console.log(`
landed                        ${found.landed} of ${asked.landings} in ${minutes.toFixed(1)} min, ${Math.round((found.landed / minutes) * 60)} an hour
the branch stood on           ${found.stands} trees, ${found.redStands} of them red
commits on it                 ${found.commits}, ${found.redCommits} of them red
pairs that met: textual       ${found.met.textual}
                semantic      ${found.met.semantic}
                number        ${found.met.number}
                count         ${found.met.count}
handed back                   ${found.conflicted} for a conflict, ${found.rejected} because they were red together
numbers given at landing      ${found.renumbered}
trains                        ${found.trains}, the longest of ${found.longest}; ${found.verifications} verifications of the queue
attempts                      ${found.attempts}
`);
console.log(found.wrong.length === 0 ? 'main was never red' : `${found.wrong.length} things are wrong`);
process.exit(found.wrong.length === 0 ? 0 : 1);
