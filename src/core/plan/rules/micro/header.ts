import type { HeaderKey } from '../../kinds/micro/model.ts';
import { newlineOf } from '../newline.ts';
import type { Rule } from '../rule.ts';
import { titleSpan } from './places.ts';

interface Wanted {
  readonly key: HeaderKey;
  readonly label: string;
  readonly stub: string;
  readonly must: boolean;
}

const WANTED: readonly Wanted[] = [
  { key: 'goal', label: 'Goal', stub: '[what this pull request achieves, in one sentence]', must: true },
  { key: 'problem', label: 'The problem today', stub: '[what users or developers cannot do now]', must: false },
  { key: 'adds', label: 'What this PR adds', stub: '[two to four things that are there afterwards]', must: false },
  { key: 'why', label: 'Why this matters', stub: '[what becomes possible]', must: false },
  {
    key: 'architecture',
    label: 'Architecture',
    stub: '[files and modules that change, and how they fit]',
    must: false,
  },
  { key: 'source', label: 'Source', stub: '[issue, macro plan or design document it comes from]', must: true },
  { key: 'contracts', label: 'Behavioral Contracts', stub: 'See Part 1, Section B', must: false },
];

/** MI-01: the header says for two audiences what the pull request is about. */
export const header: Rule<'micro'> = {
  id: 'MI-01',
  name: 'micro-header',
  about: 'The header of a micro plan lacks one of its lines: Goal and Source always, the others in the full form.',
  severity: 'error',
  fix: 'stub',
  kinds: ['micro'],
  *check({ draft, detail }) {
    const nl = newlineOf(draft.outline.source);
    for (const { key, label, stub, must } of WANTED) {
      if (!must && detail.compact) continue;
      const said = detail.header[key];
      if (said !== undefined && said.text !== '') continue;
      // A section of contracts says where they are as well as a line that points to it.
      if (key === 'contracts' && detail.parts.contracts !== undefined && detail.contracts.length > 0) continue;
      const message =
        said === undefined ? `The header has no line "${label}".` : `Nothing stands behind "${label}" in the header.`;
      const at = said?.end ?? detail.headerEnd;
      const text = said === undefined ? `${nl}${nl}**${label}:** ${stub}` : ` ${stub}`;
      yield {
        span: said === undefined ? titleSpan(draft) : draft.outline.source.span(said.start, said.end),
        message,
        hint: `Write \`**${label}:** …\` below the title.`,
        ...(must ? {} : { severity: 'warning' as const }),
        fix: { kind: 'stub', title: `Insert "${label}" to fill in`, edits: [{ start: at, end: at, text }] },
      };
    }
  },
};
