import type { NewRun, PlanFile } from '../../src/app/create.ts';
import { type Decided, importEvents } from '../../src/app/imports/compose.ts';
import type { RunEvent } from '../../src/core/run/event.ts';
import type { Verdict } from '../../src/core/run/import-event.ts';
import { Dice } from './dice.ts';
import type { Scenario } from './scenario.ts';

/** What was decided of one task before the run began here. */
export interface Before {
  readonly verdict: Verdict;
  /** What it is verified by is on the base: the records tell the truth. */
  readonly there: boolean;
}

/** What is known of tasks of a run that was begun elsewhere; empty: it begins here. */
export function beforehand({ seed, tasks, topic }: Omit<Scenario, 'before'>): ReadonlyMap<string, Before> {
  const dice = new Dice(seed, 'imported');
  const known = new Map<string, Before>();
  if (topic !== undefined || !dice.chance(0.15)) return known;
  const honest = dice.chance(0.7);
  for (const { id } of tasks) {
    const verdict = dice.pick(['done', 'done', 'not_done', 'not_done', 'possibly_done', 'waived'] as const);
    const there = verdict === 'done' ? honest || dice.chance(0.5) : verdict === 'possibly_done' && dice.chance(0.5);
    if (verdict !== 'not_done') known.set(id, { verdict, there });
  }
  return known;
}

/** Files on the base that earlier tasks left there. */
export function inherited(scenario: Scenario): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const [id, { there }] of scenario.before) {
    if (!there || scenario.tasks.some((task) => task.id === id && task.nonCommitting)) continue;
    const script = scenario.scripts.get(id);
    const parts = (script?.children ?? []).map((child) => ({ id: child, main: scenario.scripts.get(child)?.main }));
    for (const part of parts.length === 0 ? [{ id, main: script?.main }] : parts) {
      // Nobody who did it elsewhere overlooked anybody.
      const knows = scenario.tasks.map((task) => task.id).join(',');
      if (part.main !== undefined) files.set(part.main, `ok ${part.id}#0 knows:${knows}\n`);
    }
  }
  return files;
}

/** The first events of a run that was begun elsewhere: some of its tasks are done, possibly done or waived. `undefined`: it begins here. */
export function takenOver(scenario: Scenario, file: PlanFile, start: NewRun): RunEvent[] | undefined {
  if (scenario.before.size === 0) return undefined;
  const decided = scenario.tasks.map((task): Decided => {
    const verdict = scenario.before.get(task.id)?.verdict ?? 'not_done';
    const evidence = [{ signal: 'log', what: 'its log says that it was done', where: 'events.jsonl:1' }] as const;
    return { task: task.id, title: task.title, verdict, evidence, against: [] };
  });
  const imported = {
    kind: 'bundle',
    from: 'docs/masterplan/old',
    slug: start.slug,
    plan: '',
    verbatim: true,
    over: false,
    claims: new Map(),
    waived: new Set<string>(),
    remarks: [],
  } as const;
  return importEvents(file, start, imported, { 'state.yml': 'f'.repeat(64) }, decided);
}
