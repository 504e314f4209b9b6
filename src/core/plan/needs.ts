import type { Finding } from '../base/finding.ts';
import type { IdGrammar } from './id-grammar.ts';
import { type DraftNeeds, type DraftUnit, finding } from './draft.ts';
import { plainText } from './markdown/inline.ts';
import { append } from './append.ts';

/** Task ids by every spelling that a need may use. */
export interface Ids {
  readonly grammar: Patterns;
  readonly units: readonly DraftUnit[];
  /** Position of the first task with a normalised id. */
  readonly at: ReadonlyMap<string, number>;
  /** Positions by lower-case title; titles that occur twice are left out. */
  readonly titles: ReadonlyMap<string, number>;
  /** Positions by the number of the wave or phase heading above. */
  readonly waves: ReadonlyMap<string, readonly number[]>;
}

/** Builds the look-up tables for {@link readNeeds}. */
export function idsOf(units: readonly DraftUnit[], grammar: IdGrammar = TASK_IDS): Ids {
  const at = new Map<string, number>();
  const titles = new Map<string, number>();
  const twice = new Set<string>();
  const waves = new Map<string, number[]>();
  units.forEach((unit, i) => {
    if (!at.has(unit.id)) at.set(unit.id, i);
    const title = unit.title.toLowerCase();
    if (titles.has(title)) twice.add(title);
    titles.set(title, i);
    for (const id of unit.covers ?? []) if (!at.has(id)) at.set(id, i);
    const wave = /^(?:wave|phase|stage)\s+#?(\d{1,6})\b/i.exec(unit.wave ?? '');
    if (wave !== null) {
      const key = String(Number(wave[1]));
      const members = waves.get(key);
      if (members === undefined) waves.set(key, [i]);
      else members.push(i);
    }
  });
  for (const title of twice) titles.delete(title);
  return { grammar: patternsOf(grammar), units, at, titles, waves };
}

/**
 * The only spelling of a task id: `3`, `#3`, `03`, `t3` and `Task 3` are `T3`; `w1-t2` is `W1-T2`. `undefined` when the
 * text is no id.
 */
export function taskId(text: string): string | undefined {
  const number = /^(?:tasks?\s*)?#?t?0*(\d{1,9})((?:\.\d{1,9}){0,4})([a-z]?)$/i.exec(text);
  if (number !== null) return `T${number[1]}${tail(number[2] as string)}${(number[3] as string).toLowerCase()}`;
  // `T1-T4` is a range of tasks, not the name of one.
  const code = /^(?:task\s+)?((?!t\d|tasks?\b)[a-z]{1,12}\d{0,9}(?:-[a-z]{0,12}\d{1,9}){1,3})$/i.exec(text);
  return code?.[1]?.toUpperCase().replace(/([A-Z-])0+(?=\d)/g, '$1');
}

function tail(dotted: string): string {
  return dotted.replace(/\.0+(?=\d)/g, '.');
}

/** The needs of one declaration: positions in the plan, in document order, and what could not be understood. */
export interface ReadNeeds {
  readonly needs: readonly number[];
  readonly findings: readonly Finding[];
}

const NOTHING = /^(?:none|nothing|nobody|no|n\/a|nil|null|\[\]|[-—–]+|∅|)(?:[\s.,;:(—–-]|$)/i;

/** Unknown ids of one value, of which the first few are shown. */
const MAX_UNKNOWN = 1000;

/** Longest stretch of a value that is read; an id list longer than this is no id list. */
const MAX_LENGTH = 200_000;

/** Reads one `Needs` value against the ids of the plan. */
export function readNeeds(declared: DraftNeeds, own: number, ids: Ids): ReadNeeds {
  const found = new Set<number>();
  const unknown: string[] = [];
  const notes: string[] = [];
  const text = plainNeeds(declared.text.slice(0, MAX_LENGTH));
  if (NOTHING.test(text)) return { needs: [], findings: [] };
  let previous: string | undefined;
  for (const part of text.split(/[,;+&\n]|\s(?:and|plus)\s|\/(?=\s*[A-Z#\d])/i)) {
    const piece = part.replace(/^(?:and|plus|or|on|needs|all of|both|the)\s+/i, '').trim();
    if (piece === '') continue;
    const known = titled(part.trim(), ids) ?? special(piece, own, ids) ?? titled(piece, ids);
    if (known !== undefined) {
      for (const i of known) found.add(i);
      continue;
    }
    const range = expandRange(piece, previous, ids.grammar);
    if (range === undefined) {
      notes.push(piece);
      continue;
    }
    previous = range.at(-1) as string;
    // A value that goes on and on about tasks that do not exist has been understood well enough.
    if (unknown.length > MAX_UNKNOWN) break;
    for (const id of range) {
      const at = lookUp(id, own, ids);
      if (at === undefined) unknown.push(id);
      else found.add(at);
    }
  }
  const { span } = declared;
  const findings: Finding[] = [];
  const unit = ids.units[own] as DraftUnit;
  if (unknown.length > 0) {
    const list = unknown.slice(0, 5).join(', ') + (unknown.length > 5 ? `, and ${unknown.length - 5} more` : '');
    findings.push(
      finding('GEN-004', 'error', span, `${unit.id} needs ${list}, which this plan does not have.`, knownIds(ids)),
    );
  } else if (found.size === 0) {
    const message = `${unit.id} needs "${text.slice(0, 60)}", which names no task of this plan.`;
    findings.push(finding('GEN-004', 'error', span, message, `${knownIds(ids)} For no need, write \`none\`.`));
  } else if (notes.length > 0) {
    const message = `"${(notes[0] as string).slice(0, 60)}" in the needs of ${unit.id} names no task and is read as a remark.`;
    findings.push(finding('TK-02', 'info', span, message, 'Put remarks in parentheses behind the ids.'));
  }
  return { needs: [...found].sort((a, b) => a - b), findings };
}

function knownIds(ids: Ids): string {
  const first = ids.units.slice(0, 4).map((unit) => unit.id);
  const last = ids.units.length > 4 ? ` … ${(ids.units.at(-1) as DraftUnit).id}` : '';
  return `Name tasks of this plan: ${first.join(', ')}${last}.`;
}

/** Drops what is in parentheses and brackets of links, backticks and emphasis. */
function plainNeeds(text: string): string {
  let plain = '';
  let depth = 0;
  for (const char of plainText(text.replace(/\n/g, ' '))) {
    if (char === '(' || char === '[') depth++;
    else if (char === ')' || char === ']') depth = Math.max(0, depth - 1);
    else if (depth === 0) plain += char;
  }
  // A value that is nothing but a parenthesis, `_(none)_`, says what is inside it.
  const inner = plain.trim() === '' ? plainText(text).replace(/^[([]+|[)\]]+$/g, '') : plain;
  return inner.replace(/\.\s*$/, '').trim();
}

function special(piece: string, own: number, ids: Ids): readonly number[] | undefined {
  if (
    /^(?:(?:all|every|each|everything)(?:\s+(?:of\s+the\s+)?(?:tasks?|others?))?(?:\s+(?:above|before|previous|preceding|prior|earlier))?(?:\s+tasks?)?|(?:previous|preceding|prior|earlier) tasks)(?:\s|$)/i.test(
      piece,
    )
  ) {
    return Array.from({ length: own }, (_, i) => i);
  }
  if (/^(?:previous|preceding|prior)(?:\s+(?:task|one))?$|^(?:task\s+)?(?:above|before)$/i.test(piece)) {
    return own > 0 ? [own - 1] : [];
  }
  const wave = /^(?:waves?|phases?|stages?)\s+#?(\d{1,6})(?:\s*(?:-|–|—|to|\.\.)\s*(\d{1,6}))?(?:\s|$)/i.exec(piece);
  if (wave === null) return undefined;
  const from = Number(wave[1]);
  const to = Math.min(Number(wave[2] ?? wave[1]), from + 10_000);
  const members: number[] = [];
  for (let n = from; n <= to; n++) append(members, ids.waves.get(String(n)) ?? []);
  return members.length > 0 ? members.filter((i) => i !== own) : undefined;
}

function titled(piece: string, ids: Ids): readonly number[] | undefined {
  const at = ids.titles.get(piece.toLowerCase());
  return at === undefined ? undefined : [at];
}

/** The names of tasks: `T3`, `Task 3`, `#3`, `3.1`, `W1-T2`. */
export const TASK_IDS: IdGrammar = {
  pattern: String.raw`(?:tasks?\s*)?#?(?:(?!t\d|tasks?\b)[a-z]{1,12}\d{0,9}(?:-[a-z]{0,12}\d{1,9}){1,3}|t?\d{1,9}(?:\.\d{1,9}){0,4}[a-z]?)`,
  normalise: taskId,
};

/** A grammar with its regular expressions made. */
interface Patterns {
  readonly range: RegExp;
  readonly single: RegExp;
  readonly normalise: IdGrammar['normalise'];
}

function patternsOf({ pattern, normalise }: IdGrammar): Patterns {
  return {
    range: new RegExp(
      String.raw`^(${pattern})\s*(?:-|–|—|\.\.\.?|…|to|through|until)\s*(${pattern}|\d{1,9})(?![\w])`,
      'i',
    ),
    single: new RegExp(String.raw`^(${pattern})(?![\w])`, 'i'),
    normalise,
  };
}

/** `T1–T4` → its four ids; `T3` → itself; `.4` after `T1.2` → `T1.4`. A note may follow. */
function expandRange(piece: string, previous: string | undefined, grammar: Patterns): readonly string[] | undefined {
  const short = /^\.(\d{1,9})(?![\w])/.exec(piece);
  if (short !== null && previous?.includes('.')) return [previous.replace(/\.\d+[a-z]?$/, `.${Number(short[1])}`)];
  const range = grammar.range.exec(piece);
  if (range !== null) {
    const from = grammar.normalise(range[1] as string);
    const to = grammar.normalise(range[2] as string) ?? (range[2] as string);
    const a = /^(.*?)(\d+)$/.exec(from ?? '');
    let b = /^(.*?)(\d+)$/.exec(to ?? '');
    // `W1-T2–T4`, `T1.2-4`: the end of a range may leave out what it shares with the beginning.
    if (a !== null && b !== null && a[1] !== b[1] && (b[1] === 'T' || b[1] === ''))
      b = [b[0], a[1] as string, b[2] as string] as never;
    if (a !== null && b !== null && a[1] === b[1]) {
      const first = Number(a[2]);
      const last = Number(b[2]);
      if (first <= last && last - first <= 10_000) {
        return Array.from({ length: last - first + 1 }, (_, i) => `${a[1]}${first + i}`);
      }
    }
  }
  const single = grammar.single.exec(piece);
  const id = single === null ? undefined : grammar.normalise((single[1] as string).replace(/\s+/g, ' '));
  return id === undefined ? undefined : [id];
}

function lookUp(id: string, own: number, ids: Ids): number | undefined {
  const exact = ids.at.get(id);
  if (exact !== undefined) return exact;
  // Inside W1-T2, a plain `T1` can only mean the neighbour W1-T1.
  const prefix = /^(.*-)T\d+$/.exec((ids.units[own] as DraftUnit).id)?.[1];
  return prefix === undefined ? undefined : ids.at.get(prefix + id);
}
