import { type Mention, mentionsIn } from './ids.ts';

/** "`from` comes before `to`" in a drawing, by normalised ids; offsets are relative to the text. */
export interface DrawnArrow {
  readonly from: string;
  readonly to: string;
  readonly at: number;
  readonly end: number;
}

const MAX_LINES = 400;
const MAX_WIDTH = 300;

/** A drawing that fans out wider than this draws nothing that people could check. */
const MAX_ARROWS = 2_000;

interface Node {
  readonly ids: readonly string[];
  readonly row: number;
  readonly from: number;
  readonly to: number;
  readonly at: number;
}

interface Line {
  readonly text: string;
  readonly offset: number;
}

const LINES = '│┃║|─━═┌┐└┘├┤┬┴┼╭╮╯╰╔╗╚╝╠╣╦╩╬→►▶➜⟶←◄◀↓▼↑▲';
const OPENS_RIGHT = '─━═┌└├┬┴┼╭╰╔╚╠╦╩╬→►▶➜⟶←◄◀-=+`>';
const OPENS_LEFT = '─━═┐┘┤┬┴┼╮╯╗╝╣╦╩╬→►▶➜⟶←◄◀-=>+';
const OPENS_UP = '│┃║|└┘├┤┴┼╯╰╚╝╠╣╩╬↓▼↑▲vV+/\\`';
const OPENS_DOWN = '│┃║|┌┐├┤┬┼╭╮╔╗╠╣╦╬↓▼↑▲vV+/\\';
// Drawn to meet whatever stands above and below, corners that open sideways included.
const VERTICAL = '│┃║|↓▼↑▲';
const FORWARD = '→►▶➜⟶↓▼vV>';
const BACKWARD = '←◄◀↑▲<';

/**
 * Reads the arrows of a drawing in text: lines of `PR 1 → PR 2`, columns joined by `↓`, trees of `├──`. What is joined by
 * lines belongs together; whoever a line leaves to the right or downwards comes before whoever it reaches from the left
 * or from above.
 */
export function drawnArrows(text: string): readonly DrawnArrow[] {
  const lines = linesOf(text);
  const nodes: Node[] = [];
  const grid = lines.map((line, row) => {
    const cells = connectors(line.text);
    for (const node of nodesOf(line, row, cells)) {
      for (let c = node.from; c < node.to; c++) cells[c] = nodes.length + 1;
      nodes.push(node);
    }
    return cells;
  });
  const seen = grid.map((cells) => new Uint8Array(cells.length));
  const rows: number[][] = lines.map(() => []);
  nodes.forEach((node, i) => rows[node.row]?.push(i));
  const found: DrawnArrow[] = [];
  for (let row = 0; row < grid.length; row++) {
    const cells = grid[row] as Int32Array;
    for (let c = 0; c < cells.length; c++) {
      if (cells[c] !== LINE || (seen[row] as Uint8Array)[c] === 1) continue;
      const { from, to } = follow(lines, grid, rows, seen, row, c);
      for (const a of from) {
        for (const b of to) {
          for (const one of (nodes[a] as Node).ids) {
            for (const other of (nodes[b] as Node).ids) {
              const first = Math.min((nodes[a] as Node).at, (nodes[b] as Node).at);
              const last = Math.max((nodes[a] as Node).at, (nodes[b] as Node).at);
              if (one !== other) found.push({ from: one, to: other, at: first, end: last });
              if (found.length >= MAX_ARROWS) return found;
            }
          }
        }
      }
    }
  }
  return found;
}

const LINE = -1;

function linesOf(text: string): readonly Line[] {
  const lines: Line[] = [];
  for (let at = 0; at < text.length && lines.length < MAX_LINES;) {
    let end = text.indexOf('\n', at);
    if (end < 0) end = text.length;
    const line = text.slice(at, Math.min(end, at + MAX_WIDTH)).replace(/\t/g, ' ');
    // Empty lines between a box and its arrow only part them for the eye, and so do the names of phases.
    if (line.trim() !== '' && !isBanner(line)) lines.push({ text: line, offset: at });
    at = end + 1;
  }
  return lines;
}

// `PHASE 2: INTERFACES ═════════`, `----- Phase 2 -----`, `══════════`: no line of the drawing runs along it.
function isBanner(line: string): boolean {
  if (/[│┃║|┌┐└┘├┤┬┴┼╭╮╯╰╔╗╚╝╠╣╦╩╬→►▶➜⟶←◄◀↓▼↑▲<>+]/.test(line)) return false;
  if (/^\s*[═=]{12,}\s*$/.test(line)) return true;
  return /\p{L}/u.test(line) && /(?:^\s*|\s)([═━─=-])\1{3,}\s*$/.test(line) && mentionsIn(line).length === 0;
}

function connectors(line: string): Int32Array {
  const cells = new Int32Array(line.length);
  const drawn = !/[A-Za-uw-z0-9]/i.test(line.replace(/v/gi, ''));
  for (let c = 0; c < line.length; c++) {
    const char = line[c] as string;
    const next = line[c + 1] ?? ' ';
    const before = line[c - 1] ?? ' ';
    const line1 = LINES.includes(char);
    const dash =
      (char === '-' || char === '=') &&
      (next === char || before === char || next === '>' || before === '+' || before === '|' || before === '<');
    const head = (char === '>' && (before === '-' || before === '=')) || (char === '<' && next === '-');
    const corner = (char === '+' || char === '`') && (next === '-' || before === '-' || drawn);
    const down = drawn && (char === 'v' || char === 'V' || char === '/' || char === '\\');
    if (line1 || dash || head || corner || down) cells[c] = LINE;
  }
  return cells;
}

function nodesOf(line: Line, row: number, cells: Int32Array): readonly Node[] {
  const masked = line.text.replace(/\([^()]*\)/g, (inner) => ' '.repeat(inner.length));
  const found: Node[] = [];
  for (const mention of mentionsIn(masked)) {
    const last = found.at(-1);
    if (last !== undefined && mention.start < last.to) {
      (last.ids as string[]).push(mention.id);
      continue;
    }
    const { from, to } = extent(line.text, cells, mention);
    found.push({ ids: [mention.id], row, from, to, at: line.offset + mention.start });
  }
  return found;
}

// A label goes on until a line of the drawing or two blanks.
function extent(
  text: string,
  cells: Int32Array,
  { start, end }: Mention,
): { readonly from: number; readonly to: number } {
  let from = start;
  while (from > 0 && cells[from - 1] !== LINE && !(text[from - 1] === ' ' && (text[from - 2] ?? ' ') === ' ')) from--;
  let to = end;
  while (to < text.length && cells[to] !== LINE && !(text[to] === ' ' && (text[to + 1] ?? ' ') === ' ')) to++;
  while (text[from] === ' ') from++;
  while (to > end && text[to - 1] === ' ') to--;
  return { from, to };
}

/** How many blanks may stand between a label and the line that leaves it. */
const GAP = 3;

function follow(
  lines: readonly Line[],
  grid: readonly Int32Array[],
  rows: readonly (readonly number[])[],
  seen: readonly Uint8Array[],
  row: number,
  column: number,
) {
  const before = new Set<number>();
  const after = new Set<number>();
  let forward = false;
  let backward = false;
  let top = row;
  let bottom = row;
  const stack: [number, number][] = [[row, column]];
  (seen[row] as Uint8Array)[column] = 1;
  const at = (r: number, c: number): number => grid[r]?.[c] ?? 0;
  const push = (r: number, c: number): void => {
    if (at(r, c) !== LINE || (seen[r] as Uint8Array)[c] === 1) return;
    (seen[r] as Uint8Array)[c] = 1;
    stack.push([r, c]);
  };
  while (stack.length > 0) {
    const [r, c] = stack.pop() as [number, number];
    const { text } = lines[r] as Line;
    const char = text[c] as string;
    forward ||= FORWARD.includes(char);
    backward ||= BACKWARD.includes(char);
    top = Math.min(top, r);
    bottom = Math.max(bottom, r);
    const slant = char === '/' || char === '\\';
    if (OPENS_LEFT.includes(char)) {
      push(r, c - 1);
      const node = beside(text, grid[r] as Int32Array, c, -1);
      if (node > 0) before.add(node - 1);
    }
    if (OPENS_RIGHT.includes(char) || (char === '|' && text[c + 1] === '-')) {
      push(r, c + 1);
      const node = beside(text, grid[r] as Int32Array, c, 1);
      if (node > 0) after.add(node - 1);
    }
    for (const side of slant ? [-1, 0, 1] : [0]) {
      if (OPENS_UP.includes(char)) {
        if (at(r - 1, c + side) > 0) before.add(at(r - 1, c + side) - 1);
        else if (side === 0 && at(r - 1, c) === 0) {
          const beyond = behindLabel(lines, grid, r, c, -1);
          if (beyond !== undefined && 'node' in beyond) before.add(beyond.node);
          else if (beyond !== undefined) push(beyond.row, c);
        } else if (side !== 0 || VERTICAL.includes(char) || opens(lines, r - 1, c, OPENS_DOWN)) push(r - 1, c + side);
      }
      if (OPENS_DOWN.includes(char)) {
        if (at(r + 1, c + side) > 0) after.add(at(r + 1, c + side) - 1);
        else if (side === 0 && at(r + 1, c) === 0) {
          // What stands below a label without a line in between is another thing.
          const beyond = behindLabel(lines, grid, r, c, 1);
          if (beyond !== undefined && 'row' in beyond) push(beyond.row, c);
        } else if (side !== 0 || VERTICAL.includes(char) || opens(lines, r + 1, c, OPENS_UP)) push(r + 1, c + side);
      }
    }
  }
  // An arrow that stands beside the only label of the line above or below means that label.
  const alone = (r: number): void => {
    const on = rows[r] ?? [];
    if (on.length === 1) (r < row || r < top ? before : after).add(on[0] as number);
  };
  if (before.size === 0 && after.size > 0 && forward) alone(top - 1);
  else if (after.size === 0 && before.size > 0 && forward) alone(bottom + 1);
  else if (
    after.size === 0 &&
    before.size === 0 &&
    forward &&
    top === bottom &&
    /^[\s↓▼vV│|]+$/.test((lines[top] as Line).text)
  ) {
    alone(top - 1);
    alone(bottom + 1);
  }
  // Whoever a line reaches and leaves again is reached: boxes are often framed by the same lines.
  for (const node of after) before.delete(node);
  return backward && !forward ? { from: after, to: before } : { from: before, to: after };
}

/** Lines of a label that a drawing goes on behind: the second line of a box's name, "INTERFACE FREEZE" between two arrows. */
const LABEL_LINES = 4;

// What the drawing goes on to in this column behind words that interrupt it: the place of a box or of a line.
function behindLabel(
  lines: readonly Line[],
  grid: readonly Int32Array[],
  row: number,
  column: number,
  step: -1 | 1,
): { readonly node: number } | { readonly row: number } | undefined {
  let from = column;
  let to = column + 1;
  for (let n = 1; n <= LABEL_LINES + 1; n++) {
    const r = row + step * n;
    const cells = grid[r];
    const text = lines[r]?.text;
    if (text === undefined || cells === undefined) return undefined;
    const cell = cells[column] ?? 0;
    if (cell > 0) return { node: cell - 1 };
    if (cell === LINE) return opens(lines, r, column, step < 0 ? OPENS_DOWN : OPENS_UP) ? { row: r } : undefined;
    // A line often leaves its box beside the box's name, where the line below that is longer.
    const near = new Set<number>();
    for (let c = Math.max(0, from - 1); c <= to && c < cells.length; c++) {
      const one = cells[c] as number;
      if (one > 0) near.add(one - 1);
    }
    const [only] = near;
    if (only !== undefined) return near.size === 1 ? { node: only } : undefined;
    if (text.slice(Math.max(0, column - 1), column + 2).trim() === '') return undefined;
    from = column;
    while (from > 0 && cells[from - 1] === 0 && !(text[from - 1] === ' ' && (text[from - 2] ?? ' ') === ' ')) from--;
    to = column + 1;
    while (to < text.length && cells[to] === 0 && !(text[to] === ' ' && (text[to + 1] ?? ' ') === ' ')) to++;
  }
  return undefined;
}

function opens(lines: readonly Line[], row: number, column: number, which: string): boolean {
  return which.includes(lines[row]?.text[column] ?? ' ');
}

function beside(text: string, cells: Int32Array, column: number, step: -1 | 1): number {
  for (let gap = 1; gap <= GAP + 1; gap++) {
    const at = column + step * gap;
    const cell = cells[at] ?? 0;
    if (cell !== 0) return cell;
    if (text[at] !== ' ') return 0;
  }
  return 0;
}

const LINK =
  /\s*(?:-{1,2}\s{0,2}"?[^->|"\n]{1,60}"?\s{0,2}-{2,}>|-{2,}[>ox]?|-\.{1,3}-+>|={2,}>)\s*(?:\|[^|\n]{0,60}\|\s*)?/;
const VERTEX = /^([\w-]{1,60})\s*(?:[[({>]{1,3}\s*"?([^\])}"\n]{0,300})"?\s*[\])}]{0,3})?/;

/** Reads the arrows of a Mermaid graph; its nodes may be named by anything, their labels then say which they are. */
export function mermaidArrows(text: string): readonly DrawnArrow[] {
  const alias = new Map<string, string>();
  const chains: { groups: readonly (readonly string[])[]; at: number; end: number }[] = [];
  let at = 0;
  let count = 0;
  for (const line of text.split('\n')) {
    const end = at + line.length;
    if (++count > MAX_LINES * 4) break;
    const clean = line.slice(0, 1000).replace(/;\s*$/, '').trim();
    if (
      clean !== '' &&
      !/^(?:graph|flowchart|subgraph|end|style|class|classDef|linkStyle|click|direction|%%)\b/.test(clean)
    ) {
      const groups = clean
        .split(LINK)
        .map((group) => group.split(/\s+&\s+/).flatMap((vertex) => vertexOf(vertex, alias) ?? []));
      if (groups.length > 1) chains.push({ groups, at, end });
    }
    at = end + 1;
  }
  const found: DrawnArrow[] = [];
  for (const { groups, at: start, end } of chains) {
    for (let i = 1; i < groups.length; i++) {
      for (const a of groups[i - 1] as readonly string[]) {
        for (const b of groups[i] as readonly string[]) {
          const from = alias.get(a);
          const to = alias.get(b);
          if (from !== undefined && to !== undefined && from !== to) found.push({ from, to, at: start, end });
          if (found.length >= MAX_ARROWS) return found;
        }
      }
    }
  }
  return found;
}

function vertexOf(text: string, alias: Map<string, string>): string | undefined {
  const match = VERTEX.exec(text.trim());
  if (match === null) return undefined;
  const name = match[1] as string;
  const id = mentionsIn(match[2] ?? '')[0]?.id ?? mentionsIn(name.replaceAll('_', '-'))[0]?.id;
  if (id !== undefined && (match[2] !== undefined || !alias.has(name))) alias.set(name, id);
  return name;
}
