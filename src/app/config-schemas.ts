import { z } from 'zod';

/** What a value at a path has to fit, whichever of several forms is meant; wrappers that only say "may be absent" are taken off. */
export function schemasAt(schema: unknown, path: readonly PropertyKey[]): readonly z.ZodType[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable)
    return schemasAt(schema.unwrap(), path);
  const [first, ...rest] = path;
  if (first === undefined) return schema instanceof z.ZodType ? [schema] : [];
  if (schema instanceof z.ZodPipe) return schemasAt(schema.in instanceof z.ZodTransform ? schema.out : schema.in, path);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((one: unknown) => schemasAt(one, path));
  if (schema instanceof z.ZodRecord) return schemasAt(schema.valueType, rest);
  if (schema instanceof z.ZodArray) return schemasAt(schema.element, rest);
  if (!(schema instanceof z.ZodObject)) return [];
  const shape: Readonly<Record<string, unknown>> = schema.shape;
  return Object.hasOwn(shape, first) ? schemasAt(shape[String(first)], rest) : [];
}

/** Whether values at a path are named freely (agents, prices), and which names are known where they are not. */
export function namesAt(
  schema: unknown,
  path: readonly PropertyKey[],
): { readonly known: readonly string[]; readonly free: boolean } {
  const known = new Set<string>();
  let free = false;
  const look = (one: unknown): void => {
    if (one instanceof z.ZodOptional || one instanceof z.ZodDefault || one instanceof z.ZodNullable) look(one.unwrap());
    else if (one instanceof z.ZodPipe) look(one.in instanceof z.ZodTransform ? one.out : one.in);
    else if (one instanceof z.ZodUnion) for (const option of one.options) look(option);
    else if (one instanceof z.ZodRecord && one.keyType instanceof z.ZodEnum)
      for (const key of one.keyType.options) known.add(String(key));
    else if (one instanceof z.ZodRecord) free = true;
    else if (one instanceof z.ZodObject) for (const key of Object.keys(one.shape)) known.add(key);
  };
  for (const one of schemasAt(schema, path)) look(one);
  return { known: [...known], free };
}

/** Whether a value fits. */
const fits = (schemas: readonly z.ZodType[], value: unknown): boolean =>
  schemas.some((one) => one.safeParse(value).success);

/** Whether a value is of a type that is meant here, be it within its bounds or not. */
function isOfType(schema: unknown, value: unknown): boolean {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable)
    return isOfType(schema.unwrap(), value);
  if (schema instanceof z.ZodUnion) return schema.options.some((one: unknown) => isOfType(one, value));
  if (schema instanceof z.ZodPipe) return isOfType(schema.in instanceof z.ZodTransform ? schema.out : schema.in, value);
  if (schema instanceof z.ZodNumber) return typeof value === 'number';
  if (schema instanceof z.ZodString || schema instanceof z.ZodEnum) return typeof value === 'string';
  if (schema instanceof z.ZodBoolean) return typeof value === 'boolean';
  if (schema instanceof z.ZodLiteral) return [...schema.values].some((one) => typeof one === typeof value);
  if (schema instanceof z.ZodArray) return Array.isArray(value);
  return false;
}

const TRUE = /^(?:true|on|yes|y)$/i;
const FALSE = /^(?:false|off|no|n)$/i;

/**
 * What somebody meant who wrote `on`, `yes` or `true`, in whichever YAML: the boolean where booleans are taken, the word where
 * words are. Everything else, and what fits as it is, comes back as it is.
 */
export function lenient(schemas: readonly z.ZodType[], value: unknown): unknown {
  if (schemas.length === 0 || fits(schemas, value)) return value;
  const truth =
    typeof value === 'boolean'
      ? value
      : typeof value === 'string' && TRUE.test(value)
        ? true
        : typeof value === 'string' && FALSE.test(value)
          ? false
          : undefined;
  if (truth === undefined) return value;
  if (fits(schemas, truth)) return truth;
  // Where any text would do, no word is meant.
  const word = truth ? 'on' : 'off';
  return fits(schemas, word) && !fits(schemas, 'neither') ? word : value;
}

/**
 * A value that was written as text, in a variable or a flag: text, a number, a boolean, a list with commas, or (with brackets) a
 * list or map as YAML writes them, which `flow` reads. What fits comes first, then what is at least of a type that is meant.
 */
export function typed(schemas: readonly z.ZodType[], text: string, flow: (text: string) => unknown): unknown {
  const trimmed = text.trim();
  const number = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(trimmed) ? [Number(trimmed)] : [];
  const word = lenient(schemas, trimmed);
  const bracketed = /^[[{]/.test(trimmed) ? [flow(trimmed)].filter((one) => one !== undefined) : [];
  const list = trimmed
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  const candidates: unknown[] = [text, trimmed, word, ...number, ...bracketed, list];
  const fitting = candidates.find((one) => fits(schemas, one));
  if (fitting !== undefined) return fitting;
  const near = [...bracketed, ...number, word].find((one) => schemas.some((schema) => isOfType(schema, one)));
  return near ?? bracketed[0] ?? text;
}
