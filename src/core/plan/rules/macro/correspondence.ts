import type { Rule } from '../rule.ts';
import { headingOf, insert, nameKey, speaksOf } from './shared.ts';

/** MA-09: a model that corresponds to nothing real answers no question about anything real. */
export const correspondence: Rule<'macro'> = {
  id: 'MA-09',
  name: 'correspondence',
  about: 'The table of building blocks against real systems is missing, or a block is not in it.',
  severity: 'warning',
  fix: 'stub',
  kinds: ['macro'],
  *check({ draft, detail }) {
    const { concept } = detail.sections;
    if (concept === undefined || detail.blocks.length === 0) return;
    const table = detail.correspondence;
    const names = detail.blocks.map(({ name }) => name.replace(/[|\n]/g, ' '));
    const { source } = draft.outline;
    if (table === undefined) {
      const rows = names.map((name) => `| ${name} | [what it is there] |`);
      const text = `\n\n### Real-System Correspondence\n\n| Building Block | [name of a real system] |\n|---|---|\n${rows.join('\n')}`;
      const body = source.shadow.slice(concept.heading.start, concept.end);
      const at = concept.heading.start + body.replace(/\s+(?:-{3,}\s*)?$/, '').length;
      yield {
        span: headingOf(draft, concept),
        message: 'No table says what the building blocks are in real systems.',
        hint: 'Add `### Real-System Correspondence` with a row for each block.',
        fix: { kind: 'stub', title: 'Add the table of real systems', edits: [insert(draft, at, text)] },
      };
      return;
    }
    const listed = table.blocks.map(({ text }) => text);
    const known = new Set(listed.map(nameKey));
    const all = listed.slice(0, 200).join(' ; ').slice(0, 10_000);
    const absent = names.filter((name) => !known.has(nameKey(name)) && !speaksOf(all, name));
    if (absent.length === 0) return;
    const cells = ' [what it is there] |'.repeat(Math.max(1, table.columns - 1));
    yield {
      span: table.span,
      message: `The table of real systems has no row for: ${absent.slice(0, 6).join(', ')}.`,
      hint: 'Add a row, with "N/A" where a system has nothing like it.',
      fix: {
        kind: 'stub',
        title: 'Add the missing rows',
        edits: [insert(draft, table.end, absent.map((name) => `\n| ${name} |${cells}`).join(''))],
      },
    };
  },
};
