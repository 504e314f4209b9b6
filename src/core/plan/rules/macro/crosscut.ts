import type { Rule } from '../rule.ts';

const PUT_OFF =
  /\b(?:address(?:ed)?|do|done|handled?|decided?|add(?:ed)?|revisit(?:ed)?|fix(?:ed)?|update[sd]?)\s+(?:it\s+|this\s+|them\s+)?(?:when|if|as|where)\s+(?:needed|necessary|required|time\s+permits)\b|\b(?:as|when|if)\s+needed\b|\b(?:some\s?time|someday|eventually|at a later (?:time|point|date))\b|\bTBD\b|\bto be (?:decided|determined)\b|\blater\b(?!\s+(?:prs?|pull))/i;
const NO_WORK =
  /\b(?:no (?:\w+ ){0,4}(?:changes?|needed|required|new|impact)|none\b|nothing\b|not (?:needed|required)|un(?:changed|affected)|not affected|existing|already|n\/a)\b/i;

/** MA-24: work that belongs to no pull request is done by nobody. */
export const crosscut: Rule<'macro'> = {
  id: 'MA-24',
  name: 'crosscut-assigned',
  about: 'Cross-cutting work is put off, or belongs to no pull request (a warning where its neighbours name one).',
  severity: 'error',
  fix: 'none',
  kinds: ['macro'],
  *check({ detail }) {
    for (const { text, units, placed, form, span } of detail.crossCutting) {
      const off = PUT_OFF.exec(text);
      if (off !== null && units.length === 0) {
        const message = `"${off[0]}" puts this work off: "${text.split('\n')[0]?.slice(0, 60)}".`;
        yield { span, message, hint: 'Name the pull request that does it.' };
        continue;
      }
      if (units.length > 0 || NO_WORK.test(text) || /^\s*\[[^\]]{1,200}\]\s*$/.test(text)) continue;
      const message = `No pull request does this: "${text.split('\n')[0]?.slice(0, 80)}".`;
      const hint = 'Name the pull request that does it, or say that there is nothing to do.';
      yield placed && form === 'item' ? { severity: 'warning', span, message, hint } : { span, message, hint };
    }
  },
};
