import type { Rule } from '../rule.ts';
import { contentEnd, lineEndOf } from '../phased/parts.ts';
import { headingOf, nameOf } from './around.ts';

const STUBS = {
  provides: ['Provides', '[types, functions, endpoints that others may use]'],
  depends: ['Depends on', '[what it needs, and from which phase, or "None"]'],
} as const;

/** MS-04: interfaces are what modules may know of each other. */
export const providesDepends: Rule<'master'> = {
  id: 'MS-04',
  name: 'provides-depends',
  about: 'The interfaces of a module do not say what it provides, or what it depends on.',
  severity: 'error',
  fix: 'stub',
  kinds: ['master'],
  *check({ draft, detail }) {
    const { source } = draft.outline;
    for (const module of detail.modules) {
      const part = module.parts.interfaces;
      if (part?.filled !== true) continue;
      const span =
        part.heading === undefined ? headingOf(draft, module) : source.span(part.heading.start, part.heading.end);
      for (const name of ['provides', 'depends'] as const) {
        const said = module.labels.filter((label) => label.name === name);
        if (said.some(({ stretches }) => stretches.some(({ text }) => /\S/.test(text)))) continue;
        const [words, stub] = STUBS[name];
        const empty = said[0];
        const at = empty?.end ?? contentEnd(source, part.start, part.end);
        const text = empty === undefined ? `${lineEndOf(source)}- **${words}**: ${stub}` : ` ${stub}`;
        yield {
          span: empty === undefined ? span : source.span(empty.start, empty.end),
          message: `${nameOf(module)} does not say what it ${name === 'provides' ? 'provides' : 'depends on'}.`,
          hint: `Write \`- **${words}**: …\` under \`### Interfaces\`; for nothing, write "None".`,
          fix: { kind: 'stub', title: `Add "${words}"`, edits: [{ start: at, end: at, text }] },
        };
      }
    }
  },
};
