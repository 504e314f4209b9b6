import type { Loop } from '../../model.ts';
import type { Block } from '../../markdown/blocks.ts';
import { plainText } from '../../markdown/inline.ts';
import { itemStart, type Outline } from '../../markdown/outline.ts';
import { textIn } from '../../markdown/text.ts';
import type { Entry } from './entries.ts';
import type { Field, Guarantee, PullRequest } from './model.ts';
import { fieldsAmong, fieldsIn, type Labels, ownTables } from './parts.ts';
import { fieldName, PLAIN_FIELDS } from './vocabulary.ts';

const LABELS: Labels = { name: fieldName, plain: PLAIN_FIELDS };

/** Reads what the entry of one pull request says. */
export function readPull(outline: Outline, entry: Entry): PullRequest {
  const fields = entry.form === 'row' ? rowFields(outline, entry) : entryFields(outline, entry);
  const needs = fields.filter(({ name }) => name === 'needs');
  const status = fields.find(({ name }) => name === 'status' || name === 'pull');
  const first = needs[0];
  return {
    id: entry.id,
    form: entry.form,
    lean: entry.lean,
    done: entry.done || /^\W*(?:completed?|merged|done)\b|^#\d+\b.{0,120}\bmerged\b/i.test(status?.text ?? ''),
    titleEnd: entry.titleEnd,
    fields,
    guarantees: guaranteesOf(outline, entry, fields),
    declared:
      first === undefined
        ? undefined
        : {
            text: needs.map(({ text }) => text).join('\n'),
            span: outline.source.span(first.start, Math.max(first.start, first.end)),
          },
    tier1: tier1Of(outline, entry),
  };
}

function entryFields(outline: Outline, entry: Entry): readonly Field[] {
  if (entry.item !== undefined) return fieldsAmong(outline, entry.item.children.slice(1), LABELS);
  return fieldsIn(outline, entry.from, entry.to, LABELS);
}

// The cells of a table's row are its fields, by the names of the columns.
function rowFields(outline: Outline, { row }: Entry): readonly Field[] {
  return (row?.cells ?? []).flatMap((cell, i): readonly Field[] => {
    const name = fieldName(row?.columns[i] ?? '');
    if (name === undefined || cell.text === '') return [];
    const { text, start, end } = cell;
    return [{ name, text, span: outline.source.span(start, end), start, end, blocks: [] }];
  });
}

const CONTRACT = /^[\s*_`[(]*((?:BC|AC)-[A-Z0-9]{1,12}(?:-[A-Z0-9]{1,12}){0,3})(?![A-Z0-9-])[\s*_`\])]*[:—–.-]?\s*/i;

function guaranteesOf(outline: Outline, entry: Entry, fields: readonly Field[]): readonly Guarantee[] {
  const { source } = outline;
  const found: Guarantee[] = [];
  const add = (start: number, end: number): void => {
    const text = plainText(source.shadow.slice(start, end));
    const match = CONTRACT.exec(text);
    const said = match === null ? text : text.slice(match[0].length).trim();
    if (said !== '' || match !== null)
      found.push({ id: match?.[1]?.toUpperCase(), text: said, span: source.span(start, end) });
  };
  const lists = (blocks: readonly Block[], all: boolean): void => {
    for (const block of blocks) {
      if (block.kind !== 'list') continue;
      for (const item of block.children) {
        const start = itemStart(source, item);
        const first = item.children[0];
        const end = first?.kind === 'paragraph' ? first.end : item.end;
        if (all || CONTRACT.test(source.shadow.slice(start, start + 120))) add(start, end);
        else lists(item.children, false);
      }
    }
  };
  const stated = fields.filter(({ name }) => name === 'guarantees');
  for (const field of stated) {
    lists(field.blocks, true);
    if (field.blocks.some(({ kind }) => kind === 'list')) continue;
    for (const part of field.text.split(/\n|;\s+(?=(?:BC|AC)-)/)) {
      const match = CONTRACT.exec(part);
      const said = match === null ? part.trim() : part.slice(match[0].length).trim();
      if (said !== '' && said.length < 4000)
        found.push({ id: match?.[1]?.toUpperCase(), text: said, span: field.span });
    }
  }
  if (stated.length === 0)
    lists(entry.item === undefined ? outline.blocks.slice(entry.from, entry.to) : entry.item.children, false);
  for (const table of entry.item === undefined ? ownTables(outline, entry.from, entry.to) : []) {
    for (const { cells, start, end } of table.rows) {
      const id = CONTRACT.exec(cells[0]?.text ?? '')?.[1];
      if (id !== undefined)
        found.push({ id: id.toUpperCase(), text: cells[1]?.text ?? '', span: source.span(start, end) });
    }
  }
  return found;
}

// A line such as `--- Tier 1: Human Review Summary ---`, a heading, or bold text.
function tier1Of(outline: Outline, entry: Entry): PullRequest['tier1'] {
  if (entry.item !== undefined || entry.form === 'row') return undefined;
  let start: number | undefined;
  for (const { text, start: at } of textIn(outline, entry.from, entry.to)) {
    const line = text.slice(0, 120).replace(/^[\s#*_-]+/, '');
    const match = /^tier\s*([12])\b/i.exec(line);
    if (match === null) continue;
    if (match[1] === '1') start ??= outline.source.lineEnd(at);
    else if (start !== undefined) return { start, end: at };
  }
  return start === undefined ? undefined : { start, end: entry.end };
}

const COUNT = String.raw`(\d{1,3}|two|three|four|five|six|seven|eight|nine|ten)`;
const ROUNDS = new RegExp(
  String.raw`\b(?:up to|at most|max(?:imum)?(?: of)?:?|no more than|≤|<=)\s{0,3}${COUNT}\s{0,3}(?:(?:more|research|review)\s+)?(?:rounds?|iterations?|times|cycles?)\b|\bmax(?:imum)?\s(?:rounds?|iterations?)\W{0,5}${COUNT}\b`,
  'i',
);
const WORDS = ['', '', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

/** The loop that an entry describes: a bound, when it has succeeded, when it is given up. Without a bound and an end there is none. */
export function loopOf(outline: Outline, entry: Entry, fields: readonly Field[]): Loop | undefined {
  const text = outline.source.shadow.slice(entry.start, Math.min(entry.end, entry.start + 40_000));
  const stated = fields.find(({ name }) => name === 'rounds')?.text;
  if (stated === undefined && !/\b(?:repeat|iterat|rounds?\b|loop)/i.test(text)) return undefined;
  const match = ROUNDS.exec(stated ?? '') ?? ROUNDS.exec(text);
  const written = (match?.[1] ?? match?.[2] ?? /^\W*(\d{1,3})\b/.exec(stated ?? '')?.[1])?.toLowerCase();
  if (written === undefined) return undefined;
  const rounds = /^\d/.test(written) ? Number(written) : WORDS.indexOf(written);
  const field = (name: string): string | undefined => fields.find((one) => one.name === name)?.text.split('\n')[0];
  const until = field('until') ?? said(text, /\buntil\s+([^.;\n]{3,300})/i);
  const abort =
    field('abort') ??
    said(text, /\b(?:abort(?:s|ed)?|give[ns]? up|stop)\s+(?:when|if|after|as soon as)\s+([^.;\n]{3,300})/i);
  return until === undefined || rounds < 1 ? undefined : { rounds, until, abort: abort ?? '' };
}

function said(text: string, pattern: RegExp): string | undefined {
  const found = pattern.exec(text)?.[1];
  return found === undefined ? undefined : plainText(found);
}
