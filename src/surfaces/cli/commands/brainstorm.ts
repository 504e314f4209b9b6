import { buildCommand } from '@stricli/core';
import { action, type Calling } from '../command.ts';
import { conductTopic, topicArgument, type TopicFlags, topicFlags, topicOf } from '../run/topic.ts';

export const command = buildCommand<TopicFlags, string[], Calling>({
  docs: {
    brief: 'Find out what to build, and write it down as a spec',
    fullDescription: [
      'Agents look around in the repository side by side, questions are asked, and a spec is written. It ends when you have approved',
      'the spec; `masterplan plan` goes on from there. Typed again it goes on, also after a crash.',
      '',
      'Exit codes: 0 the spec is approved, 1 refused or failed, 3 waits for you.',
    ].join('\n'),
    customUsage: [
      { input: '"invoices can be cancelled"', brief: 'ask at this terminal' },
      { input: '"invoices can be cancelled" --answers answers.yaml --json', brief: 'answers from a file' },
      { input: 'invoices-cancelled', brief: 'go on with it' },
    ],
  },
  parameters: { flags: topicFlags, aliases: { y: 'yes' }, positional: topicArgument },
  func: action((cli, flags: TopicFlags, ...words: string[]) => conductTopic(cli, 'brainstorm', flags, topicOf(words))),
});
