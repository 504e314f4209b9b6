import { annotationsAmong, labelOf } from '../../annotations.ts';
import { plainText } from '../../markdown/inline.ts';
import type { Outline } from '../../markdown/outline.ts';
import { everySection, type Section } from '../../markdown/sections.ts';
import { tablesIn } from '../../markdown/tables.ts';
import type { Block } from '../../markdown/blocks.ts';
import type { HeaderKey, Said, Tier } from './model.ts';

const KEYS: readonly (readonly [HeaderKey, RegExp])[] = [
  ['goal', /^(?:goal|goals|objective|the goal)$/],
  ['problem', /^(?:the )?problem(?: today| statement)?$/],
  [
    'adds',
    /^what (?:this|the) (?:pr|pull request|change|plan|patch)? ?(?:adds|does|changes|removes|fixes|delivers|introduces|updates)$|^what changes$|^adds$/,
  ],
  ['why', /^why(?: this| it)?(?: matters)?$|^motivation$/],
  ['architecture', /^architecture$|^approach$|^design$/],
  ['source', /^sources?(?: issue| issues| document| documents| plan)?$|^(?:macro plan|spec|issue|issues)$/],
  ['closes', /^(?:closes|fixes|resolves)(?: issues?)?$/],
  ['contracts', /^behaviou?ral contracts?$|^contracts$/],
  ['tier', /^(?:(?:pr )?size )?tier$|^(?:pr )?size$/],
  ['branch', /^branch$/],
];

const PLAIN = new Set([
  'goal',
  'the problem today',
  'problem today',
  'what this pr adds',
  'why this matters',
  'architecture',
  'source',
  'closes',
  'fixes',
  'behavioral contracts',
  'behavioural contracts',
  'tier',
  'branch',
]);

function keyOf(label: string): HeaderKey | undefined {
  return KEYS.find(([, pattern]) => pattern.test(label))?.[0];
}

export interface Header {
  readonly values: Partial<Record<HeaderKey, Said>>;
  /** Behind the last header line, or behind the title. */
  readonly end: number;
}

/** The header: key lines before the first section (in a list, quote or table, too), or short sections of these names. */
export function readHeader(outline: Outline, sections: readonly Section[], limit: number): Header {
  const values: Partial<Record<HeaderKey, Said>> = {};
  const { headings, blocks, source } = outline;
  const first = headings.find((heading) => heading.level > 1);
  const to = first?.block ?? blocks.findIndex((block) => block.start >= limit);
  const lead = blocks.slice(0, to < 0 ? blocks.length : to).filter((block) => block.start < limit);
  const title = headings[0]?.level === 1 ? headings[0] : undefined;
  let end = title?.end ?? outline.frontMatter.end;
  for (const annotation of annotationsAmong(outline, lead, PLAIN)) {
    const key = keyOf(annotation.label);
    if (key === undefined || values[key] !== undefined) continue;
    const last = annotation.following.at(-1);
    const to = Math.max(annotation.start + annotation.value.length, last?.end ?? 0);
    const value = `${annotation.value}\n${annotation.following.map((block) => source.shadow.slice(block.start, block.end)).join('\n')}`;
    values[key] = { text: plainText(value.slice(0, 20_000)), start: annotation.at, end: to };
    end = Math.max(end, to);
  }
  for (const block of lead) {
    if (block.kind === 'quote') end = Math.max(end, readQuote(outline, block, values));
  }
  for (const table of tablesIn(outline, 0, lead.length)) {
    for (const { cells, start, end: to } of [table.header, ...table.rows]) {
      const key = cells.length < 2 ? undefined : keyOf(labelOf(cells[0]?.text ?? ''));
      if (key !== undefined) values[key] ??= { text: cells[1]?.text ?? '', start, end: to };
    }
    end = Math.max(end, table.end);
  }
  for (const section of everySection(sections)) {
    if (section.heading.level === 1) continue;
    const key = section.heading.start < limit ? keyOf(section.key) : undefined;
    if (key === undefined || key === 'contracts' || values[key] !== undefined) continue;
    const text = source.shadow.slice(section.heading.end, Math.min(section.end, section.heading.end + 20_000));
    values[key] = { text: plainText(text), start: section.heading.start, end: section.heading.end };
  }
  return { values, end };
}

const QUOTED = /^\s{0,3}>[>\s]{0,6}(?:[-*]\s{1,3})?\*\*([A-Za-z][A-Za-z ]{0,40})(?::\*\*|\*\*\s?:)\s?/;

/** Key lines inside a quote; where the last one ends. */
function readQuote({ source }: Outline, block: Block, values: Partial<Record<HeaderKey, Said>>): number {
  let end = 0;
  for (let at = source.lineStart(block.start); at < block.end; at = source.lineEnd(at) + 1) {
    const to = source.lineEnd(at);
    const line = source.shadow.slice(at, Math.min(to, at + 8000));
    const match = QUOTED.exec(line);
    const key = match === null ? undefined : keyOf(labelOf(match[1] as string));
    if (match === null || key === undefined) continue;
    values[key] ??= { text: plainText(line.slice(match[0].length)), start: at, end: to };
    end = to;
  }
  return end === 0 ? 0 : block.end;
}

/** The size that a Tier line names, whatever else it says. */
export function tierOf(said: Said | undefined): Tier | undefined {
  return /\b(express|small|medium|large)\b/i.exec(said?.text ?? '')?.[1]?.toLowerCase() as Tier | undefined;
}
