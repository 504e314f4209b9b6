import { oneLine } from '../kinds/task-inert.ts';
import type { PlanKind } from '../model.ts';
import { normaliseScope } from '../scope.ts';
import { BY_HAND, type PlanOperation } from './operation.ts';

/** Thrown where a plan cannot say what is wanted. */
export class Refused extends Error {
  readonly hint: string;
  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

/** Kinds of which the units are numbered without gaps in the order in which they stand. */
export const NUMBERED: ReadonlySet<PlanKind> = new Set(['phased', 'master']);

/** What to do when a plan may not be without a task, or not with one more. */
export function hintOf(operation: PlanOperation, kind: PlanKind): string {
  switch (operation.do) {
    case 'drop':
      return `let it stand, and: masterplan waive ${operation.tasks[0] ?? ''} --reason "…"`;
    case 'merge': {
      const [into = '', other = ''] = operation.tasks;
      return NUMBERED.has(kind)
        ? `only the last ones can be merged; else say in ${into} what ${other} was to do (masterplan amend scope ${into} …, verify ${into} "…"), and: masterplan waive ${other} --reason "…"`
        : BY_HAND;
    }
    case 'split':
      return NUMBERED.has(kind)
        ? `numbers stay as they are, so that only the last can be split; else: masterplan amend add "${oneLine(operation.parts[1]?.title ?? '…')}", which is done at the end`
        : BY_HAND;
    case 'add':
      return NUMBERED.has(kind) && operation.before.length > 0
        ? 'numbers stay as they are, so that a new one stands at the end: leave --before out'
        : BY_HAND;
    default:
      return BY_HAND;
  }
}

/** Paths as a plan has them. */
export function pathsOf(paths: readonly string[]): string[] {
  return [
    ...new Set(
      paths.map((path) => {
        const normal = normaliseScope(path);
        if (!normal.ok)
          throw new Refused(
            `the path ${JSON.stringify(path)} ${normal.error}`,
            'files, directories (src/db/) or globs',
          );
        return normal.value;
      }),
    ),
  ];
}
