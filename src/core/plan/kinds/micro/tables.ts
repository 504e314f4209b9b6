import { plainText, withoutComments } from '../../markdown/inline.ts';
import { boxesOf, itemStart, type Outline } from '../../markdown/outline.ts';
import { everySection, type Section } from '../../markdown/sections.ts';
import { cellOf, columnOf, type Table, tablesIn } from '../../markdown/tables.ts';
import { citationsIn } from './ids.ts';
import {
  type ChecklistBox,
  type Deviation,
  DEVIATION_WORDS,
  type DeviationWord,
  type MicroDetail,
  type RiskRow,
  type TestRow,
} from './model.ts';

/** The category that a text names, in any case, with a blank, dash or underscore. */
export function deviationWord(text: string): DeviationWord | undefined {
  const words = text
    .slice(0, 4000)
    .toUpperCase()
    .replace(/SCOPE[\s_-]CHANGE/g, 'SCOPE_CHANGE');
  const found = /\b(?:CLARIFICATION|SIMPLIFICATION|CORRECTION|DEFERRAL|ADDITION|SCOPE_CHANGE)S?\b/.exec(words)?.[0];
  return DEVIATION_WORDS.find((word) => found?.startsWith(word));
}

const NO_DEVIATION =
  /\b(?:no|not a|without|zero)\s+(?:\w+\s+)?deviations?\b|^\W*(?:none|same|n\/a|identical|unchanged|as (?:written|planned|specified)|matches)\W*$/i;

/** The rows of the deviation log, whatever the order of its columns; without a table, its bullets. */
export function readDeviations(outline: Outline, section: Section | undefined): readonly Deviation[] {
  if (section === undefined) return [];
  const tables = tablesIn(outline, section.from, section.to);
  const found: Deviation[] = [];
  for (const table of tables) {
    for (const row of table.rows) {
      const all = row.cells.map((cell) => cell.text);
      const reason = textOf(table, row, 'reason', 'rationale', 'why', 'justification') || (all.at(-1) ?? '');
      const does = textOf(
        table,
        row,
        'micro plan does',
        'micro plan',
        'plan does',
        'this plan does',
        'this pr does',
        'does',
        'we do',
        'implementation',
        'deviation',
        'description',
        'change',
        'what',
      );
      const source = textOf(
        table,
        row,
        'source says',
        'source',
        'macro plan says',
        'macro says',
        'macro plan',
        'issue says',
        'spec says',
      );
      const empty = all.every((text) => /^[—–\s-]*$/.test(text));
      const none = empty || [reason, does, source].some((text) => NO_DEVIATION.test(text.slice(0, 400)));
      found.push({ source, does, reason, word: deviationWord(all.join(' ')), none, start: row.start, end: row.end });
    }
  }
  if (tables.length > 0) return found;
  const { source, blocks } = outline;
  for (let i = section.from; i < section.to; i++) {
    const block = blocks[i];
    if (block?.kind !== 'list') continue;
    for (const item of block.children) {
      const text = plainText(withoutComments(source.shadow.slice(itemStart(source, item), item.end)).slice(0, 4000));
      const none = NO_DEVIATION.test(text);
      found.push({
        source: '',
        does: text,
        reason: text,
        word: deviationWord(text),
        none,
        start: item.start,
        end: item.end,
      });
    }
  }
  return found;
}

function textOf(table: Table, row: Table['rows'][number], ...names: readonly string[]): string {
  return cellOf(table, row, ...names)?.text ?? '';
}

/** The rows of the test strategy: any of its tables with a column of contracts. */
export function readTests(
  outline: Outline,
  section: Section | undefined,
  known: ReadonlySet<string>,
): readonly TestRow[] {
  if (section === undefined) return [];
  return tablesIn(outline, section.from, section.to).flatMap((table) => {
    const at = columnOf(
      table,
      'contract',
      'contracts',
      'bc',
      'bcs',
      'behavioral contract',
      'behavioural contract',
      'contract id',
      'id',
    );
    if (at < 0) return [];
    return table.rows.map((row) => ({
      contracts: citationsIn(row.cells[at]?.text ?? '', row.start, known).map(({ id }) => id),
      task: textOf(table, row, 'task', 'tasks'),
      type: textOf(table, row, 'test type', 'type', 'kind', 'level'),
      name: textOf(table, row, 'test name', 'test names', 'test', 'tests', 'name', 'verified by'),
      start: row.start,
      end: row.end,
    }));
  });
}

/** The rows of the risk table. */
export function readRisks(outline: Outline, section: Section | undefined): readonly RiskRow[] {
  if (section === undefined) return [];
  return tablesIn(outline, section.from, section.to).flatMap((table) =>
    table.rows.map((row) => ({
      risk: textOf(table, row, 'risk', 'description'),
      likelihood: textOf(table, row, 'likelihood', 'probability'),
      impact: textOf(table, row, 'impact', 'severity'),
      mitigation: textOf(table, row, 'mitigation', 'response'),
      task: textOf(table, row, 'task', 'tasks', 'owner'),
      start: row.start,
      end: row.end,
    })),
  );
}

/** The boxes of the sanity checklist. */
export function readChecklist(outline: Outline, section: Section | undefined): readonly ChecklistBox[] {
  if (section === undefined) return [];
  const { source } = outline;
  return boxesOf(outline, section.from, section.to).map((box) => {
    const from = box.mark.end + 1;
    return { box, text: plainText(source.shadow.slice(from, Math.min(source.lineEnd(from), from + 300))) };
  });
}

/** Files that the appendix has sections about: `### File: \`src/a.ts\``. */
export function readAppendix({ source }: Outline, section: Section | undefined): MicroDetail['appendix'] {
  if (section === undefined) return [];
  const found: { path: string; span: MicroDetail['appendix'][number]['span'] }[] = [];
  for (const { heading } of everySection(section.children)) {
    const match =
      /^(?:files?\s*(?:\d{1,3}\s*)?[:—–-]\s*)?([\w.@+-]{1,200}(?:\/[\w.@+*-]{1,200}){0,20}\.\w{1,12}|[\w.@+-]{1,200}(?:\/[\w.@+*-]{1,200}){1,20})(?:\s|$)/i.exec(
        heading.title.slice(0, 1000),
      );
    if (match !== null) found.push({ path: match[1] as string, span: source.span(heading.start, heading.end) });
  }
  return found;
}
