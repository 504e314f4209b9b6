import type { Fix } from '../../../base/finding.ts';
import type { Draft, DraftUnit } from '../../draft.ts';
import { PLAN_KINDS, type PlanTask } from '../../model.ts';
import { overlaps } from '../../shared-paths.ts';
import { newlineOf } from '../newline.ts';
import type { Rule } from '../rule.ts';

/**
 * GEN-012: two tasks that could work at the same time may change the same file. They will not be run at the same time,
 * which the author may not have meant.
 */
export const sameWaveOverlap: Rule = {
  id: 'GEN-012',
  name: 'same-wave-file-overlap',
  about: 'Two units that do not wait for each other may change the same path.',
  severity: 'warning',
  severities: { approval: 'error', execution: 'error' },
  fix: 'suggest',
  kinds: PLAN_KINDS,
  *check({ draft, compiled }) {
    for (const { first, second, path } of overlaps(compiled.tasks)) {
      const unit = draft.units[second] as DraftUnit;
      const where = unit.paths.find(({ text }) => text === path)?.span ?? unit.paths[0]?.span;
      const span = where ?? draft.outline.source.span(unit.heading.start, unit.heading.end);
      const { id } = compiled.tasks[first] as PlanTask;
      const other = draft.units[first] as DraftUnit;
      const group =
        unit.group !== undefined && unit.group === other.group ? `, both in parallel group ${unit.group},` : '';
      const message = `${unit.id} and ${id}${group} may both change ${path} and do not wait for each other; they will be worked on one at a time.`;
      const hint = `If ${unit.id} builds on ${id}, write **Needs:** ${id}; else part their files.`;
      const fix = draft.kind === 'task' ? need(draft, unit, id) : undefined;
      yield { span, message, hint, ...(fix === undefined ? {} : { fix }) };
    }
  },
};

/** Writes the need into the task, if its heading stands in a line of its own. */
function need({ outline }: Draft, unit: DraftUnit, id: string): Fix | undefined {
  const title = `Let ${unit.id} need ${id}`;
  const stated = unit.needs[0];
  const { source } = outline;
  if (stated === undefined) {
    const nl = newlineOf(source);
    const { end } = unit.heading;
    return { kind: 'suggest', title, edits: [{ start: end, end, text: `${nl}${nl}**Needs:** ${id}` }] };
  }
  const { start, end } = stated.span;
  const value = source.text.slice(start, end);
  const text = value.trim();
  if (text === '' || text.includes('\n')) return undefined;
  const at = start + value.indexOf(text);
  const none = /^(?:none|nothing|n\/a|[-—–]+|_\(none\)_)$/i.test(text);
  return {
    kind: 'suggest',
    title,
    edits: [
      none
        ? { start: at, end: at + text.length, text: id }
        : { start: at + text.length, end: at + text.length, text: `, ${id}` },
    ],
  };
}
