import { DEVIATION_WORDS } from '../../kinds/micro/model.ts';
import { isPlaceholder } from '../../commands.ts';
import { textIn } from '../../markdown/text.ts';
import type { Rule } from '../rule.ts';
import { titleSpan } from './places.ts';

const WORDS = DEVIATION_WORDS.join(', ');
const NONE = /\bno\s+(?:\w+\s+){0,2}deviations?\b|\bdeviations?\b[^.\n]{0,40}\bnone\b|\bnone\b/i;

/** MI-14: whoever leaves the source must say of what sort that is. */
export const deviationReason: Rule<'micro'> = {
  id: 'MI-14',
  name: 'deviation-reason',
  about: 'A row of the deviation log names none of the six reasons, or a full plan says nothing about deviations.',
  severity: 'error',
  fix: 'none',
  kinds: ['micro'],
  *check({ draft, detail }) {
    const { outline } = draft;
    for (const { word, none, start, end, does, reason, source: says } of detail.deviations) {
      if (word !== undefined || none || isPlaceholder(reason)) continue;
      const what = (does || says).slice(0, 60);
      yield {
        span: outline.source.span(start, end),
        message: `The deviation "${what}" has none of the six reasons.`,
        hint: `Begin its reason with one of ${WORDS}.`,
      };
    }
    const section = detail.parts.deviations;
    if (detail.compact || detail.deviations.length > 0) return;
    if (section === undefined) {
      for (const { text } of textIn(outline, 0, outline.blocks.length)) {
        if (/deviation/i.test(text) && NONE.test(text.slice(0, 4000))) return;
      }
      const hint = 'Write a section "Deviation Log"; if there is none, "No deviations from the source."';
      yield {
        severity: 'warning',
        span: titleSpan(draft),
        message: 'The plan does not say how it deviates from its source.',
        hint,
      };
      return;
    }
    let said = false;
    for (const { text } of textIn(outline, section.from, section.to)) said ||= text.trim() !== '';
    if (said) return;
    yield {
      severity: 'warning',
      span: outline.source.span(section.heading.start, section.heading.end),
      message: 'The deviation log is empty.',
      hint: 'Write a row for each deviation, or "No deviations from the source."',
    };
  },
};
