import { contextOf } from '../../context.ts';
import type { Draft } from '../../draft.ts';
import { newDraft, type Reading } from '../../read.ts';

/** Reads a document as a plan of kind `implementation`. */
export function readImplementationPlan(reading: Reading): Draft<'implementation'> {
  const context = contextOf(reading.outline, undefined, []);
  return newDraft(
    'implementation',
    reading,
    { units: [], order: 'none', context, title: '', verify: [], boxes: [], remarks: [] },
    {},
  );
}
