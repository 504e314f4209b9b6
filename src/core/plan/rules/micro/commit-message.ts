import type { Remark, Rule } from '../rule.ts';
import { natureOf } from './shape.ts';

const TYPE = /^(?:feat|fix|docs?|style|refactor|perf|tests?|build|ci|chore|revert)(?:\([^()]{0,60}\))?!?:\s/;

/** MI-17: from a commit one must find the contract that it is for. */
export const commitMessage: Rule<'micro'> = {
  id: 'MI-17',
  name: 'commit-refs-contract',
  about: 'The commit message of a task names none of its contracts, or has no conventional type.',
  severity: 'warning',
  fix: 'auto',
  kinds: ['micro'],
  *check({ draft, detail }) {
    const { source } = draft.outline;
    for (const [at, task] of detail.tasks.entries()) {
      const unit = draft.units[at];
      if (unit === undefined) continue;
      const commits = task.steps.flatMap(({ commit }) => commit ?? []);
      for (const { text, start, end } of commits) {
        if (TYPE.test(text)) continue;
        const nature = natureOf(unit, task);
        const type = nature === 'tests' ? 'test' : nature === 'prose' ? 'docs' : 'feat';
        const remark: Remark = {
          span: source.span(start, end),
          message: `The commit message of ${unit.id} has no type: "${text.slice(0, 60)}".`,
          hint: `Begin it with feat, fix, docs, refactor, test or chore and a colon: \`${type}: …\`.`,
        };
        const words = /^[[(<{]/.test(text) || text === '';
        yield words
          ? remark
          : {
              ...remark,
              fix: {
                kind: 'suggest',
                title: `Begin it with "${type}:"`,
                edits: [{ start, end: start, text: `${type}: ` }],
              },
            };
      }
      const ids = task.foundation ? [] : (unit.criterionIds ?? []);
      const last = commits.at(-1);
      if (last === undefined || ids.length === 0) continue;
      if (
        commits.some(
          ({ text, rest }) => /\bBC-[A-Z0-9]/i.test(text + rest) || ids.some((id) => (text + rest).includes(id)),
        )
      )
        continue;
      const names = ids.length > 4 ? `${ids[0]} to ${ids.at(-1)}` : ids.join(', ');
      yield {
        span: source.span(last.start, last.end),
        message: `The commit message of ${unit.id} names none of its contracts.`,
        hint: `Write (${names}) at the end of its first line.`,
        fix: {
          kind: 'auto',
          title: `Add (${names})`,
          edits: [{ start: last.end, end: last.end, text: ` (${names})` }],
        },
      };
    }
  },
};
