import { commandToRun } from '../../commands.ts';
import type { Rule } from '../rule.ts';

const EXPECTS_FAILURE =
  /\b(?:fails?|failing|must not (?:match|exit 0)|exits? (?:with )?(?:code )?(?:[1-9]|non-?zero)|non-?zero|returns? (?:1|false|nothing|non-?zero))\b/i;

/** TK-11: what a document expects of a command beyond exit code 0 is not checked by anyone but the reader. */
export const uncheckedExpectation: Rule<'task'> = {
  id: 'TK-11',
  name: 'unchecked-expectation',
  about: 'A verify command has an expectation that its exit code does not check.',
  severity: 'info',
  fix: 'none',
  kinds: ['task'],
  *check({ draft }) {
    const commands = [...draft.units.flatMap((unit) => unit.verify), ...draft.verify];
    for (const { run, span, expects } of commands) {
      if (expects === undefined || commandToRun({ run, expects }) !== run) continue;
      if (EXPECTS_FAILURE.test(expects)) {
        const message = `"${expects.slice(0, 80)}": a verify command passes only by exit code 0.`;
        yield { span, message, hint: `If the command should fail, write \`! ${run.slice(0, 60)}\`.` };
      } else {
        const message = `"${expects.slice(0, 80)}" is not checked: a verify command passes by exit code 0.`;
        yield { span, message, hint: 'Put what matters into the command, so that it fails when it is not so.' };
      }
    }
  },
};
