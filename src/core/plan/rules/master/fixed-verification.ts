import type { Edit } from '../../../base/finding.ts';
import { fixedBox } from '../../kinds/master/brief.ts';
import { blockFrom, type Outline } from '../../markdown/outline.ts';
import { textIn } from '../../markdown/text.ts';
import { plainText } from '../../markdown/inline.ts';
import type { Rule } from '../rule.ts';
import { contentEnd, lineEndOf } from '../phased/parts.ts';
import { nameOf } from './around.ts';

const OF_MODULE = [
  ['implemented', 'Module is implemented and its tests pass'],
  ['merged', 'Merged back into the base branch'],
] as const;

const OF_PLAN: readonly (readonly [RegExp, string])[] = [
  [/\b(?:all|every|each)\b.{0,60}\b(?:merged|implemented|complete|done)\b/i, 'All modules are implemented and merged'],
  [/\bintegration\b/i, 'Integration tests pass between the modules'],
  [/\be2e\b|\bend[- ]to[- ]end\b/i, 'E2E tests pass for the journeys that matter'],
];

/** MS-11: boxes that roll up: a module is done when it is merged, the plan when its modules work together. */
export const fixedVerification: Rule<'master'> = {
  id: 'MS-11',
  name: 'fixed-verification',
  about: 'The verification of a module lacks its two boxes, or that of the plan its three.',
  severity: 'warning',
  fix: 'auto',
  kinds: ['master'],
  *check({ draft, detail }) {
    const { outline } = draft;
    const { source } = outline;
    for (const module of detail.modules) {
      const part = module.parts.verification;
      if (part?.heading === undefined || !part.filled) continue;
      const said = sentences(outline, part.heading.block + 1, part.end);
      const kinds = new Set(said.flatMap(fixedKinds));
      const missing = OF_MODULE.filter(([kind]) => !kinds.has(kind)).map(([, text]) => text);
      if (missing.length === 0) continue;
      yield {
        span: source.span(part.heading.start, part.heading.end),
        message: `The verification of ${nameOf(module)} has no box for "${missing.join('" and "')}".`,
        hint: missing.map((text) => `- [ ] ${text}`).join('; '),
        fix: { kind: 'auto', title: 'Add the boxes', edits: added(outline, part.start, part.end, missing) },
      };
    }
    const whole = detail.verification;
    if (draft.units.length === 0) return;
    const said = whole === undefined ? [] : sentences(outline, whole.from, whole.end);
    const missing = OF_PLAN.filter(([pattern]) => !said.some((text) => pattern.test(text))).map(([, text]) => text);
    if (missing.length === 0) return;
    const top = source.span(outline.frontMatter.end, source.lineEnd(outline.frontMatter.end));
    yield {
      span: whole === undefined ? top : source.span(whole.heading.start, whole.heading.end),
      message: `The verification of the plan has no box for "${missing.join('", "')}".`,
      hint: missing.map((text) => `- [ ] ${text}`).join('; '),
      fix: {
        kind: 'auto',
        title: 'Add the boxes',
        edits:
          whole === undefined ? section(outline, missing) : added(outline, whole.heading.start, whole.end, missing),
      },
    };
  },
};

function fixedKinds(text: string): readonly string[] {
  const kind = fixedBox(text);
  // "Implemented, tested and merged" is both.
  if (/\bmerged?\b/i.test(text) && /\b(?:implemented|tests?)\b/i.test(text)) return ['implemented', 'merged'];
  return kind === undefined ? (/\bimplement(?:ed|ation)\b/i.test(text) ? ['implemented'] : []) : [kind];
}

function sentences(outline: Outline, from: number, end: number): readonly string[] {
  return [...textIn(outline, from, blockFrom(outline, end))].map(({ text }) =>
    plainText(text.slice(0, 2000).replace(/^\[[ xX]\]\s*/, '')),
  );
}

function added({ source }: Outline, start: number, end: number, boxes: readonly string[]): readonly Edit[] {
  const eol = lineEndOf(source);
  const at = contentEnd(source, start, end);
  const line = source.shadow.slice(source.lineStart(at), at);
  // Behind a list the boxes go on with it; behind anything else they begin one.
  const gap = /^\s*(?:[-*+]|\d{1,9}[.)])\s/.test(line) ? eol : `${eol}${eol}`;
  const marker = /^\s*([*+])\s/.exec(line)?.[1] ?? '-';
  return [{ start: at, end: at, text: gap + boxes.map((text) => `${marker} [ ] ${text}`).join(eol) }];
}

function section({ source, logs }: Outline, boxes: readonly string[]): readonly Edit[] {
  const eol = lineEndOf(source);
  const text = `## Verification${eol}${eol}${boxes.map((one) => `- [ ] ${one}`).join(eol)}`;
  const log = logs.at(-1);
  if (log !== undefined) return [{ start: log.start, end: log.start, text: `${text}${eol}${eol}` }];
  const at = source.text.trimEnd().length;
  return [{ start: at, end: source.text.length, text: `${eol}${eol}${text}${eol}` }];
}
