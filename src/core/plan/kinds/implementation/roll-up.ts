import type { Outline } from '../../markdown/outline.ts';
import { type Section, sectionNamed } from '../../markdown/sections.ts';
import { columnOf, tablesIn } from '../../markdown/tables.ts';
import { textIn } from '../../markdown/text.ts';
import { plainText } from '../../markdown/inline.ts';
import type { Source } from '../../markdown/source.ts';
import { effortOf } from './effort.ts';
import type { EffortLine, ImplementationDetail } from './model.ts';

const NAMES: readonly (readonly [EffortLine['name'], RegExp])[] = [
  ['total', /^(?:grand |overall )?total/],
  ['research', /^research|^investigation|^discovery/],
  ['planning', /^plan|^design/],
  ['implementation', /^implement|^develop|^build|^coding/],
  ['validation', /^validat|^test|^verif|^qa\b|^review/],
];

const LINE =
  /^[ \t]*(?:[-*+][ \t]+)?(?:\[[ xX]\][ \t]+)?(?:\*\*|__)?([A-Za-z][A-Za-z /&-]{1,40}?)(?:\*\*|__)?[ \t]*:(?:\*\*|__)?/;

/** The effort roll-up: `Total`, `Research`, `Implementation (Phase 1: 2h, …)`, as lines, bullets or a table. */
export function readEffort(outline: Outline, sections: readonly Section[]): ImplementationDetail['effort'] {
  const section = sectionNamed(
    sections,
    /^(?:estimated |total )?effort(?: estimates?| summary| estimation)?$|^(?:time )?estimates?$|^estimated time$|^estimation$/,
  );
  if (section === undefined) return undefined;
  const lines: EffortLine[] = [];
  const { source } = outline;
  for (const table of tablesIn(outline, section.from, section.to)) {
    const valueAt = columnOf(table, 'hours', 'effort', 'estimate', 'time', 'estimated');
    if (valueAt <= 0) continue;
    for (const row of table.rows) {
      const label = row.cells[0];
      const value = row.cells[valueAt];
      if (label === undefined || value === undefined) continue;
      const bare = /^\s*[\d.]+(?:\s*[-–—]\s*[\d.]+)?\s*$/.test(value.raw.slice(0, 60)) ? `${value.raw} h` : value.raw;
      lines.push(lineOf(source, label.text, bare, value.start, value.end));
    }
  }
  for (const block of textIn(outline, section.from, section.to)) {
    if (block.kind === 'heading' || (lines.length > 0 && block.text.includes('|'))) continue;
    let at = block.start;
    for (const line of block.text.split('\n')) {
      const head = line.slice(0, 2000);
      const match = LINE.exec(head);
      if (match !== null) {
        const from = at + match[0].length;
        lines.push(
          lineOf(source, match[1] as string, head.slice(match[0].length), from, from + head.length - match[0].length),
        );
      }
      at += line.length + 1;
    }
  }
  return { section, lines };
}

const PHASE = /(?:phase|stage)\s+#?(\d{1,4})\s*[:=]?\s*([^,;)]{1,60})/gi;

function lineOf(source: Source, label: string, value: string, start: number, end: number): EffortLine {
  const key = plainText(label).toLowerCase();
  const open = value.indexOf('(');
  const phases = [...value.slice(Math.max(0, open)).matchAll(PHASE)].flatMap((match) => {
    const offset = start + Math.max(0, open) + match.index + match[0].length - (match[2] as string).length;
    const effort = effortOf(source, match[2] as string, offset);
    return effort === undefined ? [] : [{ number: Number(match[1]), effort }];
  });
  return {
    name: NAMES.find(([, words]) => words.test(key))?.[0] ?? 'other',
    label: plainText(label),
    value: { text: plainText(value), span: source.span(start, Math.max(start, end)) },
    effort: effortOf(source, open < 0 ? value : value.slice(0, open), start),
    phases,
    done: /✅|☑|\b(?:done|complete[d]?)\b/i.test(value),
  };
}
