import type { LintKind } from '../../../core/companions/kinds.ts';
import { PLAN_KINDS } from '../../../core/plan/model.ts';
import type { ListedRule } from '../../../app/lint-rules.ts';
import { padTo, widest } from '../../width.ts';
import type { Paint } from '../paint.ts';

/** Every rule on a line: id, name, usual severity, what `--fix` does. */
export function renderRules(rules: readonly ListedRule[], paint: Paint): string[] {
  const ids = widest(
    rules.map(({ id }) => id),
    20,
  );
  const names = widest(
    rules.map(({ name }) => name),
    40,
  );
  return rules.map(
    ({ id, name, severity, fix, about }) =>
      `${paint.strong(padTo(id, ids))}  ${padTo(name, names)}  ${padTo(severity, 7)}  ${padTo(fix === 'none' ? '' : fix, 7)}  ${about}`,
  );
}

/** One rule in full, and how to set it. */
export function renderRule(
  { id, name, about, severity, severities, fix, kinds, refuses }: ListedRule,
  paint: Paint,
): string[] {
  const elsewhere = Object.entries(severities ?? {}).map(([where, one]) => `${one} (${where})`);
  return [
    `${paint.strong(id)} ${name}`,
    `  ${about}`,
    '',
    `  severity  ${[severity, ...elsewhere].join(', ')}`,
    `  kinds     ${kindWords(kinds)}`,
    `  fix       ${FIXES[fix]}`,
    ...(refuses === true ? ['  run       an error of it keeps a plan from being run'] : []),
    '',
    `  ${paint.type(`masterplan lint --rule ${id}=off`)}`,
    `  .masterplan.yaml:  lint: {rules: {${id}: off}}`,
    // Commit messages and JSON have no comments.
    ...(kinds.every((kind) => kind === 'commit' || kind === 'convergence')
      ? []
      : [`  above a line:      <!-- masterplan-disable-next-line ${id} -- why -->`]),
  ];
}

const FIXES: Readonly<Record<ListedRule['fix'], string>> = {
  auto: '--fix mends it',
  stub: '--fix adds the missing part with placeholders',
  suggest: 'suggested, never applied',
  none: 'by hand',
};

function kindWords(kinds: readonly LintKind[]): string {
  return kinds.length === PLAN_KINDS.length ? 'every kind of plan' : kinds.join(', ');
}
