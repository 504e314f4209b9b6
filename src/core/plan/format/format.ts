import { ok, type Result } from '../../base/result.ts';
import type { Edit } from '../../base/finding.ts';
import { applyEdits } from '../markdown/edits.ts';
import type { PlanKind, UnknownPlan } from '../model.ts';
import { readDraft } from '../parse.ts';
import { finalNewline, lineEnds, trailingBlanks } from './blanks.ts';
import { boxMarks } from './boxes.ts';
import { headingMarks, unitHeadings } from './headings.ts';
import { labels } from './labels.ts';
import { listMarkers } from './lists.ts';
import { type Meaning, meaningOf, meansTheSame } from './meaning.ts';
import { newlineOf, type Page, pageOf } from './page.ts';
import { blankLines, tableSpacing } from './spacing.ts';
import { tableCells } from './tables.ts';

/** A document in canonical form. */
export interface Formatted {
  readonly kind: PlanKind;
  readonly text: string;
  /** How many edits lead there, over all passes. */
  readonly edits: number;
}

type Pass = (page: Page, asked: PlanKind | undefined) => readonly Edit[];

const PASSES: readonly Pass[] = [
  lineEnds,
  trailingBlanks,
  headingMarks,
  (page, asked) => {
    const read = readDraft(page.outline.source.text, asked);
    return read.ok ? unitHeadings(page, read.value.draft) : [];
  },
  boxMarks,
  labels,
  listMarkers,
  tableCells,
  tableSpacing,
  blankLines,
  finalNewline,
];

/** A pass may make room for another one; a text that is not at rest after that many rounds stays as it was. */
const MAX_ROUNDS = 5;

/**
 * Brings a plan into canonical form. Prose, code, comments, quotes and front matter stay byte for byte; so does everything
 * where changing the form would change what is read: each change is read back, and one that alters the meaning or brings a
 * finding is not made. Formatting the result changes nothing. Linear; never throws.
 */
export function formatText(text: string, kind?: PlanKind): Result<Formatted, UnknownPlan> {
  const before = meaningOf(text, kind);
  if (!before.ok) return before;
  const work = new Work(before.value, kind, newlineOf(text));
  let now: State = { text, edits: 0 };
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const next = work.round(now);
    if (next.text === now.text) return ok({ kind: before.value.kind, ...now });
    now = next;
  }
  return ok({ kind: before.value.kind, text, edits: 0 });
}

interface State {
  readonly text: string;
  readonly edits: number;
}

/** How many times the edits of a pass that change the meaning are halved, to keep those that do not. */
const HALVINGS = 3;

/** Longer documents are not read that often. */
const MOST_HALVED = 100_000;

class Work {
  readonly #before: Meaning;
  readonly #asked: PlanKind | undefined;
  readonly #newline: Page['newline'];

  constructor(before: Meaning, asked: PlanKind | undefined, newline: Page['newline']) {
    this.#before = before;
    this.#asked = asked;
    this.#newline = newline;
  }

  /** All passes at once or, where that changes the meaning, as much of each as does not. */
  round(start: State): State {
    const all = this.#all(start);
    if (all.text === start.text || this.#holds(all)) return all;
    let now = start;
    for (const pass of PASSES) {
      const edits = pass(this.#page(now.text), this.#asked);
      now = this.#tried(now, edits, now.text.length > MOST_HALVED ? 0 : HALVINGS);
    }
    return now;
  }

  #all(start: State): State {
    let now = start;
    let page: Page | undefined;
    for (const pass of PASSES) {
      page ??= this.#page(now.text);
      const next = applied(now, pass(page, this.#asked));
      if (next.text !== now.text) page = undefined;
      now = next;
    }
    return now;
  }

  #tried(now: State, edits: readonly Edit[], halvings: number): State {
    const next = applied(now, edits);
    if (next.text === now.text || this.#holds(next)) return next;
    if (edits.length === 1 || halvings === 0) return now;
    const sorted = edits.toSorted((a, b) => a.start - b.start);
    const middle = edits.length >> 1;
    // The later half first: the offsets of the earlier one still hold then.
    const later = this.#tried(now, sorted.slice(middle), halvings - 1);
    return this.#tried(later, sorted.slice(0, middle), halvings - 1);
  }

  #page(text: string): Page {
    return pageOf(text, this.#before.kind, this.#newline);
  }

  #holds({ text }: State): boolean {
    return meansTheSame(this.#before, meaningOf(text, this.#asked));
  }
}

function applied(now: State, edits: readonly Edit[]): State {
  if (edits.length === 0) return now;
  const { text, applied: count } = applyEdits(now.text, edits);
  return text === now.text ? now : { text, edits: now.edits + count };
}
