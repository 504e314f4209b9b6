import type { Draft } from '../../draft.ts';
import { readMacroPlan } from '../../kinds/macro/read.ts';
import { outlineOf } from '../../markdown/outline.ts';
import { sectionsOf } from '../../markdown/sections.ts';
import { Source } from '../../markdown/source.ts';
import type { Criterion } from '../../model.ts';
import type { Facts } from '../rule.ts';

/** What has changed in the guarantees of a plan since it was approved. */
export interface Changes {
  /** Guarantees whose text is another, by the approved one. */
  readonly altered: readonly { readonly was: Criterion; readonly is: Criterion }[];
  readonly added: readonly Criterion[];
  readonly removed: readonly Criterion[];
  /** Text of the revision notes that the approved version did not have, and how many of these are dated. */
  readonly notes: string;
  readonly dated: number;
}

/** Compares the guarantees of a plan with those of the version that was approved; `undefined` without one. */
export function changesSince(draft: Draft<'macro'>, facts: Facts): Changes | undefined {
  const text = facts.approved?.text;
  if (text === undefined) return undefined;
  const outline = outlineOf(new Source(text));
  const approved = readMacroPlan({ outline, sections: sectionsOf(outline) });
  const before = new Map(approved.criteria.map((one) => [one.id, one]));
  const now = new Map(draft.criteria.map((one) => [one.id, one]));
  const known = new Set(approved.detail.revisions.map((note) => note.text));
  const fresh = draft.detail.revisions.filter((note) => !known.has(note.text));
  return {
    altered: draft.criteria.flatMap((is) => {
      const was = before.get(is.id);
      return was === undefined || words(was.text) === words(is.text) ? [] : [{ was, is }];
    }),
    added: draft.criteria.filter(({ id }) => !before.has(id)),
    removed: approved.criteria.filter(({ id }) => !now.has(id)),
    notes: fresh.map((note) => note.text).join('\n'),
    dated: fresh.filter(({ date, text: note }) => date !== undefined || /YYYY-MM-DD/.test(note)).length,
  };
}

function words(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[.\s]+$/, '')
    .trim();
}
