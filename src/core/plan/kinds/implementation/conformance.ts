import { readVerify } from '../../commands.ts';
import type { DraftCommand } from '../../draft-parts.ts';
import { pieces, plainText } from '../../markdown/inline.ts';
import type { Outline } from '../../markdown/outline.ts';
import { type Section, sectionNamed } from '../../markdown/sections.ts';
import { type Cell, columnOf, tablesIn } from '../../markdown/tables.ts';
import type { Criterion } from '../../model.ts';
import { normaliseScope } from '../../scope.ts';
import { append } from '../../append.ts';
import { isRunnable } from './fields.ts';
import type { Conformance } from './model.ts';

/** What the checks say of one unit. */
interface Own {
  readonly verify: DraftCommand[];
  readonly criteria: string[];
  readonly quotes: { readonly start: number; readonly end: number }[];
}

/** The table of conformance checks, shared out. */
export interface Checks {
  readonly rows: readonly Conformance[];
  readonly byUnit: ReadonlyMap<number, Own>;
  /** Of rows that speak of all units, or of none that the plan has. */
  readonly verify: readonly DraftCommand[];
  readonly criteria: readonly Criterion[];
}

/** A row that names more units than this is one of the whole plan, as one that names all of them is. */
const MAX_UNITS = 200;

/** Reads `## Conformance Checks`: commands are run, files looked up, everything else is a criterion. */
export function readConformance(
  outline: Outline,
  sections: readonly Section[],
  resolve: (text: string) => readonly number[],
  count: number,
): Checks {
  const rows: Conformance[] = [];
  const byUnit = new Map<number, Own>();
  const verify: DraftCommand[] = [];
  const criteria: Criterion[] = [];
  const section = sectionNamed(sections, /^conformance(?: checks?| table| criteria)?$/);
  if (section === undefined) return { rows, byUnit, verify, criteria };
  const { source } = outline;
  for (const table of tablesIn(outline, section.from, section.to)) {
    const whichAt = columnOf(table, 'issue', 'issues', 'id', 'task', 'bead');
    const typeAt = columnOf(table, 'check type', 'type');
    const checkAt = columnOf(table, 'check', 'command', 'what', 'expected');
    if (whichAt < 0 || checkAt < 0 || whichAt === checkAt) continue;
    const valueAt =
      checkAt === typeAt ? table.columns.findIndex((name, i) => i !== typeAt && name.startsWith('check')) : checkAt;
    for (const row of table.rows) {
      const which = row.cells[whichAt];
      const check = row.cells[valueAt];
      if (which === undefined || check === undefined || check.text === '') continue;
      const type = (typeAt < 0 ? '' : (row.cells[typeAt]?.text ?? '')).toLowerCase();
      const units = resolve(which.text);
      rows.push({
        units,
        which: { text: which.text, span: source.span(which.start, which.end) },
        type,
        check: { text: check.text, span: source.span(check.start, check.end) },
      });
      const read = readCheck(outline, check, type);
      if (units.length === 0 || (count > 1 && units.length === count) || units.length > MAX_UNITS) {
        append(verify, read.verify);
        for (const text of read.criteria) {
          const id = `CC-${criteria.length + 1}`;
          criteria.push({ id, title: which.text, text, requirements: [], span: source.span(row.start, row.end) });
        }
        continue;
      }
      for (const i of units) {
        const own = byUnit.get(i) ?? { verify: [], criteria: [], quotes: [] };
        byUnit.set(i, own);
        append(own.verify, read.verify);
        append(own.criteria, read.criteria);
        own.quotes.push({ start: row.start, end: row.end });
      }
    }
  }
  return { rows, byUnit, verify, criteria };
}

function readCheck(
  { source }: Outline,
  { raw, text, start }: Cell,
  type: string,
): { readonly verify: readonly DraftCommand[]; readonly criteria: readonly string[] } {
  const written = raw.replaceAll('\\|', '|');
  const span = source.span(start, start + raw.length);
  if (/files?[_ -]?exists?/.test(type)) {
    const code = pieces(written).filter((piece) => piece.code);
    const paths = code.length > 0 ? code.map((piece) => piece.text) : written.split(/,|\s+and\s+/);
    const commands = paths.flatMap((path) => existence(path.trim()) ?? []);
    if (commands.length > 0)
      return { verify: commands.map((run) => ({ run, span, expects: undefined })), criteria: [] };
  }
  if (/command|^run$|^tests?$/.test(type)) {
    const mixed = type !== 'command';
    const read = readVerify(source, {
      key: 'verify',
      label: 'check',
      at: start,
      value: written,
      start,
      following: [],
      section: false,
    });
    const commands = read.commands.filter(({ run }) => (mixed ? PROGRAM.test(run) : isRunnable(run)));
    if (commands.length > 0) {
      return { verify: commands.map(({ run, expects }) => ({ run, span, expects })), criteria: read.criteria };
    }
  }
  const lead = /content/.test(type) ? 'Content: ' : /exist/.test(type) ? 'Exists: ' : '';
  return { verify: [], criteria: [`${lead}${lead === '' ? text : plainCell(written)}`] };
}

/** What is looked for keeps its backticks: `Rule:` is a word of the file, not of the sentence. */
function plainCell(written: string): string {
  return pieces(written)
    .map((piece) => (piece.code ? `\`${piece.text}\`` : plainText(` ${piece.text} `)))
    .join(' ')
    .replace(/\s+/g, ' ')
    .trim();
}

const PROGRAM =
  /^(?:!\s*)?(?:test|grep|rg|ls|wc|diff|git|npm|npx|pnpm|yarn|node|deno|bun|python3?|pytest|go|cargo|make|just|bash|sh|find|cat|jq|yq|curl|docker|\.{1,2}\/)\b/;

function existence(path: string): string | undefined {
  const clean = path.replace(/\/+$/, '');
  if (!/[./]/.test(path) || !/^[\w./@+ -]{1,400}$/.test(path) || /^[-\s]/.test(path) || !normaliseScope(clean).ok)
    return undefined;
  return /\s/.test(clean) ? `test -e '${clean}'` : `test -e ${clean}`;
}
