import { z } from 'zod';
import { KNOWN_AGENTS } from '../core/agents/known.ts';
import { nearest } from '../core/base/nearest.ts';
import { didYouMean } from './lint-rules.ts';

/** What is wrong with a value of the configuration, for whoever wrote it; `issue` is what zod says of it. */
export function issueWords(schema: z.ZodType, value: unknown, issue: z.core.$ZodIssue | undefined): string {
  if (issue === undefined) return 'not valid';
  const { path } = issue;
  const given = valueAt(value, path);
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
  if (issue.code === 'invalid_value') return `must be one of ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'invalid_type') {
    const wanted = WANTED[issue.expected];
    if (wanted !== undefined) return given === undefined ? `is missing; it is ${wanted}` : `must be ${wanted}`;
  }
  return issue.message;
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
  if (schema instanceof z.ZodPipe) return [...keysAt(schema.in, path), ...keysAt(schema.out, path)];
  if (schema instanceof z.ZodUnion) return [...new Set(schema.options.flatMap((one) => keysAt(one, path)))];
  const [first, ...rest] = path;
  if (schema instanceof z.ZodRecord) return first === undefined ? [] : keysAt(schema.valueType, rest);
  if (!(schema instanceof z.ZodObject)) return [];
  const shape: Readonly<Record<string, unknown>> = schema.shape;
  return first === undefined ? Object.keys(shape) : keysAt(shape[String(first)], rest);
}
