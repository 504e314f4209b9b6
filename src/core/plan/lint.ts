import type { Finding, Severity } from '../base/finding.ts';
import type { Compiled } from './compile.ts';
import { type Disables, disablesOf } from './disable.ts';
import type { Draft } from './draft.ts';
import { CHECKS, RULES } from './rules/registry.ts';
import { type Facts, type Rule, type Stage, severityOf, type Subject } from './rules/rule.ts';

/** What a rule is set to: a severity, or off. */
export type RuleSetting = Severity | 'off';

export interface LintOptions {
  readonly facts?: Facts;
  /** Without it, what the document's own status says. */
  readonly stage?: Stage;
  /** By rule id, upper case. */
  readonly rules?: Readonly<Record<string, RuleSetting>>;
  /** Findings of one rule and severity that are kept (default: 50). */
  readonly most?: number;
}

/** Runs all rules that apply to a document. Findings are in document order, settings and disabling comments applied. */
export function lintDraft(draft: Draft, compiled: Compiled, options: LintOptions = {}): readonly Finding[] {
  const stage = options.stage ?? stageOf(draft);
  const subject: Subject = { draft, detail: draft.detail, compiled, facts: options.facts ?? {}, stage };
  // What readers remark weighs as its rule says at this stage.
  const read = [...draft.remarks, ...compiled.findings].map((one) => atStage(one, stage));
  const found: Finding[] = [...read];
  for (const rule of CHECKS) {
    if (options.rules?.[rule.id] === 'off' || !rule.kinds.includes(draft.kind)) continue;
    check(rule, subject, found);
  }
  return settled(found, disablesOf(draft.outline), KNOWN, options);
}

/** What of all that was found is shown: comments and settings applied, in document order. */
export function settled(
  found: readonly Finding[],
  disables: Disables,
  known: ReadonlySet<string>,
  { rules, most }: Pick<LintOptions, 'rules' | 'most'>,
): readonly Finding[] {
  const kept = found.filter(disables.keeps);
  const useless = disables.useless(known, silentRules(rules));
  return inOrder(
    [...kept, ...useless].flatMap((one) => asSet(one, rules)),
    most,
  );
}

const KNOWN: ReadonlySet<string> = new Set(RULES.map(({ id }) => id));

function silentRules(rules: LintOptions['rules'] = {}): ReadonlySet<string> {
  return new Set(Object.keys(rules).filter((id) => rules[id] === 'off'));
}

const BY_ID = new Map(RULES.map((rule) => [rule.id, rule]));

function atStage(finding: Finding, stage: Stage): Finding {
  const severity = BY_ID.get(finding.rule)?.severities?.[stage];
  return severity === undefined || finding.severity === 'info' ? finding : { ...finding, severity };
}

function check(rule: Rule, subject: Subject, found: Finding[]): void {
  const usual = severityOf(rule, subject.draft.kind, subject.stage);
  for (const { severity = usual, ...remark } of rule.check(subject)) found.push({ rule: rule.id, severity, ...remark });
}

function asSet(finding: Finding, rules: LintOptions['rules']): readonly Finding[] {
  const setting = rules?.[finding.rule];
  if (setting === undefined) return [finding];
  return setting === 'off' ? [] : [{ ...finding, severity: setting }];
}

/** The stage that a document's own status says it is at. */
export function stageOf(draft: Draft): Stage {
  switch (draft.status?.value) {
    case 'in-review':
    case 'approved':
      return 'approval';
    case 'in-progress':
    case 'suspended':
      return 'execution';
    case 'done':
      return 'done';
    default:
      return 'draft';
  }
}

/** A rule that fires more often than this on one document has made its point. */
const MAX_FINDINGS = 50;

/** In document order, and of each rule only the first few: the last one kept says how many more there are. */
export function inOrder(findings: readonly Finding[], most = MAX_FINDINGS): readonly Finding[] {
  const sorted = [...findings].sort(
    (a, b) => a.span.start - b.span.start || (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0),
  );
  const counts = new Map<string, number>();
  const kept: Finding[] = [];
  const last = new Map<string, number>();
  for (const one of sorted) {
    const key = `${one.rule} ${one.severity}`;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    if (count <= most) last.set(key, kept.push(one) - 1);
  }
  for (const [key, at] of last) {
    const more = (counts.get(key) as number) - most;
    const one = kept[at] as Finding;
    if (more > 0) kept[at] = { ...one, message: `${one.message} (${more} more like this.)` };
  }
  return kept;
}
