import { pieces } from '../../markdown/inline.ts';
import { fencesIn, textIn } from '../../markdown/text.ts';
import type { Section } from '../../markdown/sections.ts';
import type { Rule } from '../rule.ts';

const CODE =
  /^(?:go|golang|ts|tsx|typescript|js|jsx|mjs|javascript|py|python|python3|rs|rust|java|kt|kotlin|c|h|cc|cpp|c\+\+|cs|csharp|swift|rb|ruby|php|scala|ex|elixir|hs|haskell|zig|lua|dart)$/i;
const SIGNATURE =
  /^\s*(?:(?:export\s+|pub\s+|public\s+|private\s+|static\s+|async\s+){0,3}(?:func|fn|def|function)\s+(?:\([^()]{0,80}\)\s*)?\w+\s*\(|type\s+\w+\s+(?:struct|interface)\b|(?:class|struct|interface|trait|enum)\s+\w+[^{]{0,80}\{)/;

/** MA-10: code in a macro plan is stale before its pull request begins. */
export const codeInPlan: Rule<'macro'> = {
  id: 'MA-10',
  name: 'code-in-plan',
  about: 'Code of a programming language, or a signature, stands outside Frozen Interfaces.',
  severity: 'error',
  fix: 'none',
  kinds: ['macro'],
  *check({ draft, detail }) {
    const { outline } = draft;
    const { frozen, recon } = detail.sections;
    const hint =
      'Say what must be true of it. Code belongs into the micro plan; only signatures that are merged stand below Frozen Interfaces.';
    const to = outline.blocks.length;
    for (const fence of fencesIn(outline, 0, to)) {
      const language = fence.language.split(/[\s{,:]/)[0] ?? '';
      if (within(fence.start, frozen) || !CODE.test(language)) continue;
      const span = outline.source.span(fence.start, outline.source.lineEnd(fence.start));
      yield { span, message: `A block of ${language} code stands outside Frozen Interfaces.`, hint };
    }
    for (const { text, start } of textIn(outline, 0, to)) {
      if (!text.includes('`') || within(start, frozen) || within(start, recon)) continue;
      for (const piece of pieces(text)) {
        if (!piece.code || !SIGNATURE.test(piece.text.slice(0, 200))) continue;
        const span = outline.source.span(start + piece.start, start + piece.end);
        yield { span, message: `\`${piece.text.slice(0, 60)}\` is a signature, outside Frozen Interfaces.`, hint };
      }
    }
  },
};

function within(at: number, section: Section | undefined): boolean {
  return section !== undefined && at >= section.heading.start && at < section.end;
}
