import type { PlanTask } from '../src/core/plan/model.ts';
import { formatStamp } from '../src/core/base/time.ts';
import { dispatch } from '../src/core/run/dispatch.ts';
import type { RecordedEvent } from '../src/core/run/event.ts';
import { evolve } from '../src/core/run/evolve.ts';
import { emptyState, type RunState } from '../src/core/run/state.ts';
import { granted, type Share } from '../src/core/run/shares.ts';
import { explainWaiting } from '../src/core/views/explain.ts';
import { Chance } from './lib/chance.ts';
import { beginning, SETTINGS } from './lib/history.ts';
import { median, processorTime } from './lib/measure.ts';
import { type Goal, options, print, type Row } from './lib/report.ts';

/*
 * What one decision costs when all tasks of a plan are ready, with scopes, things and waves, for 1,000 and 10,000 tasks; and how fair
 * runs share a machine: some that always want more, and some that come and go, in virtual time.
 */

const { json, rounds, seed } = options({ rounds: 15, seed: 1 });
const SIZES = [1_000, 10_000] as const;

interface Case {
  readonly name: string;
  readonly scope: (at: number) => readonly string[];
  readonly resources?: Readonly<Record<string, number>>;
  readonly barrier?: 'wave';
}

const CASES: readonly Case[] = [
  { name: 'scopes of their own', scope: (at) => [`src/m${at % 97}/f${at}.ts`] },
  // Everything but one waits: the worst that scopes can do.
  { name: 'all share a directory', scope: (at) => ['src/', `docs/f${at}.md`] },
  { name: 'globs', scope: (at) => [`src/m${at % 97}/**/*.ts`] },
  { name: 'all need one thing', scope: (at) => [`src/f${at}.ts`], resources: { gpu: 1 } },
  { name: 'waves', scope: (at) => [`src/f${at}.ts`], barrier: 'wave' },
];

function stateOf(size: number, one: Case): RunState {
  const tasks = Array.from({ length: size }, (_, at): PlanTask => ({
    id: `T${at + 1}`,
    title: '',
    unit: `task:${at + 1}`,
    needs: [],
    scope: one.scope(at),
    verify: [],
    nonCommitting: false,
    agent: undefined,
    estimate: undefined,
    ...(one.resources === undefined ? {} : { resources: one.resources }),
  }));
  const state = emptyState();
  for (const event of beginning(tasks, 'bench', new Chance(seed))) {
    const given =
      event.event === 'config_resolved'
        ? {
            ...event,
            settings: {
              ...SETTINGS,
              parallel: 64,
              ...(one.resources === undefined ? {} : { resources: { gpu: 1 } }),
              ...(one.barrier === undefined ? {} : { barrier: one.barrier }),
            },
          }
        : event;
    evolve(state, { ...given, ts: formatStamp(0), fence: 1, seq: state.seq + 1 } as RecordedEvent);
  }
  return state;
}

const rows: Row[] = [];
const goals: Goal[] = [];
for (const one of CASES) {
  const took = SIZES.map((size) => {
    const state = stateOf(size, one);
    const times = (work: () => void): number =>
      median(Array.from({ length: rounds + 2 }, () => processorTime(work)).slice(2));
    return { decide: times(() => dispatch(state, [], {}, false)), why: times(() => explainWaiting(state)) };
  });
  const [small, large] = took as [(typeof took)[number], (typeof took)[number]];
  const ratio = large.why / Math.max(0.05, small.why);
  rows.push({
    case: one.name,
    'decide 10,000 ms': large.decide,
    'why-not 1,000 ms': small.why,
    'why-not 10,000 ms': large.why,
    'x for 10 x the tasks': ratio,
  });
  goals.push({ what: `${one.name}: a decision on 10,000 ready tasks`, value: large.decide, atMost: 100, unit: 'ms' });
}
print({ name: 'one decision, all tasks ready, 64 agents', rows, goals }, json);

/** Runs that share places in virtual time: what each had, and the longest that one waited with nothing at all. */
function share(
  hungry: number,
  guests: number,
  places: number,
): { readonly fairness: number; readonly longest: number } {
  const chance = new Chance(seed * 7919 + hungry * 131 + guests * 17 + places);
  const all = Array.from({ length: hungry + guests }, (_, at) => ({
    id: `r${at}`,
    using: 0,
    wants: 0,
    since: 0,
    ends: [] as number[],
    had: 0,
    dry: 0,
  }));
  let longest = 0;
  const MINUTES = 20_000;
  for (let now = 0; now < MINUTES; now++) {
    for (const [at, run] of all.entries()) {
      run.ends = run.ends.filter((end) => end > now);
      run.using = run.ends.length;
      run.had += run.using;
      const wanted = at < hungry ? places : chance.next() < 0.02 ? 2 : run.wants;
      if (run.wants === 0 && wanted > 0) run.since = now;
      run.wants = wanted;
    }
    // They come in any order, as real ones do.
    const first = chance.whole(0, all.length - 1);
    for (let step = 0; step < all.length; step++) {
      const run = all[(first + step) % all.length] as (typeof all)[number];
      const shares: Share[] = all.map(({ id, using, wants, since }) => ({ id, using, wants, since }));
      const got = granted(shares, places, run.id);
      for (let n = 0; n < got; n++) run.ends.push(now + Math.max(1, Math.round(chance.lognormal(10, 0.8))));
      run.using += got;
      if (got > 0) {
        run.wants = Math.max(0, run.wants - got);
        run.since = now;
      }
    }
    for (const run of all) {
      run.dry = run.wants > 0 && run.using === 0 ? run.dry + 1 : 0;
      longest = Math.max(longest, run.dry);
    }
    if (all.reduce((sum, { using }) => sum + using, 0) > places) throw new Error('more than there are');
  }
  const had = all.slice(0, hungry).map((run) => run.had);
  const sum = had.reduce((total, one) => total + one, 0);
  const squares = had.reduce((total, one) => total + one * one, 0);
  return { fairness: (sum * sum) / (had.length * squares), longest };
}

const shared: Row[] = [];
const bounds: Goal[] = [];
for (const [hungry, guests, places] of [
  [2, 0, 1],
  [2, 0, 4],
  [3, 3, 4],
  [8, 4, 8],
  [8, 8, 4],
] as const) {
  const { fairness, longest } = share(hungry, guests, places);
  shared.push({
    'always hungry': hungry,
    'come and go': guests,
    places,
    'fairness (Jain)': fairness,
    'longest dry, min': longest,
  });
  bounds.push({
    what: `${hungry} hungry, ${guests} guests, ${places} places: 1 - fairness`,
    value: 1 - fairness,
    atMost: 0.02,
  });
}
print(
  {
    name: 'places of a machine, 20,000 minutes, attempts of 10 min (lognormal)',
    rows: shared,
    goals: bounds,
    notes: ['Nobody is interrupted: with fewer places than runs, one waits for as long as those before it work.'],
  },
  json,
);
