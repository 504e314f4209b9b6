import type { DraftUnit } from '../draft.ts';
import { oneLine } from '../kinds/task-inert.ts';
import { opened } from './body-text.ts';
import type { Said } from './document.ts';
import { headsOf, withLead, withSection } from './edits.ts';
import type { Editing } from './editing.ts';
import { withSteps } from './new-unit.ts';
import type { Of, Part } from './operation.ts';
import { NUMBERED, pathsOf, Refused } from './refused.ts';
import { rowOf, withCopiedRow, withPart } from './rows.ts';

/** Makes parts of a task: the first keeps its id. */
export function split(editing: Editing, { task, parts, beside }: Of<'split'>): void {
  const id = editing.idOf(task);
  const whole = editing.unit(id);
  const [first, ...others] = parts;
  if (first === undefined || others.length === 0)
    throw new Refused(
      `${id} is split into at least two parts`,
      `masterplan amend split ${id} "the first part" "the second part"`,
    );
  const ids = [id];
  for (const part of others) ids.push(copy(editing, whole, ids.at(-1) as string, part));
  editing.moved.set(id, ids);
  const own = editing.declaredBy(id);
  const needed = editing.needs.get(id) ?? new Set();
  const last = beside ? ids : [ids.at(-1) as string];
  ids.forEach((one, i) => {
    if (i === 0) return;
    const needs = beside ? own : [ids[i - 1] as string];
    editing.needs.set(one, new Set(beside ? needed : needs));
    if (editing.orders || needs.some((need) => !editing.waitsFor(one, need))) editing.declare(one, needs);
  });
  for (const [other, needs] of editing.needs) {
    if (ids.includes(other) || !needs.has(id)) continue;
    needs.delete(id);
    for (const one of last) needs.add(one);
    const declared = editing.declaredBy(other);
    if (declared.includes(id)) editing.declare(other, [...declared.filter((need) => need !== id), ...last]);
  }
  parts.forEach((part, i) => {
    const one = ids[i] as string;
    if (part.scope !== undefined) editing.scope(one, pathsOf(part.scope));
    if (part.verify !== undefined) editing.verify(one, part.verify);
    const rest = ids.flatMap((other, n) => (n === i ? [] : [`${other} (${oneLine(parts[n]?.title ?? '')})`]));
    const words = `Only this part of "${whole.title}" is done here: ${oneLine(part.title)}. The rest of it is the work of ${rest.join(', ')}.`;
    const unit = editing.unit(one);
    const said =
      rowOf(editing.document, unit) === undefined
        ? withLead(editing.document, unit, words)
        : withPart(editing.document, unit, part.title);
    editing.take(said, `what part of it ${one} is`);
  });
  editing.title(id, first.title);
}

/** A unit that says what another one does, under a title and an id of its own, behind a third one. */
function copy(editing: Editing, whole: DraftUnit, behind: string, { title }: Part): string {
  const id = editing.freshId(whole.id);
  const said = editing.said.get(whole.id) as Said;
  const { document } = editing;
  const unit = editing.unit(whole.id);
  const body = withSteps(document, opened(document.text.slice(unit.heading.end, unit.end)));
  // Phases are numbered in the order in which they stand.
  const last = document.draft.units.at(-1) as DraftUnit;
  const places = NUMBERED.has(editing.kind) || behind === last.id ? [last] : [editing.unit(behind), last];
  const before = document.text.slice(unit.start, unit.heading.start);
  editing.said.set(id, { ...said, title: oneLine(title) });
  function* candidates(): Generator<string> {
    for (const after of places) {
      yield* withCopiedRow(document, unit, after, { id, title });
      if (rowOf(document, unit) !== undefined) continue;
      for (const head of headsOf(document, unit, { id, title }))
        yield* withSection(document, after, before + head + body);
    }
  }
  editing.step(candidates(), `a part of ${whole.id} as a task of its own`);
  editing.made.push(id);
  return id;
}
