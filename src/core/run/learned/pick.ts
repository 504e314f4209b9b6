import { oneLine, utf8 } from '../../base/text.ts';
import { normaliseScope, scopesOverlap } from '../../plan/scope.ts';
import { commandName } from './document.ts';
import type { Learned } from './model.ts';

/** What a brief holds of what was learned, however much that is. */
export const LEARNED_MOST = { lessons: 6, bytes: 1500 } as const;

/**
 * The lessons for a brief: those whose paths touch the scope or whose command is among the commands, newest first, as many as
 * fit. A scope that is empty touches every path. Later in the document counts as newer on the same day.
 */
export function pickLearned(
  lessons: readonly Learned[],
  about: { readonly scope: readonly string[]; readonly commands: readonly string[] },
  most: { readonly lessons: number; readonly bytes: number } = LEARNED_MOST,
): readonly Learned[] {
  const commands = new Set(about.commands.map(commandName));
  const newest = lessons
    .map((one, at) => ({ one, at }))
    .sort((a, b) => (a.one.day === b.one.day ? b.at - a.at : a.one.day < b.one.day ? 1 : -1));
  const picked = new Map<string, Learned>();
  let left = most.bytes;
  for (const { one } of newest) {
    if (picked.size === most.lessons) break;
    if (picked.has(one.id) || !fits(one, about.scope, commands)) continue;
    const bytes = utf8(learnedLine(one)).length + 1;
    if (bytes > left) continue;
    left -= bytes;
    picked.set(one.id, one);
  }
  return [...picked.values()];
}

function fits({ paths, command }: Learned, scope: readonly string[], commands: ReadonlySet<string>): boolean {
  if (command !== null && commands.has(commandName(command))) return true;
  const entries = paths.flatMap((path) => {
    const normal = normaliseScope(path);
    return normal.ok ? [normal.value] : [];
  });
  if (entries.length === 0) return false;
  return scope.length === 0 || scopesOverlap(scope, entries);
}

/** A lesson on one line with its source, for a brief and for a terminal. */
export function learnedLine({ id, day, kind, times, text, from, paths, command }: Learned): string {
  const source = [day, times > 1 ? `${times} runs` : '', oneLine(from, 120)].filter((one) => one !== '').join(', ');
  const about = [...paths.slice(0, 6), ...(command === null ? [] : [oneLine(command, 120)])].join(', ');
  return `${id} ${kind}: ${oneLine(text, 320)}${source === '' ? '' : ` [${source}]`}${about === '' ? '' : ` (about ${oneLine(about, 200)})`}`;
}
