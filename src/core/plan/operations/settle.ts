import type { Edit } from '../../base/finding.ts';
import { applyEdits } from '../markdown/edits.ts';
import type { DraftUnit } from '../draft.ts';
import { differenceOf, type Document, documentOf, unitOf } from './document.ts';
import type { Editing } from './editing.ts';
import { withTotals } from './edits.ts';
import { countEdits, type Mention, mentionEdits, mentionsOf, spellings } from './mentions.ts';
import { BY_HAND } from './operation.ts';
import { Refused } from './refused.ts';
import { stopDifference, stopsOf } from './stops.ts';

/** How many places of a document are tried one by one: each is read again. */
const MAX_PLACES = 60;

/** How many lines are told of that name a unit which is gone. */
const MAX_MENTIONS = 10;

/** What an operation leaves for the rest of the document: totals, lists of ids, and stops that hold what they held. */
export function settle(editing: Editing): readonly Mention[] {
  const more = editing.document.tasks.length - editing.before;
  if (more !== 0) {
    editing.take(withTotals(editing.document, more), 'how many there are');
    const first = editing.document.tasks[0]?.id === 'P0' ? 1 : 0;
    place(editing, countEdits(editing.document, editing.before - first, editing.document.tasks.length - first));
  }
  const gone = [...editing.moved].filter(([id]) => !editing.said.has(id));
  for (const [id, [into]] of gone) place(editing, mentionsElsewhere(editing, editing.document, id, into));
  keepStops(editing);
  return gone.flatMap(([id, [into]]) => mentionsOf(editing.document, id, into)).slice(0, MAX_MENTIONS);
}

/** Key lines that are no part of what a task is to do: a run compares them by what they say. */
const FIELD =
  /^[ \t]*(?:[-*+][ \t]+)?\*\*(?:parallel|group|wave|needs|depends|dependencies|blocked by)[^*\n]{0,40}\*\*/i;

/** Edits of what a document says of a unit that is gone where no other task is told what to do. */
export function mentionsElsewhere(
  { original }: Editing,
  document: Document,
  id: string,
  into: string | undefined,
): readonly Edit[] {
  return mentionEdits(document, id, into).filter((edit) => !isOfOthers(original, document, edit));
}

/** Whether an edit would change the text of a task that says the same as before: who works by that would have to begin again. */
function isOfOthers(original: Document, document: Document, { start, end }: Edit): boolean {
  const { text } = document;
  const line = text.slice(text.lastIndexOf('\n', start - 1) + 1, end);
  if (FIELD.test(line)) return false;
  return document.draft.units.some((unit) => {
    const stretches = unit.quotes ?? [unit];
    if (!stretches.some((one) => one.start < end && start < one.end)) return false;
    const before = unitOf(original, unit.id);
    return before !== undefined && briefOf(original, before) === briefOf(document, unit);
  });
}

function briefOf({ text }: Document, unit: DraftUnit): string {
  return (unit.quotes ?? [unit]).map(({ start, end }) => text.slice(start, end)).join('\n');
}

/** Makes edits on which nothing of the plan's meaning hangs; where one of them changes it after all, it is left out. */
function place(editing: Editing, edits: readonly Edit[]): void {
  if (edits.length === 0) return;
  const all = asWanted(editing, applyEdits(editing.document.text, edits).text);
  if (all !== undefined) {
    editing.document = all;
    return;
  }
  // From the end on, so that the places of those before stay.
  for (const edit of edits.toSorted((a, b) => b.start - a.start).slice(0, MAX_PLACES)) {
    const one = asWanted(editing, applyEdits(editing.document.text, [edit]).text);
    if (one !== undefined) editing.document = one;
  }
}

/** A text read, when every unit says in it what it is to say, and the stops hold no others than they do in the text as it stands. */
function asWanted(editing: Editing, text: string): Document | undefined {
  const document = documentOf(text, editing.kind);
  if (document === undefined || differenceOf(document, editing.said) !== undefined) return undefined;
  return wrongStop(editing, document) === undefined || wrongStop(editing, editing.document) !== undefined
    ? document
    : undefined;
}

function wrongStop(editing: Editing, document: Document): ReturnType<typeof stopDifference> {
  return stopDifference(editing.stops, document, editing.moved, editing.made, (id, need) =>
    editing.waitsFor(id, need, document),
  );
}

/** Brings the lines of stops to what became of the tasks that they name; a stop that would hold others is never passed over. */
function keepStops(editing: Editing): void {
  for (let tried = 0; tried <= editing.stops.length; tried++) {
    const wrong = wrongStop(editing, editing.document);
    if (wrong === undefined) return;
    const better = stopEdits(editing, wrong.stop.id)
      .map((text) => documentOf(text, editing.kind))
      .find(
        (document) =>
          document !== undefined &&
          differenceOf(document, editing.said) === undefined &&
          wrongStop(editing, document)?.stop.id !== wrong.stop.id,
      );
    if (better === undefined)
      throw new Refused(`the stop ${wrong.stop.id} ("${wrong.stop.title.slice(0, 80)}") ${wrong.words}`, BY_HAND);
    editing.document = better;
  }
}

/** Texts in which the line of a stop names what became of the tasks that it names. */
function stopEdits(editing: Editing, id: string): string[] {
  const { text } = editing.document;
  const stop = stopsOf(editing.document).find((one) => one.id === id);
  if (stop === undefined) return [];
  const { start, end } = stop.span;
  const texts: string[] = [];
  for (const [was, now] of editing.moved) {
    const line = text.slice(start, end);
    if (now.length > 0 && spellings(was).test(line))
      texts.push(text.slice(0, start) + line.replace(spellings(was), now.join(', ')) + text.slice(end));
  }
  return texts;
}
