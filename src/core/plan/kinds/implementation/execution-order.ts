import type { Span } from '../../../base/finding.ts';
import { plainText } from '../../markdown/inline.ts';
import type { Outline } from '../../markdown/outline.ts';
import { everySection, type Section, sectionNamed } from '../../markdown/sections.ts';
import { cellOf, columnOf, tablesIn } from '../../markdown/tables.ts';
import { textIn } from '../../markdown/text.ts';

const SECTION =
  /^(?:(?:execution|implementation|wave|parallel)[ -]?(?:order|plan|sequence|waves|schedule|strategy)|waves|order of execution|wave (?:breakdown|assignments?))$/;

const LINE = /^[\s*_>+-]*wave\s+#?(\d{1,6})\b(.*)$/i;

/** Waves that `## Execution Order` puts units in, by position: `**Wave 2** (parallel): Issues 3, 4`, a table, headings. */
export function executionOrder(
  outline: Outline,
  sections: readonly Section[],
  resolve: (text: string) => readonly number[],
): ReadonlyMap<number, { readonly wave: number; readonly span: Span }> {
  const found = new Map<number, { wave: number; span: Span }>();
  const section = sectionNamed(sections, SECTION);
  if (section === undefined) return found;
  const { source } = outline;
  const add = (text: string, wave: number, span: Span): void => {
    for (const i of resolve(text)) if (!found.has(i)) found.set(i, { wave, span });
  };
  for (const table of tablesIn(outline, section.from, section.to)) {
    if (columnOf(table, 'wave') < 0) continue;
    for (const row of table.rows) {
      const wave = /\d{1,6}/.exec(cellOf(table, row, 'wave')?.text ?? '')?.[0];
      const names = cellOf(table, row, 'issues', 'issue', 'ids', 'id', 'tasks', 'task', 'beads');
      if (wave !== undefined && names !== undefined) add(names.raw, Number(wave), source.span(names.start, names.end));
    }
  }
  for (const one of everySection([section])) {
    const heading = LINE.exec(plainText(one.heading.title).slice(0, 200));
    let wave = one === section || heading === null ? undefined : Number(heading[1]);
    for (const block of textIn(outline, one.from, one.ownTo)) {
      if (block.text.includes('|')) continue;
      let at = block.start;
      for (const line of block.text.split('\n')) {
        const match = LINE.exec(line.slice(0, 20_000));
        if (match !== null) wave = Number(match[1]);
        const names = match === null ? line : afterLabel(match[2] as string);
        if (wave !== undefined) add(names, wave, source.span(at, at + line.length));
        at += line.length + 1;
      }
    }
  }
  return found;
}

/** What stands behind the label of a wave: `** (12 tasks, parallel): ids`. */
function afterLabel(rest: string): string {
  const label = /^[\s*_]*(?:\([^()]{0,200}\))?[\s*_]*(?:[:—–-]|→|->)?[\s*_]*/.exec(rest)?.[0] ?? '';
  return rest.slice(label.length);
}
