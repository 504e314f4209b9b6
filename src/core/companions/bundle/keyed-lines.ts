import type { Source } from '../../plan/markdown/source.ts';
import type { BundleEntry, BundlePart } from './model.ts';

/** One key or bullet of indented lines, with what is indented below it. */
interface Node {
  readonly indent: number;
  /** `undefined`: a bullet. */
  readonly key: string | undefined;
  value: string;
  readonly start: number;
  /** Of its own line. */
  readonly lineEnd: number;
  /** Of everything that belongs to it. */
  end: number;
  readonly children: Node[];
}

const KEY = /^(?:"([^"\n]{1,80})"|'([^'\n]{1,80})'|([A-Za-z_][\w .-]{0,60}?)):(?=\s|$)/;
/** Characters of a value that are looked at. */
const LONGEST = 4000;

/**
 * Reads lines of YAML between two offsets into parts, those of a mapping inside a mapping with both keys: `mission.goal`. Not
 * a YAML parser, which gives up on what agents write (colons in plain text, bullets that are no list): only indentation, keys
 * and bullets count. Linear, never fails.
 */
export function keyedLines(source: Source, from: number, to: number): readonly BundlePart[] {
  let nodes: readonly Node[] = treeOf(source, from, to);
  const [only] = nodes;
  // All of it may stand below one key that names the bundle.
  if (only !== undefined && nodes.length === 1 && only.children.filter(isKey).length > 1) nodes = only.children;
  return nodes.filter(isKey).flatMap((node) => {
    const inner = node.children.filter(isKey).map((child) => partOf(source, child, `${keyOf(node)}.${keyOf(child)}`));
    return [partOf(source, node, keyOf(node)), ...inner];
  });
}

/** `Key Files` → `key_files`. */
export function normalKey(text: string): string {
  return text
    .slice(0, 200)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_|_$/g, '');
}

/** Whether text says that there is nothing. */
export function saysNone(text: string): boolean {
  return /^(?:\[\s{0,9}\]|\{\s{0,9}\}|none|n\/a|null|~|-|—)[.!]?$/i.test(text.slice(0, 60));
}

function isKey(node: Node): boolean {
  return node.key !== undefined;
}

function keyOf({ key = '' }: Node): string {
  return normalKey(key);
}

function treeOf(source: Source, from: number, to: number): readonly Node[] {
  const { shadow } = source;
  const roots: Node[] = [];
  const open: Node[] = [];
  const add = (node: Node): void => {
    (open.at(-1)?.children ?? roots).push(node);
    open.push(node);
  };
  for (let start = from; start < to; start = source.lineEnd(start) + 1) {
    const lineEnd = Math.min(source.lineEnd(start), to);
    const line = shadow.slice(start, lineEnd);
    let text = line.trimStart();
    let indent = line.length - text.length;
    if (text === '' || text.startsWith('#') || /^(?:---|\.\.\.)\s*$/.test(text.slice(0, 9))) continue;
    for (let bullets = 0; bullets < 20 && /^-(?:\s|$)/.test(text); bullets++) {
      // A bullet right below a key may stand as far left as the key.
      close(open, indent, true, start);
      add({ indent, key: undefined, value: '', start: start + indent, lineEnd, end: lineEnd, children: [] });
      const rest = text.slice(1).trimStart();
      indent += text.length - rest.length;
      text = rest;
    }
    const match = KEY.exec(text.slice(0, 200));
    if (match === null) {
      close(open, indent, false, start);
      const top = open.at(-1);
      if (top !== undefined && top.value.length < LONGEST) top.value += ` ${text.slice(0, LONGEST).trim()}`;
    } else {
      close(open, indent, false, start);
      const key = match[1] ?? match[2] ?? match[3] ?? '';
      const value = text.slice(match[0].length).slice(0, LONGEST).trim();
      add({ indent, key, value: unquoted(value), start: start + indent, lineEnd, end: lineEnd, children: [] });
    }
  }
  close(open, -1, false, to);
  return roots;
}

/** Ends whatever is not further left than a line at `indent`. */
function close(open: Node[], indent: number, bullet: boolean, at: number): void {
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const holds = top.indent < indent || (bullet && top.indent === indent && isKey(top) && top.value === '');
    if (holds) return;
    top.end = Math.max(top.end, at);
    open.pop();
  }
}

function unquoted(value: string): string {
  const quoted = /^(?:"([^"]*)"|'([^']*)')(?:\s+#.*)?$/.exec(value);
  if (quoted !== null) return quoted[1] ?? quoted[2] ?? '';
  if (value.startsWith('#')) return '';
  const comment = value.indexOf(' #');
  const plain = comment < 0 ? value : value.slice(0, comment).trimEnd();
  return /^[|>][+-]?\d?$/.test(plain) ? '' : plain;
}

function partOf(source: Source, node: Node, key: string): BundlePart {
  const flow = /^\[(.*)\]$/s.exec(node.value);
  const words = flow === null ? [] : (flow[1] as string).split(/,(?=\s|"|')/).map((word) => unquoted(word.trim()));
  const place = { start: node.start, end: node.lineEnd };
  const listed = words
    .filter((word) => word !== '')
    .map((word): BundleEntry => ({ ...place, title: word, text: word, fields: new Map() }));
  return {
    key,
    ...place,
    value: node.value.trim(),
    entries: [...listed, ...node.children.map((child) => entryOf(source, child))],
    none: node.children.length === 0 && saysNone(node.value.trim()),
  };
}

function entryOf(source: Source, node: Node): BundleEntry {
  const keys = isKey(node) ? [node] : node.children.filter(isKey);
  const fields = new Map(keys.map((one) => [keyOf(one), textOf(one)]));
  const title = isKey(node) || node.value !== '' ? unquoted(node.value.trim()) : (keys[0]?.value ?? '');
  const text = source.shadow.slice(node.start, Math.min(node.end, node.start + LONGEST)).trimEnd();
  return { start: node.start, end: node.start + text.length, title, text, fields };
}

function textOf(node: Node): string {
  return `${node.value} ${node.children.map(({ value, key }) => `${key ?? ''} ${value}`).join(' ')}`
    .slice(0, LONGEST)
    .trim();
}
