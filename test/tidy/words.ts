import { isOwnName } from './names.ts';
import type { Breach, Rule } from './project.ts';

/** A word that GLOSSARY.md replaces by another. */
export interface Word {
  /** The word in the singular, in lower case. */
  readonly never: string;
  readonly say: string;
  /** Where the word has no second, honest meaning: paths that begin so. Everywhere in src when left out. */
  readonly within?: readonly string[];
  /** Comments too: only for words that no ordinary sentence needs. */
  readonly comments?: true;
}

/**
 * The part of GLOSSARY.md's "never say" that a program can tell without being a nuisance. Left to the reader are words
 * with an everyday meaning (`type`, `item`, `level`, `summary`, `side effect`, `handler`, `checkpoint`), those that
 * stand in a documented format or command (`retry`, `validate`, `blocker_reason`), and those that other programs own.
 */
export const WORDS: readonly Word[] = [
  { never: 'roadmap', say: 'plan', comments: true },
  { never: 'ticket', say: 'task', comments: true },
  { never: 'job', say: 'task (of a plan) or run' },
  { never: 'dependency', say: 'need', within: ['src/core/run/', 'src/core/views/', 'src/engine/perform/'] },
  { never: 'ownership', say: 'scope', within: ['src/core/', 'src/engine/'] },
  { never: 'issue', say: 'finding', within: ['src/core/plan/'] },
  { never: 'prompt', say: 'brief', within: ['src/core/run/', 'src/engine/'] },
  { never: 'workspace', say: 'bundle or worktree', within: ['src/core/', 'src/engine/', 'src/app/'] },
  { never: 'journal', say: 'log', comments: true },
  { never: 'history', say: 'log', within: ['src/core/', 'src/engine/'] },
  { never: 'bot', say: 'agent', comments: true },
  { never: 'trunk', say: 'run branch or base branch', comments: true },
  { never: 'audit', say: 'review', comments: true },
  { never: 'probe', say: 'doctor check', within: ['src/app/'] },
  { never: 'flavour', say: 'kind', comments: true },
  { never: 'frontend', say: 'surface', comments: true },
];

/** A word that the glossary replaces, in a name that we gave or in a comment. */
export const words: Rule = ({ sources }) => {
  const breaches: Breach[] = [];
  for (const { path, nodes, comments } of sources) {
    const banned = WORDS.filter(
      ({ within }) => path.startsWith('src/') && (within?.some((at) => path.startsWith(at)) ?? true),
    );
    if (banned.length === 0) continue;
    const check = (text: string, line: number, among: readonly Word[], where: string): void => {
      const said = new Set(splitWords(text));
      for (const { never, say } of among) {
        if (said.has(never))
          breaches.push({ path, line, message: `says "${never}" in ${where}: GLOSSARY.md says ${say}` });
      }
    };
    check(path.replace(/^src\/|\.[a-z]+$/g, ''), 1, banned, 'its path');
    for (const place of nodes) {
      if (isOwnName(place))
        check(String(place.node['name']), place.line, banned, `the name ${String(place.node['name'])}`);
    }
    for (const { text, line } of comments)
      check(
        text,
        line,
        banned.filter((word) => word.comments),
        'a comment',
      );
  }
  return breaches;
};

/** `retriedTickets` → retried, ticket: lower case, and in the singular as far as an English plural can be told. */
function splitWords(text: string): string[] {
  return text
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .map((word) => word.replace(/ies$/, 'y').replace(/([^s])s$/, '$1'));
}
