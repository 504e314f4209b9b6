import type { DraftUnit } from '../draft.ts';
import { inertText, opened, quotedText, withoutCommands, withoutNeeds } from './body-text.ts';
import { applyEdits } from '../markdown/edits.ts';
import { type Document, documentOf, type Said, same } from './document.ts';
import { withLead, withMore } from './edits.ts';
import type { Editing } from './editing.ts';
import type { Of } from './operation.ts';
import { Refused } from './refused.ts';
import { mergedRow, rowOf, withCells } from './rows.ts';
import { mentionsElsewhere } from './settle.ts';

/** Lets the first of some tasks do what all of them were to do. */
export function merge(editing: Editing, { tasks, title }: Of<'merge'>): void {
  const [into, ...others] = [...new Set(tasks.map((id) => editing.idOf(id)))];
  if (into === undefined || others.length === 0)
    throw new Refused('it takes two tasks to merge them', 'masterplan amend merge T3 T4');
  const all = new Set([into, ...others]);
  const between = [...editing.said.keys()].find(
    (id) =>
      !all.has(id) &&
      [...all].some((one) => editing.waitsFor(one, id)) &&
      [...all].some((one) => editing.waitsFor(id, one)),
  );
  if (between !== undefined)
    throw new Refused(
      `${between} stands between them: it needs one, and another needs it`,
      `merge it too: masterplan amend merge ${into} ${between} ${others.join(' ')}`,
    );
  const titles = [...all].map((id) => editing.unit(id).title);
  const declared = new Set([...all].flatMap((id) => editing.declaredBy(id)).filter((id) => !all.has(id)));
  const needs = new Set([...all].flatMap((id) => [...(editing.needs.get(id) ?? [])]).filter((id) => !all.has(id)));
  editing.needs.set(into, needs);
  for (const [other, waits] of editing.needs) {
    if (all.has(other) || !others.some((id) => waits.delete(id))) continue;
    for (const id of others) waits.delete(id);
    waits.add(into);
    const said = editing.declaredBy(other);
    if (others.some((id) => said.includes(id))) editing.declare(other, [...said.filter((id) => !all.has(id)), into]);
  }
  if (editing.orders) editing.declare(into, [...declared]);
  for (const id of others) {
    takeOver(editing, into, id);
    editing.moved.set(id, [into]);
  }
  editing.title(into, title ?? titles.join(', and '));
}

/** A unit takes over what another one was to do, and that is gone. */
function takeOver(editing: Editing, into: string, id: string): void {
  const own = editing.said.get(into) as Said;
  const other = editing.said.get(id) as Said;
  const { text } = editing.document;
  const unit = editing.unit(id);
  const bodies = [
    withoutCommands(editing.document, unit, own.verify),
    withoutNeeds(editing.document, unit),
    text.slice(unit.heading.end, unit.end),
  ].map((one) => opened(one).trim());
  const cells = mergedRow(editing.document, editing.unit(into), unit);
  editing.cut(id);
  const scope = [...new Set([...own.scope, ...other.scope])];
  const verify = [...new Set([...own.verify, ...other.verify])];
  const words = `What was ${id} (${unit.title}) is done here, too.`;
  const what = `what ${id} was to do among what ${into} does`;
  const candidates = function* (document: Document, target: DraftUnit): Generator<string> {
    if (cells !== undefined)
      for (const text of withCells(document, target, cells)) {
        // What tables elsewhere say of the one that is gone is said of this one.
        const written = documentOf(text, editing.kind);
        if (written !== undefined) yield applyEdits(text, mentionsElsewhere(editing, written, id, into)).text;
        yield text;
      }
    if (rowOf(document, target) !== undefined) return;
    for (const body of bodies) yield* withMore(document, target, `${words}\n\n${body}`);
    // Where its fields and boxes would be those of the whole, they are words that are quoted.
    for (const body of bodies.slice(0, 1))
      for (const quoted of [quotedText(body), inertText(body)])
        yield* withLead(document, target, `${words}\n\n${quoted}`);
  };
  // Most documents may say twice what a task changes and what proves it; in the others one place says all.
  const criteria = [...(own.criteria ?? []), ...(other.criteria ?? [])];
  editing.said.set(into, { ...own, scope, verify, criteria });
  if (editing.tries(candidates(editing.document, editing.unit(into))) === undefined) return;
  // There what the other one wanted to be true is said in its words alone.
  editing.said.set(into, own);
  if (!same(own.scope, scope)) editing.scope(into, scope);
  if (!same(own.verify, verify)) editing.verify(into, verify);
  editing.take(candidates(editing.document, editing.unit(into)), what);
}
