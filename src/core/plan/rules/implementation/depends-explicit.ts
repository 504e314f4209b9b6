import type { Edit } from '../../../base/finding.ts';
import type { DraftUnit } from '../../draft.ts';
import type { Rule } from '../rule.ts';
import { insertField, unitSpan } from './shared.ts';

/** IS-04: a task that leaves open what it needs. */
export const dependsExplicit: Rule<'implementation'> = {
  id: 'IS-04',
  name: 'depends-explicit',
  about: 'A task does not say what it depends on.',
  severity: 'warning',
  fix: 'auto',
  kinds: ['implementation'],
  *check({ draft, detail }) {
    const { units } = draft;
    // A row with an empty cell says it: what is not in a table says nothing.
    if (detail.form === 'waves' || detail.form === 'steps' || units.length === 0) return;
    const label = detail.form === 'groups' ? 'Dependencies' : 'Depends on';
    const name = (unit: DraftUnit): string =>
      detail.form === 'groups' ? `Task Group ${unit.id.slice(1)}` : `Task ${unit.id.replace(/^T(?=\d)/, '')}`;
    const silent = units.flatMap((unit, i) =>
      unit.needs.length === 0 && !(detail.tasks[i]?.fields.some(({ role }) => role === 'needs') ?? false) ? [i] : [],
    );
    if (silent.length === units.length && units.length > 1) {
      const edits = units.flatMap((_, i): readonly Edit[] => {
        const value = i === 0 ? 'None' : name(units[i - 1] as DraftUnit);
        return insertField(draft, detail.tasks[i]?.room, label, value, 'auto').fix?.edits ?? [];
      });
      const title = `Write down that each needs the one before it`;
      yield {
        span: unitSpan(draft, units[0] as DraftUnit),
        message: 'No task says what it depends on, so each waits for the one before it.',
        hint: `Write \`${label}: None\` or the tasks that must be done first.`,
        // Half of the lines would make the rest of the tasks independent.
        ...(edits.length === units.length ? { fix: { kind: 'auto' as const, title, edits } } : {}),
      };
      return;
    }
    for (const i of silent) {
      const unit = units[i] as DraftUnit;
      const before = units[i - 1];
      const fix =
        before === undefined
          ? insertField(draft, detail.tasks[i]?.room, label, 'None', 'auto')
          : insertField(draft, detail.tasks[i]?.room, label, name(before), 'suggest');
      const message = `${unit.id} does not say what it depends on, so it waits for nothing.`;
      yield {
        span: unitSpan(draft, unit),
        message,
        hint: `Write \`${label}: None\` or the tasks that must be done first.`,
        ...fix,
      };
    }
  },
};
