import type { Rule } from '../rule.ts';

/** TK-13: `Codex: ok` and a parallel group exclude each other for the tool that has both; here both hold. */
export const groupCodex: Rule<'task'> = {
  id: 'TK-13',
  name: 'group-with-codex',
  about: 'A task is marked for Codex and put into a parallel group, which other tools do not run together.',
  severity: 'warning',
  fix: 'none',
  kinds: ['task'],
  *check({ draft, detail }) {
    for (const [i, unit] of draft.units.entries()) {
      const codex = detail.tasks[i]?.codex;
      if (unit.group === undefined || codex?.ok !== true) continue;
      const message = `${unit.id} is in parallel group ${unit.group} and marked for Codex: other tools run it outside the group.`;
      yield { span: codex.span, message, hint: 'Decide for one of both, unless only masterplan runs this plan.' };
    }
  },
};
