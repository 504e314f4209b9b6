import { buildCommand } from '@stricli/core';
import type { PlanKind } from '../../../core/plan/model.ts';
import type { FinishChoice } from '../../../core/run/settings.ts';
import { action, type Calling } from '../command.ts';
import {
  conductTopic,
  finishFlag,
  kindFlag,
  topicArgument,
  type TopicFlags,
  topicFlags,
  topicOf,
} from '../run/topic.ts';

interface Flags extends TopicFlags {
  readonly kind?: PlanKind;
  readonly finish?: FinishChoice | 'ask';
}

export const command = buildCommand<Flags, string[], Calling>({
  docs: {
    brief: 'From an idea to a finished branch',
    fullDescription: [
      'Brainstorms, plans, executes and finishes in one run: what `brainstorm`, `plan`, `execute` and `finish` do, without ending in',
      'between. It waits at the gates of the spec, of the plan and of the finished branch; --yes passes the first two.',
      '',
      'Exit codes: 0 done, 1 refused or failed, 3 waits for you.',
    ].join('\n'),
    customUsage: [
      { input: '"invoices can be cancelled"', brief: 'stop only where you are asked' },
      { input: '"invoices can be cancelled" --yes --finish keep --json', brief: 'without a person' },
    ],
  },
  parameters: {
    flags: { ...topicFlags, kind: kindFlag, finish: finishFlag },
    aliases: { y: 'yes' },
    positional: topicArgument,
  },
  func: action((cli, flags: Flags, ...words: string[]) => conductTopic(cli, 'full', flags, topicOf(words))),
});
