import type { AcceptanceGroup } from '../../kinds/implementation/model.ts';
import type { Rule } from '../rule.ts';
import { headingSpan, insertBelow, isSpecification, trimmedEnd } from './shared.ts';

interface Wanted {
  readonly title: string;
  readonly names: readonly AcceptanceGroup['name'][];
  /** Criteria of an ungrouped list that count as this group. */
  readonly words: RegExp;
  readonly severity: 'error' | 'warning';
  readonly stub: string;
}

const WANTED: readonly Wanted[] = [
  {
    title: 'Functional Requirements',
    names: ['functional', 'other'],
    words: /./,
    severity: 'error',
    stub: '[Behavior that works]',
  },
  {
    title: 'Non-Functional Requirements',
    names: ['non-functional', 'security', 'performance'],
    words: /latenc|performan|secur|throughput|\bp9\d\b|memory|compatib|availab/i,
    severity: 'warning',
    stub: '[Target met, with a number and its unit]',
  },
  {
    title: 'Testing Requirements',
    names: ['testing'],
    words: /\btest|coverage/i,
    severity: 'error',
    stub: '[Tests that pass]',
  },
  {
    title: 'Documentation Requirements',
    names: ['documentation'],
    words: /\bdoc(?:s|ument)|readme|changelog|runbook|comment/i,
    severity: 'warning',
    stub: '[Document that is updated]',
  },
];

/** IS-07: a group of acceptance criteria is missing. */
export const acceptanceGroupsRule: Rule<'implementation'> = {
  id: 'IS-07',
  name: 'ac-groups',
  about: 'A group of acceptance criteria is missing or empty.',
  severity: 'error',
  fix: 'stub',
  kinds: ['implementation'],
  *check({ draft, detail }) {
    const { acceptance, acceptanceSection: section } = detail;
    if (!isSpecification(detail) || section === undefined || acceptance.length === 0) return;
    const { source } = draft.outline;
    for (const { title, names, words, severity, stub } of WANTED) {
      const groups = acceptance.filter(({ name }) => names.includes(name));
      if (groups.some(({ criteria }) => criteria.length > 0)) continue;
      if (acceptance.some(({ criteria }) => criteria.some(({ text }) => words.test(text)))) continue;
      const bare = groups[0];
      const hint = `Write \`### ${title}\` with a box for each criterion.`;
      if (bare !== undefined) {
        const message = `"${bare.title}" holds no criterion.`;
        const fix = insertBelow(draft, bare.span.end, `- [ ] ${stub}`, 'Insert a criterion to fill in');
        yield { severity, span: bare.span, message, hint, ...fix };
        continue;
      }
      const at = trimmedEnd(source.shadow, section.end);
      const message = `The acceptance criteria have no ${title.replace(/ Requirements$/, '').toLowerCase()} ones.`;
      const fix = insertBelow(draft, at, `### ${title}\n\n- [ ] ${stub}`, `Insert "${title}" to fill in`);
      yield { severity, span: headingSpan(draft, section), message, hint, ...fix };
    }
  },
};
