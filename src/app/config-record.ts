import type { RecordedKey } from '../core/run/settings.ts';
import type { Config } from './config.ts';
import { type ConfigMap, keyPath, keyText, leavesOf, mapNode, treeOf, valueOf, withNode } from './config-tree.ts';

/** Sections that belong to the person or the machine, or hold values that are never recorded. */
const UNRECORDED: ReadonlySet<string> = new Set(['notify', 'machine', 'telemetry', 'lint', 'environment']);

/** What is recorded of a configuration: every key that somebody gave, with its place; of variables, the names alone. */
export function recordOf({ tree, settings }: Config): readonly RecordedKey[] {
  const keys: RecordedKey[] = [];
  const named = new Set<string>();
  for (const [path, node] of leavesOf(tree)) {
    const [top = ''] = path;
    if (UNRECORDED.has(top)) continue;
    const env = path.findIndex(
      (part, i) => part === 'env' && (i === 2 ? top === 'agents' : i === 1 && top === 'verify'),
    );
    const { from, where } = node.origin;
    if (env >= 0) {
      const owner = path.slice(0, env + 1);
      const key = keyText(owner);
      if (named.has(key)) continue;
      named.add(key);
      const names = top === 'verify' ? settings.verify.env : (settings.agents[path[1] ?? '']?.env ?? []);
      keys.push({ key, value: [...names], from, where });
      continue;
    }
    // A program beside a file is recorded with its whole path: the file need not be there when the run goes on.
    const agent = top === 'agents' && path.length === 3 && path[2] === 'command' ? path[1] : undefined;
    const value = agent === undefined ? valueOf(node) : [...(settings.agents[agent]?.command ?? [])];
    keys.push({ key: keyText(path), value, from, where });
  }
  return keys;
}

/** The tree of what a run was started with; without what its presets said, those that hold now say it anew. */
export function treeOfRecord(
  keys: readonly RecordedKey[],
  slug: string,
  presets: 'with-presets' | 'without-presets' = 'with-presets',
): ConfigMap {
  let tree: ConfigMap = mapNode(new Map(), { from: 'run', where: slug });
  for (const { key, value, from, where } of keys) {
    if (from === 'preset' && presets === 'without-presets') continue;
    const path = keyPath(key);
    if (path !== undefined) tree = withNode(tree, path, treeOf(value, { from: 'run', where: `${slug}: ${where}` }));
  }
  return tree;
}
