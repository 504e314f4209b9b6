import { oneLine, utf8 } from '../../base/text.ts';
import { outlineOf } from '../../plan/markdown/outline.ts';
import { Source } from '../../plan/markdown/source.ts';
import type { BundlePart } from './model.ts';
import { NAMES, partNamed, readBundle } from './read.ts';

/** Where research bundles are, relative to the repository. */
export const RESEARCH_PATH = '.agents/bundles';

/** What a planner needs of a bundle, in the order in which it is told. */
const PARTS: readonly (readonly [name: string, keys: readonly string[]])[] = [
  ['Question', ['research_question', 'question']],
  ['Findings', [...NAMES.findings, 'summary']],
  ['Constraints', ['constraints', 'key_constraints', 'findings.constraints']],
  ['Success criteria', ['success_criteria']],
  ['Open questions', ['open_questions', 'questions', 'findings.open_questions']],
  ['Recommendations', ['recommendations', 'recommendation', 'recommended_approach']],
];
/** A bracket that nobody replaced; a link or a checkbox is none. */
const PLACEHOLDER = /^\[[^\]\n]{3,300}\]$/;
/** Bundles that one brief quotes, and bytes of all of them. */
const MOST = { bundles: 3, bytes: 4000 } as const;

/** What a research bundle says, as far as others need it. */
export interface Research {
  readonly topic: string;
  readonly day: string | undefined;
  readonly parts: readonly { readonly name: string; readonly lines: readonly string[] }[];
  /** Places of the template that nobody filled in. */
  readonly unfilled: number;
}

/** What of a bundle is in a planning brief. */
export interface ResearchNote {
  readonly path: string;
  readonly topic: string;
  /** Markdown, bounded. */
  readonly text: string;
}

/** A new research bundle: every part that the linter asks for, with brackets where something has to be written. */
export function researchTemplate({
  topic,
  question,
  day,
}: {
  readonly topic: string;
  readonly question: string | undefined;
  readonly day: string;
}): string {
  const bullets = (text: string, count: number): string => Array<string>(count).fill(`- [${text}]`).join('\n');
  return `---
bundle_type: research
topic: ${topic}
phase: research
date: ${day}
next_phase: plan
---

# Research: ${topic}

## Research question

${question === undefined ? '[What has to be known before this can be planned?]' : oneLine(question, 1000)}

## Findings summary

${bullets('One finding, and the place that shows it: src/a.ts:12', 3)}

## Constraints

${bullets('What the solution has to keep to', 1)}

## Success criteria

${bullets('What is measurably true when it is done', 1)}

## Open questions

${bullets('What nobody could find out; or: none', 1)}

## Recommendations

${bullets('What to do, and because of which finding', 1)}
`;
}

/** Reads a research bundle in any of its forms. Never fails: what is missing is empty. */
export function readResearch(text: string): Research {
  const { parts, day } = readBundle(outlineOf(new Source(text)));
  const read = PARTS.flatMap(([name, keys]) => {
    const lines = linesOf(partNamed(parts, keys));
    return lines.length === 0 ? [] : [{ name, lines }];
  });
  const written = read.map(({ name, lines }) => ({ name, lines: lines.filter((line) => !PLACEHOLDER.test(line)) }));
  return {
    topic: oneLine(partNamed(parts, NAMES.topic)?.value ?? '', 120),
    day: day?.value,
    parts: written.filter(({ lines }) => lines.length > 0),
    unfilled: read.reduce((sum, { lines }) => sum + lines.filter((line) => PLACEHOLDER.test(line)).length, 0),
  };
}

function linesOf(part: BundlePart | undefined): readonly string[] {
  if (part === undefined || part.none) return [];
  const lines = part.entries.length > 0 ? part.entries.map(({ text }) => text.replace(/^[-*+]\s+/, '')) : [part.value];
  return lines.map((line) => oneLine(line, 500)).filter((line) => line !== '');
}

/** Paths of the research bundles that a text names, each once. */
export function bundlesNamed(text: string): readonly string[] {
  const found = text.matchAll(
    /(?<![\w./-])(?:\.\/)?(\.agents\/bundles\/[\w][\w.-]{0,120}\.(?:md|markdown|ya?ml))(?![\w/-])/g,
  );
  return [...new Set([...found].map((one) => one[1] ?? ''))]
    .filter((path) => !path.includes('..'))
    .slice(0, MOST.bundles);
}

/** What bundles say, for a planning brief: findings first, as many lines as fit, each bundle with an equal share. */
export function researchNotes(
  bundles: readonly { readonly path: string; readonly text: string }[],
): readonly ResearchNote[] {
  const share = Math.floor(MOST.bytes / Math.max(1, bundles.length));
  return bundles.map(({ path, text }) => {
    const { topic, parts } = readResearch(text);
    const out: string[] = [];
    let left = share;
    let cut = false;
    for (const { name, lines } of parts) {
      for (const [at, line] of lines.entries()) {
        const words = `${at === 0 ? `**${name}**\n\n` : ''}- ${line}\n${at === lines.length - 1 ? '\n' : ''}`;
        const bytes = utf8(words).length;
        if (bytes > left) cut = true;
        else {
          out.push(words);
          left -= bytes;
        }
      }
    }
    return { path, topic, text: `${out.join('').trim()}${cut ? `\n\nMore stands in \`${path}\`.` : ''}`.trim() };
  });
}
