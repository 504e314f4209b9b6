/** A JSON value with the place where it stands. */
export interface JsonNode {
  readonly start: number;
  readonly end: number;
  /** The value as `JSON.parse` would give it; objects and arrays are in `entries` and `items` instead. */
  readonly value?: string | number | boolean | null;
  readonly entries?: readonly JsonEntry[];
  readonly items?: readonly JsonNode[];
}

export interface JsonEntry {
  readonly key: string;
  /** Where the key begins, quotes included. */
  readonly start: number;
  readonly node: JsonNode;
}

/** Why a text is no JSON, and where. */
export interface JsonError {
  readonly message: string;
  readonly at: number;
}

/** Objects and arrays inside each other. */
const MAX_DEPTH = 64;

/**
 * Reads JSON and keeps where every value stands, so that one can be replaced without touching the rest: order of keys,
 * numbers, blanks and repeated keys stay as they are. Linear.
 */
export function parseJson(text: string, from = 0, to = text.length): JsonNode | JsonError {
  let at = from;
  const failed = (message: string, where = at): JsonError => ({ message, at: Math.min(where, to) });
  const blank = (): void => {
    while (at < to && isBlank(text.charCodeAt(at))) at++;
  };
  const string = (): string | JsonError => {
    const start = at;
    at++;
    for (;;) {
      if (at >= to) return failed('a string is not closed', start);
      const char = text.charCodeAt(at);
      if (char === 0x22) break;
      if (char < 0x20) return failed('a string holds a line end or control character');
      at += char === 0x5c ? 2 : 1;
    }
    at++;
    try {
      return JSON.parse(text.slice(start, at)) as string;
    } catch {
      return failed('a string holds a wrong escape', start);
    }
  };
  const value = (depth: number): JsonNode | JsonError => {
    blank();
    const start = at;
    if (at >= to) return failed('the text ends where a value should stand');
    const char = text[at] as string;
    if (char === '"') {
      const read = string();
      return typeof read === 'string' ? { start, end: at, value: read } : read;
    }
    if (char === '{' || char === '[') {
      if (depth >= MAX_DEPTH) return failed('values are nested too deeply');
      return char === '{' ? object(start, depth) : array(start, depth);
    }
    let stop = at;
    while (stop < to && stop - at < 400 && !isDelimiter(text.charCodeAt(stop))) stop++;
    const raw = text.slice(at, stop);
    if (raw === '') return failed(`${JSON.stringify(char)} stands where a value should stand`);
    let plain: unknown;
    try {
      plain = JSON.parse(raw);
    } catch {
      return failed(`${JSON.stringify(raw.slice(0, 40))} is no JSON value`);
    }
    at += raw.length;
    return { start, end: at, value: plain as number | boolean | null };
  };
  const object = (start: number, depth: number): JsonNode | JsonError => {
    const entries: JsonEntry[] = [];
    at++;
    blank();
    if (text[at] === '}' && at < to) {
      at++;
      return { start, end: at, entries };
    }
    for (;;) {
      blank();
      const keyAt = at;
      if (text[at] !== '"' || at >= to) return failed('a key in quotes is missing');
      const key = string();
      if (typeof key !== 'string') return key;
      blank();
      if (text[at] !== ':' || at >= to) return failed('":" is missing behind a key');
      at++;
      const node = value(depth + 1);
      if ('message' in node) return node;
      entries.push({ key, start: keyAt, node });
      blank();
      const next = at < to ? text[at] : undefined;
      if (next !== ',' && next !== '}') return failed('"," or "}" is missing');
      at++;
      if (next === '}') return { start, end: at, entries };
    }
  };
  const array = (start: number, depth: number): JsonNode | JsonError => {
    const items: JsonNode[] = [];
    at++;
    blank();
    if (text[at] === ']' && at < to) {
      at++;
      return { start, end: at, items };
    }
    for (;;) {
      const node = value(depth + 1);
      if ('message' in node) return node;
      items.push(node);
      blank();
      const next = at < to ? text[at] : undefined;
      if (next !== ',' && next !== ']') return failed('"," or "]" is missing');
      at++;
      if (next === ']') return { start, end: at, items };
    }
  };
  const root = value(0);
  if ('message' in root) return root;
  blank();
  return at < to ? failed('there is more text behind the value') : root;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09 || code === 0xfeff;
}

function isDelimiter(code: number): boolean {
  return isBlank(code) || code === 0x2c || code === 0x5d || code === 0x7d || code === 0x3a;
}

/** The value of a key; of a repeated one, the last, as every reader takes it. */
export function at(node: JsonNode | undefined, key: string): JsonNode | undefined {
  return node?.entries?.findLast((entry) => entry.key === key)?.node;
}

/** The text of a key, if it is one. */
export function textAt(node: JsonNode | undefined, key: string): string | undefined {
  const value = at(node, key)?.value;
  return typeof value === 'string' ? value : undefined;
}

/** A number or text as text: ids are written both ways. */
export function idOf(node: JsonNode | undefined): string | undefined {
  const value = node?.value;
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

/** The texts below a key: a text, or those of a list. */
export function wordsAt(node: JsonNode | undefined, key: string): readonly string[] {
  const found = at(node, key);
  if (found === undefined) return [];
  return (found.items ?? [found]).flatMap((one) => {
    const text = typeof one.value === 'string' ? one.value : (textAt(one, 'text') ?? textAt(one, 'description'));
    return text === undefined || text.trim() === '' ? [] : [text];
  });
}
