import { isPlaceholder } from '../../commands.ts';
import { spanAt } from './shared.ts';
import type { Rule } from '../rule.ts';

const VAGUE =
  /\b(?:properly|correctly|appropriately|as (?:expected|intended|desired)|(?:should )?works?(?: (?:fine|well))?|gracefully|reasonabl[ey]|user[- ]friendly|seamless(?:ly)?)\b/i;
const STRONG = /\d|["“”`]|\b(?:status|code|message|error|empty|unchanged|404|exactly|at (?:most|least))\b/i;
const OBSERVABLE =
  /\b(?:returns?|returned|shows?|shown|displays?|displayed|sees?|receives?|received|contains?|lists?|listed|is|are|has|have|remains?|becomes?|sends?|sent|stor(?:es?|ed)|saves?|saved|creat(?:es?|ed)|delet(?:es?|ed)|remov(?:es?|ed)|reject(?:s|ed)?|refus(?:es?|ed)|redirect\w*|record(?:s|ed)?|log(?:s|ged)?|count|visible|hidden|disabled?|enabled?|appears?|disappears?|updat(?:es?|ed)|notif(?:y|ies|ied)|raises?|raised|publish(?:es|ed)|emit(?:s|ted)?|stays?|opens?|closes?|starts?|stops?|cannot|can|gets?|prints?|answers?|responds?|responses?|includes?|offers?|marks?|marked|moves?|moved|reads?|writes?|accepts?|accepted|keeps?|restor(?:es|ed)|charged?|no longer|within|before|after)\b/i;

/** FP-09: the Then of a criterion says nothing that can be observed. */
export const acObservable: Rule<'functional'> = {
  id: 'FP-09',
  name: 'ac-observable',
  about: 'The Then of a criterion says nothing that can be observed.',
  severity: 'warning',
  fix: 'none',
  kinds: ['functional'],
  *check({ draft, detail }) {
    for (const { id, clauses } of detail.criteria) {
      const then = clauses.filter(({ word, text }) => word === 'then' && text !== '');
      const [first] = then;
      if (first === undefined || isPlaceholder(first.text)) continue;
      const text = then
        .map((clause) => clause.text)
        .join(' ')
        .slice(0, 4000);
      const vague = VAGUE.exec(text)?.[0];
      const strong = STRONG.test(text);
      if (vague === undefined ? strong || OBSERVABLE.test(text) : strong) continue;
      const message =
        vague === undefined ? `What ${id} expects cannot be observed.` : `"${vague}" in ${id} cannot be tested.`;
      yield {
        span: spanAt(draft, first),
        message,
        hint: 'Name a status, a value, a state or a message that somebody can see.',
      };
    }
  },
};
