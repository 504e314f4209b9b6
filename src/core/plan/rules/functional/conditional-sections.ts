import type { FunctionalPart } from '../../kinds/functional/model.ts';
import { FUNCTIONAL_SECTIONS } from '../../kinds/functional/sections.ts';
import { lineEndOf, spanAt } from './shared.ts';
import type { Rule } from '../rule.ts';

const WANTED: readonly { readonly part: FunctionalPart; readonly words: RegExp; readonly what: string }[] = [
  { part: 'api', words: /\b(?:GET|POST|PUT|PATCH|DELETE)\s{1,4}`?\/[\w:{-]/, what: 'an HTTP interface' },
  {
    part: 'security',
    words:
      /\b(?:passwords?|passphrases?|credentials?|api keys?|(?:access|auth|bearer|refresh|session|reset|api) tokens?|secrets?|uploads?|uploaded|user input|PII|personal data|log(?:s|ged)? in|sign(?:s|ed)? in|authenticat(?:ed|ion|es))\b/i,
    what: 'something to be protected',
  },
];

/** FP-23: a section that the content asks for is missing, or one stands empty. */
export const conditionalSections: Rule<'functional'> = {
  id: 'FP-23',
  name: 'conditional-sections',
  about: 'A section that the content asks for is missing, or one stands empty.',
  severity: 'error',
  fix: 'stub',
  kinds: ['functional'],
  *check({ draft, detail }) {
    const { outline } = draft;
    const { shadow } = outline.source;
    const texts = [
      ...detail.requirements.map(({ start, end }) => shadow.slice(start, end)),
      ...detail.criteria.map(({ start, end }) => shadow.slice(start, end)),
    ];
    const eol = lineEndOf(draft);
    for (const { part, words, what } of WANTED) {
      const section = detail.parts.get(part);
      const spec = FUNCTIONAL_SECTIONS.find((one) => one.part === part);
      if (section !== undefined || spec === undefined) continue;
      let because: string | undefined;
      for (const text of texts) because ??= words.exec(text)?.[0];
      if (part === 'api' && detail.requirements.some(({ hint }) => hint?.text.trim().toLowerCase() === 'api'))
        because ??= 'the agent hint api';
      if (because === undefined) continue;
      const before = detail.parts.get(part === 'api' ? 'requirements' : 'out-of-scope')?.heading.start;
      const after =
        part === 'api' ? (detail.parts.get('overview')?.end ?? before) : (before ?? detail.parts.get('quality')?.end);
      const at = after ?? outline.source.text.length;
      const lead = at > 0 && !shadow.slice(0, at).endsWith('\n') ? '\n\n' : '';
      const text = `${lead}## ${spec.title}\n\n${spec.stub}\n\n`.replaceAll('\n', eol);
      const first = draft.outline.headings[0];
      const span = outline.source.span(first?.start ?? 0, first?.end ?? 0);
      const message = `The plan speaks of ${what} ("${because.slice(0, 40).trim()}"), but has no section ${spec.title}.`;
      yield {
        span,
        message,
        hint: `Add \`## ${spec.title}\`.`,
        fix: { kind: 'stub', title: `Add ${spec.title}`, edits: [{ start: at, end: at, text }] },
      };
    }
    for (const part of ['api', 'security', 'environment', 'schema'] as const) {
      const section = detail.parts.get(part);
      if (section === undefined || /[^\s|*_>:-]/.test(shadow.slice(section.heading.end, section.end))) continue;
      const message = `The section ${section.title} is empty.`;
      yield {
        span: spanAt(draft, section.heading),
        message,
        hint: 'Fill it in, or remove it: it stands only where it applies.',
      };
    }
  },
};
