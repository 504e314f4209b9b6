import type { PortableUnit } from '../plan/portable.ts';
import { expectsOutput, hasEffect } from './commands.ts';
import { flat } from './lines.ts';
import { pathsIn } from './paths.ts';
import { inertMarkdown } from '../plan/kinds/task-inert.ts';
import { pieces, plainText } from '../plan/markdown/inline.ts';

/** What the lines below a task in a list say, beside its description. */
export interface Fields {
  readonly scope: readonly string[];
  readonly verify: readonly string[];
  readonly criteria: readonly string[];
  /** The lines that are none of these. */
  readonly rest: string;
}

const FIELD = /^\s*[-*+]\s+(?:\*\*|_)?(Files?|Verify|Done when|Acceptance)(?:\*\*|_)?\s*:(?:\*\*|_)?\s*(.*)$/i;

/** Reads `- Files: …`, `- Verify: …`, `- Done when: …` among the lines below a task. */
export function fieldsIn(lines: readonly string[]): Fields {
  const scope: string[] = [];
  const verify: string[] = [];
  const criteria: string[] = [];
  const rest: string[] = [];
  for (const line of lines) {
    const match = FIELD.exec(line.slice(0, 4000));
    const value = match?.[2] ?? '';
    const key = match?.[1]?.toLowerCase();
    if (key === 'files' || key === 'file') scope.push(...pathsIn(value));
    else if (key === 'verify') {
      const code = pieces(value).filter((piece) => piece.code);
      const counts = expectsOutput(value);
      if (code.length > 0 && !counts)
        verify.push(...code.map((piece) => piece.text.trim()).filter((run) => run !== '' && !hasEffect(run)));
      else if (value.trim() !== '') criteria.push(plainText(value));
    } else if (key !== undefined && value.trim() !== '') criteria.push(plainText(value));
    else rest.push(line);
  }
  return { scope, verify, criteria, rest: rest.join('\n').trim() };
}

/** The same lines for a unit that is written for the first time; `named` are paths that its description says already. */
export function fieldLines(unit: PortableUnit, named: readonly string[], indent = '  '): readonly string[] {
  const out: string[] = [];
  const scope = unit.scope.filter((path) => !named.includes(path));
  if (scope.length > 0) out.push(`${indent}- **Files**: ${scope.map(codeIn).join(', ')}`);
  for (const run of unit.verify) out.push(`${indent}- **Verify**: ${codeIn(flat(run))}`);
  for (const sentence of unit.criteria)
    if (flat(sentence) !== '') out.push(`${indent}- **Done when**: ${flat(sentence)}`);
  const body = inertMarkdown(unit.body, 4).trim();
  if (body !== '' && flat(body) !== flat(unit.title)) out.push(...indented(body, indent));
  return out;
}

/** Text in backticks, as many as it takes. */
export function codeIn(text: string): string {
  let fence = '`';
  while (text.includes(fence)) fence += '`';
  return fence === '`' ? `\`${text}\`` : `${fence} ${text} ${fence}`;
}

// Below a list item everything is indented; a line that would open another task is made prose.
function indented(body: string, indent: string): readonly string[] {
  return body.split('\n').flatMap((line) => {
    if (line.trim() === '') return [];
    return [`${indent}${line.replace(/^(\s*)([-*+]|\d+\.)\s+\[[ xX]\]/, '$1$2').replace(FIELD, '$1: $2')}`];
  });
}
