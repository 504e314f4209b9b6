import type { Draft } from '../../draft.ts';
import type { ImplementationDetail } from '../../kinds/implementation/model.ts';
import type { Rule } from '../rule.ts';
import { insertBelow, isSpecification, titleSpan } from './shared.ts';

interface Wanted {
  readonly what: string;
  readonly has: (text: string, draft: Draft, detail: ImplementationDetail) => boolean;
  readonly stub: string;
}

const TEST_FIRST = /\btests?\b|\bcoverage\b|characteri[sz]ation/i;

const WANTED: Readonly<Record<ImplementationDetail['approach'], readonly Wanted[]>> = {
  feature: [],
  debug: [
    {
      what: 'how the bug is reproduced',
      has: (text) => /\breproduc|\brepro\b/i.test(text),
      stub: '## Reproduction\n\n[How to reproduce the bug]',
    },
    {
      what: 'a regression test',
      has: (text) => /\bregression\b|\btests? (?:that|which) fails? (?:before|without)/i.test(text),
      stub: '## Regression Test\n\n[Which regression test fails before the fix and passes behind it]',
    },
  ],
  refactor: [
    {
      what: 'tests that hold the behaviour fast before anything is moved',
      has: (text, { units }) =>
        TEST_FIRST.test(units[0]?.title ?? '') ||
        /characteri[sz]ation tests?|\b(?:tests?|coverage)\b.{0,60}\b(?:before|first|prior)\b|\bbefore\b.{0,60}\b(?:tests?|coverage)\b/i.test(
          text,
        ),
      stub: '## Tests Before Refactoring\n\n[Which tests hold the behavior fast before anything is moved]',
    },
  ],
  infra: [
    {
      what: 'a dry run',
      has: (text) =>
        /\bdry[- ]?runs?\b|\bpreview|--check\b|\bplan -out\b|\bterraform plan\b|\bdiff mode\b|\brehears/i.test(text),
      stub: '## Dry Run\n\n[How the change is previewed with a dry run]',
    },
    {
      what: 'a rollback',
      has: (text, _, { rollback }) => rollback !== undefined || /\broll(?:ing)? ?-?back|\brevert/i.test(text),
      stub: '## Rollback Plan\n\n1. [How the change is reverted]\n2. Verify: [How one sees that it is reverted]',
    },
    {
      what: 'monitoring',
      has: (text) => /\bmonitor|\balert|\bdashboard|\bgrafana|\bprometheus/i.test(text),
      stub: '## Monitoring\n\n[What is monitored while the change rolls out]',
    },
  ],
};

/** IS-18: what only a plan of this approach must say, and does not. */
export const approachSpecific: Rule<'implementation'> = {
  id: 'IS-18',
  name: 'approach-specific',
  about:
    'A debugging plan without reproduction or regression test, a refactoring without tests first, or an infrastructure change without dry run, rollback or monitoring.',
  severity: 'error',
  fix: 'stub',
  kinds: ['implementation'],
  *check({ draft, detail }) {
    const { approach, approachStated } = detail;
    if (!isSpecification(detail) || !approachStated || draft.units.length === 0) return;
    const text = draft.outline.source.shadow;
    const name = { debug: 'debugging', refactor: 'refactoring', infra: 'infrastructure', feature: 'feature' }[approach];
    for (const { what, has, stub } of WANTED[approach]) {
      if (has(text, draft, detail)) continue;
      const at = (detail.acceptanceSection ?? detail.risksSection)?.heading.start ?? text.length;
      yield {
        span: titleSpan(draft),
        message: `This ${name} plan does not mention ${what}.`,
        hint: 'Add it as a section or a task.',
        ...insertBelow(draft, at, stub, `Insert a section on ${what}, to fill in`),
      };
    }
  },
};
