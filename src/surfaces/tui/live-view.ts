import { duration } from '../../core/base/time.ts';
import type { Board, TaskStatus } from '../../core/views/board.ts';
import { landedWords } from '../../core/views/landed-words.ts';
import { termLines } from '../gate-lines.ts';
import { cells, column, fit, head, padTo, widest } from '../width.ts';
import { elapsed, timeOfDay } from '../words.ts';

/** What a stretch of text is for; which colour that is, the component decides. */
export type Tone = 'plain' | 'strong' | 'faint' | 'good' | 'bad' | 'warn' | 'type';

export interface Span {
  readonly text: string;
  readonly tone: Tone;
}

export type Line = readonly Span[];

/** A picture of a run: lines that fit, from top to bottom. */
export interface LiveModel {
  readonly lines: readonly Line[];
}

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** A title over rows; what does not fit is cut from the rows, and the section says so. */
interface Section {
  readonly title: Line;
  readonly rows: readonly Line[];
  /** `last`: the newest rows matter, so the oldest are cut. */
  readonly keep: 'first' | 'last';
}

/** Narrower than this, columns that only help give way. */
const NARROW = 60;
const STATUSES: readonly TaskStatus[] = [
  'pending',
  'working',
  'planned',
  'unfolded',
  'verifying',
  'reviewing',
  'merging',
  'merged',
  'failed',
  'attached',
  'waived',
];

const span = (text: string, tone: Tone = 'plain'): Span => ({ text, tone });
const EMPTY: Line = [];

/**
 * The live view of a run, never higher than the terminal less one row: a picture that fills the screen makes it scroll
 * and flicker. What waits for a person comes before who is at work, and that before what happened.
 */
export function liveView(board: Board, now: number, size: Size, notice?: string): LiveModel {
  const width = Math.max(20, size.columns);
  const height = Math.max(3, size.rows - 1);
  const top = [...header(board, now, width)];
  const bottom: Line[] = notice === undefined ? [] : [[span(fit(notice, width), 'warn')]];
  const sections = [waitingSection(board, width), workingSection(board, now, width), recentSection(board, width)];
  const room = height - bottom.length;
  const lines = [...top.slice(0, room)];
  for (const section of share(sections, room - lines.length)) lines.push(EMPTY, ...section);
  if (bottom.length > 0 && lines.length + 2 <= height) lines.push(EMPTY);
  return { lines: [...lines, ...bottom].map((line) => clip(line, width)) };
}

function* header(board: Board, now: number, width: number): Generator<Line> {
  const time = elapsed(board, now);
  const names = width < NARROW ? '' : `  ${board.slug}  ${board.branch}`;
  const left = fit(board.title, Math.max(10, width - cells(time) - Math.min(cells(names), width >> 1) - 2));
  const middle = fit(names.trim(), Math.max(0, width - cells(left) - cells(time) - 4));
  yield [
    span(padTo(left, 0), 'strong'),
    span(middle === '' ? '' : `  ${middle}`, 'faint'),
    span(' '.repeat(Math.max(1, width - cells(left) - (middle === '' ? 0 : cells(middle) + 2) - cells(time)))),
    span(time),
  ];
  yield bar(board, width);
  yield STATUSES.filter((status) => (board.counts[status] ?? 0) > 0).flatMap((status, index) => [
    ...(index > 0 ? [span(' · ', 'faint')] : []),
    span(
      `${board.counts[status]} ${status}${status === 'pending' && board.ready > 0 ? ` (${board.ready} ready)` : ''}`,
      status === 'failed' ? 'bad' : status === 'merged' ? 'good' : 'plain',
    ),
  ]);
}

/** Merged tasks as a bar, failed ones at its end. */
function bar(board: Board, width: number): Line {
  const words = landedWords(board);
  const room = Math.max(4, Math.min(40, width - cells(words) - 2));
  const part = (count: number): number => (board.total === 0 ? 0 : Math.floor((count / board.total) * room));
  const merged = part(board.counts.merged);
  const failed = Math.min(room - merged, board.counts.failed > 0 ? Math.max(1, part(board.counts.failed)) : 0);
  return [
    span('█'.repeat(merged), 'good'),
    span('░'.repeat(room - merged - failed), 'faint'),
    span('█'.repeat(failed), 'bad'),
    span(`  ${words}`),
  ];
}

function waitingSection(board: Board, width: number): Section {
  return {
    title: [span('Waits for you', 'warn')],
    keep: 'first',
    rows: board.waiting.flatMap(({ what, type, gate }) => [
      [span(`  ${fit(what, width - 2)}`)],
      ...toType(type, width),
      // Of several questions the next one comes before what belongs to this; `status` shows all of it.
      ...(board.waiting.length > 1 ? [] : [...(gate?.detail ?? []), ...termLines(gate)]).map((line): Line => [
        span(`    ${fit(line, width - 4)}`, 'faint'),
      ]),
    ]),
  };
}

/** Commands are never cut: half of one is of no use. Answers of one gate are told in two lines. */
function toType(commands: readonly string[], width: number): Line[] {
  const [first = ''] = commands;
  const stem = first.slice(0, first.lastIndexOf(' ') + 1);
  const answers = stem.endsWith(' --answer ') && commands.every((command) => command.startsWith(stem));
  const typed = answers && commands.length > 1 ? commands.slice(0, 1) : commands.slice(0, 3);
  const rest = commands.slice(1).map((command) => command.slice(stem.length));
  return [
    ...typed.flatMap((command) => wrapped(command, width - 4).map((row): Line => [span(`    ${row}`, 'type')])),
    ...(typed.length < commands.length && answers
      ? wrapped(`or --answer ${rest.join(', ')}`, width - 6).map((row): Line => [span(`      ${row}`, 'faint')])
      : []),
  ];
}

/** Broken at blanks; a word that is wider than that is cut, as there is no other way. */
function wrapped(text: string, width: number): string[] {
  const rows: string[] = [];
  for (const word of text.split(' ')) {
    const joined = `${rows[rows.length - 1] ?? ''} ${word}`;
    if (rows.length > 0 && cells(joined) <= width) rows[rows.length - 1] = joined;
    else rows.push(`${rows.length > 0 ? '  ' : ''}${word}`);
  }
  return rows.map((row) => fit(row, width));
}

function workingSection(board: Board, now: number, width: number): Section {
  const narrow = width < NARROW;
  const rows = board.working.map((one) => ({
    ...one,
    name: `${one.task}#${one.attempt}`,
    long: lasting(now - one.since),
  }));
  const name = widest(
    rows.map((row) => row.name),
    16,
  );
  const agent = narrow
    ? 0
    : widest(
        rows.map((row) => row.agent),
        16,
      );
  const long = widest(
    rows.map((row) => row.long),
    12,
  );
  const title = Math.max(0, width - 2 - name - 2 - (narrow ? 0 : agent + 2) - 9 - 2 - long - 2);
  return {
    title: [span('At work', 'strong')],
    keep: 'first',
    rows: rows.map((row): Line => [
      span(`  ${column(row.name, name)}  `),
      ...(title >= 8 ? [span(`${column(row.doing ?? row.title, title)}  `)] : []),
      ...(narrow ? [] : [span(`${column(row.agent, agent)}  `, 'faint')]),
      span(`${padTo(row.status, 9)}  `, row.status === 'working' ? 'plain' : 'good'),
      span(row.long, 'faint'),
    ]),
  };
}

/** Below a second the figure would only dance. */
function lasting(ms: number): string {
  return ms < 1000 ? '<1 s' : duration(ms);
}

function recentSection(board: Board, width: number): Section {
  return {
    title: [span('Last events', 'strong')],
    keep: 'last',
    rows: board.recent.map(({ at, text }): Line =>
      width < NARROW
        ? [span(`  ${fit(text, width - 2)}`)]
        : [span(`  ${timeOfDay(at)}  `, 'faint'), span(fit(text, width - 12))],
    ),
  };
}

/**
 * Shares rows out among sections: each first gets what it needs at least (a title and a row or two, in order of weight),
 * then the earlier ones take what is left before the later. A section without rows takes nothing.
 */
function share(sections: readonly Section[], room: number): Line[][] {
  const full = sections.filter(({ rows }) => rows.length > 0);
  /** Rows granted to each section, its title and the empty line above not counted. */
  const granted = full.map(() => 0);
  let left = room;
  const grant = (index: number, upTo: number): void => {
    const have = granted[index] as number;
    const head = have === 0 ? 2 : 0;
    const want = Math.min(upTo, (full[index] as Section).rows.length) - have;
    const more = Math.min(want, left - head);
    if (more <= 0) return;
    granted[index] = have + more;
    left -= head + more;
  };
  for (const upTo of [3, Number.POSITIVE_INFINITY]) full.forEach((_, index) => grant(index, upTo));
  return full.flatMap((section, index) => {
    const count = granted[index] as number;
    return count === 0 ? [] : [[section.title, ...cutRows(section, count)]];
  });
}

function cutRows({ rows, keep }: Section, count: number): Line[] {
  if (rows.length <= count) return [...rows];
  if (keep === 'last') return rows.slice(-count);
  if (count === 1) return rows.slice(0, 1);
  return [...rows.slice(0, count - 1), [span(`  … ${rows.length - count + 1} more lines`, 'faint')]];
}

/** A line of at most `width` cells: the span that crosses the edge is cut, those beyond it go. */
function clip(line: Line, width: number): Line {
  let left = width;
  const kept: Span[] = [];
  for (const { text, tone } of line) {
    if (left <= 0) break;
    kept.push(span(head(text, left), tone));
    left -= cells(text);
  }
  return kept;
}
