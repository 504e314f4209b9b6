import { taskId } from '../plan/needs.ts';

/** Gives every foreign id one of ours, and remembers which: each of ours is unique and can be named in needs. */
export class Ids {
  /** Their id by ours. */
  readonly theirs: Record<string, string> = {};
  readonly #ours = new Map<string, string>();
  readonly #next = { number: 1 };

  /**
   * Our id for one of theirs: `T012` → `T12`, `2.1` → `T2.1`, `BD-7` → `BD-7`. One that our grammar cannot name is
   * numbered; call {@link reserve} with all of theirs first, so that no number is taken twice.
   */
  give(theirs: string, like: string = theirs): string {
    const wanted = ownId(like);
    const id = wanted !== undefined && !Object.hasOwn(this.theirs, wanted) ? wanted : this.#free();
    this.theirs[id] = theirs;
    if (!this.#ours.has(theirs)) this.#ours.set(theirs, id);
    return id;
  }

  /** Our id of one of theirs, if it has one. */
  ours(theirs: string): string | undefined {
    return this.#ours.get(theirs);
  }

  /** Keeps the numbers that these ids will take away from those that are made up. */
  reserve(all: Iterable<string>): void {
    for (const one of all) {
      const number = /^T(\d{1,9})/.exec(ownId(one) ?? '')?.[1];
      if (number !== undefined) this.#next.number = Math.max(this.#next.number, Number(number) + 1);
    }
  }

  #free(): string {
    while (Object.hasOwn(this.theirs, `T${this.#next.number}`)) this.#next.number++;
    return `T${this.#next.number++}`;
  }
}

/** Our spelling of an id of another tool; `undefined` when the grammar of needs has none for it. */
export function ownId(theirs: string): string | undefined {
  const id = taskId(theirs.trim());
  return id === undefined || !/^[A-Za-z0-9.-]{1,60}$/.test(id) ? undefined : id;
}
