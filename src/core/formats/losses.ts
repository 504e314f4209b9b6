import type { Draft } from '../plan/draft.ts';
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
  if (unit.planFirst !== other.planFirst) {
    add(
      'planFirst',
      other.planFirst === undefined
        ? `is carried out as written now; before, a sub-plan of kind ${unit.planFirst ?? ''} was to be written first`
        : `is a brief now: a sub-plan of kind ${other.planFirst} is written first`,
    );
  }

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

function series(
  what: string,
  before: readonly Named[],
  after: readonly Named[] = [],
  placed: readonly { readonly span: { readonly start: number } }[],
  to: PlanKind,
  lineOf: (at: number) => number,
): readonly Loss[] {
  const ids = new Map(after.map(({ id, title }) => [id, squeeze(title)]));
  const titles = new Map(after.map(({ id, title }) => [squeeze(title), id]));
  return before.flatMap(({ id, title }, i) => {
    if (ids.has(id)) return [];
    const name = titles.get(squeeze(title));
    const message =
      name === undefined
        ? `the ${what} ${id} (${title}) is none in a plan of kind ${to}`
        : `the ${what} ${id} is called ${name} now`;
    return [{ unit: undefined, what, message, line: lineOf(placed[i]?.span.start ?? 0) }];
  });
}

/** Lines of the old document of which some word is nowhere in the new one, by the unit or section that they stand in. */
function textLosses({ outline, units, sections }: Draft, text: string): readonly Loss[] {
  const { source, frontMatter, logs } = outline;
  const said = new Set(squeeze(text).split(' '));
  const lost = new Map<string, { loss: Omit<Loss, 'message'>; title: string; lines: string[]; all: number }>();
  const places = [
    ...units.map(({ id, start, end, title }) => ({ unit: id as string | undefined, start, end, title })),
    ...sections
      .flatMap((one) => (one.heading.level === 1 ? [one, ...one.children] : [one]))
      .map(({ heading, end, title }) => ({ unit: undefined, start: heading.start, end, title })),
  ].toSorted((a, b) => a.start - b.start || b.end - a.end);
  const open: typeof places = [];
  let next = 0;
  const { shadow } = source;
  for (let at = frontMatter.end; at < shadow.length;) {
    const end = source.lineEnd(at);
    for (; next < places.length && (places[next]?.start ?? 0) <= end; next++) {
      open.push(places[next] as (typeof places)[number]);
    }
    while (open.length > 0 && (open.at(-1)?.end ?? 0) <= at) open.pop();
    const line = shadow.slice(at, end);
    const words = wordsOf(line);
    if (words.length > 0 && !logs.some((log) => at >= log.start && at < log.end)) {
      const place = open.findLast((one) => one.end > at);
      const key = `${place?.start ?? -1} ${place?.unit ?? ''}`;
      let entry = lost.get(key);
      if (entry === undefined) {
        const loss = {
          unit: place?.unit,
          what: place?.unit === undefined ? 'section' : 'text',
          line: source.span(at, at).line,
        };
        lost.set(key, (entry = { loss, title: place?.title ?? '', lines: [], all: 0 }));
      }
      entry.all++;
      if (words.some((word) => !said.has(word))) {
        if (entry.lines.length === 0) entry.loss = { ...entry.loss, line: source.span(at, at).line };
        entry.lines.push(line.trim());
      }
    }
    at = end + 1;
  }
  return [...lost.values()].flatMap(({ loss, title, lines, all }) => {
    if (lines.length === 0) return [];
    const where = loss.unit !== undefined ? 'its text' : title === '' ? 'the head' : `the section "${title}"`;
    const shown = listed(
      lines.map((one) => `"${one.length > 80 ? `${one.slice(0, 79)}…` : one}"`),
      2,
    );
    const count = lines.length === all ? 'nothing' : `${all - lines.length} of ${all} lines`;
    return [{ ...loss, message: `of ${where} ${count} is in it whole; not ${shown}` }];
  });
}

/** The words of a line without the label that it may begin with: labels are the grammar's. */
function wordsOf(line: string): readonly string[] {
  const bare = line
    .slice(0, 20_000)
    .replace(/^[\s>]{0,20}(?:[-*+]|\d{1,9}[.)])?\s{0,8}(?:\[[ xX]\]\s)?/, '')
    .replace(/^(?:\*\*|__)[^*_:\n]{1,60}:?(?:\*\*|__):?/, '')
    .replace(/^#{1,6}\s/, '');
  if (/^[|\s:-]*$/.test(bare)) return [];
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
