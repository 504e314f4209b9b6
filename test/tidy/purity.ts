import { COMPOSITION_ROOT, layerOf } from './layers.ts';
import { isVariable } from './names.ts';
import type { Breach, Node, Place, Rule, Source } from './project.ts';

/** Clocks and dice: only `src/io/node/` may read them, everyone else is handed an `Io`. */
const CLOCKS_AND_DICE = new Set([
  'AbortSignal.timeout',
  'Date.now',
  'Math.random',
  'crypto.getRandomValues',
  'crypto.randomUUID',
  'performance.now',
  'process.hrtime',
]);

/** Names that reach the outside world without an import; a surface may print, the others may not. */
const WORLD = new Set(['console', 'fetch', 'process', 'setImmediate', 'setInterval', 'setTimeout']);
const WORLD_LAYERS = new Set(['core', 'io', 'engine', 'app']);

/** A clock, a die or the outside world, used behind the back of `Io`. */
export const purity: Rule = ({ sources }) => sources.flatMap(breachesOf);

function breachesOf(source: Source): Breach[] {
  const layer = layerOf(source.path);
  if (layer === undefined || layer === 'io/node' || layer === 'main') return [];
  const free = globalsOf(source);
  const breaches: Breach[] = [];
  const add = ({ line }: Place, name: string): void => {
    breaches.push({
      path: source.path,
      line,
      message: `uses ${name} directly: take it from the Io that you are handed`,
    });
  };
  for (const place of source.nodes) {
    const { node } = place;
    if (node.type === 'MemberExpression') {
      const [object, property] = [node['object'] as Node, node['property'] as Node];
      const name = `${String(object['name'])}.${String(node['computed'] === true ? property['value'] : property['name'])}`;
      if (CLOCKS_AND_DICE.has(name) && free(object)) add(place, name);
    }
    const now =
      (node.type === 'NewExpression' && (node['arguments'] as Node[]).length === 0) || node.type === 'CallExpression';
    const callee = node['callee'] as Node | undefined;
    if (now && callee?.type === 'Identifier' && callee['name'] === 'Date' && free(callee))
      add(place, 'the clock (Date)');
    if (WORLD_LAYERS.has(layer) && source.path !== COMPOSITION_ROOT && isReference(place)) {
      const name = String(node['name']);
      if (WORLD.has(name) && free(node)) add(place, name);
      if (name === 'globalThis') add(place, 'globalThis');
    }
  }
  return breaches;
}

/** Tells whether an identifier means the global of its name: nothing in the file is a variable of that name. */
function globalsOf({ nodes }: Source): (node: Node) => boolean {
  const variables = new Set(nodes.filter(isVariable).map(({ node }) => node['name']));
  return (node) => node.type === 'Identifier' && !variables.has(node['name']);
}

function isReference({ node, parent, key }: Place): boolean {
  if (node.type !== 'Identifier' || parent === undefined) return false;
  const { type, computed } = parent.node;
  if (type === 'MemberExpression') return key === 'object' || computed === true;
  return !(key === 'key' && computed !== true) && type !== 'TSQualifiedName';
}
