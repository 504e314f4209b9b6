import { textIn } from '../../markdown/text.ts';
import type { Rule } from '../rule.ts';
import { blocksOf, headOf } from '../phased/parts.ts';

const CONTRACT =
  /\b(?:types?|schemas?|interfaces?|contracts?|apis?|protocols?|signatures?|models?|traits?|protobufs?|openapi|graphql|dtos?|abstractions?|base class(?:es)?|events?)\b/i;

/** MS-02: what modules share is agreed on in Phase 0, or they cannot be built side by side. */
export const foundationContracts: Rule<'master'> = {
  id: 'MS-02',
  name: 'phase0-has-contracts',
  about: 'Phase 0 names no type, schema, interface, contract or API that the modules share.',
  severity: 'warning',
  fix: 'none',
  kinds: ['master'],
  *check({ draft, detail }) {
    const unit = detail.foundation === undefined ? undefined : draft.units[detail.foundation];
    if (unit === undefined || detail.modules.length < 2) return;
    const { from, to } = blocksOf(draft.outline, unit);
    for (const { text } of textIn(draft.outline, from, to)) if (CONTRACT.test(text)) return;
    const message = 'Phase 0 defines nothing that the modules share: no type, schema, interface, contract or API.';
    yield { span: headOf(draft, unit), message, hint: 'Say which contracts Phase 0 sets up, and in which files.' };
  },
};
