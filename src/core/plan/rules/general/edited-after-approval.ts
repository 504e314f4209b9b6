import { outlineHash } from '../../hash.ts';
import { outlineOf } from '../../markdown/outline.ts';
import { Source } from '../../markdown/source.ts';
import { PLAN_KINDS } from '../../model.ts';
import type { Rule } from '../rule.ts';

/** GEN-016: the plan is not the one that was approved: more than ticks, log and status have changed. */
export const editedAfterApproval: Rule = {
  id: 'GEN-016',
  name: 'edited-after-approval',
  about: 'The document was changed after it was approved, beyond ticks, log and status.',
  severity: 'error',
  fix: 'none',
  kinds: PLAN_KINDS,
  *check({ draft, facts }) {
    const { approved } = facts;
    if (approved === undefined || outlineHash(draft.outline) === approved.sha256) return;
    const { source } = draft.outline;
    const at = approved.text === undefined ? undefined : firstDifference(source, approved.text);
    const start = at ?? Math.max(0, source.shadow.search(/\S/));
    const where = at === undefined ? '' : ` The first change is in line ${source.span(start, start).line}.`;
    yield {
      span: source.span(start, source.lineEnd(start)),
      message: `This is not the version that was approved.${where}`,
      hint: 'Have it approved anew, or take the changes back.',
    };
  },
};

/** Where the first line begins that differs by more than ticks. */
function firstDifference(source: Source, approved: string): number | undefined {
  const plain = (text: string): readonly string[] => outlineOf(new Source(text)).source.shadow.split('\n');
  const before = plain(approved);
  let at = 0;
  for (const [i, line] of source.shadow.split('\n').entries()) {
    if (open(line) !== open(before[i] ?? '\0') && !/^[ \t]*(?:\*\*)?status\b/i.test(line))
      return Math.min(at, source.text.length);
    at += line.length + 1;
  }
  return undefined;
}

function open(line: string): string {
  return line.replace(/\[[xX]\]/g, '[ ]').trimEnd();
}
