import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Facts } from '../src/core/plan/rules/rule.ts';
import { lintDraft } from '../src/core/plan/lint.ts';
import { PLAN_KINDS, type PlanKind } from '../src/core/plan/model.ts';
import { readDraft } from '../src/core/plan/parse.ts';
import { CHECKS } from '../src/core/plan/rules/registry.ts';
import { documentOf, smallDocument } from './lib/documents.ts';
import { median, paired, processorTime, type Subject } from './lib/measure.ts';
import { inPlace } from './lib/place.ts';
import { options, print, type Goal, type Row } from './lib/report.ts';
import { PROGRAM, whole } from './lib/whole.ts';

/*
 * Dense plans of every kind, 1 MB each: read, and linted with every rule, beside a bare cut into lines with a regular
 * expression for each; twice the size; and a repository of 1,000 plans as a whole process. `--rules 15` lists the rules of
 * each kind that take the longest, and measures nothing else; `--kind macro` looks at one kind.
 */

const { json, rounds, plans, rules, kind: only } = options({ rounds: 7, plans: 1000, rules: 0 }, ['kind']);
const kinds = PLAN_KINDS.filter((kind) => only === '' || kind === only);

function read(text: string, kind: PlanKind): Extract<ReturnType<typeof readDraft>, { ok: true }>['value'] {
  const done = readDraft(text);
  if (!done.ok || done.value.draft.kind !== kind) throw new Error(`the ${kind} plan of this benchmark is none`);
  return done.value;
}

function lint(text: string, kind: PlanKind): void {
  const { draft, compiled } = read(text, kind);
  lintDraft(draft, compiled, { most: Infinity });
}

const cut = (text: string): number =>
  text.split('\n').reduce((count, line) => (/^\s*(?:#{1,6} |[-*+] |\||\d+[.)] )/.test(line) ? count + 1 : count), 0);

if (rules > 0) listRules();
else {
  await measureKinds();
  await measureRepository();
}

function listRules(): void {
  const facts: Facts = {};
  for (const kind of kinds) {
    const { text } = documentOf(kind, 1_000_000);
    const times = new Map<string, number[]>();
    for (let round = 0; round < rounds; round++) {
      const { draft, compiled } = read(text, kind);
      for (const rule of CHECKS) {
        if (!rule.kinds.includes(kind)) continue;
        const took = processorTime(() => {
          for (const _ of rule.check({ draft, detail: draft.detail, compiled, facts, stage: 'draft' }));
        });
        times.set(rule.id, [...(times.get(rule.id) ?? []), took]);
      }
    }
    const rows = [...times]
      .map(([rule, all]): Row => ({ rule, ms: median(all) }))
      .sort((a, b) => Number(b['ms']) - Number(a['ms']));
    const sum = rows.reduce((total, row) => total + Number(row['ms']), 0);
    const notes = [`${rows.length} rules, ${sum.toFixed(0)} ms together`];
    print({ name: `rules on 1 MB of a plan of kind ${kind}`, rows: rows.slice(0, rules), notes }, json);
  }
}

async function measureKinds(): Promise<void> {
  const rows: Row[] = [];
  const goals: Goal[] = [];
  for (const kind of kinds) {
    const { text, units } = documentOf(kind, 1_000_000);
    const double = documentOf(kind, 2_000_000).text;
    const lines = (): number => processorTime(() => void cut(text));
    const [, reading, both, twice] = await paired(
      {
        lines,
        read: () => processorTime(() => void read(text, kind)),
        both: () => processorTime(() => lint(text, kind)),
        twice: () => processorTime(() => lint(double, kind)),
      },
      rounds,
    );
    if (reading === undefined || both === undefined || twice === undefined) continue;
    const growth = twice.ms / both.ms;
    rows.push({
      kind,
      units,
      'read ms': reading.ms,
      'read + lint ms': both.ms,
      fastest: both.fastest,
      'x lines': both.ratio,
      '2 MB / 1 MB': growth,
    });
    goals.push(
      { what: `${kind}: 1 MB read and linted`, value: both.ms, atMost: 400, unit: 'ms' },
      { what: `${kind}: twice the size`, value: growth, atMost: 2.6, unit: 'x' },
    );
  }
  print({ name: 'plans of 1 MB, milliseconds of processor time', rows, goals }, json);
}

async function measureRepository(): Promise<void> {
  await inPlace(async (directory) => {
    let bytes = 0;
    for (let n = 0; n < plans; n++) {
      const text = smallDocument(PLAN_KINDS[n % PLAN_KINDS.length] as PlanKind, 6, n + 1);
      const folder = join(directory, 'docs/plans', `plan-${n}`);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'plan.md'), text);
      bytes += text.length;
    }
    for (const kind of kinds) writeFileSync(join(directory, `${kind}.md`), documentOf(kind, 1_000_000).text);
    const run = (...args: string[]): void => {
      const ended = whole(directory, args);
      if (ended.code !== 0 && ended.code !== 4) throw new Error(ended.stderr);
    };
    const subjects: Record<string, Subject> = { 'node -e 0': () => run('-e', '0') };
    subjects[`lint, ${plans} plans`] = () => run(PROGRAM, 'lint', 'docs/plans', '--json');
    for (const kind of kinds) subjects[`lint, 1 MB of ${kind}`] = () => run(PROGRAM, 'lint', `${kind}.md`, '--json');
    const measured = await paired(subjects, Math.min(rounds, 5));
    print(
      {
        name: 'whole processes',
        rows: measured.map((one) => ({
          command: one.name,
          ms: one.ms,
          fastest: one.fastest,
          'x node -e 0': one.ratio,
        })),
        notes: [`${plans} plans of all kinds: ${(bytes / 1e6).toFixed(1)} MB`],
      },
      json,
    );
  });
}
