import { resolve } from 'node:path';
import { landings } from '../test/landings/landings.ts';
import { Chance } from './lib/chance.ts';
import { type Change, type Load, type Outcome, runQueue } from './lib/queue-model.ts';
import { type Goal, options, print, type Row } from './lib/report.ts';

/*
 * Landings an hour of the merge queue against one that verifies one task after the other and then merges it. In virtual time, with
 * the product's own decisions: 64 changes wait all the time, each touches one or two of 24 modules, a verification takes five
 * minutes, and a given share of the changes is not good on top of the others.
 * Then a short real run, with git and processes: trains of up to 4 against one at a time. `--real 0` leaves it out.
 */

const { json, changes, real, seed } = options({ changes: 300, real: 36, seed: 5 });
const MINUTES = 5;
const WAITING = 64;
const MODULES = 24;

/** Of the share that fails a fifth is good alone and red together with one earlier change of its module, the others are red on any. */
function changesOf(rate: number): Change[] {
  const chance = new Chance(seed);
  const all: Change[] = [];
  for (let at = 0; at < changes; at++) {
    const modules = new Set([chance.whole(0, MODULES - 1)]);
    if (chance.next() < 0.3) modules.add(chance.whole(0, MODULES - 1));
    const touches = [...modules].map((module) => `m${module}/`);
    const fails = chance.next() < rate;
    const near: number[] = [];
    for (let other = Math.max(0, at - WAITING); other < at; other++)
      if (all[other]?.touches.some((module) => touches.includes(module)) === true) near.push(other);
    const clashes = fails && near.length > 0 && chance.next() < 0.2;
    all.push({ touches, bad: fails && !clashes, clashes: clashes ? [chance.pick(near)] : [] });
  }
  return all;
}

function run(all: readonly Change[], landing: Load['landing'], flaky: Load['flaky']): Outcome {
  return runQueue({ changes: all, waiting: WAITING, landing, flaky, minutes: MINUTES });
}

const perHour = (outcome: Outcome): number => outcome.rate;

const rows: Row[] = [];
const goals: Goal[] = [];
const notes: string[] = [];
let red = 0;
let innocent = 0;
for (const percent of [1, 5, 10, 20]) {
  const all = changesOf(percent / 100);
  const serial = perHour(run(all, { mode: 'strict', slots: 1, batch: 1 }, 'fail'));
  for (const slots of [1, 2, 4, 8, 16]) {
    const lanes = run(all, { mode: 'lanes', slots, batch: 0 }, 'retry');
    const strict = run(all, { mode: 'strict', slots, batch: 0 }, 'retry');
    red += lanes.red + strict.red;
    innocent += lanes.innocent.length + strict.innocent.length;
    rows.push({
      'failures, %': percent,
      slots,
      'serial, an hour': serial,
      'lanes, an hour': perHour(lanes),
      'lanes, times serial': perHour(lanes) / serial,
      'strict, times serial': perHour(strict) / serial,
      'verifications a landing': lanes.verifications / lanes.landed.length,
    });
    if (percent === 5 && (slots === 1 || slots === 4)) {
      goals.push({
        what: `serial against ${slots} ${slots === 1 ? 'slot' : 'slots'}, 5 % failures`,
        value: serial / perHour(lanes),
        atMost: slots === 1 ? 1 / 2 : 1 / 5,
      });
    }
  }
}
goals.push({ what: 'times that the branch was red', value: red, atMost: 0 });
goals.push({ what: 'changes that were sent back for nothing', value: innocent, atMost: 0 });

if (real > 0) {
  const asked = { program: resolve('dist/start.cjs'), seed, landings: real, conflicts: 2, agents: 8, law: 1 };
  const one = await landings({ ...asked, slots: 1, batch: 1 });
  const trains = await landings({ ...asked, slots: 1, batch: 8 });
  goals.push({ what: 'real runs: things that are wrong', value: one.wrong.length + trains.wrong.length, atMost: 0 });
  notes.push(
    `real, ${real} tasks whose verification takes a second: ${one.queueMinutes.toFixed(2)} min of the queue one at a time (${one.verifications} verifications), ${trains.queueMinutes.toFixed(2)} min in trains of up to 8 (${trains.verifications}): ${(one.queueMinutes / trains.queueMinutes).toFixed(1)} times`,
  );
}
print({ name: 'queue', rows, goals, notes }, json);
