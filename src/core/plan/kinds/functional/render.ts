import { taskGraph } from '../../graph.ts';
import { outlineOf } from '../../markdown/outline.ts';
import { Source } from '../../markdown/source.ts';
import { tablesIn } from '../../markdown/tables.ts';
import type { Portable, PortableUnit } from '../../portable.ts';
import { inertLine, oneLine } from '../task-inert.ts';
import { clausesOfSentence } from './criteria.ts';
import { leadingId, streamId } from './ids.ts';

interface NewRequirement {
  readonly id: string;
  readonly title: string;
  readonly text: string;
}

interface NewCriterion {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly requirements: readonly string[];
}

/** A plan in the terms of a functional one. */
interface Terms {
  readonly streams: readonly {
    readonly id: string;
    readonly unit: PortableUnit;
    readonly requirements: readonly string[];
  }[];
  readonly requirements: readonly NewRequirement[];
  readonly qualities: readonly NewRequirement[];
  readonly rules: readonly NewRequirement[];
  readonly criteria: readonly NewCriterion[];
}

/**
 * Writes a plan as a document of kind `functional`: units are streams, requirements are FRs, criteria are ACs and rows of
 * the three contracts. Reads back with the same ids where they are of these series, needs and criteria; what a plan of
 * another kind cannot say stands as `[placeholder]`. Paths are left out: a functional plan names none.
 */
export function renderFunctional(plan: Portable): string {
  const terms = termsOf(plan);
  const name = inertLine(plan.title);
  const { overview, background } = leadOf(plan.context);
  const parts = [
    '---\nkind: functional\n---',
    name === '' ? '# Implementation Plan' : `# Implementation Plan: ${name}`,
    `**Task**: [ABC-123]\n**Branch**: [ABC-123_short_name]\n**Feature**: ${name === '' ? '[Feature]' : name}\n**Created**: [date]`,
    '## Feature Overview',
    overview || '[One paragraph: what the feature does, and for whom]',
    '## Functional Requirements',
    ...terms.requirements.flatMap(requirement),
    ...(terms.rules.length === 0
      ? []
      : [
          '## Business Rules',
          table(
            ['Rule', 'Description'],
            terms.rules.map((one) => [one.id, words(one)]),
          ),
        ]),
    '## Acceptance Criteria',
    ...(terms.criteria.length === 0
      ? ['[Criteria, each with Given, When and Then, and the requirement that it is of]']
      : terms.criteria.flatMap(criterion)),
    '## Work Streams',
    streams(terms),
    ...(terms.qualities.length === 0
      ? []
      : [
          '## Non-Functional Requirements',
          table(
            ['Requirement', 'Target', 'Notes'],
            terms.qualities.map((one) => [
              `${one.id}: ${inertLine(one.title)}`,
              '[number and unit]',
              inertLine(one.text),
            ]),
          ),
        ]),
    ...(background === '' ? [] : ['## Codebase Notes', background]),
    ...contracts(plan, terms),
  ];
  return `${parts.join('\n\n')}\n`;
}

function words({ title, text }: NewRequirement): string {
  const body = inertLine(text);
  const head = inertLine(title);
  return body === '' || body === head ? head : head === '' ? body : `${head} — ${body}`;
}

function termsOf(plan: Portable): Terms {
  const requirements = new Names(
    'FR',
    plan.requirements.map(({ id }) => id),
  );
  const criteria = new Names(
    'AC',
    plan.criteria.map(({ id }) => id),
  );
  const ids = streamIdsOf(plan.units);
  const own: NewRequirement[] = [];
  const qualities: NewRequirement[] = [];
  const rules: NewRequirement[] = [];
  for (const one of plan.requirements) {
    const quality = leadingId(one.id, 'NFR')?.id;
    const rule = leadingId(one.id, 'BR')?.id;
    if (quality !== undefined) qualities.push({ ...one, id: quality });
    else if (rule !== undefined) rules.push({ ...one, id: rule });
    else own.push({ ...one, id: requirements.of(one.id) });
  }
  const all: { id: string; title: string; text: string; requirements: string[] }[] = plan.criteria.map((one) => ({
    id: criteria.of(one.id),
    title: one.title,
    text: one.text,
    requirements: one.requirements.map((id) => normalName(id) ?? requirements.of(id)),
  }));
  const byId = new Map(all.map((one) => [one.id, one]));
  const streams = plan.units.map((unit, i) => {
    const cited = [...new Set(unit.requirementIds.map((id) => normalName(id) ?? requirements.of(id)))];
    const known = unit.criterionIds.flatMap((id) => byId.get(criteria.of(id)) ?? []);
    const said = new Set(known.flatMap(({ title, text }) => [oneLine(text), oneLine(title)]));
    const loose =
      known.length === unit.criteria.length
        ? []
        : unit.criteria.filter((one) => !said.has(oneLine(one)) && !ofQuality(one, qualities));
    const carries = cited.filter((id) => id.startsWith('FR'));
    if (carries.length === 0 || loose.length > 0) {
      const id = requirements.fresh();
      own.push({ id, title: unit.title, text: unit.body });
      for (const text of loose) all.push({ id: criteria.fresh(), title: shortened(text), text, requirements: [id] });
      cited.push(id);
      carries.push(id);
    }
    for (const one of known)
      if (!one.requirements.some((id) => cited.includes(id))) one.requirements.push(carries[0] as string);
    return { id: ids[i] as string, unit, requirements: cited };
  });
  return { streams, requirements: own, qualities, rules, criteria: all };
}

function ofQuality(sentence: string, qualities: readonly NewRequirement[]): boolean {
  return qualities.some(({ title }) => title !== '' && sentence.startsWith(title));
}

function normalName(id: string): string | undefined {
  return leadingId(id, 'NFR')?.id ?? leadingId(id, 'BR')?.id;
}

function shortened(text: string): string {
  const line = oneLine(text);
  return line.length <= 80 ? line : `${line.slice(0, 77).trimEnd()}…`;
}

/** Ids of one series: those that fit are kept, the others are numbered behind them. */
class Names {
  readonly #series: 'FR' | 'AC';
  readonly #names = new Map<string, string>();
  readonly #taken = new Set<string>();
  #next = 1;

  constructor(series: 'FR' | 'AC', ids: readonly string[]) {
    this.#series = series;
    for (const id of ids) {
      const own = leadingId(id, series);
      if (own === undefined || own.rest !== '' || this.#taken.has(own.id)) continue;
      this.#names.set(id, own.id);
      this.#taken.add(own.id);
    }
  }

  of(id: string): string {
    const known = this.#names.get(id);
    if (known !== undefined) return known;
    const own = leadingId(id, this.#series);
    const name = own !== undefined && own.rest === '' ? own.id : this.fresh();
    this.#names.set(id, name);
    this.#taken.add(name);
    return name;
  }

  fresh(): string {
    while (this.#taken.has(`${this.#series}-${this.#next}`)) this.#next++;
    const name = `${this.#series}-${this.#next}`;
    this.#taken.add(name);
    return name;
  }
}

/** The ids of the streams, in order: a unit's own where that names a stream, else the next free number. */
export function streamIdsOf(units: readonly PortableUnit[]): readonly string[] {
  const taken = new Set<string>();
  const own = units.map(({ id }) => {
    const normal = /^(?:ws|stream)/i.test(id) ? streamId(id.slice(0, 80)) : undefined;
    if (normal === undefined || taken.has(normal)) return undefined;
    taken.add(normal);
    return normal;
  });
  let next = 1;
  return own.map((id) => {
    if (id !== undefined) return id;
    while (taken.has(`WS-${next}`)) next++;
    taken.add(`WS-${next}`);
    return `WS-${next}`;
  });
}

/** Markdown in a quote, in which nothing can be read as a part of the plan; a plain line stays as it is. */
function quoted(markdown: string): string {
  const text = markdown.replace(/\0/g, '\uFFFD').replace(/\r\n?/g, '\n').trim();
  if (text === '') return '';
  if (/^[\p{L}\p{N}][^\n*_`<>[\]|#~:]{0,2000}$/u.test(text) && !/^\d+[.)]/.test(text)) return text;
  return text
    .split('\n')
    .map((line) => (line.trim() === '' ? '>' : `> ${line}`))
    .join('\n');
}

/** The first plain paragraph of a context is the overview; everything else is background. */
function leadOf(context: string): { readonly overview: string; readonly background: string } {
  const text = context.replace(/\0/g, '\uFFFD').replace(/\r\n?/g, '\n').trim();
  const all = quoted(text);
  if (!all.startsWith('>')) return { overview: all, background: '' };
  const paragraphs = text.split(/\n[ \t]*\n/);
  const at = paragraphs.findIndex(
    (one) => /^\p{Lu}/u.test(one) && /\p{Ll}[.!?]$/u.test(one) && !/\n[ \t]*[-*+|#>`~=\d]/.test(one),
  );
  if (at < 0 || at > 20) return { overview: '', background: all };
  const first = oneLine(paragraphs[at] as string).slice(0, 2000);
  const overview = quoted(first).startsWith('>') ? inertLine(first) : first;
  return { overview, background: quoted(paragraphs.filter((_, i) => i !== at).join('\n\n')) };
}

function requirement({ id, title, text }: NewRequirement): readonly string[] {
  const body = quoted(text);
  const description =
    body === ''
      ? [`**Description**: ${inertLine(title) || '[What the system does]'}`]
      : body.startsWith('>')
        ? ['**Description**:', body]
        : [`**Description**: ${body}`];
  return [
    `### ${id}: ${inertLine(title) || '[Name]'}`,
    '**Agent hint**: [backend, frontend, fullstack, database, api or observability]',
    ...description,
    '**Behaviour**:',
    '1. [What happens first]',
    '**Success Criteria**:',
    '- [What can be observed when it worked]',
  ];
}

function criterion({ id, title, text, requirements }: NewCriterion): readonly string[] {
  const clauses = clausesOfSentence(oneLine(text));
  const of = requirements.length === 0 ? '' : ` (${requirements.join(', ')})`;
  const lines =
    clauses === undefined
      ? [
          '**Given** [a state]',
          '**When** [an event]',
          `**Then** ${inertLine(text) || inertLine(title) || '[an observable outcome]'}`,
        ]
      : clauses.map(
          (clause) =>
            `**${clause.word[0]?.toUpperCase()}${clause.word.slice(1)}** ${inertLine(clause.text.replace(/[.,;]+$/, ''))}`,
        );
  // A title with `(FR-2)` in it would cite FR-2.
  const name =
    inertLine(
      shortened(title)
        .replace(/[()[\]]/g, ' ')
        .replace(/\b(N?FR|BR)[-_ ]?(?=\d)/gi, '$1 no. '),
    ) || '[Behaviour]';
  return [`### ${id}: ${name}${of}`, lines.join('\n')];
}

/** Larger plans do not say which streams could run in parallel: it follows from what they depend on. */
const MAX_PARALLEL = 60;

function streams({ streams: all }: Terms): string {
  const names = new Map<string, string>();
  for (const { id, unit } of all) if (!names.has(unit.id)) names.set(unit.id, id);
  const titles = new Set(all.map(({ unit }) => oneLine(unit.title).toLowerCase()));
  const reach = all.length > MAX_PARALLEL ? undefined : reachOf(all.map(({ unit }) => unit));
  const rows = all.map(({ id, unit, requirements }, i) => {
    const parallel = all.flatMap((other, j) =>
      reach !== undefined && j !== i && reach[i]?.has(j) !== true && reach[j]?.has(i) !== true ? [other.id] : [],
    );
    const needs = unit.needs.map((need) => spelling(names.get(need) ?? inertLine(need), titles));
    return [
      `${unit.done ? '[x] ' : ''}${id}: ${inertLine(unit.title)}`,
      unit.agent === undefined ? '[agent]' : inertLine(unit.agent),
      '—',
      requirements.join(', ') || '—',
      needs.join(', ') || '—',
      parallel.join(', ') || '—',
    ];
  });
  return table(['Stream', 'Agent', 'Command', 'Requirements', 'Depends On', 'Parallel With'], rows);
}

/** A need may also be the title of a stream: whoever is called "WS-1" must not be taken for WS-1. */
function spelling(id: string, titles: ReadonlySet<string>): string {
  const number = id.replace(/^WS-/, '');
  return [id, `Stream ${number}`, `#${number}`, `WS_${number}`].find((one) => !titles.has(one.toLowerCase())) ?? id;
}

function reachOf(units: readonly PortableUnit[]): readonly ReadonlySet<number>[] {
  const { needs } = taskGraph(units);
  return units.map((_, i) => {
    const found = new Set<number>();
    const open = [...(needs[i] as readonly number[])];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (found.has(at)) continue;
      found.add(at);
      open.push(...(needs[at] as readonly number[]));
    }
    return found;
  });
}

function contracts(plan: Portable, { criteria, streams: all }: Terms): readonly string[] {
  const of = ({ requirements }: NewCriterion): string => requirements.join(', ') || '—';
  const outcome = ({ text, title }: NewCriterion): string =>
    inertLine(clausesOfSentence(oneLine(text))?.at(-1)?.text ?? (text === '' ? title : text));
  const commands = [
    ...all.flatMap(({ id, unit }) =>
      unit.verify.map((run) => ['—', 'Command', `${inertLine(run)} (${id})`, 'Exits with 0']),
    ),
    ...plan.verify.map((run) => ['—', 'Command', inertLine(run), 'Exits with 0']),
  ];
  return [
    '## SE Verification Contract',
    table(
      ['FR', 'AC', 'Observable Behaviour', 'Verified?'],
      criteria.map((one) => [of(one), one.id, outcome(one), '[ ]']),
    ),
    '## Test Mandate',
    table(
      ['AC', 'Test Type', 'Scenario', 'Expected'],
      [...criteria.map((one) => [one.id, '[Unit]', inertLine(shortened(one.title)), outcome(one)]), ...commands],
    ),
    '## Review Contract',
    table(
      ['FR', 'AC', 'What to Check', 'Pass Criteria'],
      criteria.map((one) => [of(one), one.id, inertLine(shortened(one.title)), outcome(one)]),
    ),
  ];
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const head = [lineOf(columns), `|${columns.map(() => '---|').join('')}`];
  const body = rows.map((cells) => {
    const line = lineOf(cells);
    // A lone backtick of one cell can join with one of another and take the bars between them.
    return !line.includes('`') || readsAs([...head, line].join('\n'), cells.length)
      ? line
      : lineOf(cells.map((cell) => cell.replaceAll('`', '’')));
  });
  return [...head, ...body].join('\n');
}

function lineOf(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|') || '—').join(' | ')} |`;
}

function readsAs(text: string, cells: number): boolean {
  const outline = outlineOf(new Source(`${text}\n`));
  return tablesIn(outline, 0, outline.blocks.length)[0]?.rows[0]?.cells.length === cells;
}
