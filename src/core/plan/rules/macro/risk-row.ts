import type { Edit } from '../../../base/finding.ts';
import type { MacroRisk } from '../../kinds/macro/model.ts';
import type { Rule } from '../rule.ts';
import { isEmpty } from './shared.ts';

const STUBS = {
  cost: '[pull requests of rework]',
  validation: '[how it is checked]',
  gate: '[before which pull request]',
} as const;

/** MA-20: a risk without a price and a check is a worry. */
export const riskRow: Rule<'macro'> = {
  id: 'MA-20',
  name: 'risk-row',
  about: 'A row of the risk register lacks its cost, its validation or its gate.',
  severity: 'error',
  fix: 'stub',
  kinds: ['macro'],
  *check({ draft, detail }) {
    for (const risk of detail.risks) {
      const missing = missingOf(risk);
      if (missing.length === 0) continue;
      const message = `"${risk.title.slice(0, 60)}" has no ${missing.join(', no ')}.`;
      const hint = 'State the rework in pull requests, how the assumption is checked, and before which pull request.';
      const edits = missing.flatMap((part): readonly Edit[] => {
        const cell = risk.cells.get(part);
        if (cell === undefined) return [];
        const tight = draft.outline.source.text[cell.start - 1] === '|';
        return [
          {
            start: cell.start,
            end: cell.end,
            text: `${tight ? ' ' : ''}${STUBS[part]}${tight || cell.start === cell.end ? ' ' : ''}`,
          },
        ];
      });
      if (edits.length === 0) yield { span: risk.span, message, hint };
      else yield { span: risk.span, message, hint, fix: { kind: 'stub', title: 'Fill the empty cells', edits } };
    }
  },
};

function missingOf(risk: MacroRisk): readonly (keyof typeof STUBS)[] {
  const missing: (keyof typeof STUBS)[] = [];
  if (isBlank(risk.costText)) missing.push('cost');
  if (isBlank(risk.validation) && isEmpty(risk.success)) missing.push('validation');
  // The shorter of the two registers has no column for gates.
  if (isBlank(risk.gate) && risk.cells.has('gate')) missing.push('gate');
  return missing;
}

// Text of a template is no value either, but it has been seen: GEN-001 speaks of it.
function isBlank(text: string | undefined): boolean {
  return text === undefined || /^[\s\-—–.…?]*$/.test(text);
}
