import type { Rule } from '../rule.ts';
import { isEmpty } from './shared.ts';

const MEASURE =
  /\d|[<>≤≥=±%×]|\b(?:all|none|no|not|zero|every|each|any|only|never|always|identical|exactly|equal|same|fewer|less|more|higher|lower|faster|slower|within|below|above|under|over|at (?:least|most)|unchanged|deterministic|without|exits?|compiles?|twice|half)\b/i;
const VAGUE =
  /\b(?:looks?|seems?|feels?)\s+(?:good|fine|right|ok|okay|reasonable|correct|better)\b|\bworks?(?:\s+(?:well|fine|correctly|as expected|as intended|properly))?\s*[.!]?\s*$|\b(?:good|acceptable|reasonable|sufficient|satisfactory)\s+(?:enough|performance|results?|quality|accuracy)\b/i;

/** MA-22: a validation that cannot fail validates nothing. */
export const successMeasurable: Rule<'macro'> = {
  id: 'MA-22',
  name: 'success-measurable',
  about: 'The success criterion of a validation has nothing that could be measured.',
  severity: 'error',
  fix: 'none',
  kinds: ['macro'],
  *check({ detail }) {
    for (const { success, title, span } of detail.risks) {
      if (success === undefined || isEmpty(success)) continue;
      const vague = VAGUE.exec(success);
      if (vague === null ? MEASURE.test(success) : /\d|[<>≤≥%]/.test(success)) continue;
      const message = `Nobody can measure "${success.slice(0, 80)}" ("${title.slice(0, 40)}").`;
      yield { span, message, hint: 'Write a number and a comparison: "p95 below 20 ms on the recorded trace".' };
    }
  },
};
