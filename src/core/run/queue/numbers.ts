import type { NumberRule } from '../settings.ts';

/** A file that gets another name where it lands. */
export interface Rename {
  readonly from: string;
  readonly to: string;
  /** How text mentions it: its name without what follows the first dot after the number, before and after. */
  readonly mention: { readonly from: string; readonly to: string };
  /** What stood for the number, and the number. */
  readonly token: { readonly from: string; readonly to: string; readonly placeholder: boolean };
}

const NUMBER = '{number}';

/** What stands for a number that is given at landing, where the rule does not say. */
export const PLACEHOLDER = 'NNNN';

interface Parsed {
  readonly before: string;
  readonly number: string;
  readonly after: string;
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** A pattern with `{number}`, `*` (within one name) and `**` as an expression with three groups. */
function expression(pattern: string, placeholder: string): RegExp {
  const at = pattern.indexOf(NUMBER);
  const glob = (part: string): string =>
    part
      .split('**')
      .map((piece) => piece.split('*').map(escape).join('[^/]*'))
      .join('.*');
  return new RegExp(
    `^(${glob(pattern.slice(0, at))})(\\d+|${escape(placeholder)})(${glob(pattern.slice(at + NUMBER.length))})$`,
    'u',
  );
}

/** The directory in which all files of a rule lie, with a slash at its end; empty: the whole repository. */
export function directoryOf(rule: NumberRule): string {
  const fixed = (rule.files ?? '').split(/[*{]/)[0] ?? '';
  return fixed.slice(0, fixed.lastIndexOf('/') + 1);
}

function parse(rule: NumberRule, path: string): Parsed | undefined {
  if (rule.files === undefined) return undefined;
  const [, before, number, after] = expression(rule.files, rule.placeholder ?? PLACEHOLDER).exec(path) ?? [];
  return before === undefined || number === undefined || after === undefined ? undefined : { before, number, after };
}

function isDigits(text: string): boolean {
  return /^\d+$/.test(text);
}

/** What two files of one number have in common: everything up to the first dot. */
function stemOf({ before, after }: Parsed): string {
  return `${before}\0${after.split('.')[0] ?? ''}`;
}

/**
 * The numbers that new files get where they land: `there` are the paths of the landing tree, `added` those that come. A file with a
 * placeholder gets the next number; so does one whose number somebody else has taken meanwhile. Files that only differ behind
 * their first dot (`0007_users.up.sql`, `0007_users.down.sql`) share one.
 */
export function assignNumbers(rule: NumberRule, there: readonly string[], added: readonly string[]): Rename[] {
  const placeholder = rule.placeholder ?? PLACEHOLDER;
  const taken = new Map<number, Set<string>>();
  let highest = 0;
  let width = isDigits(placeholder) ? 0 : placeholder.length;
  const fresh = new Set(added);
  for (const path of there) {
    const parsed = fresh.has(path) ? undefined : parse(rule, path);
    if (parsed === undefined || !isDigits(parsed.number)) continue;
    const number = Number(parsed.number);
    taken.set(number, (taken.get(number) ?? new Set()).add(stemOf(parsed)));
    if (number >= highest) width = parsed.number.length;
    highest = Math.max(highest, number);
  }
  if (rule.width !== undefined) width = rule.width;
  const given = new Map<string, string>();
  const renames: Rename[] = [];
  const parsed = [...added].sort().flatMap((path) => {
    const one = parse(rule, path);
    return one === undefined ? [] : [{ path, ...one }];
  });
  // Numbers that are free are kept, and count before any is given.
  const clashes = parsed.filter((one) => {
    if (!isDigits(one.number)) return true;
    const owners = taken.get(Number(one.number));
    if (owners !== undefined && !owners.has(stemOf(one))) return true;
    highest = Math.max(highest, Number(one.number));
    return false;
  });
  for (const one of clashes) {
    const key = `${stemOf(one)}\0${one.number}`;
    let number = given.get(key);
    if (number === undefined) {
      highest++;
      number = String(highest).padStart(width, '0');
      given.set(key, number);
    }
    const name = (digits: string): string =>
      `${one.before.slice(one.before.lastIndexOf('/') + 1)}${digits}${one.after.split('.')[0] ?? ''}`;
    renames.push({
      from: one.path,
      to: `${one.before}${number}${one.after}`,
      mention: { from: name(one.number), to: name(number) },
      token: { from: one.number, to: number, placeholder: !isDigits(one.number) },
    });
  }
  return renames;
}

/**
 * A text with the numbers that were given: in lines that `before` does not have, mentions of renamed files, and, where it can only mean
 * one number, the placeholder alone.
 */
export function renumbered(text: string, before: string | undefined, renames: readonly Rename[]): string {
  const old = new Set(before?.split('\n') ?? []);
  const placeholders = new Map<string, Set<string>>();
  for (const { token } of renames)
    if (token.placeholder) placeholders.set(token.from, (placeholders.get(token.from) ?? new Set()).add(token.to));
  return text
    .split('\n')
    .map((line) => {
      if (old.has(line)) return line;
      let now = line;
      for (const { mention } of renames) now = replaceWhole(now, mention.from, mention.to);
      for (const [from, to] of placeholders) if (to.size === 1) now = replaceWhole(now, from, [...to][0] ?? from);
      return now;
    })
    .join('\n');
}

/** Replaces what is not a part of a longer word. */
function replaceWhole(text: string, from: string, to: string): string {
  return text.replace(new RegExp(`(?<![\\p{L}\\p{N}_])${escape(from)}(?![\\p{L}\\p{N}_])`, 'gu'), () => to);
}

/**
 * Numbers inside of one file, such as entries of a changelog: in lines that `there` does not have, a placeholder in the place of
 * `{number}` of the rule's `entry` gets the next number, and so does a number that `there` has already.
 */
export function numberEntries(rule: NumberRule, text: string, there: string): string {
  const placeholder = rule.placeholder ?? PLACEHOLDER;
  const entry = rule.entry ?? `#${NUMBER}`;
  const at = entry.indexOf(NUMBER);
  const [before, after] = [escape(entry.slice(0, at)), escape(entry.slice(at + NUMBER.length))];
  const any = new RegExp(`(?<=${before})(\\d+|${escape(placeholder)})(?=${after}(?![\\p{L}\\p{N}_]))`, 'gu');
  const taken = new Map<string, number>();
  let highest = 0;
  let width = 0;
  for (const [number] of there.matchAll(any)) {
    if (!isDigits(number)) continue;
    taken.set(number, 1);
    if (Number(number) >= highest) width = number.length;
    highest = Math.max(highest, Number(number));
  }
  if (rule.width !== undefined) width = rule.width;
  const old = new Set(there.split('\n'));
  return text
    .split('\n')
    .map((line) => {
      if (old.has(line)) return line;
      return line.replace(any, (number) => {
        if (isDigits(number) && !taken.has(number)) return number;
        highest++;
        return String(highest).padStart(width, '0');
      });
    })
    .join('\n');
}
