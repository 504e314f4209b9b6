import type { Edit } from '../../../base/finding.ts';
import type { ClauseKey, Contract } from '../../kinds/micro/model.ts';
import type { Source } from '../../markdown/source.ts';
import { newlineOf } from '../newline.ts';
import type { Rule } from '../rule.ts';
import { contractSpan, endOfLine } from './places.ts';

const CLAUSES: readonly { readonly key: ClauseKey; readonly stub: string }[] = [
  { key: 'given', stub: '[the state before]' },
  { key: 'when', stub: '[what happens]' },
  { key: 'then', stub: '[what can be observed afterwards]' },
];

/** MI-04: a contract that is no whole sentence cannot be tested. */
export const givenWhenThen: Rule<'micro'> = {
  id: 'MI-04',
  name: 'given-when-then',
  about: 'A behavioural contract lacks GIVEN, WHEN or THEN.',
  severity: 'error',
  fix: 'stub',
  kinds: ['micro'],
  *check({ draft, detail }) {
    const { source } = draft.outline;
    for (const contract of detail.contracts) {
      const missing = CLAUSES.filter(({ key }) => (contract.clauses[key]?.text ?? '') === '');
      if (missing.length === 0) continue;
      const names = missing.map(({ key }) => key.toUpperCase());
      const edits = stubs(source, contract, new Set(missing.map(({ key }) => key)));
      yield {
        span: contractSpan(draft, contract),
        message: `${contract.id} has no ${names.join(' and no ')}.`,
        hint: `Write ${names.map((name) => `\`- ${name} …\``).join(', ')} below its name.`,
        ...(edits === undefined
          ? {}
          : { fix: { kind: 'stub' as const, title: `Insert ${names.join(', ')} to fill in`, edits } }),
      };
    }
  },
};

function stubs(source: Source, contract: Contract, missing: ReadonlySet<ClauseKey>): readonly Edit[] | undefined {
  // A row of a table has cells for them, and an empty clause is there already.
  if (contract.bullet === '' || [...missing].some((key) => contract.clauses[key] !== undefined)) return undefined;
  const nl = newlineOf(source);
  const texts = new Map<number, string>();
  let at = endOfLine(source, contract.head.end);
  for (const { key, stub } of CLAUSES) {
    const clause = contract.clauses[key];
    if (clause !== undefined) at = Math.max(at, endOfLine(source, Math.max(clause.start, clause.end - 1)));
    else texts.set(at, `${texts.get(at) ?? ''}${nl}${contract.bullet}${key.toUpperCase()} ${stub}`);
  }
  return [...texts].map(([start, text]) => ({ start, end: start, text }));
}
