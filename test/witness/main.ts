import { availableParallelism } from 'node:os';
import { carryOut, isRight } from './carry-out.ts';
import { corpus } from './corpus.ts';
import { judgeHistory } from './history.ts';

/**
 * `npm run witness`: carries the whole corpus out with the real engine. `--history 150`: judges the last 150 commits of this
 * repository that touch tests instead, each of which is taken for honest.
 */
const args = process.argv.slice(2);
if (args[0] === '--history') history(Number(args[1] ?? 150));
else await corpusCarriedOut();

async function corpusCarriedOut(): Promise<void> {
  const [folder = ''] = args.filter((arg) => !arg.startsWith('--'));
  const began = performance.now();
  const count = { cheats: { right: 0, all: 0 }, honest: { right: 0, all: 0 } };
  // One after the other they leave cores idle while git and commands start.
  const outcomes = await inTurn(corpus(folder), 2 * availableParallelism(), async (one) => ({
    one,
    outcome: await carryOut(one),
  }));
  for (const { one, outcome } of outcomes) {
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
}

/** What becomes of each, in their order, `most` at a time. */
async function inTurn<T, R>(list: readonly T[], most: number, each: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < list.length; at = next++) results[at] = await each(list[at] as T);
  };
  await Promise.all(Array.from({ length: most }, worker));
  return results;
}

function history(count: number): void {
  const judged = judgeHistory(count);
  const objected = judged.filter(({ errors }) => errors.length > 0);
  for (const { commit, subject, errors } of objected)
    console.log(`${commit}  ${subject}\n${errors.map((each) => `    ${each}\n`).join('')}`);
  console.log(`objected to ${objected.length} of ${judged.length} commits`);
}
