import { contextOf } from '../../context.ts';
import type { Draft } from '../../draft.ts';
import { newDraft, type Reading } from '../../read.ts';

/** Reads a document as a plan of kind `master`. */
export function readMasterPlan(reading: Reading): Draft<'master'> {
  const context = contextOf(reading.outline, undefined, []);
  return newDraft(
    'master',
    reading,
    { units: [], order: 'none', context, title: '', verify: [], boxes: [], remarks: [] },
    {},
  );
}
