import type { SectionSpec } from '../section-spec.ts';
import type { MicroPart } from './model.ts';
import { PART_KEYS } from './parts.ts';

/** A section of a micro plan and what we call it. */
export interface MicroSection extends SectionSpec {
  readonly part: MicroPart;
}

const table = (...rows: readonly (readonly string[])[]): string => {
  const [header = '', ...rest] = rows.map((cells) => `| ${cells.join(' | ')} |`);
  return [header, `|${(rows[0] ?? []).map(() => '---|').join('')}`, ...rest].join('\n');
};

const spec = (part: MicroPart, title: string, need: SectionSpec['need'], stub: string): MicroSection => ({
  part,
  title,
  key: PART_KEYS[part],
  need,
  stub,
});

const CONTRACT = [
  'BC-1: [name of what is promised]',
  '- GIVEN [the state before]',
  '- WHEN [what happens]',
  '- THEN [what MUST be observable afterwards]',
].join('\n');

const CHECKLIST = [
  '- [ ] Every contract stands in a task and in the test strategy',
  '- [ ] Every task ends in a commit with all tests green',
  '- [ ] Nothing is added that no test and no command exercises',
  '- [ ] Every deviation from the source is in the log, with its reason',
  '- [ ] Documentation changes with what it describes',
].join('\n');

/** The sections of the full form in the order in which we write them; the headings of the Parts only group them. */
export const MICRO_SECTIONS: readonly MicroSection[] = [
  spec('summary', 'A) Executive Summary', 'should', '[what the pull request does, and what it stands next to]'),
  spec('contracts', 'B) Behavioral Contracts', 'always', CONTRACT),
  spec('interaction', 'C) Component Interaction', 'should', '[which parts call which, and who owns the state]'),
  spec(
    'deviations',
    'D) Deviation Log',
    'may',
    table(
      ['Source Says', 'Micro Plan Does', 'Reason'],
      ['[what the source says]', '[what is done]', '[one of the six reasons, and why]'],
    ),
  ),
  spec('review', 'E) Review Guide', 'should', '[what is tricky, what to look at closely, what to skim]'),
  spec('overview', 'F) Implementation Overview', 'may', '[files that are created and modified, and why]'),
  spec('tasks', 'G) Task Breakdown', 'may', '[tasks, each from a failing test to a commit]'),
  spec(
    'tests',
    'H) Test Strategy',
    'should',
    table(['Contract', 'Task', 'Test Type', 'Test Name'], ['BC-1', 'Task 1', '[type of test]', '[name of the test]']),
  ),
  spec(
    'risks',
    'I) Risk Analysis',
    'should',
    table(
      ['Risk', 'Likelihood', 'Impact', 'Mitigation', 'Task'],
      ['[what may go wrong]', '[how likely]', '[how bad]', '[what is done about it]', 'Task 1'],
    ),
  ),
  spec('checklist', 'J) Sanity Checklist', 'should', CHECKLIST),
  spec('appendix', 'K) File-Level Details', 'may', '[what an implementer must know of each file]'),
  // The appendix has one for each file; often they stand beside the other sections.
  {
    part: 'appendix',
    title: 'File: [path]',
    key: /^files?\s|^[\w.@+-]{1,200}(?:\/[\w.@+-]{1,200}){0,20}\.\w{1,12}$/,
    need: 'may',
    stub: '[what an implementer must know of this file]',
  },
];

/** The sections of the compact form. */
export const MICRO_COMPACT_SECTIONS: readonly MicroSection[] = [
  spec('contracts', 'Behavioral Contracts', 'should', CONTRACT),
  spec('deviations', 'Deviation Log', 'may', 'No deviations from the source.'),
  spec('tasks', 'Tasks', 'may', '[tasks with Files, Test, Impl, Verify, Lint and Commit]'),
  spec('tests', 'Test Strategy', 'may', '[which test checks which contract]'),
  spec('risks', 'Risk Analysis', 'may', '[what may go wrong]'),
  spec('checklist', 'Sanity Checklist', 'should', CHECKLIST),
  spec('appendix', 'Appendix', 'may', '[what an implementer must know of each file]'),
];

/** The sections that a micro plan may be expected to have. */
export function microSections(compact: boolean): readonly MicroSection[] {
  return compact ? MICRO_COMPACT_SECTIONS : MICRO_SECTIONS;
}
