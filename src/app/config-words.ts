import { z } from 'zod';
import { KNOWN_AGENTS } from '../core/agents/known.ts';
import { nearest } from '../core/base/nearest.ts';
import { didYouMean } from './lint-rules.ts';

/** What is wrong with a value of the configuration, for whoever wrote it; `issue` is what zod says of it. */
export function issueWords(schema: z.ZodType, value: unknown, issue: z.core.$ZodIssue | undefined): string {
  if (issue === undefined) return 'not valid';
  const { path } = issue;
  const given = valueAt(value, path);
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? 'is no name that can stand here';
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, path);
    return issue.keys.map((key) => `unknown key "${key}"${didYouMean(nearest(key, known))}`).join(', ');
  }
  const isAgent = path[0] === 'agents' && path.length >= 2;
  if (isAgent && path.length === 3 && path[2] === 'command' && !Array.isArray(given)) {
    if (typeof given === 'string') return `must be a list: [${given.trim().split(/\s+/).join(', ')}]`;
    if (given !== undefined) return 'must be a list: [program, argument]';
    return noCommand(String(path[1]));
  }
  if (isAgent && path.length === 3 && path[2] === 'kind') {
    const kinds = ['claude', 'codex', 'acp', 'command'];
    const near = typeof given === 'string' ? nearest(given, kinds) : undefined;
    return `must be one of ${kinds.join(', ')}${didYouMean(near)}`;
  }
  if (issue.code === 'invalid_value') {
    const near = typeof given === 'string' ? nearest(given, issue.values.map(String)) : undefined;
    return `must be one of ${issue.values.map(String).join(', ')}${didYouMean(near)}`;
  }
  if (issue.code === 'invalid_type') {
    const wanted = WANTED[issue.expected];
    if (wanted === undefined) return issue.message;
    if (given === undefined) return `is missing; it is ${wanted}`;
    if (issue.expected === 'object') return `must be ${wanted}${someOf(keysAt(schema, path))}`;
    const quoted = /^(?:int|number)$/.test(issue.expected) && typeof given === 'string' && /^[-+]?[\d.]+$/.test(given);
    return `must be ${wanted}${quoted ? `: ${given} without quotes` : ''}`;
  }
  if (issue.code === 'invalid_union' && issue.message === 'Invalid input') {
    const forms = [...new Set(issue.errors.flatMap((errors) => errors.flatMap(formOf)))];
    if (forms.length > 0) return `must be ${forms.join(' or ')}`;
  }
  // What the library says by itself; words of ours are kept.
  if (issue.code === 'too_small' && issue.message.startsWith('Too small')) return least(issue.origin, issue);
  if (issue.code === 'too_big' && issue.message.startsWith('Too big')) return most(issue.origin, issue.maximum);
  return issue.message;
}

/** What an issue is about, where a value may have several forms: of the form that it fits best, the first that is wrong. */
export function innermost(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union') return issue;
  const isOther = ({ code, path }: z.core.$ZodIssue): boolean =>
    path.length === 0 && (code === 'invalid_type' || code === 'invalid_value');
  const meant = issue.errors.find((errors) => errors.length > 0 && !errors.some(isOther));
  const inner = meant?.find(({ code }) => code === 'unrecognized_keys') ?? meant?.[0];
  if (inner === undefined) return issue;
  return innermost({ ...inner, path: [...issue.path, ...inner.path] });
}

function someOf(keys: readonly string[]): string {
  if (keys.length === 0) return '';
  return `: ${keys.slice(0, 5).join(', ')}${keys.length > 5 ? ', …' : ''}`;
}

/** One form that a value may have. */
function formOf(issue: z.core.$ZodIssue): readonly string[] {
  if (issue.code === 'invalid_value') return issue.values.map(String);
  const wanted = issue.code === 'invalid_type' ? WANTED[issue.expected] : undefined;
  return wanted === undefined || (issue.path.length > 0 && issue.code === 'invalid_type') ? [] : [wanted];
}

function least(origin: string, { minimum, inclusive }: { minimum: number | bigint; inclusive?: boolean }): string {
  if (origin === 'string') return 'must not be empty';
  if (origin === 'array' || origin === 'map' || origin === 'set') return `must have at least ${minimum}`;
  return inclusive === false ? `must be more than ${minimum}` : `must be at least ${minimum}`;
}

function most(origin: string, maximum: number | bigint): string {
  if (origin === 'string') return `must have at most ${maximum} characters`;
  return origin === 'array' ? `must have at most ${maximum}` : `must be at most ${maximum}`;
}

function noCommand(agent: string): string {
  const form = 'command: [program, argument]';
  if (Object.hasOwn(KNOWN_AGENTS, agent)) return `is missing: ${form}; or leave out the kind, which the name says`;
  const near = nearest(agent, Object.keys(KNOWN_AGENTS));
  const meant = near === undefined ? '' : `; or did you mean the agent "${near}"?`;
  return `is missing, and nothing is known by the name "${agent}": ${form}${meant}`;
}

const WANTED: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'keys with values',
  record: 'names with values',
  string: 'text',
};

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value;
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Readonly<Record<PropertyKey, unknown>>)[key];
  }
  return at;
}

/** Keys that the schema knows at a path, whichever of several forms is meant. */
function keysAt(schema: unknown, path: readonly PropertyKey[]): string[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return keysAt(schema.unwrap(), path);
  if (schema instanceof z.ZodPipe) return [...new Set([...keysAt(schema.in, path), ...keysAt(schema.out, path)])];
  if (schema instanceof z.ZodUnion) return [...new Set(schema.options.flatMap((one) => keysAt(one, path)))];
  const [first, ...rest] = path;
  if (schema instanceof z.ZodRecord) return first === undefined ? [] : keysAt(schema.valueType, rest);
  if (!(schema instanceof z.ZodObject)) return [];
  const shape: Readonly<Record<string, unknown>> = schema.shape;
  return first === undefined ? Object.keys(shape) : keysAt(shape[String(first)], rest);
}
