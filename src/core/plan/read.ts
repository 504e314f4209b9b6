import { annotationsIn } from './annotations.ts';
import type { DocumentStatus, Draft, DraftParts } from './draft.ts';
import type { Details } from './kinds/details.ts';
import { plainText } from './markdown/inline.ts';
import type { Outline } from './markdown/outline.ts';
import type { Section } from './markdown/sections.ts';
import type { PlanKind } from './model.ts';

/** What every kind's reader is given. */
export interface Reading {
  readonly outline: Outline;
  readonly sections: readonly Section[];
}

/** Joins what a kind's reader found with what is the same for every document. */
export function newDraft<K extends PlanKind>(
  kind: K,
  { outline, sections }: Reading,
  parts: DraftParts,
  detail: Details[K],
): Draft<K> {
  const first = outline.headings.find((heading) => heading.level > 1);
  const to = first?.block ?? outline.blocks.length;
  const header = annotationsIn(outline, 0, to, HEADER);
  return {
    edges: [],
    gates: [],
    requirements: [],
    criteria: [],
    ...parts,
    kind,
    outline,
    sections,
    header,
    status: statusOf(outline, header),
    detail,
  };
}

/** Labels of header lines that people also write plainly. */
const HEADER = new Set(['status', 'source', 'goal', 'closes', 'date', 'spec', 'branch', 'task', 'tier']);

/** Every alias of a status word that documents hold. */
const STATUS: ReadonlyMap<string, DocumentStatus> = new Map<string, DocumentStatus>([
  ['draft', 'draft'],
  ['planning', 'draft'],
  ['proposed', 'draft'],
  ['in review', 'in-review'],
  ['review', 'in-review'],
  ['awaiting approval', 'in-review'],
  ['pending approval', 'in-review'],
  ['ready for approval', 'in-review'],
  ['ready for review', 'in-review'],
  ['approved', 'approved'],
  ['accepted', 'approved'],
  ['ready', 'approved'],
  ['ready for implementation', 'approved'],
  ['in progress', 'in-progress'],
  ['active', 'in-progress'],
  ['started', 'in-progress'],
  ['suspended', 'suspended'],
  ['paused', 'suspended'],
  ['on hold', 'suspended'],
  ['done', 'done'],
  ['complete', 'done'],
  ['completed', 'done'],
  ['finished', 'done'],
  ['merged', 'done'],
  ['superseded', 'superseded'],
  ['replaced', 'superseded'],
  ['abandoned', 'abandoned'],
  ['cancelled', 'abandoned'],
  ['canceled', 'abandoned'],
  ['rejected', 'abandoned'],
]);

/** The status that some words mean; `undefined` for words outside the vocabulary. Marks and what follows are ignored. */
export function statusOfWords(text: string): DocumentStatus | undefined {
  const words = plainText(text)
    .toLowerCase()
    .replace(/^[^\p{L}]+/u, '')
    .replace(/[\s_-]+/g, ' ');
  const head = /^[\p{L} ]+/u.exec(words)?.[0].trim() ?? '';
  if (head === '') return /✅|☑/.test(text) ? 'done' : undefined;
  for (let end = head.length; end > 0; end = head.lastIndexOf(' ', end - 1)) {
    const status = STATUS.get(head.slice(0, end));
    if (status !== undefined) return status;
  }
  return undefined;
}

function statusOf(outline: Outline, header: Draft['header']): Draft['status'] {
  const line = header.find(({ label }) => label === 'status');
  if (line !== undefined) {
    const text = line.value.trim();
    const start = line.start + line.value.indexOf(text);
    return { value: statusOfWords(text), text, span: outline.source.span(start, start + text.length) };
  }
  const entry = outline.frontMatter.entries.get('status');
  return entry === undefined ? undefined : { value: statusOfWords(entry.value), text: entry.value, span: entry.span };
}
