import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Span } from '../../../src/core/base/finding.ts';
import { parsePlan } from '../../../src/core/plan/parse.ts';
import { outlineOf } from '../../../src/core/plan/markdown/outline.ts';
import { everySection, sectionsOf } from '../../../src/core/plan/markdown/sections.ts';
import { Source } from '../../../src/core/plan/markdown/source.ts';
import type { Plan, PlanKind } from '../../../src/core/plan/model.ts';

/** A document to try things on. */
export interface Document {
  readonly path: string;
  readonly text: string;
}

/** A million needs in one document: a second each time that it is read, and read where it is the case. */
export const HEAVIEST = join('rules', 'GEN-021', 'fires.md');

/** Plans of this project: cases and examples. */
export const OWN: readonly Document[] = [join('test', 'cases'), 'examples'].flatMap((folder) =>
  markdownIn(folder).filter(({ path }) => !path.endsWith(HEAVIEST)),
);

const SHARED = join('..', 'shared');

/** Real documents of other tools and the originals of the templates, where they lie beside the project. */
export const REAL: readonly Document[] = ['corpus', 'seeds'].flatMap((folder) => markdownIn(join(SHARED, folder)));

function markdownIn(folder: string): readonly Document[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      if (statSync(path).isDirectory()) return markdownIn(path);
      return /\.(?:md|txt)$/.test(name) ? [{ path, text: readFileSync(path, 'utf8') }] : [];
    });
}

/** Reads a document, checks that everything in the result stands where it says, and returns the plan, if it is one. */
export function readSoundly(text: string, kind?: PlanKind): Plan | undefined {
  const parsed = parsePlan(text, { fileName: 'x.md', ...(kind === undefined ? {} : { kind }) });
  const findings = parsed.ok ? parsed.value.findings : parsed.error.findings;
  const places = new Places(text);
  for (const { rule, span, message, hint, fix } of findings) {
    places.check(span, `${rule}: ${message}`);
    if (message === '' || hint === '') expect.fail(`${rule} says nothing`);
    for (const edit of fix?.edits ?? []) {
      if (!(edit.start >= 0 && edit.start <= edit.end && edit.end <= text.length)) {
        expect.fail(`${rule}: the edit ${edit.start}-${edit.end} lies outside the text`);
      }
    }
  }
  if (!parsed.ok) return undefined;
  const plan = parsed.value;
  for (const { span, boxes, task } of plan.units) {
    places.check(span, task.id);
    for (const { mark } of boxes) places.check(mark, `a box of ${task.id}`);
  }
  for (const { mark } of plan.boxes) places.check(mark, 'a box of the plan');
  for (const { span, id } of [...plan.requirements, ...plan.criteria]) places.check(span, id);
  for (const { mark } of [...plan.boxes, ...plan.units.flatMap(({ boxes }) => boxes)]) {
    if (mark.end !== mark.start + 1 || !/^\[[ xX]\]$/.test(text.slice(mark.start - 1, mark.end + 1))) {
      expect.fail(`no box at ${mark.start}: ${JSON.stringify(text.slice(mark.start - 2, mark.end + 2))}`);
    }
  }
  return plan;
}

/** Lines and columns of a text, counted anew: a line ends with LF, CR, or both. */
class Places {
  readonly #text: string;
  readonly #starts: number[] = [0];

  constructor(text: string) {
    this.#text = text;
    for (const match of text.matchAll(/\r\n|\n|\r/g)) this.#starts.push(match.index + match[0].length);
  }

  check(span: Span, what: string): void {
    const { start, end, line, column, endLine, endColumn } = span;
    if (!(Number.isInteger(start) && start >= 0 && start <= end && end <= this.#text.length)) {
      expect.fail(`${what}: the span ${start}-${end} lies outside the text (${this.#text.length})`);
    }
    const from = this.#starts[line - 1];
    const to = this.#starts[endLine - 1];
    if (from === undefined || to === undefined || from + column - 1 !== start || to + endColumn - 1 !== end) {
      expect.fail(`${what}: ${start}-${end} is not ${line}:${column}-${endLine}:${endColumn}`);
    }
    if ((this.#starts[line] ?? Infinity) <= start) expect.fail(`${what}: ${start} stands behind line ${line}`);
  }
}

/** Checks that blocks and sections cover a document without holes and overlaps. */
export function checkCovered(text: string): void {
  const source = new Source(text);
  const outline = outlineOf(source);
  expect(source.text).toBe(text);
  expect(source.shadow).toHaveLength(text.length);
  let at = outline.frontMatter.end;
  for (const { start, end, kind } of outline.blocks) {
    if (start < at || end < start || end > text.length)
      expect.fail(`${kind} ${start}-${end} overlaps what ends at ${at}`);
    const between = source.shadow.slice(at, start);
    // Of an empty quote or item nothing but its marker is there, and blanks end no block.
    if (/[^\s>]/.test(between)) expect.fail(`${JSON.stringify(between.slice(0, 80))} belongs to no block`);
    at = end;
  }
  if (/[^\s>]/.test(source.shadow.slice(at))) expect.fail('the end of the document belongs to no block');
  let last = 0;
  for (const section of everySection(sectionsOf(outline))) {
    const { heading, end, from, to, ownTo, parent, children } = section;
    if (heading.start < last || end < heading.end) expect.fail(`section "${section.title}" is out of order`);
    last = heading.start;
    if (parent !== undefined && end > parent.end) expect.fail(`section "${section.title}" goes on behind its parent`);
    if (!(from <= ownTo && ownTo <= to)) expect.fail(`section "${section.title}" has blocks ${from}, ${ownTo}, ${to}`);
    const next = outline.blocks[to];
    if (next !== undefined && next.start < end) expect.fail(`section "${section.title}" leaves out a block`);
    const first = children[0];
    if (first !== undefined && outline.blocks[ownTo]?.start !== first.heading.start) {
      expect.fail(`what section "${section.title}" says itself does not end at its first part`);
    }
  }
}
