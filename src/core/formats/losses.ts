import type { Draft } from '../plan/draft.ts';
import { tablesIn } from '../plan/markdown/tables.ts';
import type { PlanKind } from '../plan/model.ts';
import type { Portable, PortableUnit } from '../plan/portable.ts';

/** Something of a plan that its new form does not say. */
export interface Loss {
  /** The unit it belongs to, by its id in the old document; `undefined`: the plan as a whole. */
  readonly unit: string | undefined;
  /** `needs`, `scope`, `verify`, `criteria`, `text`, `section` … */
  readonly what: string;
  /** What it was and what became of it, in one sentence. */
  readonly message: string;
  /** Where the old document says it; from 1. */
  readonly line: number;
}

/** The unit that each of some units became, by position; `undefined`: none. */
export function matched(
  before: readonly PortableUnit[],
  after: readonly PortableUnit[],
): readonly (PortableUnit | undefined)[] {
  const left = new Map<string, PortableUnit[]>();
  const key = (unit: PortableUnit): string => squeeze(unit.title);
  for (const unit of after) left.set(key(unit), [...(left.get(key(unit)) ?? []), unit]);
  const taken = new Set<PortableUnit>();
  const take = (unit: PortableUnit | undefined): PortableUnit | undefined => {
    if (unit !== undefined) taken.add(unit);
    return unit;
  };
  const found = before.map((unit) => {
    const same = left.get(key(unit)) ?? [];
    const at = Math.max(
      0,
      same.findIndex(({ id }) => id === unit.id),
    );
    return take(same.splice(at, 1)[0]);
  });
  // Whose title changed is known by its id, else by its place among those.
  const byId = new Map(after.map((unit) => [unit.id, unit]));
  const rest = after.filter((unit) => !taken.has(unit));
  return found.map((unit, i) => {
    if (unit !== undefined) return unit;
    const own = byId.get((before[i] as PortableUnit).id);
    if (own !== undefined && !taken.has(own)) return take(own);
    return take(rest.find((one) => !taken.has(one)));
  });
}

/** What the new form of a plan does not say, and what it says otherwise. Nothing is taken on trust: both were read. */
export function lossesOf(
  draft: Draft,
  before: Portable,
  after: Portable | undefined,
  pairs: readonly (PortableUnit | undefined)[],
  text: string,
  to: PlanKind,
): readonly Loss[] {
  const { source } = draft.outline;
  const lineOf = (at: number): number => source.span(at, at).line;
  const losses: Loss[] = [];
  const extra = (after?.units.length ?? 0) - before.units.length;
  if (extra !== 0) {
    const message = `the new plan has ${after?.units.length ?? 0} units, the old one ${before.units.length}`;
    losses.push({ unit: undefined, what: 'units', message, line: 1 });
  }
  const names = new Map(before.units.map((unit, i) => [unit.id, pairs[i]?.id ?? unit.id]));
  const renamed = (id: string): string => names.get(id) ?? id;
  const old = reachOf(before.units);
  const now = reachOf(after?.units ?? []);
  before.units.forEach((unit, i) => {
    const other = pairs[i];
    const line = lineOf(draft.units[i]?.start ?? 0);
    if (other === undefined) {
      losses.push({ unit: unit.id, what: 'unit', message: 'is not in it', line });
      return;
    }
    const add = (what: string, message: string): void => void losses.push({ unit: unit.id, what, message, line });
    fields(unit, other, add);
    const known = new Set([...old(unit.id)].map(renamed));
    const fewer = unit.needs.map(renamed).filter((need) => !now(other.id).has(need));
    const more = other.needs.filter((need) => !known.has(need));
    if (fewer.length > 0) add('needs', `no longer needs ${listed(fewer)}`);
    if (more.length > 0) add('needs', `also needs ${listed(more)} now, by the order of its kind`);
  });
  losses.push(...briefs(before.units, pairs));
  losses.push(...series('requirement', before.requirements, after?.requirements, draft.requirements, to, lineOf));
  losses.push(...series('criterion', before.criteria, after?.criteria, draft.criteria, to, lineOf));
  for (const run of before.verify) {
    if (after?.verify.includes(run) === true) continue;
    const message = `the command ${code(run)} no longer proves the whole`;
    losses.push({ unit: undefined, what: 'verify', message, line: 1 });
  }
  losses.push(...textLosses(draft, text));
  return losses;
}

function fields(unit: PortableUnit, other: PortableUnit, add: (what: string, message: string) => void): void {
  if (squeeze(unit.title) !== squeeze(other.title)) add('title', `is called "${other.title}" now`);
  compare('scope', 'may no longer change', unit.scope, other.scope);
  compare('verify', 'is no longer verified by', unit.verify, other.verify);
  const said = new Set(other.criteria.map(squeeze));
  const gone = unit.criteria.filter((one) => !said.has(squeeze(one)));
  if (gone.length > 0) add('criteria', `no longer wants ${listed(gone.map((one) => `"${one}"`))}`);
  if (unit.agent !== undefined && unit.agent !== other.agent) add('agent', `no longer asks for ${code(unit.agent)}`);
  if (unit.estimate !== undefined && unit.estimate !== other.estimate)
    add('estimate', `its estimate of ${unit.estimate} min is gone`);
  if (unit.done && !other.done) add('done', 'was ticked, and is not now');

  function compare(what: string, words: string, was: readonly string[], is: readonly string[]): void {
    const there = new Set(is);
    const missing = was.filter((one) => !there.has(one));
    if (missing.length > 0) add(what, `${words} ${listed(missing.map(code))}`);
  }
}

/** Answers which units one waits for, directly or through others. */
function reachOf(units: readonly PortableUnit[]): (id: string) => ReadonlySet<string> {
  const needs = new Map(units.map((unit) => [unit.id, unit.needs]));
  const known = new Map<string, ReadonlySet<string>>();
  return (id) => {
    const have = known.get(id);
    if (have !== undefined) return have;
    const found = new Set<string>();
    const open = [...(needs.get(id) ?? [])];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (found.has(at)) continue;
      found.add(at);
      open.push(...(needs.get(at) ?? []));
    }
    known.set(id, found);
    return found;
  };
}

interface Named {
  readonly id: string;
  readonly title: string;
}

/** Which units became briefs, and which no longer are. */
function briefs(before: readonly PortableUnit[], pairs: readonly (PortableUnit | undefined)[]): readonly Loss[] {
  const made: string[] = [];
  const gone: string[] = [];
  before.forEach(({ id, planFirst }, i) => {
    const other = pairs[i];
    if (other === undefined || (other.planFirst === undefined) === (planFirst === undefined)) return;
    (planFirst === undefined ? made : gone).push(id);
  });
  const loss = (message: string): Loss => ({ unit: undefined, what: 'planFirst', message, line: 1 });
  return [
    ...(made.length > 0 ? [loss(`briefs now, for which a sub-plan is written first: ${listed(made)}`)] : []),
    ...(gone.length > 0 ? [loss(`carried out as written now, without a sub-plan: ${listed(gone)}`)] : []),
  ];
}

function series(
  what: string,
  before: readonly Named[],
  after: readonly Named[] = [],
  placed: readonly { readonly span: { readonly start: number } }[],
  to: PlanKind,
  lineOf: (at: number) => number,
): readonly Loss[] {
  const ids = new Set(after.map(({ id }) => id));
  const titles = new Map(after.map(({ id, title }) => [squeeze(title), id]));
  const gone: { readonly named: Named; readonly line: number }[] = [];
  const losses: Loss[] = [];
  before.forEach((named, i) => {
    if (ids.has(named.id)) return;
    const line = lineOf(placed[i]?.span.start ?? 0);
    const name = titles.get(squeeze(named.title));
    if (name === undefined) gone.push({ named, line });
    else losses.push({ unit: undefined, what, message: `the ${what} ${named.id} is called ${name} now`, line });
  });
  const [first] = gone;
  if (first === undefined) return losses;
  const names = listed(gone.map(({ named }) => named.id));
  const message =
    after.length === 0
      ? `plans of kind ${to} have none such: at most words of the ${what} are left of ${names}`
      : `no ${what} of its own any more: ${names}`;
  return [...losses, { unit: undefined, what, message, line: first.line }];
}

/** Lines of the old document of which some word is nowhere in the new one, by the unit or section that they stand in. */
function textLosses(draft: Draft, text: string): readonly Loss[] {
  const { outline } = draft;
  const { source, frontMatter, logs } = outline;
  const said = new Set(squeeze(text).split(' '));
  const words = new Words(draft);
  const lost = new Map<string, Entry>();
  const places = placesOf(draft);
  const open: Place[] = [];
  let next = 0;
  let log = 0;
  for (let at = frontMatter.end; at < source.shadow.length; at = source.lineEnd(at) + 1) {
    const end = source.lineEnd(at);
    for (; next < places.length && (places[next] as Place).start <= end; next++) open.push(places[next] as Place);
    while (open.length > 0 && (open.at(-1) as Place).end <= at) open.pop();
    while (log < logs.length && (logs[log]?.end ?? 0) <= at) log++;
    const wanted = words.of(at, end);
    if (wanted.length === 0 || (logs[log]?.start ?? Infinity) <= at) continue;
    const place = open.at(-1);
    const key = `${place?.start ?? -1} ${place?.unit ?? ''}`;
    let entry = lost.get(key);
    if (entry === undefined) lost.set(key, (entry = { place, line: 0, lines: [], all: 0 }));
    entry.all++;
    if (wanted.every((word) => said.has(word))) continue;
    if (entry.lines.length === 0) entry.line = source.span(at, at).line;
    entry.lines.push(source.text.slice(at, Math.min(end, at + 300)).trim());
  }
  return [...lost.values()].flatMap(({ place, line, lines, all }) => {
    if (lines.length === 0) return [];
    const where =
      place?.unit !== undefined ? 'its text' : place === undefined ? 'the head' : `the section "${place.title}"`;
    const count = all === lines.length ? 'nothing' : `only ${all - lines.length} of ${all} lines`;
    const quotes = lines.map((one) => `"${one.length > 80 ? `${one.slice(0, 79)}…` : one}"`);
    const message = `of ${where}, ${count} ${all - lines.length > 1 ? 'are' : 'is'} in it word for word; missing: ${listed(quotes, 2)}`;
    return [{ unit: place?.unit, what: place?.unit === undefined ? 'section' : 'text', message, line }];
  });
}

interface Place {
  readonly unit: string | undefined;
  readonly start: number;
  readonly end: number;
  readonly title: string;
}

interface Entry {
  readonly place: Place | undefined;
  line: number;
  readonly lines: string[];
  all: number;
}

/** Units and sections, the inner ones behind those around them. */
function placesOf({ units, sections }: Draft): readonly Place[] {
  const top = sections.flatMap((one) => (one.heading.level === 1 ? [one, ...one.children] : [one]));
  return [
    ...top.map(({ heading, end, title }) => ({ unit: undefined, start: heading.start, end, title })),
    ...units.map(({ id, start, end, title }) => ({ unit: id, start, end, title })),
  ].toSorted((a, b) => a.start - b.start || b.end - a.end);
}

/** Lines of fields whose words are grammar: their values are compared. */
const FIELDS =
  /^[\s>]{0,20}(?:[-*+]\s{1,4})?(?:\*\*|__)?(?:depends? on|dependenc(?:y|ies)|deps|needs|blocked by|parallel(?:[ -](?:with|group))?|agent|codex|estimate)\b/i;

/** Which words of a line have to be in the new document: not those of the grammar, of which every kind has its own. */
class Words {
  readonly #source: Draft['outline']['source'];
  /** Headings that open no unit, and the names of columns. */
  readonly #labels = new Set<number>();
  /** What a row of a table says beside the fields of its unit. */
  readonly #rows = new Map<number, string>();
  /** Paths and commands: they are compared as such. */
  readonly #fields = new Set<string>();

  constructor({ outline, units }: Draft) {
    const { source, headings, blocks } = outline;
    this.#source = source;
    const heads = new Set<number>();
    for (const { heading, title, paths, verify } of units) {
      heads.add(heading.start);
      // Of `### Task 3: Title` only the title is the author's.
      if (source.shadow[heading.start] === '#') this.#rows.set(source.lineStart(heading.start), title);
      for (const { text } of paths) this.#fields.add(text);
      for (const { run } of verify) this.#fields.add(run);
    }
    for (const { start } of headings) if (!heads.has(start)) this.#labels.add(source.lineStart(start));
    for (const { columns, header, rows } of tablesIn(outline, 0, blocks.length)) {
      this.#labels.add(source.lineStart(header.start));
      for (const row of rows) this.#rows.set(source.lineStart(row.start), saidInRow(columns, row.cells));
    }
  }

  of(start: number, end: number): readonly string[] {
    if (this.#labels.has(start)) return [];
    const line = this.#rows.get(start) ?? this.#source.shadow.slice(start, Math.min(end, start + 20_000));
    if (FIELDS.test(line)) return [];
    return wordsOf(line.replace(/`([^`\n]{1,2000})`/g, (all, code: string) => (this.#fields.has(code) ? ' ' : all)));
  }
}

/** Columns whose cells are fields of a unit, and so stand where the new kind has them. */
export const CARRIED =
  /^(?:#|id|no\.?|wave|phase|stream|task|issue|pr|depend(?:s on|s|encies|ency)|needs|parallel with)$/i;

function saidInRow(columns: readonly string[], cells: readonly { readonly text: string }[]): string {
  return cells.flatMap(({ text }, i) => (CARRIED.test(columns[i] ?? '') ? [] : [text])).join(' ');
}

/** The words of a line without the label that it may begin with. */
function wordsOf(line: string): readonly string[] {
  const bare = line
    .replace(/^[\s>]{0,20}(?:(?:[-*+]|\d{1,9}[.)])\s{1,8})?(?:\[[ xX]\]\s)?/, '')
    .replace(/^(?:\*\*|__)[^*_:\n]{1,60}:?(?:\*\*|__):?/, '')
    .replace(/^#{1,6}\s/, '');
  return squeeze(bare)
    .split(' ')
    .filter((word) => word.length > 2);
}

function listed(items: readonly string[], most = 5): string {
  return `${items.slice(0, most).join(', ')}${items.length > most ? `, and ${items.length - most} more` : ''}`;
}

function code(text: string): string {
  return `\`${text}\``;
}

/** Text by its words: marks, blanks and line ends do not matter. */
export function squeeze(text: string): string {
  return text
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .toLowerCase();
}
