/** One field that a JSON twin says otherwise than its plan. */
export interface TwinDifference {
  /** Where: `tasks.T3.needs`. */
  readonly field: string;
  /** JSON, cut when long; `undefined`: the field is not there. */
  readonly twin: string | undefined;
  readonly plan: string | undefined;
}

/** How many differences are told. */
const MOST = 50;

/**
 * What a JSON twin says otherwise than the plan, field by field; entries of lists are known by their `id`. The text that is
 * no JSON differs as a whole.
 */
export function twinDifferences(text: string, wanted: string): readonly TwinDifference[] {
  let there: unknown;
  try {
    there = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return [{ field: '', twin: text.slice(0, 80), plan: undefined }];
  }
  const found: TwinDifference[] = [];
  compare('', there, JSON.parse(wanted) as unknown, found, 0);
  return found;
}

/** Deeper than any twin: below that, values are compared as they are written. */
const DEEPEST = 20;

function compare(field: string, twin: unknown, plan: unknown, found: TwinDifference[], depth: number): void {
  if (found.length >= MOST || JSON.stringify(twin) === JSON.stringify(plan)) return;
  const a = fieldsOf(twin);
  const b = fieldsOf(plan);
  if (a === undefined || b === undefined || depth > DEEPEST) {
    found.push({ field, twin: shown(twin), plan: shown(plan) });
    return;
  }
  const before = found.length;
  for (const key of new Set([...b.keys(), ...a.keys()])) {
    compare(field === '' ? key : `${field}.${key}`, a.get(key), b.get(key), found, depth + 1);
  }
  // The same entries in another order.
  if (found.length === before && found.length < MOST) found.push({ field, twin: 'another order', plan: undefined });
}

/** An object by its keys, a list of entries with ids by these; everything else is one value. */
function fieldsOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!Array.isArray(value)) return new Map(Object.entries(value));
  const ids = (value as readonly unknown[]).map((one) =>
    typeof one === 'object' && one !== null && 'id' in one && typeof one.id === 'string' ? one.id : undefined,
  );
  if (ids.length === 0 || ids.includes(undefined) || new Set(ids).size < ids.length) return undefined;
  return new Map(ids.map((id, i) => [id as string, (value as readonly unknown[])[i]]));
}

function shown(value: unknown): string | undefined {
  const text = JSON.stringify(value) as string | undefined;
  return text === undefined || text.length <= 160 ? text : `${text.slice(0, 159)}…`;
}
