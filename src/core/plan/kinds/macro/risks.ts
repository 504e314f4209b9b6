import type { Outline } from '../../markdown/outline.ts';
import type { Section } from '../../markdown/sections.ts';
import { type Table, type TableRow } from '../../markdown/tables.ts';
import { costOf } from './cost.ts';
import type { MacroIds } from './ids.ts';
import type { MacroRisk } from './model.ts';
import { column, leadsIn, ownTables, partOf, statementsOf } from './parts.ts';

type Part = 'title' | 'assumption' | 'validation' | 'success' | 'abort' | 'cost' | 'gate' | 'mitigation';

const COLUMNS: readonly (readonly [Part, RegExp])[] = [
  ['cost', /\bcost\b|^rework\b/],
  ['success', /\bsuccess\b/],
  ['abort', /\babort\b|^fallback\b|^if (?:it )?fails\b/],
  ['gate', /\bgate\b|^when\b|^before\b|^deadline\b/],
  ['validation', /\bvalidat(?:ion|e|ed)\b|^how (?:we )?check|^spike\b|^experiment\b/],
  ['mitigation', /^mitigations?\b/],
  ['assumption', /^assum/],
  ['title', /^(?:decision|risk|risk description|description|what)\b/],
];

/** The risk register: tables of either shape, or one entry each with keys. */
export function risksOf(
  outline: Outline,
  section: Section | undefined,
  ids: MacroIds,
  all: number,
): readonly MacroRisk[] {
  if (section === undefined) return [];
  const found: MacroRisk[] = [];
  for (const table of ownTables(outline, section.from, section.to)) {
    if (column(table, /\bcost\b|\bgate\b|\bvalidation\b|\babort\b/) < 0) continue;
    for (const row of table.rows) found.push(fromRow(outline, table, row, ids, all));
  }
  if (found.length > 0) return withAborts(found, outline, section);
  const labels = {
    name: partOfLabel,
    plain: new Set<string>([
      'cost of being wrong',
      'cost if wrong',
      'abort plan',
      'success criteria',
      'validation method',
      'abort',
      'success',
      'validation',
      'cost',
      'gate',
      'assumption',
    ]),
  };
  return leadsIn(outline, section, labels).flatMap((lead): readonly MacroRisk[] => {
    if (lead.fields.length === 0) return [];
    const value = (part: Part): string | undefined =>
      lead.fields.find(({ name, text }) => name === part && text !== '')?.text;
    const span = outline.source.span(lead.start, lead.lineEnd);
    return [make(lead.title, value, span, new Map(), ids, all)];
  });
}

// Below a table, "R2 fails → …" for the rows that are numbered.
function withAborts(risks: readonly MacroRisk[], outline: Outline, section: Section): readonly MacroRisk[] {
  const plans = new Map<string, string>();
  for (const { text } of statementsOf(
    outline,
    partOf(outline, section, /^abort(?: plans?)?$|^if (?:it|they) fails?$/),
  )) {
    const match =
      /^\W{0,3}(?:if\s)?(R?-?\d{1,3})\b\s{0,2}(?:fails?)?\s{0,2}(?:[:→–—]|-{1,2}>|=>|,)?\s{0,2}(\S.*)$/is.exec(
        text.slice(0, 2000),
      );
    if (match !== null) plans.set(numberOf(match[1] as string), match[2] as string);
  }
  if (plans.size === 0) return risks;
  return risks.map((risk) => {
    const abort = risk.number === undefined ? undefined : plans.get(risk.number);
    return risk.abort !== undefined || abort === undefined ? risk : { ...risk, abort };
  });
}

function numberOf(text: string): string {
  return text.replace(/\D/g, '').replace(/^0+(?=\d)/, '');
}

function partOfLabel(label: string): Part | undefined {
  if (label.length > 40) return undefined;
  const part = COLUMNS.find(([name, pattern]) => name !== 'title' && pattern.test(label))?.[0];
  return part ?? (/^(?:decision|risk|description)$/.test(label) ? 'title' : undefined);
}

function fromRow(outline: Outline, table: Table, row: TableRow, ids: MacroIds, all: number): MacroRisk {
  const texts = new Map<Part, string>();
  const cells = new Map<'cost' | 'validation' | 'gate', { start: number; end: number }>();
  const taken = new Set<Part>();
  table.columns.forEach((name, i) => {
    const part = COLUMNS.find(([one, pattern]) => pattern.test(name) && !taken.has(one))?.[0];
    const cell = row.cells[i];
    if (part === undefined || cell === undefined) return;
    taken.add(part);
    if (cell.text !== '') texts.set(part, cell.text);
    if (part === 'cost' || part === 'validation' || part === 'gate')
      cells.set(part, { start: cell.start, end: cell.end });
  });
  // `**Success:** …` and `**Abort:** …` may stand in any cell, usually in that of the validation.
  for (const { raw } of row.cells) {
    const inner = partsInCell(raw);
    for (const [part, text] of inner) if (!texts.has(part)) texts.set(part, text);
  }
  const title = texts.get('title') ?? row.cells[0]?.text ?? '';
  const first = row.cells[0]?.text ?? '';
  const risk = make(title, (part) => texts.get(part), outline.source.span(row.start, row.end), cells, ids, all);
  return /^R?-?\d{1,3}$/i.test(first) ? { ...risk, number: numberOf(first) } : risk;
}

/** The labelled parts of one cell: `Run it. **Success:** under 5 ms. **Abort:** drop the cache.` */
export function partsInCell(raw: string): readonly (readonly ['success' | 'abort', string])[] {
  const text = raw.slice(0, 8000);
  const marks = [
    ...text.matchAll(
      /(?:\*\*|__)?\b(success(?: criteri(?:a|on))?|abort(?: plan)?|fallback|fail(?:ure)?)\b\s?(?::\s?(?:\*\*|__)|(?:\*\*|__)\s?:|:)/gi,
    ),
  ];
  return marks.map((mark, i) => {
    const end = marks[i + 1]?.index ?? text.length;
    const part = /^success/i.test(mark[1] as string) ? ('success' as const) : ('abort' as const);
    return [
      part,
      text
        .slice(mark.index + mark[0].length, end)
        .replace(/[*_`]+/g, '')
        .replace(/<br\s{0,2}\/?>/gi, ' ')
        .trim(),
    ] as const;
  });
}

function make(
  title: string,
  value: (part: Part) => string | undefined,
  span: MacroRisk['span'],
  cells: MacroRisk['cells'],
  ids: MacroIds,
  all: number,
): MacroRisk {
  const costText = value('cost');
  const gate = value('gate');
  const validation = value('validation') ?? value('mitigation');
  const { before, after } = gateOf(gate ?? '', ids);
  return {
    title,
    assumption: value('assumption'),
    validation:
      validation === undefined
        ? undefined
        : validation.replace(/\s*\b(?:Success|Abort)(?: plan| criteria)?:.*$/s, '').trim() || undefined,
    success: value('success'),
    abort: value('abort'),
    gate,
    costText,
    cost: costText === undefined ? undefined : costOf(costText, all),
    span,
    before,
    after,
    cells,
  };
}

/** "Before PR 3 merges", "after PR 2, before PR 4", "PR 1 (spike)". */
export function gateOf(
  text: string,
  ids: MacroIds,
): { readonly before: readonly string[]; readonly after: readonly string[] } {
  const before: string[] = [];
  const after: string[] = [];
  for (const part of text.slice(0, 2000).split(/[;,.](?=\s)|\b(?=before\b|after\b|blocks\b|prior\b)/i)) {
    const named = ids.namedIn(part);
    (/^\W*(?:before|blocks|prior)\b/i.test(part) ? before : after).push(...named);
  }
  return { before, after };
}
