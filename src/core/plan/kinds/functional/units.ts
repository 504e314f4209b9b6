import type { DraftGate, DraftUnit, RuleEdge } from '../../draft.ts';
import type { Outline } from '../../markdown/outline.ts';
import type { Section } from '../../markdown/sections.ts';
import { idsOf, readNeeds } from '../../needs.ts';
import { bulletsIn, rowsIn, textOfCell } from './parts.ts';
import { parentId, type References, STREAM_IDS } from './ids.ts';
import type {
  AcceptanceCriterion,
  ContractRow,
  FunctionalDetail,
  FunctionalRequirement,
  Reference,
  Row,
  Stream,
} from './model.ts';

type Stretch = { readonly start: number; readonly end: number };

/** What briefs of one document quote altogether, in characters: thousands of streams that cite everything would fill the memory. */
export const MAX_QUOTED = 8_000_000;

/** What belongs to a requirement, found once. */
interface Index {
  readonly criteria: ReadonlyMap<string, readonly AcceptanceCriterion[]>;
  /** By the whole requirement, criteria of its parts included. */
  readonly family: ReadonlyMap<string, readonly AcceptanceCriterion[]>;
  readonly rows: ReadonlyMap<string, readonly ContractRow[]>;
  /** The last stream that cites a requirement: it ticks the boxes. */
  readonly last: ReadonlyMap<string, number>;
}

/** The streams as units, and how much their briefs quote. */
export function streamUnits(
  outline: Outline,
  detail: FunctionalDetail,
): { readonly units: readonly DraftUnit[]; readonly quoted: number } {
  const index = indexOf(detail);
  let left = MAX_QUOTED;
  const requirements = definitions(detail);
  const contracts = [detail.seVerification, detail.testMandate, detail.reviewContract];
  const units = detail.streams.map((stream, position): DraftUnit => {
    const { start, end } = placeOf(stream);
    const ids = [...new Set(stream.requirements.flatMap((one) => resolve(one, requirements) ?? []))];
    const quotes: Stretch[] = [
      ...tableQuote(outline, detail.parts.get('streams'), stream.row === undefined ? [] : [stream.row]),
    ];
    if (stream.section !== undefined) quotes.push(bodyOf(outline, stream.section.heading.start, stream.section.end));
    const criteria = left <= 0 ? [] : criteriaOf(stream.requirements, index);
    const rows = left <= 0 ? [] : rowsFor(ids, criteria, index);
    const special = stream.role === 'environment' ? 'environment' : stream.role === 'schema' ? 'schema' : undefined;
    const section = special === undefined ? undefined : detail.parts.get(special);
    if (section !== undefined) quotes.push(bodyOf(outline, section.heading.start, section.end));
    for (const id of left <= 0 ? [] : ids) {
      const one = requirements.get(id);
      if (one !== undefined) quotes.push(bodyOf(outline, one.start, one.end));
    }
    for (const one of criteria) quotes.push(bodyOf(outline, one.start, one.end));
    for (const contract of contracts) {
      if (contract === undefined) continue;
      const mine = rows.filter(({ table }) => contract.tables.includes(table));
      for (const one of tableQuote(outline, contract.section, mine)) quotes.push(one);
    }
    left -= quotes.reduce((sum, one) => sum + one.end - one.start, 0);
    return {
      id: stream.id,
      unit: `stream:${stream.id}`,
      title: stream.title,
      heading: { start: stream.head.start, end: stream.head.end, box: stream.box },
      start,
      end,
      quotes: withoutRepeats(quotes),
      wave: undefined,
      needs: needsOf(outline, stream),
      group: undefined,
      paths: [],
      verify: [],
      criteria: [...criteria.map(({ sentence }) => sentence), ...furtherCriteria(stream, ids, detail)],
      criterionIds: criteria.map(({ id }) => id),
      requirementIds: ids,
      nonCommitting: false,
      agent: agentOf(stream),
      estimate: undefined,
      boxes: boxesOf(stream, position, rows, index),
      phase: undefined,
      planFirst: 'phased',
    };
  });
  return { units, quoted: MAX_QUOTED - left };
}

/** Where a stream itself stands: its row, else its section. */
export function placeOf(stream: Stream): Stretch {
  if (stream.row !== undefined) return { start: stream.row.row.start, end: stream.row.row.end };
  return { start: stream.head.start, end: stream.section?.end ?? stream.head.end };
}

/** The requirements by id, the first of each; non-functional ones have no text of their own. */
export function definitions({ requirements, qualities }: FunctionalDetail): Definitions {
  const found = new Map<string, FunctionalRequirement | undefined>();
  for (const one of requirements) if (!found.has(one.id)) found.set(one.id, one);
  for (const { id } of qualities) if (id !== undefined) found.set(id, undefined);
  return found;
}

export type Definitions = ReadonlyMap<string, FunctionalRequirement | undefined>;

/** The id of the requirement that is meant; `FR-3a` means FR-3 where only that is defined. `undefined`: nothing defines it. */
export function resolve({ id }: Reference, known: Definitions): string | undefined {
  if (known.has(id)) return id;
  const parent = parentId(id);
  return known.has(parent) ? parent : undefined;
}

function indexOf(detail: FunctionalDetail): Index {
  const criteria = new Map<string, AcceptanceCriterion[]>();
  const family = new Map<string, AcceptanceCriterion[]>();
  for (const one of detail.criteria) {
    for (const { id } of one.requirements) {
      put(criteria, id, one);
      put(family, parentId(id), one);
    }
  }
  const rows = new Map<string, ContractRow[]>();
  for (const contract of [detail.seVerification, detail.testMandate, detail.reviewContract]) {
    for (const row of contract?.rows ?? []) {
      for (const { id } of [...row.criteria, ...row.requirements]) put(rows, id, row);
    }
  }
  const last = new Map<string, number>();
  detail.streams.forEach(({ requirements }, i) => {
    for (const { id } of requirements) last.set(id, i).set(parentId(id), i);
  });
  return { criteria, family, rows, last };
}

function put<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else if (list.at(-1) !== value) list.push(value);
}

/** The criteria of what a stream cites: those of FR-3a where it cites FR-3a and some name it, else those of all of FR-3. */
function criteriaOf(cited: readonly Reference[], { criteria, family }: Index): readonly AcceptanceCriterion[] {
  const found = new Set<AcceptanceCriterion>();
  for (const { id } of cited) {
    const parent = parentId(id);
    const own = id === parent ? family.get(id) : (criteria.get(id) ?? criteria.get(parent));
    for (const one of own ?? []) found.add(one);
  }
  return [...found].sort((a, b) => a.start - b.start);
}

function rowsFor(
  ids: readonly string[],
  criteria: readonly AcceptanceCriterion[],
  { rows }: Index,
): readonly ContractRow[] {
  const found = new Set<ContractRow>();
  for (const { id } of criteria)
    for (const row of rows.get(id) ?? []) if (row.requirements.length === 0) found.add(row);
  for (const id of ids) for (const row of rows.get(id) ?? []) found.add(row);
  return [...found].sort((a, b) => a.row.start - b.row.start);
}

/** The heading of a section, the head of each table and these rows of it. */
function tableQuote(outline: Outline, section: Section | undefined, rows: readonly Row[]): readonly Stretch[] {
  const { source } = outline;
  const found: Stretch[] = [];
  let table: Row['table'] | undefined;
  for (const one of rows) {
    if (one.table !== table) {
      table = one.table;
      if (section !== undefined) found.push({ start: section.heading.start, end: section.heading.end });
      found.push({ start: table.header.start, end: source.lineEnd(source.lineEnd(table.header.start) + 1) });
    }
    found.push({ start: one.row.start, end: one.row.end });
  }
  return found;
}

/** A section without the blank lines and the rule (`---`) at its end. */
function bodyOf({ source }: Outline, start: number, end: number): Stretch {
  const text = source.shadow.slice(start, end).trimEnd();
  const bare = /\n[ \t]{0,3}(?:-{3,}|\*{3,}|_{3,})$/.exec(text.slice(-200));
  const length = bare === null ? text.length : text.slice(0, text.length - bare[0].length).trimEnd().length;
  return { start, end: start + length };
}

/** What else must be true: targets of the qualities that a stream cites, and what the dev environment lacks. */
function furtherCriteria(stream: Stream, ids: readonly string[], detail: FunctionalDetail): readonly string[] {
  if (stream.role === 'environment') {
    return detail.environment.slice(0, 100).map((one) => {
      const [need, ...others] = one.row.cells.map(({ text }) => text);
      return `${need ?? ''}: ${textOfCell(one, "what's missing", 'missing', 'gap') || (others.at(-1) ?? '')}`;
    });
  }
  if (!ids.some((id) => id.startsWith('NFR'))) return [];
  const cited = new Set(ids);
  return detail.qualities.flatMap(({ id, title, target }) =>
    id !== undefined && cited.has(id) ? [target === undefined ? title.text : `${title.text}: ${target.text}`] : [],
  );
}

function withoutRepeats(quotes: readonly Stretch[]): readonly Stretch[] {
  let until = -1;
  // A criterion inside the section of its requirement is quoted with it.
  return quotes.filter(({ start, end }, i) => {
    const before = quotes[i - 1];
    if (before !== undefined && start >= before.start) until = Math.max(until, before.end);
    else until = -1;
    return end > until;
  });
}

function needsOf({ source }: Outline, { dependsOn }: Stream): DraftUnit['needs'] {
  if (dependsOn === undefined || dependsOn.text === '') return [];
  const text = source.text.slice(dependsOn.start, dependsOn.end);
  return [{ text, span: source.span(dependsOn.start, dependsOn.end) }];
}

function agentOf({ agent }: Stream): string | undefined {
  const name = /^[A-Za-z0-9][\w.-]{0,63}/.exec(agent?.text ?? '')?.[0].replace(/[.-]+$/, '');
  return name === undefined || /^(?:none|any|default|n|tbd)$/i.test(name) ? undefined : name;
}

function boxesOf(stream: Stream, position: number, rows: readonly ContractRow[], { last }: Index): DraftUnit['boxes'] {
  const boxes = stream.box === undefined ? [] : [stream.box];
  for (const { box, requirements } of rows) {
    const final = Math.max(-1, ...requirements.map(({ id }) => last.get(id) ?? last.get(parentId(id)) ?? -1));
    if (box !== undefined && (final < 0 || final === position)) boxes.push(box);
  }
  return boxes;
}

/** Needs of all streams together that are looked at here; what follows from the others, the text says itself. */
const MAX_NEEDS = 200_000;

/** What each stream depends on as the document says it, by position. */
export function declaredNeeds(units: readonly DraftUnit[]): readonly (readonly number[])[] {
  const ids = idsOf(units, STREAM_IDS);
  let left = MAX_NEEDS;
  return units.map((unit, i) => {
    if (left <= 0) return [];
    const found = [...new Set(unit.needs.flatMap((one) => readNeeds(one, i, ids).needs))].sort((a, b) => a - b);
    left -= found.length;
    return found;
  });
}

/** How many streams of one role are looked at: rules join every one of them with all streams of another. */
const MAX_ROLE = 16;

/** The edges that the kind's rules add; none that would close a cycle with what the document says. */
export function ruleEdges(detail: FunctionalDetail, units: readonly DraftUnit[]): readonly RuleEdge[] {
  const { streams } = detail;
  const positions = (...roles: readonly string[]): readonly number[] =>
    streams.flatMap(({ role }, i) => (roles.includes(role) ? [i] : []));
  let needs: readonly (readonly number[])[] | undefined;
  const edges: RuleEdge[] = [];
  const join = (from: number, to: readonly number[], why: RuleEdge['why']): void => {
    needs ??= declaredNeeds(units);
    const before = above(from, needs);
    for (const one of to) if (one !== from && !before.has(one)) edges.push({ from, to: one, why });
  };
  const ground = streams.findIndex(({ id }) => id === 'WS-0');
  if (ground >= 0)
    join(
      ground,
      streams.map((_, i) => i),
      'foundation',
    );
  if (detail.parts.has('schema')) {
    for (const from of positions('schema').slice(0, MAX_ROLE)) join(from, positions('backend'), 'schema-first');
  }
  for (const from of positions('contract').slice(0, MAX_ROLE)) join(from, positions('frontend'), 'contract');
  return edges;
}

/** Everything that a stream waits for, by what the document says. */
function above(from: number, needs: readonly (readonly number[])[]): ReadonlySet<number> {
  const found = new Set<number>();
  const open = [from];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const next of needs[at] ?? []) {
      if (found.has(next)) continue;
      found.add(next);
      open.push(next);
    }
  }
  return found;
}

/** Stops that the document asks for: its named gates, and assumptions and questions that nobody has settled. */
export function gatesOf(outline: Outline, detail: FunctionalDetail, references: References): readonly DraftGate[] {
  return [...namedGates(outline, detail, references), ...openPoints(outline, detail)];
}

function namedGates(
  outline: Outline,
  { streams, parts }: FunctionalDetail,
  references: References,
): readonly DraftGate[] {
  const section = parts.get('gates');
  if (section === undefined) return [];
  const at = new Map(streams.map(({ id }, i) => [id, i]));
  const { shadow } = outline.source;
  const all = streams.map((_, i) => i);
  const building = all.filter((i) => !['environment', 'schema', 'contract'].includes((streams[i] as Stream).role));
  const groups = groupsOf(outline, section, references, at);
  const gate = (text: string, start: number, end: number, before: string, after: string): DraftGate[] => {
    const match = /^\W{0,4}(?:gate[ ])?G-?([1-4])\b\W{0,4}(.*)$/is.exec(text.slice(0, 400));
    if (match === null) return [];
    const named = (words: string): readonly number[] =>
      references.in(words, 0, 'WS').flatMap(({ id }) => at.get(id) ?? []);
    const number = Number(match[1]);
    const usual =
      number < 3
        ? { before: all, after: [] }
        : {
            before: number === 3 ? building : [],
            after: number === 3 ? all.filter((i) => !building.includes(i)) : all,
          };
    const group = Number(/\bgroup\s{1,3}(\d{1,3})\b/i.exec(after)?.[1] ?? 0);
    const behind = groups.get(group);
    const said =
      behind === undefined
        ? { before: named(before), after: named(after) }
        : { before: [...groups].flatMap(([one, members]) => (one > group ? members : [])), after: behind };
    const words = (match[2] as string).trim();
    // "after Group 2 (implementation readiness)": when it is stands in front, what it is in parentheses.
    const title =
      (/^(?:after|before)\b[^()]{0,200}\(([^()]{1,200})\)\W*$/i.exec(words)?.[1] ?? words) || `Gate ${number}`;
    const where = said.before.length + said.after.length > 0 ? said : usual;
    return [
      {
        id: `G${number}`,
        kind: 'approval',
        title,
        criteria: [],
        onFail: undefined,
        span: outline.source.span(start, end),
        ...where,
      },
    ];
  };
  const rows = rowsIn(outline, section).flatMap((one) => {
    const [first, second] = one.row.cells;
    const title = textOfCell(one, 'title', 'name', 'purpose', 'description') || (second?.text ?? '');
    const text = /^\W*(?:gate )?G-?\d\W*$/i.test(first?.text ?? '') ? `${first?.text} ${title}` : (first?.text ?? '');
    return gate(text, one.row.start, one.row.end, textOfCell(one, 'before', 'blocks'), textOfCell(one, 'after'));
  });
  const bullets = bulletsIn(outline, section).flatMap(({ text, start, end }) => {
    const line = shadow.slice(start, end);
    const before = /\b(?:before|blocks)\b([^.;]{0,200})/i.exec(line.slice(0, 1000))?.[1] ?? '';
    const after = /\bafter\b([^.;]{0,200})/i.exec(line.slice(0, 1000))?.[1] ?? '';
    return gate(text, start, end, before, after);
  });
  const found = [...rows, ...bullets];
  return found.filter(({ id }, i) => found.findIndex((one) => one.id === id) === i);
}

/** `- **Group 2** (after Group 1, in parallel): WS-2, WS-3`: the streams of each group, by position. */
function groupsOf(
  outline: Outline,
  section: Section,
  references: References,
  at: ReadonlyMap<string, number>,
): ReadonlyMap<number, readonly number[]> {
  const groups = new Map<number, readonly number[]>();
  for (const { text } of bulletsIn(outline, section)) {
    const match = /^\W{0,4}group\s{1,3}(\d{1,3})\b/i.exec(text.slice(0, 40));
    if (match === null || groups.has(Number(match[1]))) continue;
    const members = references.in(text.slice(0, 4000), 0, 'WS').flatMap(({ id }) => at.get(id) ?? []);
    if (members.length > 0) groups.set(Number(match[1]), members);
  }
  return groups;
}

/** How many open points become gates. */
const MAX_POINTS = 100;

function openPoints(outline: Outline, detail: FunctionalDetail): readonly DraftGate[] {
  const points = [
    ...detail.assumptions.map((one) => ({ ...one, impact: one.impact })),
    ...detail.questions.map((one) => ({ ...one, impact: '' })),
  ];
  return points
    .filter(({ resolved, names }) => !resolved && names.length > 0)
    .slice(0, MAX_POINTS)
    .flatMap(({ id, text, impact, names, start, end }): DraftGate[] => {
      const before = streamsTouched(detail, names);
      if (before.length === 0) return [];
      return [
        {
          id,
          kind: 'approval',
          title: text,
          after: [],
          before,
          criteria: [text],
          onFail: impact === '' ? undefined : impact,
          span: outline.source.span(start, end),
        },
      ];
    });
}

/** Positions of the streams that carry what some references name: a requirement, a criterion of it, a rule that it cites. */
export function streamsTouched(
  { streams, criteria, requirements: all }: FunctionalDetail,
  names: readonly Reference[],
): readonly number[] {
  const wanted = new Set(names.map(({ id }) => id));
  for (const one of criteria) {
    if (wanted.has(one.id)) for (const { id } of one.requirements) wanted.add(id);
  }
  for (const { id, rules } of all) if (rules.some((one) => wanted.has(one.id))) wanted.add(id);
  return streams.flatMap(({ id, requirements }, i) =>
    wanted.has(id) || requirements.some((one) => wanted.has(one.id) || wanted.has(parentId(one.id))) ? [i] : [],
  );
}
