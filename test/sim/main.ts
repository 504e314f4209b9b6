import { simulate } from './simulate.ts';

const args = process.argv.slice(2);
function numberOf(name: string, otherwise: number): number {
  const at = args.indexOf(name);
  return at < 0 ? otherwise : Number(args[at + 1]);
}

const single = args.includes('--seed');
const from = single ? numberOf('--seed', 1) : numberOf('--from', 1);
/** Goes on through seeds until that many amendments were taken in. */
const wanted = numberOf('--amendments', 0);
const count = single ? 1 : numberOf('--seeds', wanted > 0 ? Number.POSITIVE_INFINITY : 1000);
const total = {
  kills: 0,
  powerCuts: 0,
  stops: 0,
  lives: 0,
  attempts: 0,
  merges: 0,
  oldTests: 0,
  requests: 0,
  waivers: 0,
  amendments: 0,
  attached: 0,
  ioErrors: 0,
  robbed: 0,
  events: 0,
};
let failures = 0;
let seeds = 0;
const began = process.hrtime.bigint();
for (let seed = from; seed < from + count; seed++) {
  seeds++;
  const outcome = await simulate(seed, { trace: args.includes('--trace') });
  for (const [name, value] of Object.entries(outcome.counts)) total[name as keyof typeof total] += value;
  total.events += outcome.events;
  for (const line of outcome.trace) console.log(line);
  if (outcome.violation !== undefined) {
    failures++;
    console.log(`seed ${seed}: ${outcome.violation}\n  replay: npm run sim -- --seed ${seed} --trace`);
    if (failures >= numberOf('--failures', 10)) break;
  }
  if (seeds % 1000 === 0) console.log(`${seeds} seeds …`);
  if (wanted > 0 && total.amendments >= wanted) break;
}
const seconds = Number(process.hrtime.bigint() - began) / 1e9;
const {
  kills,
  powerCuts,
  stops,
  lives,
  attempts,
  merges,
  oldTests,
  requests,
  waivers,
  amendments,
  attached,
  ioErrors,
  events,
} = total;
console.log(
  `${seeds} seeds in ${seconds.toFixed(1)} s: ${kills} kills, ${powerCuts} power cuts, ${stops} stops, ${ioErrors} disk errors; ` +
    `${lives} processes of masterplan, ${requests} requests, ${waivers} waivers, ${amendments} amendments, ${attached} tasks done by hand, ${attempts} attempts, ${merges} merges, ${oldTests} runs of tests as they were, ${events} events; ${failures} failed`,
);
if (wanted > 0 && failures === 0)
  console.log(
    `${amendments} amendments of plans under way: no task in limbo, no stale evidence in force, in any of ${seeds} seeds`,
  );
process.exitCode = failures > 0 ? 1 : 0;
