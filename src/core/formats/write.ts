import type { Edit } from '../base/finding.ts';
import { applyEdits } from '../plan/markdown/edits.ts';
import type { Portable, PortableUnit } from '../plan/portable.ts';
import { sameSet } from './changes.ts';
import type { Format, ForeignFile, Written } from './format.ts';

/** Edits of several files. */
export class Patches {
  readonly #edits = new Map<string, Edit[]>();

  add(path: string, edit: Edit | undefined): void {
    if (edit === undefined) return;
    const edits = this.#edits.get(path);
    if (edits === undefined) this.#edits.set(path, [edit]);
    else edits.push(edit);
  }

  /** The files with their edits made. */
  apply(files: readonly ForeignFile[]): readonly ForeignFile[] {
    return files.map((file) => {
      const edits = this.#edits.get(file.path);
      return edits === undefined ? file : { path: file.path, text: applyEdits(file.text, edits).text };
    });
  }
}

/** Ids for a plan that goes into a format for the first time: `wanted` says how one of ours is spelt there. */
export function freshIds(
  units: readonly PortableUnit[],
  wanted: (unit: PortableUnit) => string | undefined,
  free: (taken: ReadonlySet<string>) => string,
): ReadonlyMap<string, string> {
  const taken = new Set<string>();
  const ids = new Map<string, string>();
  for (const unit of units) {
    const id = wanted(unit);
    if (id === undefined || taken.has(id)) continue;
    taken.add(id);
    ids.set(unit.id, id);
  }
  for (const unit of units) {
    if (ids.has(unit.id)) continue;
    const id = free(taken);
    taken.add(id);
    ids.set(unit.id, id);
  }
  return ids;
}

/** The first whole number that no id is. */
export function freeNumber(): (taken: ReadonlySet<string>, spell?: (n: number) => string) => string {
  let next = 1;
  return (taken, spell = String) => {
    while (taken.has(spell(next))) next++;
    return spell(next++);
  };
}

/** Reads what was written and says where it differs from the plan in ids, needs or what is done. */
export function checked(format: Format, plan: Portable, written: Written): Written {
  const again = format.read(written.files);
  const notes = [...written.notes];
  if (!again.ok) {
    if (plan.units.length > 0)
      notes.push(`What was written cannot be read again: ${again.error[0]?.message ?? 'no task'}`);
    return { ...written, notes };
  }
  const theirs = new Map(Object.entries(again.value.ids).map(([ours, id]) => [id, ours]));
  const now = new Map(again.value.plan.units.map((unit) => [unit.id, unit]));
  for (const unit of plan.units) {
    const id = theirs.get(written.ids[unit.id] ?? '');
    const found = id === undefined ? undefined : now.get(id);
    if (found === undefined) {
      notes.push(`${unit.id} could not be written.`);
      continue;
    }
    const needs = unit.needs.flatMap((need) => theirs.get(written.ids[need] ?? '') ?? []);
    if (!sameSet(needs, found.needs)) notes.push(`${unit.id}: its needs cannot be said there exactly.`);
    if (found.done !== unit.done)
      notes.push(`${unit.id}: that it is ${unit.done ? 'done' : 'open'} cannot be said there.`);
  }
  return { ...written, notes: notes.slice(0, 200) };
}

/** Ids of a written plan as a record. */
export function idRecord(ids: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries(ids);
}
