import { type ConfigMap, mapNode, nodeAt, type Origin, treeOf } from './config-tree.ts';

/** What the complexities set, in the words of the configuration file; all of it can be said otherwise, key by key. */
const COMPLEXITIES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {};

/** What presets that a configuration asks for say of its keys; the layer below all files. */
export function presetsFor(tree: ConfigMap): ConfigMap {
  const complexity = nodeAt(tree, ['complexity']);
  const name = complexity?.kind === 'leaf' ? String(complexity.value) : '';
  const origin: Origin = { from: 'preset', where: `complexity: ${name}` };
  const preset = Object.hasOwn(COMPLEXITIES, name) ? COMPLEXITIES[name] : undefined;
  return preset === undefined ? mapNode(new Map(), origin) : (treeOf(preset, origin) as ConfigMap);
}
