import type { DraftUnit } from '../../draft.ts';
import type { FieldRole } from '../../kinds/implementation/model.ts';
import type { Rule } from '../rule.ts';
import { insertField, isSpecification, unitSpan } from './shared.ts';

/** IS-03: a task without what an agent must know of it. */
export const taskFields: Rule<'implementation'> = {
  id: 'IS-03',
  name: 'task-fields',
  about: 'A task does not say which files it changes, what changes, or how that is tested.',
  severity: 'error',
  fix: 'stub',
  kinds: ['implementation'],
  *check({ draft, detail }) {
    if (!isSpecification(detail)) return;
    for (const [i, { fields, text, room }] of detail.tasks.entries()) {
      const unit = draft.units[i] as DraftUnit;
      const has = (...roles: FieldRole[]): boolean => fields.some(({ role }) => roles.includes(role));
      const span = unitSpan(draft, unit);
      if (!has('files') && !unit.nonCommitting) {
        const message = `${unit.id} names no files: it may change anything.`;
        yield {
          span,
          message,
          hint: 'Write `Files: `src/a.ts``.',
          ...insertField(draft, room, 'Files', '`[path/to/file]`', 'stub'),
        };
      }
      if (!has('tests', 'verify', 'criteria')) {
        const message = `${unit.id} does not say how it is tested.`;
        yield {
          span,
          message,
          hint: 'Write `Tests:` and a command or what must hold.',
          ...insertField(draft, room, 'Tests', '[How to validate]', 'stub'),
        };
      }
      if (!has('changes') && text === '') {
        const message = `${unit.id} does not say what changes.`;
        const fix = insertField(draft, room, 'Changes', '[What changes]', 'stub');
        yield {
          severity: 'warning',
          span,
          message,
          hint: 'Write `Changes:` and what is different afterwards.',
          ...fix,
        };
      }
    }
  },
};
