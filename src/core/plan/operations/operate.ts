import { err, ok, type Result } from '../../base/result.ts';
import type { PlanKind } from '../model.ts';
import { add } from './add.ts';
import { documentOf, refusing } from './document.ts';
import { Editing } from './editing.ts';
import { merge } from './merge.ts';
import type { Of, OperationRefusal, PlanOperation } from './operation.ts';
import { hintOf, pathsOf, Refused } from './refused.ts';
import type { Mention } from './mentions.ts';
import { settle } from './settle.ts';
import { split } from './split.ts';

/** The text of a plan after an operation. */
export interface Operated {
  readonly text: string;
  /** Ids of the tasks that it made. */
  readonly made: readonly string[];
  /** Lines that name tasks which are gone, in sentences and drawings that nobody but a person can change. */
  readonly mentions: readonly Mention[];
}

/**
 * Changes a plan by changing its text: what the operation is not about stays as it is, byte for byte. The text that comes out is read
 * again; unless it says what was wanted and nothing else is otherwise, the operation is refused.
 *
 * @param taken ids that new tasks must not have, beside those of the plan.
 */
export function operate(
  source: string,
  kind: PlanKind,
  operation: PlanOperation,
  taken: readonly string[] = [],
): Result<Operated, OperationRefusal> {
  const document = documentOf(source, kind);
  if (document === undefined) return err({ message: 'this is no plan', hint: 'masterplan lint says what it lacks' });
  try {
    const editing = new Editing(document, kind, taken);
    carryOut(editing, operation);
    const mentions = settle(editing);
    const finding = refusing(editing.document.text, kind);
    if (finding !== undefined)
      throw new Refused(`that would be no plan any more: ${finding.message}`, hintOf(operation, kind));
    return ok({ text: editing.document.text, made: editing.made, mentions });
  } catch (error) {
    if (error instanceof Refused) return err({ message: error.message, hint: error.hint });
    throw error;
  }
}

function carryOut(editing: Editing, operation: PlanOperation): void {
  switch (operation.do) {
    case 'add':
      editing.declareAll();
      add(editing, operation);
      break;
    case 'drop':
      editing.declareAll();
      drop(
        editing,
        operation.tasks.map((id) => editing.idOf(id)),
      );
      break;
    case 'split':
      editing.declareAll();
      split(editing, operation);
      break;
    case 'merge':
      editing.declareAll();
      merge(editing, operation);
      break;
    case 'add-need':
    case 'drop-need':
      editing.declareAll();
      changeNeeds(editing, operation);
      break;
    case 'scope':
      editing.scope(editing.idOf(operation.task), pathsOf(operation.paths));
      break;
    case 'verify':
      editing.verify(editing.idOf(operation.task), operation.commands);
      break;
    case 'title':
      editing.title(editing.idOf(operation.task), operation.title);
  }
  editing.inTheEnd(operation);
}

function drop(editing: Editing, gone: readonly string[]): void {
  if (editing.said.size <= new Set(gone).size)
    throw new Refused('nothing would be left of the plan', 'to end the run: masterplan cancel');
  for (const id of gone) {
    const inherited = [...(editing.needs.get(id) ?? [])];
    for (const [other, needs] of editing.needs) {
      if (other === id || !needs.delete(id)) continue;
      const declared = editing.declaredBy(other);
      for (const need of inherited) needs.add(need);
      if (declared.includes(id)) editing.declare(other, [...declared.filter((need) => need !== id), ...inherited]);
    }
    editing.cut(id);
    editing.moved.set(id, []);
  }
}

function changeNeeds(editing: Editing, { do: what, task, needs: asked }: Of<'add-need' | 'drop-need'>): void {
  const id = editing.idOf(task);
  const needs = editing.needs.get(id) as Set<string>;
  const declared = new Set(editing.declaredBy(id));
  for (const need of asked.map((one) => editing.idOf(one))) {
    if (need === id) throw new Refused(`${id} cannot wait for itself`, `masterplan amend add-need ${id} T2`);
    if (what === 'add-need') {
      if (needs.has(need)) throw new Refused(`${id} needs ${need} already`, `masterplan explain ${id}`);
      needs.add(need);
      declared.add(need);
      continue;
    }
    if (!needs.delete(need)) throw new Refused(`${id} does not need ${need}`, `masterplan explain ${id}`);
    if (!declared.delete(need))
      throw new Refused(
        `that ${id} needs ${need} is a rule of plans of this kind, and said nowhere`,
        `to let ${id} begin without it: masterplan waive ${need} --reason "…"`,
      );
  }
  editing.declare(id, [...declared]);
}
