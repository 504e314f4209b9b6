import type { z } from 'zod';
import { nearest } from '../core/base/nearest.ts';
import { err, ok, type Result } from '../core/base/result.ts';
import { EXIT, type AppRefusal } from './api.ts';
import { inheritSeedKeys } from './config-seed.ts';
import { lenient, namesAt, schemasAt, typed } from './config-schemas.ts';
import {
  type ConfigMap,
  type ConfigNode,
  keyPath,
  keyText,
  leafNode,
  mapLeaves,
  mapNode,
  nodeAt,
  type Origin,
  treeOf,
  valueOf,
  withNode,
} from './config-tree.ts';
import { readYaml } from './config-yaml.ts';
import type { Context } from './context.ts';
import { didYouMean } from './lint-rules.ts';

export const CONFIG_FILE = '.masterplan.yaml';

/** A value that a flag gives: the key, the value (text is read as the key's type), and the flag as it was typed. */
export interface ConfigFlag {
  readonly key: string;
  readonly value: unknown;
  readonly flag: string;
}

/** Bytes that a configuration file may have. */
const LARGEST = 1024 * 1024;

/** The words that stand for a map with this one key. */
const SHORT: readonly (readonly [path: string, key: string])[] = [
  ['review', 'mode'],
  ['containment', 'mode'],
  ['containment.roles.*', 'mode'],
  ['agents.*.containment', 'mode'],
  ['roles.*', 'agent'],
  ['environment.files.*', 'from'],
  ['telemetry', 'enabled'],
];

/** Words for what is wrong at a place of the configuration. */
export function faultAt(place: string, message: string): AppRefusal {
  return {
    message: `${place}: ${message}`,
    hint: place.startsWith('MASTERPLAN_')
      ? 'correct or unset the variable; docs/configuration.md lists the keys'
      : place.startsWith('-')
        ? 'docs/configuration.md lists the keys'
        : 'correct the file; docs/configuration.md lists the keys',
    exit: EXIT.usage,
  };
}

/** The tree of one file; `undefined` where there is none. */
export async function fileLayer(context: Context, path: string): Promise<Result<ConfigMap | undefined, AppRefusal>> {
  let bytes: Uint8Array | undefined;
  try {
    bytes = await context.io.files.read(path, LARGEST);
  } catch (error) {
    return err(faultAt(path, error instanceof Error ? error.message : String(error)));
  }
  if (bytes === undefined) return ok(undefined);
  const read = readYaml(bytes, path);
  if (!read.ok) {
    const { message, line, column } = read.error;
    return err(faultAt(line === undefined ? path : `${path}:${line}:${column ?? 1}`, message));
  }
  return ok(read.value as ConfigMap);
}

/** Variables of ours that are no keys: what agents, commands and developers are told by. */
const OTHER =
  /^(?:PORT_.*|CANARY.*|NONCE|RUN|TASK|ATTEMPT|AGENT|MODEL|EFFORT|ROLE|NAME|DB|PLAN|PROJECT|ROOT|WORKTREE|CHECKOUT|SETUP|BRIEF|BRIEF_JSON|DIGEST|DEBUG|BASH_ENV|AGENTS_CACHE|VERIFIES)$/;

/**
 * What `MASTERPLAN_*` says: `MASTERPLAN_PARALLELISM__MAX_AGENTS=6` is `parallelism.max_agents`. Names that people chose (of
 * agents) are found in `below`, whatever their case and hyphens. An empty variable says nothing.
 */
export function variableLayer(schema: z.ZodType, env: Context['env'], below: ConfigMap, warnings: string[]): ConfigMap {
  let tree: ConfigMap = mapNode(new Map(), { from: 'variable', where: 'MASTERPLAN_*' });
  const top = namesAt(schema, []).known;
  for (const variable of Object.keys(env).sort()) {
    const text = env[variable];
    const rest = /^MASTERPLAN_([A-Z][A-Z0-9_]*)$/.exec(variable)?.[1];
    if (rest === undefined || text === undefined || text.trim() === '' || OTHER.test(rest)) continue;
    const path: string[] = [];
    for (const part of rest.split('__')) {
      const { known, free } = namesAt(schema, path);
      const at = nodeAt(below, path);
      const candidates = [...known, ...(free && at?.kind === 'map' ? at.entries.keys() : [])];
      path.push(candidates.find((one) => one.toUpperCase().replaceAll('-', '_') === part) ?? part.toLowerCase());
    }
    const origin: Origin = { from: 'variable', where: variable };
    const [first = ''] = path;
    if (!top.includes(first)) {
      const near = nearest(first, top);
      // A short word may be somebody else's; a longer one that is nearly a key, or stands before another, is meant for us.
      if (near !== undefined && (path.length > 1 || first.length > 4))
        tree = withNode(tree, [first], leafNode(text, origin));
      else if (near !== undefined || path.length > 1)
        warnings.push(`${variable}: unknown key "${first}"${didYouMean(near)}`);
      continue;
    }
    tree = withNode(tree, path, treeOf(typed(schemasAt(schema, path), text, flowOf), origin));
  }
  return tree;
}

/** What flags say. */
export function flagLayer(schema: z.ZodType, flags: readonly ConfigFlag[]): Result<ConfigMap, AppRefusal> {
  let tree: ConfigMap = mapNode(new Map(), { from: 'flag', where: 'flags' });
  for (const { key, value, flag } of flags) {
    const path = keyPath(key);
    if (path === undefined) return err(faultAt(flag, `"${key}" is no key: write it like parallelism.max_agents`));
    const top = namesAt(schema, []).known;
    if (!top.includes(path[0] as string))
      return err(faultAt(flag, `unknown key "${path[0] ?? ''}"${didYouMean(nearest(path[0] ?? '', top))}`));
    const read = typeof value === 'string' ? typed(schemasAt(schema, path), value, flowOf) : value;
    tree = withNode(tree, path, treeOf(read, { from: 'flag', where: flag }));
  }
  return ok(tree);
}

/** `key=value` of `--set`. */
export function setFlag(text: string): Result<ConfigFlag, string> {
  const at = text.indexOf('=');
  if (at < 1) return err(`"${text.slice(0, 80)}" sets nothing: write key=value, like parallelism.max_agents=6`);
  return ok({ key: text.slice(0, at).trim(), value: text.slice(at + 1), flag: `--set ${text}` });
}

/** Reads one value in YAML's flow style; `undefined`: it is none. */
function flowOf(text: string): unknown {
  const read = readYaml(new TextEncoder().encode(`value: ${text}`), 'a value');
  return read.ok ? (valueOf(read.value) as Record<string, unknown>)['value'] : undefined;
}

/** Keys at the top that belong to whoever wrote the file: what anchors stand on, and where an editor finds the schema. */
const OWN_KEY = /^(?:x-.*|\$schema)$/;

/**
 * A layer as all layers are compared: short forms written out, words for truth as the key wants them, and what the keys of
 * older tools say under the name that the key has here. `tell` hears what of it does not count.
 */
export function normalise(schema: z.ZodType, layer: ConfigMap, tell?: (warning: string) => void): ConfigMap {
  let tree: ConfigMap = mapNode(new Map([...layer.entries].filter(([key]) => !OWN_KEY.test(key))), layer.origin);
  for (const [pattern, key] of SHORT)
    for (const path of pathsLike(tree, pattern.split('.'))) {
      const node = nodeAt(tree, path);
      if (node?.kind === 'leaf' && (typeof node.value === 'string' || typeof node.value === 'boolean'))
        tree = withNode(tree, path, mapNode(new Map([[key, node]]), node.origin));
    }
  tree = mapLeaves(tree, (leaf, path) => {
    if (typeof leaf.value !== 'string' && typeof leaf.value !== 'boolean') return leaf;
    const value = lenient(schemasAt(schema, path), leaf.value);
    return value === leaf.value ? leaf : leafNode(value, leaf.origin);
  }) as ConfigMap;
  return inheritSeedKeys(tree, tell);
}

/** The keys of a layer that the schema does not know, wherever they stand, also those with nothing behind them. */
export function strangersIn(
  schema: z.ZodType,
  node: ConfigMap,
  path: readonly string[] = [],
): { readonly place: string; readonly message: string; readonly path: readonly string[] }[] {
  const { known, free } = namesAt(schema, path);
  if (known.length === 0 && !free) return [];
  const found: { place: string; message: string; path: readonly string[] }[] = [];
  for (const [key, child] of node.entries) {
    if (!free && !known.includes(key)) {
      const within = path.length === 0 ? '' : `${keyText(path)}: `;
      const message = `${within}unknown key "${key.slice(0, 80)}"${didYouMean(nearest(key, known))}`;
      found.push({ place: child.origin.key ?? child.origin.where, message, path: [...path, key] });
    } else if (child.kind === 'map') found.push(...strangersIn(schema, child, [...path, key]));
  }
  return found;
}

/** A layer without the keys at these paths. */
export function withoutKeys(layer: ConfigMap, paths: readonly (readonly string[])[]): ConfigMap {
  const entries = new Map<string, ConfigNode>();
  for (const [key, child] of layer.entries) {
    const within = paths.filter(([first]) => first === key).map(([, ...rest]) => rest);
    if (within.some((rest) => rest.length === 0)) continue;
    entries.set(key, child.kind === 'map' && within.length > 0 ? withoutKeys(child, within) : child);
  }
  return mapNode(entries, layer.origin);
}

function pathsLike(tree: ConfigMap, pattern: readonly string[]): string[][] {
  let paths: string[][] = [[]];
  for (const part of pattern) {
    paths = paths.flatMap((path) => {
      const node = nodeAt(tree, path);
      if (node?.kind !== 'map') return [];
      return part === '*' ? [...node.entries.keys()].map((key) => [...path, key]) : [[...path, part]];
    });
  }
  return paths;
}

/** Where an empty value means something: an agent without keys of its own, a variable that is passed on. */
export function meansSomethingEmpty(path: readonly string[]): boolean {
  if (path[0] === 'agents') return path.length === 2 || (path.length === 4 && path[2] === 'env');
  if (path[0] === 'verify') return path.length === 3 && path[1] === 'env';
  return path[0] === 'environment' && path.length === 3 && path[1] === 'files';
}
