import { contextOf } from '../../context.ts';
import type { Draft } from '../../draft.ts';
import { newDraft, type Reading } from '../../read.ts';

/** Reads a document as a plan of kind `micro`. */
export function readMicroPlan(reading: Reading): Draft<'micro'> {
  const context = contextOf(reading.outline, undefined, []);
  return newDraft(
    'micro',
    reading,
    { units: [], order: 'none', context, title: '', verify: [], boxes: [], remarks: [] },
    {},
  );
}
