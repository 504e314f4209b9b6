import { spanAt } from './shared.ts';
import type { Rule } from '../rule.ts';

const BREAKING = /\bnot null\b(?!\s{1,4}default)|\bdrop(?:s|ped|ping)?\b|\brenam(?:e|es|ed|ing)\b/i;
const DEPLOY = /\b(?:deploy\w*|releas\w*|rollout|rolled out|code|application|after|backfill\w*)\b/i;

function kindOf(text: string): 'expand' | 'contract' | 'deploy' | undefined {
  if (/\bcontract\b(?! test)/i.test(text) && /\bmigrat|\brun\b|\bapply\b|^\W*contract/i.test(text)) return 'contract';
  if (/\bexpand\b/i.test(text)) return 'expand';
  return /\b(?:deploy|release|roll out)\b/i.test(text) ? 'deploy' : undefined;
}

/** FP-25: a schema change is in the wrong phase, or the deploy order contradicts the phases. */
export const expandContract: Rule<'functional'> = {
  id: 'FP-25',
  name: 'expand-contract',
  about: 'A schema change is in the wrong phase, or the deploy order contradicts the phases.',
  severity: 'error',
  fix: 'suggest',
  kinds: ['functional'],
  *check({ draft, detail }) {
    for (const { change, phase, after } of detail.schema) {
      const kind = /\b(expand|contract)/.exec(phase.text)?.[1];
      const breaking = BREAKING.exec(change.text.slice(0, 1000).replace(/drop\s+not null/i, ''))?.[0];
      if (kind === 'expand' && breaking !== undefined) {
        const message = `"${change.text.slice(0, 60)}" breaks the code that is running (${breaking}), so it is no expand.`;
        const fix = {
          kind: 'suggest' as const,
          title: 'Make it a contract',
          edits: [{ start: phase.start, end: phase.end, text: 'contract' }],
        };
        yield { span: spanAt(draft, phase), message, hint: 'Make it a `contract` that waits for the deploy.', fix };
      }
      if (kind === 'contract' && !DEPLOY.test(after?.text ?? '')) {
        const message = `The contract "${change.text.slice(0, 60)}" does not say after which deploy it may run.`;
        yield {
          span: spanAt(draft, after ?? phase),
          message,
          hint: 'Write what must be deployed before: `After code deploy writes the column`.',
        };
      }
    }
    const order = detail.deployOrder.map((one) => ({ ...one, kind: kindOf(one.text) }));
    const deploy = order.findIndex(({ kind }) => kind === 'deploy');
    if (deploy < 0) return;
    for (const [i, one] of order.entries()) {
      if ((one.kind === 'contract' && i < deploy) || (one.kind === 'expand' && i > deploy)) {
        const message =
          one.kind === 'contract'
            ? 'Contract migrations run before the code is deployed.'
            : 'Expand migrations run after the code is deployed.';
        yield { span: spanAt(draft, one), message, hint: 'Expand and backfill, then deploy, then contract.' };
      }
    }
  },
};
