import { contextOf } from '../../context.ts';
import type { Draft } from '../../draft.ts';
import { newDraft, type Reading } from '../../read.ts';

/** Reads a document as a plan of kind `functional`. */
export function readFunctionalPlan(reading: Reading): Draft<'functional'> {
  const context = contextOf(reading.outline, undefined, []);
  return newDraft(
    'functional',
    reading,
    { units: [], order: 'none', context, title: '', verify: [], boxes: [], remarks: [] },
    {},
  );
}
