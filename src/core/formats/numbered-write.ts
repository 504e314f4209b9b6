import type { PortableUnit } from '../plan/portable.ts';
import { flat } from './lines.ts';
import { freshIds } from './write.ts';

/** Units under numbered groups: `1. Setup` with `1.1`, `1.2`. */
export interface NumberedGroup {
  readonly number: number;
  readonly title: string;
  readonly units: readonly PortableUnit[];
}

/** Groups of units that follow each other, and an id `N.M` for each; ids that fit, such as `T2.1`, stay. */
export function numberedGroups(units: readonly PortableUnit[]): {
  readonly groups: readonly NumberedGroup[];
  readonly ids: ReadonlyMap<string, string>;
} {
  const runs: { title: string; units: PortableUnit[] }[] = [];
  for (const unit of units) {
    const title = flat(unit.group ?? '').replace(/^\d{1,5}[.)]\s+/, '') || 'Tasks';
    const last = runs.at(-1);
    if (last?.title === title) last.units.push(unit);
    else runs.push({ title, units: [unit] });
  }
  // The number that the ids of a group agree on, if no other group has it; in rising order, as people read them.
  const own = runs.map(({ units: members }) => {
    const numbers = new Set(members.map(({ id }) => /^T(\d{1,5})\.\d{1,5}$/.exec(id)?.[1]));
    return numbers.size === 1 ? Number([...numbers][0] ?? Number.NaN) : Number.NaN;
  });
  const rising = own.every((n, i) => !Number.isNaN(n) && (i === 0 || n > (own[i - 1] as number)));
  const groups = runs.map(({ title, units: members }, i) => ({
    number: rising ? (own[i] as number) : i + 1,
    title,
    units: members,
  }));
  const ids = new Map<string, string>();
  for (const { number, units: members } of groups) {
    let next = 1;
    const inGroup = freshIds(
      members,
      ({ id }) => (rising ? id.slice(1) : undefined),
      (taken) => {
        while (taken.has(`${number}.${next}`)) next++;
        return `${number}.${next++}`;
      },
    );
    for (const [id, theirs] of inGroup) ids.set(id, theirs);
  }
  return { groups, ids };
}

/** A title without what would be read as a number, mark or needs of its line. */
export function plainTaskTitle(title: string): string {
  return (
    flat(title)
      .replace(/^(?:\(P\)\s*|\d{1,5}(?:\.\d{1,5}){0,3}[a-z]?[.):]?\s+)+/, '')
      .replace(/\((?=(?:depends?|needs)\b)/gi, '(i.e. ')
      .replace(/\(P\)\s*$/, '')
      .trim() || 'Task'
  );
}

/** `(depends on 1.1, 1.2)` where needs are other than `usual`; nothing where they are the same. */
export function numbersText(
  needs: readonly string[],
  usual: readonly string[],
  ids: ReadonlyMap<string, string>,
): string {
  const written = (all: readonly string[]): readonly string[] =>
    [...new Set(all.flatMap((one) => ids.get(one) ?? []))].sort();
  const wanted = written(needs);
  if (wanted.join() === written(usual).join()) return '';
  return wanted.length === 0
    ? ' (depends on none)'
    : ` (depends on ${needs.flatMap((one) => ids.get(one) ?? []).join(', ')})`;
}
