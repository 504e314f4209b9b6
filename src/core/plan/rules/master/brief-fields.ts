import type { Edit } from '../../../base/finding.ts';
import { PART_TITLES } from '../../kinds/master/keys.ts';
import { BRIEF_PARTS, type BriefPart, type Module } from '../../kinds/master/model.ts';
import type { Source } from '../../markdown/source.ts';
import type { Rule } from '../rule.ts';
import { contentEnd, lineEndOf } from '../phased/parts.ts';
import { headingOf, nameOf } from './around.ts';

/** What stands in a part until its author fills it in. */
export const PART_STUBS: Readonly<Record<BriefPart, string>> = {
  scope: '[what this module does and answers for]\n\nNot in scope: [what belongs to another module]',
  interfaces:
    '- **Provides**: [types, functions, endpoints that others may use]\n- **Depends on**: [what it needs, and from which phase]',
  data: '[tables, stores and directories that this module owns, or "None"]',
  decisions: '- [a choice that its agent must follow, and why]',
  complexities: '- [what is hard, risky or easily forgotten]',
  verification: '- [ ] Module is implemented and its tests pass\n- [ ] Merged back into the base branch',
};

/** MS-03: an agent that reads only its brief must find all of it. */
export const briefFields: Rule<'master'> = {
  id: 'MS-03',
  name: 'brief-fields',
  about: 'A module lacks one of the six parts of a brief, or leaves it empty.',
  severity: 'error',
  fix: 'stub',
  kinds: ['master'],
  *check({ draft, detail }) {
    const { source } = draft.outline;
    for (const module of detail.modules) {
      const missing = BRIEF_PARTS.filter((part) => module.parts[part]?.filled !== true);
      if (missing.length === 0) continue;
      const names = missing.map((part) => PART_TITLES[part]);
      yield {
        span: headingOf(draft, module),
        message: `${nameOf(module)} lacks ${names.join(', ')}.`,
        hint: `Write ${names.map((name) => `\`### ${name}\``).join(', ')}; where there is nothing to say, say so.`,
        fix: { kind: 'stub', title: `Add ${names.join(', ')}`, edits: stubs(source, module, missing) },
      };
    }
  },
};

function stubs(source: Source, module: Module, missing: readonly BriefPart[]): readonly Edit[] {
  const eol = lineEndOf(source);
  const marks = '#'.repeat(Math.min(6, module.heading.level + 1));
  const inserts = new Map<number, string>();
  let at = firstPart(source, module);
  for (const part of BRIEF_PARTS) {
    const there = module.parts[part];
    if (there !== undefined && !missing.includes(part)) {
      at = contentEnd(source, there.start, there.end);
      continue;
    }
    const text = PART_STUBS[part].replaceAll('\n', eol);
    if (there?.heading !== undefined) {
      inserts.set(there.heading.end, `${eol}${eol}${text}`);
      at = there.heading.end;
    } else inserts.set(at, `${inserts.get(at) ?? ''}${eol}${eol}${marks} ${PART_TITLES[part]}${eol}${eol}${text}`);
  }
  return [...inserts].map(([start, text]) => ({ start, end: start, text }));
}

/** Behind the heading and the text below it, before the first part. */
function firstPart(source: Source, { heading, start, end, parts }: Module): number {
  const first = Math.min(end, ...Object.values(parts).map((part) => part.start));
  return Math.max(heading.end, contentEnd(source, start, first));
}
