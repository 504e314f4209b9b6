import { fieldOf } from '../../kinds/macro/model.ts';
import type { Rule } from '../rule.ts';
import { isStub } from './shared.ts';

const TYPES = ['policy template', 'subsystem module', 'backend swap', 'tier composition'] as const;
const KNOWN =
  /\b(?:policy[\s-]{1,3}template|subsystem[\s-]{1,3}module|backend[\s-]{1,3}swap|tier[\s-]{1,3}composition)s?\b/i;
const NEAR: readonly (readonly [RegExp, (typeof TYPES)[number]])[] = [
  [/polic/i, 'policy template'],
  [/back-?end|swap|replace/i, 'backend swap'],
  [/tier|compos/i, 'tier composition'],
  [/module|subsystem|component/i, 'subsystem module'],
];

/** MA-15: each extension type has its own recipe; a type of one's own has none. */
export const extensionType: Rule<'macro'> = {
  id: 'MA-15',
  name: 'extension-type-enum',
  about: 'An extension type is none of the four that have a recipe.',
  severity: 'warning',
  fix: 'suggest',
  kinds: ['macro'],
  *check({ draft, detail }) {
    for (const pull of detail.pulls) {
      const field = fieldOf(pull, 'type');
      if (field === undefined || field.text === '' || isStub(field.text) || KNOWN.test(field.text.slice(0, 400)))
        continue;
      const near = NEAR.find(([pattern]) => pattern.test(field.text.slice(0, 200)))?.[1];
      const said = field.text.split('\n')[0]?.slice(0, 60) ?? '';
      const message = `"${said}" is no extension type.`;
      const hint = `Write one of: ${TYPES.join(', ')}.`;
      const { text } = draft.outline.source;
      const at = text.slice(field.start, field.end).lastIndexOf(said);
      if (near === undefined || at < 0 || said === '') yield { span: field.span, message, hint };
      else {
        const start = field.start + at;
        const fix = {
          kind: 'suggest' as const,
          title: `Call it ${near}`,
          edits: [{ start, end: start + said.length, text: near }],
        };
        yield { span: field.span, message, hint, fix };
      }
    }
  },
};
