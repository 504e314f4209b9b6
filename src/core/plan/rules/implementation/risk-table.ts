import { isPlaceholder } from '../../commands.ts';
import type { Said } from '../../kinds/implementation/model.ts';
import type { Remark, Rule } from '../rule.ts';
import { headingSpan, isSpecification } from './shared.ts';

const WORDS: readonly (readonly [string, RegExp])[] = [
  ['High', /^(?:high|hi|h)$/i],
  ['Medium', /^(?:medium|med|moderate|mid|m)$/i],
  ['Low', /^(?:low|lo|l)$/i],
];

/** IS-11: risks that are not weighed. */
export const riskTable: Rule<'implementation'> = {
  id: 'IS-11',
  name: 'risk-table',
  about:
    'The table of risks is empty, weighs a risk by no known word, or leaves a high risk of high impact without mitigation.',
  severity: 'error',
  fix: 'auto',
  kinds: ['implementation'],
  *check({ draft, detail }) {
    const { risks, risksSection } = detail;
    if (risksSection !== undefined && risks.length === 0 && isSpecification(detail)) {
      const message = `"${risksSection.title}" holds no table of risks.`;
      const hint = 'Write a table with the columns Risk, Likelihood, Impact and Mitigation.';
      if (risksSection.from < risksSection.to) yield { span: headingSpan(draft, risksSection), message, hint };
      return;
    }
    for (const { risk, likelihood, impact, mitigation } of risks) {
      for (const [name, cell] of [
        ['likelihood', likelihood],
        ['impact', impact],
      ] as const) {
        const remark = cell === undefined ? undefined : weighed(cell, name, risk.text);
        if (remark !== undefined) yield remark;
      }
      const both = [likelihood, impact].every((cell) => cell !== undefined && wordOf(cell.text) === 'High');
      if (!both || !/^(?:[\s—–-]*|none|n\/a|tbd)$/i.test(mitigation?.text ?? '')) continue;
      const message = `"${risk.text.slice(0, 60)}" is likely and harmful, and nothing is done about it.`;
      yield {
        span: mitigation?.span ?? risk.span,
        message,
        hint: 'Say how it is prevented, or what makes it bearable.',
      };
    }
  },
};

function wordOf(text: string): string | undefined {
  const bare = text.replace(/[^\p{L}/ -]/gu, '').trim();
  return WORDS.find(([, words]) => words.test(bare))?.[0];
}

function weighed({ text, span }: Said, name: string, risk: string): Remark | undefined {
  if (text === '' || isPlaceholder(text) || WORDS.some(([word]) => word === text)) return undefined;
  const word = wordOf(text);
  const hint = 'Write High, Medium or Low.';
  const message = `The ${name} of "${risk.slice(0, 60)}" is "${text.slice(0, 30)}".`;
  if (word === undefined) return { span, message, hint };
  const edits = [{ start: span.start, end: span.end, text: word }];
  return { severity: 'warning', span, message, hint, fix: { kind: 'auto', title: `Write ${word}`, edits } };
}
