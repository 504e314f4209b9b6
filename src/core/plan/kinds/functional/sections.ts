import type { SectionSpec } from '../section-spec.ts';
import type { FunctionalPart } from './model.ts';

/** A section of a functional plan and what we call it. */
export interface FunctionalSection extends SectionSpec {
  readonly part: FunctionalPart;
}

const table = (...rows: readonly (readonly string[])[]): string => {
  const [header = [], ...rest] = rows.map((cells) => `| ${cells.join(' | ')} |`);
  return [header, `|${(rows[0] ?? []).map(() => '---|').join('')}`, ...rest].join('\n');
};

/**
 * The sections in the order in which we write them. `always` are those without which streams cannot be carried out or
 * checked; `may` are conditional: FP-17, FP-18 and FP-23 know when they are wanted.
 */
export const FUNCTIONAL_SECTIONS: readonly FunctionalSection[] = [
  {
    part: 'overview',
    title: 'Feature Overview',
    key: /^(?:(?:feature|product|functional) )?(?:overview|summary)$|^(?:feature )?description$/,
    need: 'always',
    stub: '[One paragraph: what the feature does, and for whom]',
  },
  {
    part: 'api',
    title: 'API Contract',
    key: /^(?:http |rest |public )?api (?:contract|surface|endpoints?|design)s?$/,
    need: 'may',
    stub: table(
      ['Method', 'Path', 'Description', 'Success', 'Errors'],
      ['[GET]', '[path]', '[what it does]', '[200]', '[404]'],
    ),
  },
  {
    part: 'requirements',
    title: 'Functional Requirements',
    key: /^(?:functional )?requirements?$|^functional (?:requirements? .{1,40}|specification)$|^frs?$/,
    need: 'always',
    stub: '### FR-1: [Name]\n\n**Agent hint**: [backend]\n\n**Description**: [What the system does]',
  },
  {
    part: 'rules',
    title: 'Business Rules',
    key: /^business (?:rules?|logic|constraints?)(?: and .{1,40})?$|^domain rules$/,
    need: 'should',
    stub: table(['Rule', 'Description'], ['BR-1', '[What always holds]']),
  },
  {
    part: 'integration',
    title: 'Integration Points',
    key: /^integrations?(?: points?)?$|^integration (?:points? and .{1,40}|and .{1,40})$|^external integrations?$/,
    need: 'should',
    stub: `### Dependencies\n\n${table(['System', "What's Needed", 'Notes'], ['[System]', '[What it gives]', '[Notes]'])}`,
  },
  {
    part: 'criteria',
    title: 'Acceptance Criteria',
    key: /^acceptance (?:criteri(?:a|on)|tests?|conditions)$/,
    need: 'always',
    stub: '### AC-1: [Behaviour] — [case] (FR-1)\n\n**Given** [a state]\n**When** [an event]\n**Then** [an observable outcome]',
  },
  {
    part: 'scenarios',
    title: 'Test Scenarios',
    key: /^test(?:ing)? (?:scenarios?|cases?)$/,
    need: 'should',
    stub: `### [Area]\n\n${table(['Scenario', 'Inputs', 'Expected Outcome'], ['[Scenario]', '[Inputs]', '[Outcome]'])}`,
  },
  {
    part: 'streams',
    title: 'Work Streams',
    key: /^(?:agent aware |implementation |parallel )?work ?streams?(?: .{1,40})?$|^(?:implementation )?streams$/,
    need: 'always',
    stub: table(
      ['Stream', 'Agent', 'Command', 'Requirements', 'Depends On', 'Parallel With'],
      ['WS-1: [Name]', '[agent]', '[command]', 'FR-1', '—', '—'],
    ),
  },
  {
    part: 'quality',
    title: 'Non-Functional Requirements',
    key: /^(?:non ?functional|quality) requirements?$|^nfrs?$|^quality attributes$/,
    need: 'should',
    stub: table(['Requirement', 'Target', 'Notes'], ['[Quality]', '[number and unit]', '[Notes]']),
  },
  {
    part: 'security',
    title: 'Security Considerations',
    key: /^security(?: (?:considerations?|concerns?|requirements?|review|notes?))?$/,
    need: 'may',
    stub: table(['Concern', 'Applies?', 'Notes'], ['[Concern]', '[YES or NO]', '[What must hold]']),
  },
  {
    part: 'environment',
    title: 'Dev Environment',
    key: /^(?:local )?dev(?:elopment)? environment(?: .{1,40})?$|^environment (?:setup|changes)$/,
    need: 'may',
    stub: table(['Need', 'Current State', "What's Missing"], ['[Need]', '[State]', '[What is missing]']),
  },
  {
    part: 'schema',
    title: 'Schema Changes',
    key: /^(?:database |db |data )?(?:schema|data model) (?:changes?|migrations?)$|^(?:database )?migrations$/,
    need: 'may',
    stub: table(['Change', 'Phase', 'Dependency'], ['[Change]', '[expand, backfill or contract]', '[None]']),
  },
  {
    part: 'out-of-scope',
    title: 'Out of Scope',
    key: /^(?:explicitly )?out of scope$|^non goals?$|^(?:scope )?exclusions?$|^not in scope$/,
    need: 'should',
    stub: '- [What is left out on purpose]',
  },
  {
    part: 'questions',
    title: 'Open Questions',
    key: /^(?:open|outstanding|unresolved) (?:questions?|issues|points)(?: and .{1,40})?$|^questions$/,
    need: 'should',
    stub: '- [ ] [Question to the person who decides]',
  },
  {
    part: 'assumptions',
    title: 'Assumption Register',
    key: /^assumptions?(?: (?:register|log|list))?$/,
    need: 'should',
    stub: table(['#', 'Assumption', 'Impact if Wrong', 'Resolved?'], ['A-1', '[Assumption]', '[Impact]', '[Ask whom]']),
  },
  {
    part: 'notes',
    title: 'Codebase Notes',
    key: /^code ?base (?:notes?|context|observations)$|^notes on the codebase$/,
    need: 'should',
    stub: '**Similar features exist**: [Which]\n**Available dependencies**: [Which]\n**External services**: [Which]',
  },
  {
    part: 'gates',
    title: 'Gates',
    key: /^(?:(?:approval|quality|pipeline|review|human) )?gates?(?: and .{1,40})?$|^execution (?:dag|graph|order)(?: and .{1,40})?$/,
    need: 'may',
    stub: table(['Gate', 'Purpose'], ['G3', '[What a person approves]']),
  },
  {
    part: 'se-verification',
    title: 'SE Verification Contract',
    key: /^(?:(?:se|engineer|software engineer|implementation|developer) )?verification contract$/,
    need: 'always',
    stub: table(['FR', 'AC', 'Observable Behaviour', 'Verified?'], ['FR-1', 'AC-1', '[What can be seen]', '[ ]']),
  },
  {
    part: 'test-mandate',
    title: 'Test Mandate',
    key: /^(?:test|testing) (?:mandate|contract)$|^mandatory tests?$/,
    need: 'always',
    stub: table(['AC', 'Test Type', 'Scenario', 'Expected'], ['AC-1', 'Unit', '[Scenario]', '[Outcome]']),
  },
  {
    part: 'review-contract',
    title: 'Review Contract',
    key: /^(?:code )?review(?:er)? contract$/,
    need: 'always',
    stub: table(
      ['FR', 'AC', 'What to Check', 'Pass Criteria'],
      ['FR-1', 'AC-1', '[What to look at]', '[When it passes]'],
    ),
  },
];
