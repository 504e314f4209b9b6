import type { DraftUnit } from '../draft.ts';
import { oneLine } from '../kinds/task-inert.ts';
import { headsOf, withSection, withSectionBefore } from './edits.ts';
import type { Editing } from './editing.ts';
import { bodiesOf, type NewUnit } from './new-unit.ts';
import type { Of } from './operation.ts';
import { pathsOf, Refused } from './refused.ts';
import { hasWords, rowOf, withNewRow } from './rows.ts';

/** Writes a new task. */
export function add(editing: Editing, { title, needs, before, scope, verify, text }: Of<'add'>): void {
  const waiting = before.map((one) => editing.idOf(one));
  const last = editing.unit(editing.document.tasks.at(-1)?.id ?? '');
  const places = placesOf(editing, waiting, last);
  const wanted = { title: oneLine(title), needs: needs.map((id) => editing.idOf(id)), scope: pathsOf(scope), verify };
  if (wanted.title === '') throw new Refused('the new task has no title', 'masterplan amend add "what is to be done"');
  editing.sayable('the new task', scope.length > 0, verify.length > 0);
  const id = editing.freshId(last.id);
  let declared: readonly string[] = editing.orders ? wanted.needs : [];
  editing.said.set(id, { ...wanted, needs: new Set(declared), criteria: undefined, rest: undefined });
  editing.needs.set(id, new Set(wanted.needs));
  const { document } = editing;
  const candidates = function* (): Generator<string> {
    const unit: NewUnit = { ...wanted, needs: declared, id, text };
    for (const { beside, front } of places) {
      yield* withNewRow(document, beside, unit);
      if (rowOf(document, beside) !== undefined) continue;
      for (const body of bodiesOf(document, beside, unit))
        for (const head of headsOf(document, beside, { id, title: wanted.title }))
          yield* front ? withSectionBefore(document, beside, head + body) : withSection(document, beside, head + body);
    }
  };
  const row = rowOf(document, last);
  if (row !== undefined && text !== '' && editing.kind !== 'functional' && !hasWords(row.table))
    throw new Refused(
      `the rows of this table say no more of a task than its title`,
      'leave --text out, or edit the plan itself, then amend the run by it',
    );
  // What a rule of its kind says of every task need not be said of this one.
  if (editing.tries(candidates()) !== undefined && declared.length > 0) {
    declared = [];
    editing.said.set(id, { ...wanted, needs: new Set(), criteria: undefined, rest: undefined });
  }
  editing.step(candidates(), `a new task behind ${last.id}`);
  editing.made.push(id);
  for (const one of waiting) {
    editing.needs.get(one)?.add(id);
    editing.declare(one, [...editing.declaredBy(one), id]);
  }
}

interface Place {
  readonly beside: DraftUnit;
  readonly front: boolean;
}

/** Where a new task is written: where the order of lines is that of work, in front of those that wait for it. */
function placesOf(editing: Editing, waiting: readonly string[], last: DraftUnit): readonly Place[] {
  const { draft } = editing.document;
  const atEnd: Place = { beside: last, front: false };
  const ordered = draft.order === 'chain' || draft.kind === 'implementation';
  const first = ordered ? draft.units.findIndex(({ id }) => waiting.includes(id)) : -1;
  if (first < 0) return [atEnd];
  const before = draft.units[first - 1];
  const inFront: Place =
    before === undefined ? { beside: draft.units[first] as DraftUnit, front: true } : { beside: before, front: false };
  return draft.order === 'chain' ? [inFront] : [inFront, atEnd];
}
