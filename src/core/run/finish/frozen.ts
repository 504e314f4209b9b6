import { inScope } from '../../plan/scope.ts';
import type { FileChange, WitnessFinding } from '../../witness/change.ts';
import { taskOf, type RunState, type TaskState } from '../state.ts';

/*
 * Freeze points of a plan: once what freezes an interface is merged, others build on it, and it only grows. A change to what is frozen
 * is an objection of the witness.
 */

/** A freeze that holds for a task. */
interface Freeze {
  readonly id: string;
  readonly title: string;
  readonly paths: readonly string[];
  readonly names: readonly string[];
}

/** Freezes that hold for a task: those whose own tasks are all merged, itself not among them; what comes after nothing was merged before. */
function freezesFor(state: RunState, task: TaskState): readonly Freeze[] {
  const id = task.parent ?? task.task.id;
  return (state.terms?.gates ?? []).flatMap(({ id: name, kind, title, after, frozen }): Freeze[] => {
    if (kind !== 'freeze' || frozen === undefined || after.includes(id)) return [];
    return after.every((one) => taskOf(state, one)?.progress.status === 'merged')
      ? [{ id: name, title, ...frozen }]
      : [];
  });
}

/** What a change does to what is frozen. Files that a freeze names stay as they are; of names alone, their declarations do. */
export function frozenFindings(state: RunState, task: TaskState, changes: readonly FileChange[]): WitnessFinding[] {
  const freezes = freezesFor(state, task);
  if (freezes.length === 0) return [];
  const findings: WitnessFinding[] = [];
  for (const { path, before, after } of changes) {
    // What is new changes nothing that anybody builds on.
    if (before === undefined) continue;
    for (const { id, title, paths, names } of freezes) {
      const finding = (what: string, line?: number): WitnessFinding => ({
        rule: 'frozen',
        severity: 'error',
        path,
        ...(line === undefined ? {} : { line }),
        what: `${what} (${id}: ${title})`,
      });
      if (paths.length > 0 && inScope(paths, path)) {
        findings.push(finding('it is frozen, and was changed'));
        continue;
      }
      if (names.length === 0 || typeof before.text !== 'string') continue;
      const kept = new Set((after?.text ?? '').split('\n').map((line) => line.trim()));
      const lines = before.text.split('\n');
      lines.forEach((line, at) => {
        const name = names.find((one) => declares(line, one));
        if (name === undefined) return;
        const lost = [line, ...membersOf(lines, at)].find((one) => !kept.has(one.trim()));
        if (lost === undefined) return;
        const where = lost === line ? '' : `: "${lost.trim().slice(0, 100)}" is gone`;
        findings.push(finding(`the declaration of ${name} is frozen, and was changed${where}`, at + 1));
      });
    }
  }
  return findings.slice(0, 50);
}

const SHAPE = /\b(?:type|interface|struct|trait|protocol|enum)\b[^=]*?(?:=\s*)?\{\s*$|\b(?:type|interface)\b.*=\s*$/;

/** Lines of a type whose members are its declaration; the body of a function or class may change. */
function membersOf(lines: readonly string[], at: number): readonly string[] {
  if (!SHAPE.test(lines[at] as string)) return [];
  const members: string[] = [];
  let depth = 1;
  for (const line of lines.slice(at + 1, at + 301)) {
    for (const sign of line) depth += sign === '{' ? 1 : sign === '}' ? -1 : 0;
    if (depth <= 0) return members;
    if (/\w/.test(line) && !/^\s*(?:\/\/|\/?\*|#)/.test(line)) members.push(line);
  }
  return [];
}

/** Whether a line declares a name, in any of the usual languages. */
function declares(line: string, name: string): boolean {
  if (!line.includes(name) || name.length > 100) return false;
  return new RegExp(
    `^\\s*(?:(?:export|default|public|protected|abstract|static|async|pub(?:\\(\\w+\\))?|declare|final)\\s+)*(?:type|interface|class|struct|trait|protocol|enum|func|fn|def|function|record|const|let|var)\\*?\\s+(?:\\([^()]{0,80}\\)\\s*)?${name}(?!\\w)`,
  ).test(line);
}

/** Whether an earlier attempt of a task was sent back because of something frozen: then a person is asked. */
export function touchedFrozen(task: TaskState): boolean {
  return task.attempts.some(({ examined }) => examined?.findings.some(({ rule }) => rule === 'frozen') === true);
}
