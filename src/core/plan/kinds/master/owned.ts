import type { DraftPath } from '../../draft-parts.ts';
import { pieces } from '../../markdown/inline.ts';
import type { Source } from '../../markdown/source.ts';
import { isPathWord } from '../phased/paths.ts';
import { sentencesOf, type Stretch, withoutParentheses } from './labelled.ts';
import type { Name, Owned } from './model.ts';

const OTHERS =
  /\b(?:reads?|reading|read-only|uses?|using|consumes?|access(?:es)?|quer(?:y|ies)|shared|owned by|owned elsewhere|from phase|from the|belongs? to|via|through|not|no|never|without|interacts?|references?|foreign|managed by|lives? in|provided by)\b/i;
const OWN = /\b(?:owns?|owned exclusively|exclusive(?:ly)?|sole)\b/i;
const STATE =
  /\b(?:owns?|tables?|collections?|schemas?|queues?|topics?|buckets?|indexes|indices|streams?|databases?|caches?|stores?)\b/i;

/** Words that say that what follows is another module's. */
const EXCLUDES =
  /\b(?:not in scope|out of scope|outside (?:the |its )?scope|not (?:included|part|covered|responsible)|excluded?s?|belongs? to|non-goals?|owned by|handled (?:by|in)|left to|elsewhere|does not|do not|doesn't|don't|never|stays? (?:in|with))\b/i;

/** Whether a text says what is not part of something. */
export function excludes(text: string): boolean {
  return EXCLUDES.test(text);
}

/** The tables, stores and directories that the text of a data section claims. */
export function ownedIn(source: Source, stretches: readonly Stretch[]): readonly Owned[] {
  const found: Owned[] = [];
  for (const stretch of stretches) {
    for (const { text, start } of sentencesOf(stretch.text)) {
      if (!OWN.test(text) && (OTHERS.test(text) || /^\s*(?:none|nothing|n\/a)\b/i.test(text))) continue;
      const outer = withoutParentheses(text);
      const state = STATE.test(outer);
      for (const piece of pieces(outer)) {
        if (!piece.code) continue;
        const word = piece.text.trim();
        const kind = isPathWord(word) ? 'path' : state && /^[A-Za-z_][\w.:-]{0,120}$/.test(word) ? 'state' : undefined;
        if (kind === undefined) continue;
        const at = stretch.start + start;
        const key = kind === 'path' ? word.replace(/^\.\//, '').replace(/\/(?:\*\*?)?$/, '') : word.toLowerCase();
        found.push({ kind, text: word, key, span: source.span(at + piece.start, at + piece.end) });
      }
    }
  }
  return found;
}

/** The paths that a scope section names as the module's own. */
export function pathsIn(source: Source, stretches: readonly Stretch[]): readonly DraftPath[] {
  const found: DraftPath[] = [];
  for (const stretch of stretches) {
    for (const { text, start } of sentencesOf(stretch.text)) {
      if (excludes(text) || (OTHERS.test(text) && !OWN.test(text))) continue;
      for (const piece of pieces(text)) {
        const word = piece.text.trim();
        if (!piece.code || !isPathWord(word)) continue;
        const at = stretch.start + start;
        found.push({ text: word, span: source.span(at + piece.start, at + piece.end) });
      }
    }
  }
  return found;
}

/** The names in backticks of a stretch, those that are paths or commands included. */
export function namesIn(source: Source, text: string, start: number): readonly Name[] {
  const found: Name[] = [];
  for (const piece of pieces(text)) {
    const word = piece.text.trim();
    if (!piece.code || word === '' || word.length > 200) continue;
    found.push({ text: word, key: nameKey(word), span: source.span(start + piece.start, start + piece.end) });
  }
  return found;
}

/** What names are compared by: `createUser(data)` and `createUser` are one, `POST  /users` and `POST /users` too. */
export function nameKey(text: string): string {
  const route = /^(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\s+\S+/i.exec(text);
  if (route !== null) return route[0].replace(/\s+/g, ' ').replace(/^\w+/, (verb) => verb.toUpperCase());
  return text
    .replace(
      /^(?:async\s+)?(?:export\s+)?(?:class|interface|type|function|fn|def|func|struct|trait|enum|protocol)\s+/,
      '',
    )
    .replace(/(?:[(<[]|:\s).*$/, '')
    .replace(/\s+/g, ' ')
    .trim();
}
