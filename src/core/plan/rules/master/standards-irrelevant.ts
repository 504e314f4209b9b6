import type { Section } from '../../markdown/sections.ts';
import { plainText } from '../../markdown/inline.ts';
import type { Rule } from '../rule.ts';

/** MS-12: every agent reads the shared standards; those that do not apply are left out. */
export const standardsIrrelevant: Rule<'master'> = {
  id: 'MS-12',
  name: 'standards-irrelevant',
  about: 'A heading of the shared standards has nothing below it.',
  severity: 'info',
  fix: 'auto',
  kinds: ['master'],
  *check({ draft, detail }) {
    const { source } = draft.outline;
    for (const section of detail.standards?.children ?? []) {
      if (!isEmpty(source.shadow.slice(section.heading.end, section.end), section)) continue;
      const { start, end } = section.heading;
      yield {
        span: source.span(start, end),
        message: `"${section.title.slice(0, 60)}" says nothing.`,
        hint: 'Leave out standards that do not apply.',
        fix: { kind: 'auto', title: 'Remove the heading', edits: [{ start, end: section.end, text: '' }] },
      };
    }
  },
};

function isEmpty(text: string, { children }: Section): boolean {
  if (children.length > 0 || text.length > 400) return false;
  return /^(?:not applicable|n\/a|none|-+|—)?\.?$/i.test(plainText(text.replace(/<!--[^]*?-->/g, '')));
}
