import { TASK_KEYS } from '../../kinds/task-keys.ts';
import type { Rule } from '../rule.ts';

/** TK-16: `**Verfiy:**`: a key that nobody knows, one letter away from one that means something. */
export const misspeltKey: Rule<'task'> = {
  id: 'TK-16',
  name: 'misspelt-key',
  about: 'The key of a line in a task is unknown, but nearly one that means something.',
  severity: 'warning',
  fix: 'auto',
  kinds: ['task'],
  *check({ draft, detail }) {
    const { source } = draft.outline;
    for (const { keys } of detail.tasks) {
      for (const { label, span } of keys) {
        const meant = nearest(label);
        if (meant === undefined) continue;
        const written = source.text.slice(span.start, span.end);
        const at = written.search(/[A-Za-z]/);
        const length = /^[A-Za-z]+(?:[ _-][A-Za-z]+){0,5}/.exec(written.slice(Math.max(0, at)))?.[0].length ?? 0;
        const start = span.start + at;
        yield {
          span,
          message: `"${written.replace(/[*_:]+/g, '').trim()}" is no key that a task knows; did you mean "${meant}"?`,
          hint: `Write **${meant}:**, or other words if it means something else.`,
          ...(at < 0 || length === 0
            ? {}
            : {
                fix: {
                  kind: 'auto' as const,
                  title: `Write "${meant}"`,
                  edits: [{ start, end: start + length, text: meant }],
                },
              }),
        };
      }
    }
  },
};

function nearest(label: string): string | undefined {
  if (label.length < 4 || label.length > 30 || OTHER.has(label)) return undefined;
  return TASK_KEYS.find((key) => isTypo(label, key.toLowerCase().replaceAll('-', ' ')));
}

/** Words of their own that come near a key. */
const OTHER: ReadonlySet<string> = new Set([
  'file',
  'need',
  'deeds',
  'codec',
  'codes',
  'wave',
  'spec',
  'specs',
  'style',
  'tiles',
  'feeds',
  'seeds',
]);

/** Whether one letter is missing, one too many, wrong, or two are swapped. The first letter is always right. */
function isTypo(text: string, key: string): boolean {
  if (text === key || text[0] !== key[0] || Math.abs(text.length - key.length) > 1) return false;
  let i = 0;
  while (i < text.length && text[i] === key[i]) i++;
  const rest = (from: number, keyFrom: number): boolean => text.slice(from) === key.slice(keyFrom);
  return (
    rest(i + 1, i + 1) ||
    rest(i + 1, i) ||
    rest(i, i + 1) ||
    (text[i] === key[i + 1] && text[i + 1] === key[i] && rest(i + 2, i + 2))
  );
}
