import { z } from 'zod';
import { nearest } from '../core/base/nearest.ts';
import { err, ok, type Result } from '../core/base/result.ts';
import type { LintKind } from '../core/companions/kinds.ts';
import { COMPANION_RULES } from '../core/companions/registry.ts';
import { PLAN_KINDS } from '../core/plan/model.ts';
import { CHECKS, RULES } from '../core/plan/rules/registry.ts';
import type { RuleInfo } from '../core/plan/rules/rule.ts';

/** Everything that a finding's rule id can be, whatever is linted. */
const ALL: readonly RuleInfo[] = [...RULES, ...COMPANION_RULES];

/** What a rule may be set to, in the configuration and by `--rule`. */
export const settingSchema = z.enum(['off', 'info', 'warning', 'error']);

/** A rule by its id or its name, however they are cased; the error is a sentence that names the nearest one. */
export function ruleCalled(text: string): Result<RuleInfo, string> {
  const name = text.trim().toLowerCase();
  const rule = ALL.find((one) => one.id.toLowerCase() === name || one.name === name);
  if (rule !== undefined) return ok(rule);
  const near = nearest(name, [...ALL.map(({ id }) => id), ...ALL.map((one) => one.name)]);
  return err(`there is no rule "${text.slice(0, 80)}"${didYouMean(near)}`);
}

/** Reads `GEN-013=off`. */
export function ruleSetting(
  text: string,
): Result<readonly [id: string, setting: z.infer<typeof settingSchema>], string> {
  const at = text.indexOf('=');
  if (at < 0)
    return err(`"${text.slice(0, 80)}" sets nothing: write ${text.slice(0, 80)}=off, =info, =warning or =error`);
  const rule = ruleCalled(text.slice(0, at));
  if (!rule.ok) return rule;
  const setting = settingSchema.safeParse(text.slice(at + 1).trim());
  if (!setting.success) return err(`"${text.slice(at + 1, at + 81)}" is no severity: off, info, warning or error`);
  return ok([rule.value.id, setting.data]);
}

export function didYouMean(near: string | undefined): string {
  return near === undefined ? '' : `; did you mean "${near}"?`;
}

/** A rule with the kinds that it looks at: those of a check, or every kind of plan for what readers remark. */
export interface ListedRule extends RuleInfo {
  readonly kinds: readonly LintKind[];
}

/** Every rule, in the order of docs/rules.md. */
export function listRules(): readonly ListedRule[] {
  const kinds = new Map<string, readonly LintKind[]>(CHECKS.map((rule) => [rule.id, rule.kinds]));
  for (const { id, kind } of COMPANION_RULES) kinds.set(id, [kind]);
  return ALL.map(({ id, name, about, severity, severities, fix, refuses }) => ({
    id,
    name,
    about,
    severity,
    ...(severities === undefined ? {} : { severities }),
    fix,
    ...(refuses === undefined ? {} : { refuses }),
    kinds: kinds.get(id) ?? PLAN_KINDS,
  }));
}
