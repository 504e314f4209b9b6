import type { CompanionRule } from '../../rule.ts';

/** Tokens that a research bundle may have. */
const MOST_TOKENS = 3000;
/** What is only guessed may be off by this much. */
const SLACK = 1.2;
/** How many times shorter a bundle has to be than what it was made of. */
const LEAST_RATIO = 5;

/** BU-02: a bundle that is nearly as long as what it was made of spares nobody anything. */
export const bundleSize: CompanionRule<'bundle'> = {
  id: 'BU-02',
  name: 'bundle-size',
  about: 'A research bundle is longer than 3,000 tokens, or a bundle is compressed less than five to one.',
  severity: 'warning',
  fix: 'none',
  kind: 'bundle',
  *check({ source, detail: { form, type, parts, compressed, guessed, ratio, head } }) {
    const kind = type?.value ?? parts.get('phase')?.value.toLowerCase();
    const research = form !== 'handover' && (kind === undefined || kind.includes('research'));
    const stated = compressed !== undefined && compressed.value > MOST_TOKENS;
    if (research && (stated || guessed > MOST_TOKENS * SLACK)) {
      const { start, end } = stated ? compressed : head;
      const tokens = stated ? String(compressed.value) : `about ${guessed}`;
      yield {
        span: source.span(start, end),
        message: `The bundle has ${tokens} tokens; a research bundle has ${MOST_TOKENS} at most.`,
        hint: 'Leave out what the next phase can look up, and say where it stands.',
      };
    }
    if (ratio !== undefined && ratio.value < LEAST_RATIO) {
      yield {
        span: source.span(ratio.start, ratio.end),
        message: `The bundle is compressed ${Math.round(ratio.value * 10) / 10}:1; ${LEAST_RATIO}:1 is the least that is worth it.`,
        hint: 'Keep decisions, constraints and places; leave out what led to them.',
      };
    }
  },
};
