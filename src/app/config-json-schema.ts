import { z } from 'zod';
import { schema } from './config.ts';
import { noteOf, remarkOf } from './config-keys.ts';

/** A part of a JSON Schema. */
export interface JsonSchema {
  [key: string]: unknown;
}

const MODES = { type: 'string', enum: ['off', 'on', 'required'] };
const NOTHING = { type: 'null' };

/** What may be written in the place of a map, by the path of the map. */
const SHORT: Readonly<Record<string, JsonSchema>> = {
  review: MODES,
  containment: MODES,
  'containment.roles.*': MODES,
  'agents.*.containment': MODES,
  'environment.files.*': { type: 'string' },
  'environment.setup': { type: 'string', pattern: '\\S' },
  'environment.teardown': { type: 'string', pattern: '\\S' },
  'codex.routing': { const: 'on' },
  telemetry: { type: 'boolean' },
};

/**
 * The configuration file as a JSON Schema (draft 2020-12) for editors: made from what reads the file, with what is said of each
 * key. What the program takes, it takes; a little more where a text has a form of its own (paths, times of day).
 */
export function configJsonSchema(): JsonSchema {
  const made = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  const root = described(made, []);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'masterplan configuration',
    description: '~/.masterplan.yaml and .masterplan.yaml in the root of a repository; docs/configuration.md',
    ...Object.fromEntries(Object.entries(root).filter(([key]) => key !== '$schema')),
    patternProperties: { '^(?:x-.*|\\$schema)$': {} },
  };
}

function described(node: JsonSchema, path: readonly string[]): JsonSchema {
  const note = path.length === 0 ? undefined : noteOf(path);
  const remark = remarkOf(path);
  const about = [note?.about, remark?.startsWith('read as') === true ? remark : undefined].filter(
    (one) => one !== undefined,
  );
  let made: JsonSchema = {};
  for (const [key, value] of Object.entries(node)) {
    if (key === 'default' || key === '$schema') continue;
    if (key === 'properties')
      made[key] = Object.fromEntries(
        Object.entries(value as Record<string, JsonSchema>).map(([name, one]) => [
          name,
          described(one, [...path, name]),
        ]),
      );
    else if (key === 'additionalProperties' && typeof value === 'object' && value !== null)
      made[key] = described(value as JsonSchema, [...path, '*']);
    else if (key === 'anyOf' || key === 'oneOf') made[key] = (value as JsonSchema[]).map((one) => described(one, path));
    else made[key] = value;
  }
  if (path.length === 2 && path[0] === 'agents' && (made['oneOf'] ?? made['anyOf']) !== undefined)
    made = agentSchema(made);
  else if (path.length === 2 && path[0] === 'agents') return made;
  made = withTruth(made);
  const short = SHORT[wild(path)];
  if (short !== undefined) made = { anyOf: [withTruth(short), made, NOTHING] };
  // A key with nothing behind it takes back what lies below.
  else if (path.length > 0 && made['const'] === undefined) made = { anyOf: [made, NOTHING] };
  return {
    ...(about.length === 0 ? {} : { description: about.join('; ') }),
    ...(note?.default === undefined ? {} : { default: note.default }),
    ...made,
  };
}

/** Words for truth, however they are cased: what YAML 1.1 reads as one. */
const YES = '[Oo]n|ON|[Yy]es|YES|[Tt]rue|TRUE|[Yy]';
const NO = '[Oo]ff|OFF|[Nn]o|NO|[Ff]alse|FALSE|[Nn]';

/** The same with the words that are taken where truth is meant, or where `on` and `off` are words of an enum. */
function withTruth(node: JsonSchema): JsonSchema {
  const values = (node['enum'] ?? ('const' in node ? [node['const']] : undefined)) as readonly unknown[] | undefined;
  if (node['type'] === 'boolean' && values === undefined)
    return {
      anyOf: [{ enum: [true, false, 'on', 'off', 'yes', 'no'] }, { type: 'string', pattern: `^(?:${YES}|${NO})$` }],
    };
  const yes = values?.includes('on') === true;
  const no = values?.includes('off') === true;
  if (!yes && !no) return node;
  const pattern = [...(yes ? [YES] : []), ...(no ? [NO] : [])].join('|');
  const truths = { enum: [...(yes ? [true] : []), ...(no ? [false] : [])] };
  return { anyOf: [node, truths, { type: 'string', pattern: `^(?:${pattern})$` }] };
}

/** All forms of an agent as one, nothing of it required: its name may say the rest. */
function agentSchema(forms: JsonSchema): JsonSchema {
  const properties: Record<string, JsonSchema> = {};
  const kinds: unknown[] = [];
  for (const form of (forms['oneOf'] ?? forms['anyOf'] ?? []) as { properties?: Record<string, JsonSchema> }[])
    for (const [name, one] of Object.entries(form.properties ?? {})) {
      if (name === 'kind') kinds.push(one['const'] ?? one['enum']);
      properties[name] ??= one;
    }
  if (properties['kind'] !== undefined) {
    const { description } = properties['kind'];
    properties['kind'] = { ...(description === undefined ? {} : { description }), enum: [...kinds, null] };
  }
  return { type: 'object', properties, additionalProperties: false };
}

/** The path with `*` for names that people choose. */
function wild(path: readonly string[]): string {
  return path
    .map((part, i) => (i === 1 && path[0] === 'agents' ? '*' : i === 2 && path[1] === 'files' ? '*' : part))
    .map((part, i) => (i === 2 && path[0] === 'containment' && path[1] === 'roles' ? '*' : part))
    .join('.');
}

/** Every key that the schema has, with what it takes, in words; `*` for a name that people choose. */
export function schemaKeys(): readonly { readonly key: string; readonly takes: string }[] {
  const found = new Map<string, Set<string>>();
  const walk = (node: JsonSchema, path: readonly string[]): void => {
    const forms = (node['anyOf'] ?? node['oneOf']) as JsonSchema[] | undefined;
    if (forms !== undefined) for (const one of forms) walk(one, path);
    else if (node['type'] === 'object' && node['properties'] !== undefined) {
      for (const [name, one] of Object.entries(node['properties'] as Record<string, JsonSchema>))
        walk(one, [...path, name]);
    } else if (node['type'] === 'object') walk((node['additionalProperties'] ?? {}) as JsonSchema, [...path, '*']);
    else {
      const key = path.join('.');
      const words = takesOf(node);
      if (words !== undefined) found.set(key, (found.get(key) ?? new Set()).add(words));
    }
  };
  walk(configJsonSchema(), []);
  return [...found].map(([key, words]) => ({ key, takes: [...words].join(', or ') }));
}

function takesOf(node: JsonSchema): string | undefined {
  const { pattern } = node;
  if (node['type'] === 'null' || (typeof pattern === 'string' && (pattern.includes(YES) || pattern.includes(NO))))
    return undefined;
  if ('const' in node) return JSON.stringify(node['const']).replaceAll('"', '');
  const values = node['enum'] as readonly unknown[] | undefined;
  if (values?.includes('yes') === true) return 'true, false';
  if (values?.every((one) => typeof one === 'boolean') === true) return undefined;
  if (values !== undefined) return values.filter((one) => typeof one === 'string').join(', ');
  if (node['type'] === 'array') return 'a list';
  if (node['type'] === 'integer') return 'a whole number';
  if (node['type'] === 'number') return 'a number';
  if (node['type'] === 'string') return 'text';
  return Object.keys(node).some((key) => key === 'type') ? String(node['type']) : undefined;
}
