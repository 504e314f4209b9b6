/** A text in which git marked the conflicts, with the lines of both sides instead: what landed first, then what comes. */
export function unionOf(marked: string): string {
  return marked.replace(/^(?:<{7} .*|={7}|>{7} .*)\r?\n/gm, '');
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * Three JSON texts as one, key by key: what either side added, changed or took out holds. `undefined` when one of them is not JSON, or
 * both sides changed the same value in two ways. Written like `theirs`, with its indentation; new keys of a sorted object are put
 * in their places.
 */
export function mergeJson(base: string, theirs: string, ours: string): string | undefined {
  let values: [Json, Json, Json];
  try {
    values = [JSON.parse(base), JSON.parse(theirs), JSON.parse(ours)] as [Json, Json, Json];
  } catch {
    return undefined;
  }
  const merged = merge(...values);
  if (merged === undefined) return undefined;
  const indent = /^[ \t]+(?=")/m.exec(theirs)?.[0] ?? '  ';
  return JSON.stringify(merged.value, null, indent) + (theirs.endsWith('\n') ? '\n' : '');
}

type Merged = { readonly value: Json | undefined } | undefined;

function merge(base: Json | undefined, theirs: Json | undefined, ours: Json | undefined): Merged {
  if (same(theirs, ours) || same(base, ours)) return { value: theirs };
  if (same(base, theirs)) return { value: ours };
  if (isObject(theirs) && isObject(ours)) return mergeObjects(isObject(base) ? base : {}, theirs, ours);
  if (Array.isArray(theirs) && Array.isArray(ours)) {
    const was = (Array.isArray(base) ? base : []) as readonly Json[];
    const [one, other] = [theirs as readonly Json[], ours as readonly Json[]];
    const has = (list: readonly Json[], value: Json): boolean => list.some((each) => same(each, value));
    const kept = one.filter((value) => !has(was, value) || has(other, value));
    return { value: [...kept, ...other.filter((value) => !has(was, value) && !has(one, value))] };
  }
  return undefined;
}

function mergeObjects(
  base: { readonly [key: string]: Json },
  theirs: { readonly [key: string]: Json },
  ours: { readonly [key: string]: Json },
): Merged {
  const value: Record<string, Json> = {};
  const names = Object.keys(theirs);
  const fresh = Object.keys(ours).filter((key) => !Object.hasOwn(theirs, key));
  const sorted = names.every((key, at) => at === 0 || (names[at - 1] as string) <= key);
  const keys = sorted && names.length > 1 ? [...names, ...fresh].sort() : [...names, ...fresh];
  for (const key of keys) {
    const of = (object: { readonly [key: string]: Json }): Json | undefined =>
      Object.hasOwn(object, key) ? object[key] : undefined;
    const merged = merge(of(base), of(theirs), of(ours));
    if (merged === undefined) return undefined;
    if (merged.value !== undefined) Object.defineProperty(value, key, { value: merged.value, enumerable: true });
  }
  return { value };
}

function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function same(a: Json | undefined, b: Json | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
