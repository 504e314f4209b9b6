import { isPlaceholder } from '../../commands.ts';
import type { Draft } from '../../draft.ts';
import { plainText } from '../../markdown/inline.ts';
import type { Section } from '../../markdown/sections.ts';
import { textIn } from '../../markdown/text.ts';
import type { Rule } from '../rule.ts';
import { PHASES_OF } from './parts.ts';

/** PP-13: whoever approves a plan must be able to read what it is for and what proves it. */
export const wholeEmpty: Rule<'phased' | 'master'> = {
  id: 'PP-13',
  name: 'context-or-verification-empty',
  about: 'A plan that is to be approved does not say what it is for, or what proves the whole.',
  severity: 'error',
  fix: 'none',
  kinds: PHASES_OF,
  *check({ draft, detail, stage }) {
    if (stage === 'draft' || draft.units.length === 0) return;
    const { source } = draft.outline;
    const top = source.span(draft.outline.frontMatter.end, source.lineEnd(draft.outline.frontMatter.end));
    const at = (section: Section | undefined) =>
      section === undefined ? top : source.span(section.heading.start, section.heading.end);
    const lead = 'overview' in detail ? detail.overview : 'context' in detail ? detail.context : undefined;
    const name = draft.kind === 'master' ? 'System Overview' : 'Context';
    // Text below the title serves as well as a section of this name.
    if (!isFilled(draft, lead) && (lead !== undefined || !saysSomething(draft.context))) {
      const what = lead === undefined ? 'is missing' : 'says nothing yet';
      yield {
        span: at(lead),
        message: `"${name}" ${what}.`,
        hint: `Write under \`## ${name}\` what this is for and what is there already.`,
      };
    }
    const checks = detail.verification;
    if (!isFilled(draft, checks)) {
      const what = checks === undefined ? 'is missing' : 'says nothing yet';
      yield {
        span: at(checks),
        message: `The "Verification" of the whole plan ${what}.`,
        hint: 'Write `## Verification` behind the last phase: - [ ] `npm test`',
      };
    }
  },
};

function isFilled({ outline }: Draft, section: Section | undefined): boolean {
  if (section === undefined) return false;
  for (const { kind, text } of textIn(outline, section.from, section.to)) {
    if (kind === 'paragraph' && saysSomething(text)) return true;
  }
  return outline.blocks.slice(section.from, section.to).some(({ kind }) => kind === 'fence' || kind === 'code');
}

function saysSomething(text: string): boolean {
  return text.split('\n').some((line) => {
    const words = plainText(line.replace(/^[\s>#]*(?:[-*+]|\d{1,9}[.)])?\s*(?:\[[ xX]\])?/, ''));
    return /\p{L}/u.test(words) && !isPlaceholder(words) && !line.trim().startsWith('#');
  });
}
