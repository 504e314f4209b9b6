/**
 * Globs of scopes: `*` and `?` inside one segment, `**` for any number of segments, `{a,b}` for alternatives. Everything
 * else is literal, brackets and parentheses too, because `app/[slug]/(site)/page.tsx` is a file that people really have.
 * Matching and intersection never backtrack exponentially: patterns come from documents that we do not trust.
 */
export type Glob = readonly Segment[];

/** One step of a path: `**`, a plain name, or a name with wildcards. */
type Segment = typeof ANY_DEPTH | string | Wild;

/** The characters of a name; `*` and `?` are kept apart from the literal ones. */
interface Wild {
  readonly tokens: readonly number[];
}

const ANY_DEPTH = Symbol('**');
const STAR = -1;
const ANY = -2;

/** How many alternatives one scope may stand for: `{a,b}{c,d}…` doubles with every pair. */
const MAX_ALTERNATIVES = 64;

/** Whether a normalised scope holds wildcards or alternatives. */
export function isGlob(scope: string): boolean {
  return /[*?]/.test(scope) || (scope.includes('{') && expandBraces(scope)?.length !== 1);
}

/** Compiles one normalised scope; a directory (`src/db/`) means everything below it. `undefined`: too many alternatives. */
export function compileGlob(scope: string): readonly Glob[] | undefined {
  return expandBraces(scope)?.map((text) => {
    const segments = text
      .split('/')
      .filter((part) => part !== '')
      .map(compileSegment);
    return text.endsWith('/') ? [...segments, ANY_DEPTH, { tokens: [STAR] }] : segments;
  });
}

function compileSegment(text: string): Segment {
  if (text === '**') return ANY_DEPTH;
  if (!/[*?]/.test(text)) return text;
  const tokens: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (char === 0x2a) {
      if (tokens.at(-1) !== STAR) tokens.push(STAR);
    } else {
      tokens.push(char === 0x3f ? ANY : char);
    }
  }
  return { tokens };
}

/** `a{b,c}` → `ab`, `ac`. A brace without a comma at its level, or without its partner, is an ordinary character. */
export function expandBraces(text: string): readonly string[] | undefined {
  let done: string[] = [];
  let open = [text];
  // Each round expands the first group of every text, so there are at most as many rounds as there are braces.
  while (open.length > 0) {
    const next: string[] = [];
    for (const one of open) {
      const group = firstGroup(one);
      if (group === undefined) done.push(one);
      else for (const part of group.parts) next.push(one.slice(0, group.start) + part + one.slice(group.end));
    }
    if (done.length + next.length > MAX_ALTERNATIVES) return undefined;
    open = next;
  }
  if (done.length > 1) done = [...new Set(done)];
  return done;
}

function firstGroup(text: string): { start: number; end: number; parts: string[] } | undefined {
  const stack: { at: number; commas: number[] }[] = [];
  let best: { start: number; end: number; commas: number[] } | undefined;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (char === '{') stack.push({ at: i, commas: [] });
    else if (char === ',') stack.at(-1)?.commas.push(i);
    else if (char === '}') {
      const group = stack.pop();
      // An inner group closes before its outer one; the outer one, found later, starts earlier and wins.
      if (group !== undefined && group.commas.length > 0 && (best === undefined || group.at < best.start)) {
        best = { start: group.at, end: i + 1, commas: group.commas };
      }
      if (stack.length === 0 && best !== undefined) break;
    }
  }
  if (best === undefined) return undefined;
  const cuts = [best.start, ...best.commas, best.end - 1];
  return {
    start: best.start,
    end: best.end,
    parts: cuts.slice(1).map((cut, i) => text.slice((cuts[i] as number) + 1, cut)),
  };
}

/** Whether a path, given as its segments, lies in the glob. */
export function matchGlob(glob: Glob, path: readonly string[]): boolean {
  // Wildcard matching with one point of return: only the last `**` ever needs to take one segment more.
  let g = 0;
  let p = 0;
  let backGlob = -1;
  let backPath = 0;
  while (p < path.length) {
    const segment = glob[g];
    if (segment === ANY_DEPTH) {
      backGlob = ++g;
      backPath = p;
    } else if (segment !== undefined && matchSegment(segment, path[p] as string)) {
      g++;
      p++;
    } else if (backGlob >= 0) {
      g = backGlob;
      p = ++backPath;
    } else {
      return false;
    }
  }
  while (glob[g] === ANY_DEPTH) g++;
  return g === glob.length;
}

function matchSegment(segment: string | Wild, name: string): boolean {
  if (typeof segment === 'string') return segment === name;
  const { tokens } = segment;
  let t = 0;
  let n = 0;
  let backToken = -1;
  let backName = 0;
  while (n < name.length) {
    const token = tokens[t];
    if (token === STAR) {
      backToken = ++t;
      backName = n;
    } else if (token === ANY || token === name.charCodeAt(n)) {
      t++;
      n++;
    } else if (backToken >= 0) {
      t = backToken;
      n = ++backName;
    } else {
      return false;
    }
  }
  while (tokens[t] === STAR) t++;
  return t === tokens.length;
}

/** Whether some path lies in both globs; exact. */
export function globsMeet(a: Glob, b: Glob): boolean {
  return meet(a, b, ANY_DEPTH, (x, y) => segmentsMeet(x as string | Wild, y as string | Wild));
}

function segmentsMeet(a: string | Wild, b: string | Wild): boolean {
  if (typeof a === 'string') return typeof b === 'string' ? a === b : matchSegment(b, a);
  if (typeof b === 'string') return matchSegment(a, b);
  return meet(a.tokens, b.tokens, STAR, (x, y) => x === y || x === ANY || y === ANY);
}

/** Whether two sequences with a wildcard for "any number" describe a common one: a table, row by row from the end. */
function meet<T>(a: readonly T[], b: readonly T[], star: T, same: (x: T, y: T) => boolean): boolean {
  let below = new Uint8Array(b.length + 1);
  for (let i = a.length; i >= 0; i--) {
    const row = new Uint8Array(b.length + 1);
    for (let j = b.length; j >= 0; j--) {
      const x = a[i];
      const y = b[j];
      const endA = i === a.length;
      const endB = j === b.length;
      let can: boolean;
      if (endA && endB) can = true;
      else if (!endA && x === star) can = below[j] === 1 || (!endB && row[j + 1] === 1);
      else if (!endB && y === star) can = row[j + 1] === 1 || (!endA && below[j] === 1);
      else can = !endA && !endB && below[j + 1] === 1 && same(x as T, y as T);
      row[j] = can ? 1 : 0;
    }
    below = row;
  }
  return below[0] === 1;
}
