import { parseArgs } from 'node:util';

/** One line of a result: the first column names it. */
export type Row = Readonly<Record<string, string | number>>;

/** A bound that was set for one figure. */
export interface Goal {
  readonly what: string;
  readonly value: number;
  readonly atMost: number;
  readonly unit?: string;
}

export interface Report {
  readonly name: string;
  readonly rows: readonly Row[];
  readonly goals?: readonly Goal[];
  readonly notes?: readonly string[];
}

/**
 * Options of the command line that every benchmark has; numbers may be given beside them (`--rounds 5`), and words that
 * are empty unless they are given (`--openspec <file>`).
 */
export function options<Name extends string, Word extends string = never>(
  numbers: Readonly<Record<Name, number>>,
  words: readonly Word[] = [],
): Record<Name, number> & Record<Word, string> & { json: boolean } {
  const names = Object.keys(numbers) as Name[];
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      ...Object.fromEntries([...names, ...words].map((name) => [name, { type: 'string' as const }])),
    },
  });
  const given: Readonly<Record<string, string | boolean | undefined>> = values;
  const chosen = Object.fromEntries(
    names.map((name) => [name, given[name] === undefined ? numbers[name] : Number(given[name])]),
  );
  const said = Object.fromEntries(words.map((name) => [name, String(given[name] ?? '')]));
  return { ...(chosen as Record<Name, number>), ...(said as Record<Word, string>), json: values.json };
}

/** Prints a result as a table with its goals, or as one line of JSON. */
export function print(report: Report, json: boolean): void {
  const goals = (report.goals ?? []).map((goal) => ({ ...goal, met: goal.value <= goal.atMost }));
  if (json) {
    console.log(JSON.stringify({ ...report, goals }));
    return;
  }
  console.log(`\n${report.name}\n`);
  const columns = [...new Set(report.rows.flatMap((row) => Object.keys(row)))];
  const cells = [columns, ...report.rows.map((row) => columns.map((column) => cell(row[column])))];
  const widths = columns.map((_, at) => Math.max(...cells.map((row) => (row[at] ?? '').length)));
  for (const row of cells) {
    console.log(
      row.map((text, at) => (at === 0 ? text.padEnd(widths[at] ?? 0) : text.padStart(widths[at] ?? 0))).join('  '),
    );
  }
  if (goals.length > 0) console.log('');
  for (const goal of goals) {
    const unit = goal.unit === undefined ? '' : ` ${goal.unit}`;
    console.log(
      `${goal.met ? 'met   ' : 'MISSED'}  ${goal.what}: ${cell(goal.value)}${unit} (goal: at most ${goal.atMost}${unit})`,
    );
  }
  for (const note of report.notes ?? []) console.log(note);
}

function cell(value: string | number | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return value;
  if (Number.isInteger(value)) return String(value);
  return Math.abs(value) >= 100
    ? value.toFixed(0)
    : Math.abs(value) >= 10
      ? value.toFixed(1)
      : value.toFixed(Math.abs(value) < 0.1 ? 3 : 2);
}
