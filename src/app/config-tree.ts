/** Where a value of the configuration comes from; later ones win over earlier ones, but for a run's record. */
export type OriginKind = 'default' | 'preset' | 'file' | 'run' | 'variable' | 'flag';

export interface Origin {
  readonly from: OriginKind;
  /** For people: `~/.masterplan.yaml:3:5` in full, the name of a variable, a flag, a preset. */
  readonly where: string;
  /** Where its key is, which may be another place than where the value is. */
  readonly key?: string;
  /** What `./` in a value is relative to. */
  readonly directory?: string;
}

/** A configuration before it is read by the schema: plain values that know where they come from. */
export type ConfigNode =
  | { readonly kind: 'leaf'; readonly value: unknown; readonly origin: Origin }
  | { readonly kind: 'list'; readonly items: readonly ConfigNode[]; readonly origin: Origin }
  | { readonly kind: 'map'; readonly entries: ReadonlyMap<string, ConfigNode>; readonly origin: Origin };

export type ConfigMap = Extract<ConfigNode, { kind: 'map' }>;

export const leafNode = (value: unknown, origin: Origin): ConfigNode => ({ kind: 'leaf', value, origin });
export const listNode = (items: readonly ConfigNode[], origin: Origin): ConfigNode => ({ kind: 'list', items, origin });
export const mapNode = (entries: ReadonlyMap<string, ConfigNode>, origin: Origin): ConfigMap => ({
  kind: 'map',
  entries,
  origin,
});

/** A plain value as a tree, all of it from one place. */
export function treeOf(value: unknown, origin: Origin): ConfigNode {
  if (Array.isArray(value))
    return listNode(
      value.map((one: unknown) => treeOf(one, origin)),
      origin,
    );
  if (typeof value === 'object' && value !== null)
    return mapNode(new Map(Object.entries(value).map(([key, one]) => [key, treeOf(one, origin)])), origin);
  return leafNode(value, origin);
}

/** The plain value of a tree. */
export function valueOf(node: ConfigNode): unknown {
  if (node.kind === 'leaf') return node.value;
  if (node.kind === 'list') return node.items.map(valueOf);
  return Object.fromEntries([...node.entries].map(([key, child]) => [key, valueOf(child)]));
}

/**
 * One configuration over another: keys of maps are joined at every depth, everything else is replaced, lists whole. An empty
 * value takes back what lies below, but where it means something (`means`).
 */
export function mergeTrees(
  below: ConfigMap,
  above: ConfigMap,
  means: (path: readonly string[]) => boolean,
  path: readonly string[] = [],
): ConfigMap {
  const entries = new Map(below.entries);
  for (const [key, node] of above.entries) {
    const at = [...path, key];
    const under = entries.get(key);
    if (node.kind === 'leaf' && node.value === null && !means(at)) entries.delete(key);
    else if (node.kind === 'leaf' && node.value === null && under?.kind === 'map') continue;
    else if (node.kind === 'map')
      entries.set(key, mergeTrees(under?.kind === 'map' ? under : mapNode(new Map(), node.origin), node, means, at));
    else entries.set(key, node);
  }
  return mapNode(entries, above.entries.size === 0 ? below.origin : above.origin);
}

/** The node at a path; `undefined` where there is none. */
export function nodeAt(tree: ConfigNode, path: readonly PropertyKey[]): ConfigNode | undefined {
  let at: ConfigNode | undefined = tree;
  for (const key of path) {
    if (at?.kind === 'map') at = at.entries.get(String(key));
    else if (at?.kind === 'list') at = typeof key === 'number' ? at.items[key] : undefined;
    else return undefined;
  }
  return at;
}

/** The origin of what is at a path, or of the nearest thing around it. */
export function originAt(tree: ConfigNode, path: readonly PropertyKey[]): Origin {
  for (let depth = path.length; depth > 0; depth--) {
    const node = nodeAt(tree, path.slice(0, depth));
    if (node !== undefined) return node.origin;
  }
  return tree.origin;
}

/** The same tree with a node put at a path; maps on the way are made. */
export function withNode(tree: ConfigMap, path: readonly string[], node: ConfigNode): ConfigMap {
  const [first, ...rest] = path;
  if (first === undefined) return tree;
  const under = tree.entries.get(first);
  const child =
    rest.length === 0 ? node : withNode(under?.kind === 'map' ? under : mapNode(new Map(), node.origin), rest, node);
  return mapNode(new Map(tree.entries).set(first, child), tree.origin);
}

/** Every node that is no map (or an empty one), with its path. */
export function* leavesOf(
  node: ConfigNode,
  path: readonly string[] = [],
): Generator<readonly [path: readonly string[], node: ConfigNode]> {
  if (node.kind !== 'map' || (node.entries.size === 0 && path.length > 0)) yield [path, node];
  else for (const [key, child] of node.entries) yield* leavesOf(child, [...path, key]);
}

/** The same tree with each leaf (also those in lists) put through a function. */
export function mapLeaves(
  node: ConfigNode,
  change: (leaf: Extract<ConfigNode, { kind: 'leaf' }>, path: readonly string[]) => ConfigNode,
  path: readonly string[] = [],
): ConfigNode {
  if (node.kind === 'leaf') return change(node, path);
  if (node.kind === 'list')
    return listNode(
      node.items.map((one, index) => mapLeaves(one, change, [...path, String(index)])),
      node.origin,
    );
  return mapNode(
    new Map([...node.entries].map(([key, child]) => [key, mapLeaves(child, change, [...path, key])])),
    node.origin,
  );
}

/** The same node, its key at this place. */
export function keyedAt(node: ConfigNode, key: string): ConfigNode {
  return { ...node, origin: { ...node.origin, key } };
}

/** A path as people write it: `prices."gpt-5.1".input`. */
export function keyText(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (/^[A-Za-z0-9_-]+$/.test(String(part)) ? String(part) : JSON.stringify(String(part))))
    .join('.');
}

/** Reads {@link keyText}; `undefined`: it is no path. */
export function keyPath(text: string): string[] | undefined {
  const parts: string[] = [];
  for (let at = 0; at < text.length; at++) {
    const found = /^(?:"(?:[^"\\]|\\.)*"|[^."]+)/.exec(text.slice(at))?.[0];
    if (found === undefined) return undefined;
    try {
      parts.push(found.startsWith('"') ? String(JSON.parse(found)) : found);
    } catch {
      return undefined;
    }
    at += found.length;
    if (at === text.length) return parts;
    if (text[at] !== '.') return undefined;
  }
  return undefined;
}
