import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { err, ok, type Result } from '../core/base/result.ts';
import { type ConfigNode, keyedAt, leafNode, listNode, mapNode, type Origin } from './config-tree.ts';

/** Nodes that a file may unfold to: an alias counts as all that it stands for. */
const MOST_NODES = 20_000;
const DEEPEST = 40;

/** What is wrong with a file, and where; lines and columns count from 1. */
export interface YamlFault {
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
}

/**
 * Reads a configuration file: one YAML 1.2 document of keys with values, whatever `%YAML` line it has, with merge keys. Every
 * value knows its place. Numbers that YAML 1.1 and 1.2 read differently are refused rather than guessed at. `lists`: it may be a list as a whole.
 */
export function readYaml(bytes: Uint8Array, path: string, lists = false): Result<ConfigNode, YamlFault> {
  const text = decode(bytes);
  if (!text.ok) return text;
  const lines = new LineCounter();
  const document = parseDocument(text.value, {
    lineCounter: lines,
    prettyErrors: false,
    // Said outright, because a `%YAML 1.1` line would make booleans of on and off, and numbers of 22:30.
    schema: 'core',
    merge: true,
  });
  const placeOf = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const broken = document.errors[0] ?? document.warnings[0];
  if (broken !== undefined)
    return err({
      message:
        broken.code === 'MULTIPLE_DOCS'
          ? 'holds several documents; it must be one'
          : broken.code === 'DUPLICATE_KEY'
            ? `the key ${keyOf(text.value, broken.pos[0])} stands twice`
            : broken.message,
      ...placeOf(broken.pos[0]),
    });
  const originOf = (node: Node): Origin => {
    const { line, column } = placeOf(node.range?.[0] ?? 0);
    return { from: 'file', where: `${path}:${line}:${column}`, directory: path.slice(0, path.lastIndexOf('/')) };
  };
  let count = 0;
  const convert = (node: unknown, at: Node, depth: number, under: ReadonlySet<unknown>): ConfigNode => {
    if (++count > MOST_NODES) throw new Fault('unfolds to far too much: an alias of aliases?', at);
    if (depth > DEEPEST) throw new Fault('is nested too deeply', at);
    if (isAlias(node)) {
      const target = node.resolve(document);
      if (target === undefined)
        throw new Fault(`"*${node.source}" stands for nothing: no "&${node.source}" is before it`, node);
      if (under.has(target)) throw new Fault(`"*${node.source}" stands for something that holds it`, node);
      return convert(target, at, depth + 1, under);
    }
    if (isMap(node)) {
      const inside = new Set(under).add(node);
      const own: [string, ConfigNode][] = [];
      const merged: [string, ConfigNode][] = [];
      for (const { key, value } of node.items) {
        if (isScalar(key) && (typeof key.value === 'symbol' || key.value === '<<')) {
          for (const one of isSeq(value) ? value.items : [value]) {
            const source = convert(one, key, depth + 1, inside);
            if (source.kind !== 'map') throw new Fault('"<<" takes keys with values', key);
            for (const [name, child] of source.entries)
              if (!merged.some(([had]) => had === name)) merged.push([name, child]);
          }
          continue;
        }
        if (!isScalar(key) || key.source === undefined) throw new Fault('a key must be a word', node);
        const name = key.source;
        if (name === '__proto__') throw new Fault('unknown key "__proto__"', key);
        const child = value === null ? leafNode(null, originOf(key)) : convert(value, key, depth + 1, inside);
        own.push([name, keyedAt(child, originOf(key).where)]);
      }
      const names = new Set(own.map(([name]) => name));
      const all = [...merged.filter(([name]) => !names.has(name)), ...own];
      return mapNode(new Map(all), originOf(node));
    }
    if (isSeq(node)) {
      const inside = new Set(under).add(node);
      return listNode(
        node.items.map((one) => convert(one, node, depth + 1, inside)),
        originOf(node),
      );
    }
    if (!isScalar(node)) return leafNode(null, originOf(at));
    const { value, source } = node;
    if (typeof value === 'number' && source !== undefined) {
      if (/^[-+]?0\d+$/.test(source))
        throw new Fault(
          `${source} is ${Number(source)} to some readers of YAML and octal to others: write ${Number(source)}, or "${source}" for text`,
          node,
        );
      if (!Number.isFinite(value)) throw new Fault(`${source} is no number that can be meant`, node);
    }
    if (typeof value === 'bigint') return leafNode(Number(value), originOf(node));
    if (typeof value === 'object' && value !== null)
      throw new Fault('must be text, a number, a list or keys with values', node);
    return leafNode(value, originOf(node));
  };
  try {
    const { contents } = document;
    if (contents === null || (isScalar(contents) && contents.value === null))
      return ok(mapNode(new Map(), { from: 'file', where: `${path}:1:1` }));
    const tree = convert(contents, contents, 0, new Set());
    if (tree.kind !== 'map' && !(lists && tree.kind === 'list')) throw new Fault('must be keys with values', contents);
    return ok(tree);
  } catch (error) {
    if (error instanceof Fault) return err({ message: error.message, ...placeOf(error.node.range?.[0] ?? 0) });
    throw error;
  }
}

/** The key that begins at an offset, as it is written. */
const keyOf = (text: string, offset: number): string =>
  /^(?:"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^\s:]{1,80})/.exec(text.slice(offset, offset + 200))?.[0] ?? '';

class Fault extends Error {
  readonly node: Node;

  constructor(message: string, node: Node) {
    super(message);
    this.node = node;
  }
}

function decode(bytes: Uint8Array): Result<string, YamlFault> {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    return err({ message: 'is UTF-16; save it as UTF-8', line: 1, column: 1 });
  try {
    return ok(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    // What comes before the first byte that is wrong: the longest beginning that is text.
    let from = 0;
    let to = bytes.length;
    while (from < to) {
      const middle = Math.ceil((from + to) / 2);
      if (isText(bytes.subarray(0, middle))) from = middle;
      else to = middle - 1;
    }
    const before = new TextDecoder().decode(bytes.subarray(0, from)).split('\n');
    return err({ message: 'is not UTF-8 here', line: before.length, column: (before.at(-1) ?? '').length + 1 });
  }
}

/** Whether bytes begin a UTF-8 text; a character may be cut at the end. */
function isText(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}
