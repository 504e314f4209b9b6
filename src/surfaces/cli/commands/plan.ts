import { buildCommand } from '@stricli/core';
import type { PlanKind } from '../../../core/plan/model.ts';
import { action, type Calling } from '../command.ts';
import { text } from '../options.ts';
import { conductTopic, kindFlag, topicArgument, type TopicFlags, topicFlags, topicOf } from '../run/topic.ts';

interface Flags extends TopicFlags {
  readonly kind?: PlanKind;
  readonly fromSpec?: string;
}

export const command = buildCommand<Flags, string[], Calling>({
  docs: {
    brief: 'Have a plan written, of a topic or of a spec',
    fullDescription: [
      'Does what `brainstorm` does where there is no spec yet, then has the plan written. What the linter finds goes back to the agent',
      'until nothing is left or its attempts are used up. It ends when you have approved the plan; `masterplan execute` goes on.',
      '',
      'Without --kind the plan is of the kind that fits the spec: several modules make a master plan, several pull requests a',
      'macro plan, several roles a functional plan, many requirements a phased plan, few a list of tasks.',
      '',
      'Exit codes: 0 the plan is approved, 1 refused or failed, 3 waits for you, 4 the spec has errors.',
    ].join('\n'),
    customUsage: [
      { input: '"invoices can be cancelled"', brief: 'from the idea to the plan' },
      { input: '[slug]', brief: 'plan what was brainstormed' },
      { input: '--from-spec=docs/spec.md --kind phased', brief: 'plan a spec that is there' },
    ],
  },
  parameters: {
    flags: {
      ...topicFlags,
      kind: kindFlag,
      fromSpec: {
        kind: 'parsed',
        parse: text,
        brief: 'Begin with this spec: no scans, no questions',
        placeholder: 'spec.md',
        optional: true,
      },
    },
    aliases: { y: 'yes' },
    positional: topicArgument,
  },
  func: action((cli, flags: Flags, ...words: string[]) => conductTopic(cli, 'plan', flags, topicOf(words))),
});
