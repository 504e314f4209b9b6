import { carryOut, isRight } from './carry-out.ts';
import { corpus } from './corpus.ts';
import { judgeHistory } from './history.ts';

/**
 * `npm run witness`: carries the whole corpus out with the real engine. `--history 150`: judges the last 150 commits of this
 * repository that touch tests instead, each of which is taken for honest.
 */
const args = process.argv.slice(2);
if (args[0] === '--history') {
  history(Number(args[1] ?? 150));
  process.exit(0);
}
const [folder = ''] = args.filter((arg) => !arg.startsWith('--'));
const began = performance.now();
const count = { cheats: { right: 0, all: 0 }, honest: { right: 0, all: 0 } };
for (const one of corpus(folder)) {
  const outcome = await carryOut(one);
  const right = isRight(one, outcome);
  const row = one.honest ? count.honest : count.cheats;
  row.all++;
  if (right) row.right++;
  else console.log(`${one.honest ? 'rejected' : 'missed'}  ${one.name}  ${outcome.why.slice(0, 600)}`);
  if (right && process.argv.includes('--all')) console.log(`right  ${one.name}  ${outcome.why.slice(0, 200)}`);
}
const seconds = (performance.now() - began) / 1000;
console.log(`cheats caught  ${count.cheats.right} of ${count.cheats.all}`);
console.log(`honest passed  ${count.honest.right} of ${count.honest.all}`);
console.log(`in ${seconds.toFixed(1)} s`);
process.exitCode = count.cheats.right + count.honest.right === count.cheats.all + count.honest.all ? 0 : 1;

function history(count: number): void {
  const judged = judgeHistory(count);
  const objected = judged.filter(({ errors }) => errors.length > 0);
  for (const { commit, subject, errors } of objected)
    console.log(`${commit}  ${subject}\n${errors.map((each) => `    ${each}\n`).join('')}`);
  console.log(`objected to ${objected.length} of ${judged.length} commits`);
}
