import type { Portable, PortableUnit } from '../plan/portable.ts';

/** What became of a unit between an import and now. */
export interface Change {
  readonly before: PortableUnit;
  readonly after: PortableUnit;
  readonly title: boolean;
  readonly needs: boolean;
  readonly done: boolean;
}

/** The difference of two plans, by unit ids. */
export interface Changes {
  /** Units in both, changed in what can be written back. */
  readonly changed: readonly Change[];
  /** Units that only the new plan has. */
  readonly added: readonly PortableUnit[];
  /** Units that only the old plan has. */
  readonly removed: readonly PortableUnit[];
  /** Changes that are not written back, in sentences. */
  readonly notes: readonly string[];
}

/** Compares a plan with what was imported. */
export function changesOf(before: Portable, after: Portable): Changes {
  const old = new Map(before.units.map((unit) => [unit.id, unit]));
  const now = new Set(after.units.map((unit) => unit.id));
  const changed: Change[] = [];
  const added: PortableUnit[] = [];
  const notes: string[] = [];
  for (const unit of after.units) {
    const was = old.get(unit.id);
    if (was === undefined) {
      added.push(unit);
      continue;
    }
    const change = {
      before: was,
      after: unit,
      title: was.title !== unit.title,
      needs: !sameSet(was.needs, unit.needs),
      done: was.done !== unit.done,
    };
    if (change.title || change.needs || change.done) changed.push(change);
    const other = OTHERS.filter(([, field]) => JSON.stringify(was[field]) !== JSON.stringify(unit[field])).map(
      ([word]) => word,
    );
    if (other.length > 0) notes.push(`${unit.id}: a changed ${other.join(' and ')} is not written back.`);
  }
  return { changed, added, removed: before.units.filter((unit) => !now.has(unit.id)), notes };
}

const OTHERS: readonly (readonly [string, keyof PortableUnit])[] = [
  ['text', 'body'],
  ['scope', 'scope'],
  ['verify command', 'verify'],
  ['criterion', 'criteria'],
];

/** Whether two lists hold the same, whatever the order. */
export function sameSet(a: readonly string[], b: readonly string[]): boolean {
  const set = new Set(a);
  return set.size === new Set(b).size && b.every((one) => set.has(one));
}
