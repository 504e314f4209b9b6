import type { Document } from './document.ts';

/** A stop of the plan as its text states it: a gate, a checkpoint, an open question. */
export interface Stop {
  readonly id: string;
  readonly title: string;
  readonly after: readonly string[];
  readonly before: readonly string[];
  readonly span: { readonly start: number; readonly end: number };
}

/** What an operation does to ids: where each of them is now, by what it was. */
export type Moved = ReadonlyMap<string, readonly string[]>;

export function stopsOf({ draft }: Document): readonly Stop[] {
  const ids = (positions: readonly number[]): readonly string[] => positions.flatMap((at) => draft.units[at]?.id ?? []);
  return draft.gates.map(({ id, title, after, before, span }) => ({
    id,
    title,
    after: ids(after),
    before: ids(before),
    span,
  }));
}

/**
 * In what the stops of a text hold others than they did, in words; `undefined`: each waits for and stands before what it did. What
 * follows from needs anyway need not be said, and new tasks may be held or not.
 *
 * @param waitsFor whether a task waits for another one in the new text.
 */
export function stopDifference(
  before: readonly Stop[],
  document: Document,
  moved: Moved,
  made: readonly string[],
  waitsFor: (id: string, need: string) => boolean,
): { readonly stop: Stop; readonly words: string } | undefined {
  const left = [...stopsOf(document)];
  const now = (ids: readonly string[]): readonly string[] => [...new Set(ids.flatMap((id) => moved.get(id) ?? [id]))];
  for (const stop of before) {
    const [after, ahead] = [now(stop.after), now(stop.before)];
    const at = left.findIndex(({ id, title }) => id === stop.id && title === stop.title);
    const same = at >= 0 ? at : left.findIndex(({ id }) => id === stop.id);
    const [is] = same < 0 ? [] : left.splice(same, 1);
    // All that it stood before is gone: nobody has to stop any more.
    if (ahead.length === 0 && stop.before.length > 0) {
      if (is === undefined || is.before.every((id) => made.includes(id))) continue;
      return { stop, words: `would stand before ${is.before.join(', ')}` };
    }
    // Nothing is left to wait for, and it kept nobody.
    if (stop.before.length === 0 && after.length === 0 && stop.after.length > 0) {
      if (is === undefined || is.after.every((id) => made.includes(id))) continue;
      return { stop, words: `would wait for ${is.after.join(', ')}` };
    }
    const both = after.find((id) => ahead.includes(id));
    if (both !== undefined) return { stop, words: `stands in the middle of what ${both} would be` };
    if (is === undefined) return { stop, words: 'would be gone' };
    const late = ahead.find((id) => !is.before.some((one) => one === id || waitsFor(id, one)));
    if (late !== undefined) return { stop, words: `would not stand before ${late}` };
    const held = is.before.find((id) => !made.includes(id) && !ahead.some((one) => one === id || waitsFor(id, one)));
    if (held !== undefined) return { stop, words: `would stand before ${held}, too` };
    const early = after.find((id) => !is.after.some((one) => one === id || waitsFor(one, id)));
    if (early !== undefined) return { stop, words: `would open before ${early} is done` };
    const more = is.after.find((id) => !made.includes(id) && !after.some((one) => one === id || waitsFor(one, id)));
    if (more !== undefined) return { stop, words: `would wait for ${more}, too` };
  }
  return undefined;
}
