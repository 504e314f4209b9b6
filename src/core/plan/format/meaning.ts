import { ok, type Result } from '../../base/result.ts';
import type { Compiled } from '../compile.ts';
import type { Draft } from '../draft.ts';
import { plainText } from '../markdown/inline.ts';
import { lintDraft } from '../lint.ts';
import type { PlanKind, UnknownPlan } from '../model.ts';
import { readDraft } from '../parse.ts';

/** What a document says, without how it is written: two texts with the same meaning make the same run. */
export interface Meaning {
  readonly kind: PlanKind;
  readonly said: string;
  /** Findings by rule and severity. */
  readonly findings: ReadonlyMap<string, number>;
}

/** Reads and lints a document. */
export function meaningOf(text: string, kind: PlanKind | undefined): Result<Meaning, UnknownPlan> {
  const read = readDraft(text, kind);
  if (!read.ok) return read;
  const { draft, compiled } = read.value;
  const findings = new Map<string, number>();
  for (const { rule, severity } of lintDraft(draft, compiled, { most: Infinity })) {
    findings.set(`${rule} ${severity}`, (findings.get(`${rule} ${severity}`) ?? 0) + 1);
  }
  return ok({ kind: draft.kind, said: saidBy(draft, compiled), findings });
}

/** Whether a document says what it said, and nothing new is wrong with it. */
export function meansTheSame(before: Meaning, after: Result<Meaning, UnknownPlan>): boolean {
  if (!after.ok || after.value.said !== before.said) return false;
  for (const [rule, count] of after.value.findings) if (count > (before.findings.get(rule) ?? 0)) return false;
  return true;
}

function saidBy(draft: Draft, { tasks, edges, gates }: Compiled): string {
  const ticks = (boxes: Draft['boxes']): string => boxes.map(({ ticked }) => (ticked ? 'x' : '-')).join('');
  return JSON.stringify([
    draft.kind,
    draft.title,
    draft.status?.value ?? draft.status?.text,
    tasks,
    edges,
    gates,
    draft.units.map((unit) => [
      unit.id,
      unit.title,
      unit.wave,
      unit.declaredWave,
      unit.group,
      unit.paths.map(({ text }) => text),
      unit.verify.map(({ run, expects }) => [run, expects]),
      unit.criteria.map(plainText),
      unit.criterionIds,
      unit.requirementIds,
      ticks(unit.boxes),
      unit.phase?.steps.map(({ number, title, box }) => [number, title, box?.ticked]),
    ]),
    draft.requirements.map(({ id, title }) => [id, title]),
    draft.criteria.map(({ id, title, text, requirements }) => [id, title, plainText(text), requirements]),
    draft.verify.map(({ run, expects }) => [run, expects]),
    ticks(draft.boxes),
    draft.sections.map(({ key }) => key),
    draft.header.map(({ key, value }) => [key, plainText(value)]),
  ]);
}
