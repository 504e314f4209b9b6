import type { AcceptanceCriterion } from '../../kinds/functional/model.ts';
import type { Table } from '../../markdown/tables.ts';
import { lineEndOf, spanAt } from './shared.ts';
import type { Rule } from '../rule.ts';

/** A row that says of each column what the criterion says. */
function rowFor({ columns }: Table, one: AcceptanceCriterion): string {
  const outcome = one.clauses.find(({ word }) => word === 'then')?.text ?? one.sentence;
  const cells = columns.map((column) => {
    if (/^(?:frs?|req|requirements?)$/.test(column))
      return [...new Set(one.requirements.map(({ written }) => written))].join(', ') || '—';
    if (/^(?:acs?|criteri(?:on|a)|acceptance criteri(?:on|a))$/.test(column)) return one.written;
    if (/^(?:verified|done|passed|status|result)$/.test(column)) return '[ ]';
    if (column.endsWith('type')) return 'Unit';
    return /scenario|check/.test(column) ? one.title || outcome : outcome;
  });
  return `| ${cells.map((cell) => cell.replace(/\s+/g, ' ').replaceAll('|', '\\|') || '—').join(' | ')} |`;
}

/** FP-11: a contract has no row for an acceptance criterion. */
export const acInContracts: Rule<'functional'> = {
  id: 'FP-11',
  name: 'ac-in-contracts',
  about: 'A contract has no row for an acceptance criterion.',
  severity: 'error',
  fix: 'auto',
  kinds: ['functional'],
  *check({ draft, detail }) {
    const eol = lineEndOf(draft);
    const contracts = [
      ['the engineer', detail.seVerification],
      ['the test writer', detail.testMandate],
      ['the reviewer', detail.reviewContract],
    ] as const;
    for (const [who, contract] of contracts) {
      const table = contract?.tables.at(-1);
      if (contract === undefined || table === undefined) continue;
      const named = new Set(contract.rows.flatMap(({ criteria }) => criteria.map(({ id }) => id)));
      const missing = detail.criteria.filter(({ id }, i) => !named.has(id) && detail.criteria[i - 1]?.id !== id);
      if (missing.length === 0) continue;
      const ids = missing.map(({ id }) => id);
      const shown = ids.slice(0, 8).join(', ') + (ids.length > 8 ? ` and ${ids.length - 8} more` : '');
      const message = `${shown} ${ids.length === 1 ? 'is' : 'are'} missing in "${contract.section.title}", so nobody asks ${who} for ${ids.length === 1 ? 'it' : 'them'}.`;
      const text = missing.map((one) => `${eol}${rowFor(table, one)}`).join('');
      const span = spanAt(draft, contract.section.heading);
      const fix = {
        kind: 'auto' as const,
        title: `Add rows for ${shown}`,
        edits: [{ start: table.end, end: table.end, text }],
      };
      yield { span, message, hint: 'Write a row for every criterion.', fix };
    }
  },
};
