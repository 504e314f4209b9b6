import { annotationsIn, labelOf } from '../../annotations.ts';
import { plainText } from '../../markdown/inline.ts';
import type { Outline } from '../../markdown/outline.ts';
import { tablesIn } from '../../markdown/tables.ts';
import type { FunctionalHeader, Placed } from './model.ts';

const LABELS: ReadonlyMap<string, keyof FunctionalHeader> = new Map<string, keyof FunctionalHeader>([
  ['task', 'task'],
  ['ticket', 'task'],
  ['issue', 'task'],
  ['task id', 'task'],
  ['jira', 'task'],
  ['branch', 'branch'],
  ['feature', 'feature'],
  ['feature name', 'feature'],
  ['stack', 'stack'],
  ['detected stack', 'stack'],
  ['created', 'created'],
  ['date', 'created'],
]);

/** Reads what stands above the first section: key lines, the rows of a two-column table, or front matter. */
export function readHeader(outline: Outline): FunctionalHeader {
  const found: { -readonly [K in keyof FunctionalHeader]: FunctionalHeader[K] } = {
    task: undefined,
    branch: undefined,
    feature: undefined,
    stack: undefined,
    created: undefined,
  };
  const add = (label: string, value: Placed): void => {
    const name = LABELS.get(labelOf(label));
    if (name !== undefined && value.text !== '') found[name] ??= value;
  };
  const first = outline.headings.find(({ level, start }) => level > 1 && start > outline.frontMatter.end);
  const to = first?.block ?? Math.min(outline.blocks.length, 200);
  for (const { label, value, start } of annotationsIn(outline, 0, to, new Set(LABELS.keys()))) {
    const trimmed = value.trim();
    const from = start + value.indexOf(trimmed);
    // In the name of a branch, underscores are no emphasis.
    const text = label === 'branch' ? trimmed.replace(/^[`*]{1,3}|[`*]{1,3}$/g, '') : plainText(trimmed);
    add(label, { text, start: from, end: from + trimmed.length });
  }
  for (const table of tablesIn(outline, 0, to)) {
    for (const { cells } of [table.header, ...table.rows]) {
      const [label, value] = cells;
      if (label !== undefined && value !== undefined)
        add(label.text, { text: value.text, start: value.start, end: value.end });
    }
  }
  for (const [label, { value, span }] of outline.frontMatter.entries) {
    add(label, { text: value, start: span.start, end: span.end });
  }
  return found;
}
