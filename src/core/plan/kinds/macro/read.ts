import { contextOf } from '../../context.ts';
import type { Draft } from '../../draft.ts';
import { newDraft, type Reading } from '../../read.ts';

/** Reads a document as a plan of kind `macro`. */
export function readMacroPlan(reading: Reading): Draft<'macro'> {
  const context = contextOf(reading.outline, undefined, []);
  return newDraft(
    'macro',
    reading,
    { units: [], order: 'none', context, title: '', verify: [], boxes: [], remarks: [] },
    {},
  );
}
