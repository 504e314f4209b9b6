import { isMap, isNode, isScalar, isSeq, parseDocument, stringify, type YAMLMap } from 'yaml';
import type { Edit } from '../base/finding.ts';
import { asIn } from './lines.ts';

/** The YAML between two `---` lines at the top of a Markdown file. */
export interface YamlHead {
  /** Top-level values; lists and maps as plain data. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Where the text behind the closing line begins. */
  readonly end: number;
  /** Where the YAML begins. */
  readonly start: number;
  /** What is wrong with it, with its place. */
  readonly error: { readonly message: string; readonly at: number } | undefined;
  /** Where the value of a key stands, and its whole entry. */
  place(key: string): { readonly start: number; readonly end: number } | undefined;
  /** The edit that sets a key, leaving everything else as it is; a missing key is added at the end. */
  set(key: string, value: string | boolean | readonly string[]): Edit | undefined;
}

/** Reads front matter; `undefined` when there is none. `lenient` repairs values that the tool itself reads leniently. */
export function yamlHead(text: string): YamlHead | undefined {
  const open = /^\uFEFF?---[ \t]*\r?\n/.exec(text.slice(0, 200));
  if (open === null) return undefined;
  const start = open[0].length;
  const close = /(?:^|\n)---[ \t]*(?:\r?\n|$)/g;
  close.lastIndex = Math.max(0, start - 1);
  const found = close.exec(text);
  if (found === null) return undefined;
  const stop = found.index + (text[found.index] === '\n' ? 1 : 0);
  return headIn(text, start, stop, found.index + found[0].length);
}

/** The same for a file that keeps its keys in a fenced block of YAML near its top, behind the title. */
export function fencedHead(text: string): YamlHead | undefined {
  const open = /(?:^|\n)```ya?ml[ \t]*\r?\n/.exec(text.slice(0, 2000));
  if (open === null) return undefined;
  const start = open.index + open[0].length;
  const close = /(?:^|\n)```[ \t]*(?:\r?\n|$)/g;
  close.lastIndex = start - 1;
  const found = close.exec(text);
  if (found === null || found.index - start > 20_000) return undefined;
  return headIn(text, start, found.index + 1, found.index + found[0].length);
}

function headIn(text: string, start: number, stop: number, end: number): YamlHead | undefined {
  const yaml = text.slice(start, stop);
  if (yaml.length > 1_000_000) return undefined;
  // `assignee: @ada` is no YAML, but the tools that write it read it; a quote of the same length would not fit, so the
  // sign is replaced by one that may stand there.
  const lenient = yaml.replace(/^[ \t]{0,20}(?:-[ \t]+|[\w-]{1,60}:)[^\n]{0,4000}$/gm, (line) =>
    line.includes('@') ? line.replace(/([:[,\s-][ \t]*)@(?=\w)/g, '$1＠') : line,
  );
  let document: ReturnType<typeof parseDocument>;
  try {
    document = parseDocument(lenient, {
      prettyErrors: false,
      keepSourceTokens: true,
      uniqueKeys: false,
      schema: 'core',
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return broken(message, start, start, end);
  }
  const wrong = document.errors[0];
  if (wrong !== undefined) return broken(wrong.message, start + (wrong.pos[0] ?? 0), start, end);
  const map = document.contents;
  if (map !== null && !isMap(map)) return broken('the front matter is no list of keys', start, start, end);
  let data: Record<string, unknown> = {};
  try {
    data = (document.toJS({ maxAliasCount: 20 }) ?? {}) as Record<string, unknown>;
  } catch (error) {
    return broken(error instanceof Error ? error.message : String(error), start, start, end);
  }
  const node = (key: string) => pairOf(map as YAMLMap | null, key);
  return {
    data: restored(data) as Record<string, unknown>,
    start,
    end,
    error: undefined,
    place(key) {
      const pair = node(key);
      const range = isNode(pair?.value) ? pair.value.range : undefined;
      return range ? { start: start + range[0], end: start + range[1] } : undefined;
    },
    set(key, value) {
      const pair = node(key);
      if (pair === undefined) {
        return {
          start: stop,
          end: stop,
          text: asIn(text, `${stop > start && text[stop - 1] !== '\n' ? '\n' : ''}${key}:${inline(value)}\n`),
        };
      }
      const keyRange = isNode(pair.key) ? pair.key.range : undefined;
      if (!keyRange) return undefined;
      const valueNode = isNode(pair.value) ? pair.value : undefined;
      const colon = lenient.indexOf(':', keyRange[1]);
      const range = valueNode?.range;
      if (!range || (isScalar(valueNode) && valueNode.value === null && valueNode.source === ''))
        return { start: start + colon + 1, end: start + colon + 1, text: inline(value) };
      if (isSeq(valueNode) && !valueNode.flow && typeof value === 'object') {
        const list = value as readonly string[];
        const lineStart = lenient.lastIndexOf('\n', range[0] - 1) + 1;
        const indent = lenient.slice(lineStart, range[0]);
        if (list.length === 0)
          return { start: start + colon + 1, end: start + trimmed(lenient, range[1]), text: ' []' };
        const lines = list.map((one) => `${/^[ \t]*$/.test(indent) ? indent : '  '}- ${scalar(one)}`).join('\n');
        return { start: start + lineStart, end: start + trimmed(lenient, range[1]), text: asIn(text, lines) };
      }
      const from = valueNode !== undefined && isSeq(valueNode) && !valueNode.flow ? colon + 1 : range[0];
      const lead = from === colon + 1 ? inline(value) : inline(value).slice(1);
      return { start: start + from, end: start + trimmed(lenient, range[1]), text: asIn(text, lead) };
    },
  };
}

function broken(message: string, at: number, start: number, end: number): YamlHead {
  return { data: {}, start, end, error: { message, at }, place: () => undefined, set: () => undefined };
}

function pairOf(map: YAMLMap | null, key: string) {
  return map?.items.findLast((pair) => isScalar(pair.key) && pair.key.value === key);
}

function trimmed(text: string, end: number): number {
  let at = end;
  while (at > 0 && /\s/.test(text[at - 1] as string)) at--;
  return at;
}

function inline(value: string | boolean | readonly string[]): string {
  if (typeof value === 'string') return ` ${scalar(value)}`;
  if (typeof value === 'boolean') return ` ${value}`;
  return ` [${value.map(scalar).join(', ')}]`;
}

/** A text as a YAML scalar in one line, in quotes where it needs them. */
export function scalar(text: string): string {
  const flat = text.replace(/\s+/g, ' ');
  if (
    /^[A-Za-z_][\w .()/-]*$/.test(flat) &&
    flat === flat.trim() &&
    !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(flat)
  )
    return flat;
  if (/^\d{1,9}$/.test(flat)) return flat;
  return stringify(flat, { lineWidth: 0, defaultStringType: 'QUOTE_DOUBLE' }).trimEnd();
}

// Puts the sign back that was replaced for the parser.
function restored(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('＠', '@');
  if (Array.isArray(value)) return value.map(restored);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, restored(one)]));
  return value;
}

/** A value as a list of texts: a list, or one text with commas; numbers become text. */
export function listOf(value: unknown): readonly string[] {
  if (Array.isArray(value))
    return value
      .flatMap((one) => (typeof one === 'string' || typeof one === 'number' ? [String(one).trim()] : []))
      .filter((one) => one !== '');
  if (typeof value === 'number') return [String(value)];
  if (typeof value !== 'string') return [];
  return value
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '' && !/^(?:none|n\/a|-)$/i.test(one));
}

/** A scalar as text. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value.trim() === '' ? undefined : value.trim();
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** Texts below a key: a text, those of a list, or the `text` of its entries. */
export function textsOf(value: unknown): readonly string[] {
  return (Array.isArray(value) ? (value as readonly unknown[]) : [value]).flatMap((one) => {
    const text = typeof one === 'object' && one !== null && 'text' in one ? one.text : one;
    return typeof text === 'string' && text.trim() !== '' ? [text.trim()] : [];
  });
}
