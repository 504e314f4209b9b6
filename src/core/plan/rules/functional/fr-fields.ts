import { parentId } from '../../kinds/functional/ids.ts';
import type { FunctionalRequirement } from '../../kinds/functional/model.ts';
import { lineEndOf, spanAt, trimmedEnd } from './shared.ts';
import type { Rule } from '../rule.ts';

interface Field {
  readonly label: string;
  readonly weight: 'error' | 'warning';
  readonly stub: string;
  readonly has: (one: FunctionalRequirement) => boolean;
}

const FIELDS: readonly Field[] = [
  {
    label: 'Agent hint',
    weight: 'error',
    stub: '**Agent hint**: [one of backend, frontend, fullstack, database, api, observability]',
    has: ({ hint }) => hint !== undefined,
  },
  {
    label: 'Description',
    weight: 'error',
    stub: '**Description**: [What the system does]',
    has: ({ description }) => description !== undefined,
  },
  {
    label: 'Inputs',
    weight: 'warning',
    stub: '**Inputs**:\n\n| Field | Type | Constraints |\n|---|---|---|\n| [field] | [type] | [constraints] |',
    has: ({ inputs }) => inputs !== undefined && inputs.length > 0,
  },
  {
    label: 'Behaviour',
    weight: 'error',
    stub: '**Behaviour**:\n\n1. [What happens first]',
    has: ({ behaviour }) => behaviour !== undefined && behaviour.length > 0,
  },
  {
    label: 'Success Criteria',
    weight: 'error',
    stub: '**Success Criteria**:\n\n- [What can be observed]',
    has: ({ success }) => success !== undefined && success.length > 0,
  },
  {
    label: 'Error Cases',
    weight: 'warning',
    stub: '**Error Cases**:\n\n| Condition | Expected Behaviour |\n|---|---|\n| [condition] | [expected behaviour] |',
    has: ({ errors }) => errors !== undefined && errors.length > 0,
  },
];

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', no ')} and no ${words.at(-1)}`;
}

/** FP-04: a requirement lacks its agent hint, description, behaviour, success criteria, inputs or error cases. */
export const frFields: Rule<'functional'> = {
  id: 'FP-04',
  name: 'fr-fields',
  about: 'A requirement lacks its agent hint, description, behaviour, success criteria, inputs or error cases.',
  severity: 'error',
  fix: 'stub',
  kinds: ['functional'],
  *check({ draft, detail }) {
    const eol = lineEndOf(draft);
    const parents = new Set(detail.requirements.flatMap(({ id }) => (parentId(id) === id ? [] : [parentId(id)])));
    for (const one of detail.requirements) {
      // A requirement that is split says everything in its parts.
      if (parents.has(one.id)) continue;
      for (const severity of ['error', 'warning'] as const) {
        const missing = FIELDS.filter(({ weight, has }) => weight === severity && !has(one));
        if (missing.length === 0 || (!one.full && severity === 'warning')) continue;
        const message = `${one.id} has no ${listed(missing.map(({ label }) => label.toLowerCase()))}.`;
        const hint = `Write ${missing.map(({ label }) => `**${label}**:`).join(', ')} below its heading.`;
        const span = spanAt(draft, one.head);
        if (!one.full) {
          yield {
            span,
            message,
            hint: 'Make it a section `### FR-1: Name` with the parts of a requirement.',
            severity,
          };
          continue;
        }
        const start = trimmedEnd(draft, one.start, one.ownEnd);
        const text = missing
          .map(({ stub }) => `\n\n${stub}`)
          .join('')
          .replaceAll('\n', eol);
        const title = `Add ${missing.map(({ label }) => label).join(', ')}`;
        yield { span, message, hint, severity, fix: { kind: 'stub', title, edits: [{ start, end: start, text }] } };
      }
    }
  },
};
