import { sha256 } from '../../base/sha256.ts';
import { oneLine } from '../../base/text.ts';
import { type Learned, LEARNED_KINDS, type LearnedKind } from './model.ts';

/** A lesson with the lines that it stands on. */
export interface Written extends Learned {
  /** First line, from 0, and the line after its last. */
  readonly start: number;
  readonly end: number;
}

export interface LearnedDocument {
  readonly lines: readonly string[];
  readonly entries: readonly Written[];
  /** Ids that somebody took out: a run does not bring them back by itself. */
  readonly pruned: ReadonlySet<string>;
}

/** Characters of a text as they are written. */
const LONGEST = 500;
const PATHS = 20;
/** Ids of pruned lessons that are remembered. */
const PRUNED_MOST = 500;

const HEAD = `# What was learned

<!-- One bullet a lesson: runs that are over add theirs at the end, briefs of later runs get those that fit. Edit, add and delete as you like; masterplan learned helps. -->
`;

const PRUNED = /^<!-- pruned: ([L\da-f ]+) -->$/;
const ENTRY =
  /^[-*+] +(?:\*\*(L[0-9a-f]{8})\*\* +)?(?:(\d{4}-\d{2}-\d{2}) +)?(?:([a-z]{1,12})(?: ×(\d{1,6}))?: +)?(.*)$/;
const FIELD = /^\s+(?:[-*+] +)?(from|paths|command): *(.*)$/;

/** Reads `learned.md`, also as a person wrote it: a bullet is a lesson, whatever of the form it has. Linear, never fails. */
export function parseLearned(text: string): LearnedDocument {
  const lines = text.replace(/\r\n?/g, '\n').split('\n');
  const entries: Written[] = [];
  const pruned = new Set<string>();
  let fenced = false;
  let comment = false;
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const gone = PRUNED.exec(line);
    if (gone !== null) for (const id of (gone[1] ?? '').split(' ')) pruned.add(id);
    if (!comment && /^(?:```|~~~)/.test(line)) fenced = !fenced;
    if (!fenced && /^\s*<!--/.test(line)) comment = true;
    const inside = fenced || comment;
    if (line.includes('-->')) comment = false;
    const match = inside ? null : ENTRY.exec(line.slice(0, 4000));
    if (match === null || (match[5] ?? '').trim() === '') continue;
    let end = at + 1;
    while (end < lines.length && /^\s+\S/.test(lines[end] ?? '')) end++;
    entries.push(entryOf(match, lines.slice(at + 1, end), at, end));
    at = end - 1;
  }
  return { lines, entries, pruned };
}

function entryOf(match: RegExpExecArray, below: readonly string[], start: number, end: number): Written {
  const [, named, day = '', word = '', times, rest = ''] = match;
  const kind = LEARNED_KINDS.find((one) => one === word);
  const more: string[] = [];
  let [from, command]: [string, string | null] = ['', null];
  let paths: readonly string[] = [];
  for (const line of below) {
    const field = FIELD.exec(line.slice(0, 4000));
    const value = (field?.[2] ?? '').trim();
    if (field?.[1] === 'from') from = value;
    else if (field?.[1] === 'command') command = uncoded(value) || null;
    else if (field?.[1] === 'paths') paths = pathsIn(value);
    else more.push(line.trim());
  }
  // What looks like a kind and is none belongs to the text.
  const said = `${kind === undefined && word !== '' ? `${word}: ` : ''}${rest}`;
  const text = [said.trim(), ...more].join(' ');
  return {
    id: named ?? idOf('added', text),
    kind: kind ?? 'added',
    day,
    times: Number(times ?? 1),
    text,
    from,
    paths,
    command,
    start,
    end,
  };
}

function pathsIn(value: string): readonly string[] {
  const coded = [...value.matchAll(/`([^`]+)`/g)].map((one) => one[1] ?? '');
  const found = coded.length > 0 ? coded : value.split(',').map((one) => one.trim());
  return found.filter((one) => one !== '').slice(0, PATHS);
}

function uncoded(value: string): string {
  return /^(`+) ?(.*?) ?\1$/.exec(value)?.[2] ?? value;
}

/** The id of what is about this; `about` is what stays the same when it is learned again. */
export function idOf(kind: LearnedKind, about: string): string {
  return `L${sha256(JSON.stringify([kind, about])).slice(0, 8)}`;
}

/** A command as lessons name it: on one line, so that it can be compared. */
export function commandName(command: string): string {
  return oneLine(command, 300);
}

/** A lesson as it is written. */
export function learnedLines(one: Learned): readonly string[] {
  const paths = one.paths.filter((path) => !/[`\n]/.test(path)).slice(0, PATHS);
  return [
    `- **${one.id}** ${one.day === '' ? '' : `${one.day} `}${one.kind}${one.times > 1 ? ` ×${one.times}` : ''}: ${plain(one.text)}`,
    ...(one.from === '' ? [] : [`  - from: ${plain(one.from)}`]),
    ...(paths.length === 0 ? [] : [`  - paths: ${paths.map((path) => `\`${path}\``).join(', ')}`]),
    ...(one.command === null ? [] : [`  - command: ${code(commandName(one.command))}`]),
  ];
}

/** Foreign text on one line, in which no comment begins or ends. */
function plain(text: string): string {
  return oneLine(text, LONGEST).replaceAll('<!--', '<! --').replaceAll('-->', '-- >');
}

function code(text: string): string {
  if (!text.includes('`')) return `\`${text}\``;
  let ticks = '``';
  while (text.includes(ticks)) ticks += '`';
  return `${ticks} ${text} ${ticks}`;
}

/**
 * The document with these lessons. What is there already is not written twice: learned again in another run, its day, source and
 * count are brought up to date, and its words stay as whoever edited them left them. `again`: also what somebody pruned.
 */
export function addLearned(
  text: string,
  lessons: readonly Learned[],
  { again = false }: { readonly again?: boolean } = {},
): { readonly text: string; readonly added: readonly Learned[]; readonly renewed: readonly Learned[] } {
  const { lines, entries, pruned } = parseLearned(text);
  const known = new Map(entries.map((one) => [one.id, one]));
  const fresh = new Map<string, Learned>();
  const renewed = new Map<number, Learned>();
  for (const one of lessons) {
    const there = known.get(one.id);
    if (there === undefined) {
      if (again || !pruned.has(one.id)) fresh.set(one.id, one);
    } else if (runIn(there.from) !== runIn(one.from) && one.day >= there.day)
      renewed.set(there.start, { ...there, day: one.day, from: one.from, times: there.times + 1 });
  }
  const ends = new Map(entries.map(({ start, end }) => [start, end]));
  const out: string[] = [];
  for (let at = 0; at < lines.length;) {
    const one = renewed.get(at);
    const end = ends.get(at) ?? at + 1;
    const own = lines.slice(at, end);
    out.push(...(one === undefined ? own : renewedLines(own, one)));
    at = end;
  }
  const added = [...fresh.values()];
  const changed = { added, renewed: [...renewed.values()] };
  if (added.length === 0) return { text: out.join('\n'), ...changed };
  const before = (out.join('\n').trim() === '' ? HEAD : out.join('\n')).trimEnd();
  const last = before.split('\n').at(-1) ?? '';
  const gap = /^(?:[-*+] |\s+\S)/.test(last) ? '\n' : '\n\n';
  return { text: `${before}${gap}${added.flatMap(learnedLines).join('\n')}\n`, ...changed };
}

/** A lesson that was learned again, with every word that a person may have changed as it was. */
function renewedLines([head = '', ...below]: readonly string[], { id, day, kind, times, from }: Learned): string[] {
  const [, , , word = '', , rest = ''] = ENTRY.exec(head) ?? [];
  const text = word === '' || word === kind ? rest : `${word}: ${rest}`;
  return [
    `- **${id}** ${day} ${kind} ×${times}: ${text}`,
    `  - from: ${plain(from)}`,
    ...below.filter((line) => FIELD.exec(line)?.[1] !== 'from'),
  ];
}

/** The run that a source names: `run demo-1a2b, T1#2, event 45`. */
function runIn(from: string): string {
  return /^run ([^,\s]+)/.exec(from)?.[1] ?? from;
}

/** The document without these lessons; that they were taken out is noted, so that no run brings them back by itself. */
export function pruneLearned(text: string, ids: ReadonlySet<string>): string {
  const { lines, entries, pruned } = parseLearned(text);
  const gone = entries.filter(({ id }) => ids.has(id));
  if (gone.length === 0) return text;
  const left = lines.filter(
    (line, at) => !gone.some(({ start, end }) => at >= start && at < end) && !PRUNED.test(line),
  );
  const noted = [...new Set([...pruned, ...gone.map(({ id }) => id)])].slice(-PRUNED_MOST);
  return `${left.join('\n').trimEnd()}\n\n<!-- pruned: ${noted.join(' ')} -->\n`;
}
