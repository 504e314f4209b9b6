import type { CompanionRule } from '../../rule.ts';

const TYPES = ['feat', 'fix', 'docs', 'style', 'refactor', 'test', 'chore', 'perf', 'ci', 'build', 'revert'] as const;
const FORM = new RegExp(`^(?:${TYPES.join('|')})(?:\\([^()]{1,60}\\))?!?: \\S`);
/** Characters that a subject must stay below. */
const LONGEST = 72;

/** CM-01: a list of subjects is read far more often than any of its messages. */
export const commitSubject: CompanionRule<'commit'> = {
  id: 'CM-01',
  name: 'commit-subject',
  about: 'The first line of a commit message has no conventional type, or 72 characters and more.',
  severity: 'error',
  fix: 'none',
  kind: 'commit',
  *check({ source, detail: { subject, generated } }) {
    if (generated) return;
    if (subject === undefined) {
      yield {
        span: source.span(0, 0),
        message: 'The commit message is empty.',
        hint: 'Write `type(scope): what it does`.',
      };
      return;
    }
    const { start, end, text } = subject;
    if (!FORM.test(text.slice(0, 200))) {
      yield {
        span: source.span(start, Math.min(end, start + LONGEST)),
        message: `The subject is not of the form \`type(scope): what it does\`: "${text.slice(0, 60)}".`,
        hint: `Begin it with ${TYPES.slice(0, -1).join(', ')} or revert, a scope in parentheses, a colon and a blank.`,
      };
    }
    const length = Array.from(text.slice(0, 4000)).length;
    if (length >= LONGEST) {
      yield {
        span: source.span(start + LONGEST - 1, end),
        message: `The subject has ${length} characters${text.length > 4000 ? ' and more' : ''}; it must stay below ${LONGEST}.`,
        hint: 'Say what the commit does in fewer words, and the rest in the body.',
      };
    }
  },
};
