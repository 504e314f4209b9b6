import { buildCommand } from '@stricli/core';
import { action, type Calling, type Cli } from '../command.ts';
import { jsonFlag, slugArgument, saying } from '../options.ts';
import { send } from '../run/send.ts';

interface Flags {
  readonly reason: string;
  readonly json: boolean;
}

export const command = buildCommand<Flags, [string?], Calling>({
  docs: {
    brief: 'Let what is at work end, and start nothing new',
    fullDescription: [
      'Pauses a run, from any terminal: what is at work comes to its end and lands, nothing new starts, and the finish is not',
      'carried out by itself. It stays paused, also over restarts, until `masterplan resume`.',
    ].join('\n'),
    customUsage: ['[slug]', { input: '[slug] --reason "the tests need the machine"', brief: 'and why, for the log' }],
  },
  parameters: {
    flags: {
      reason: { kind: 'parsed', parse: saying, brief: 'Why, for the log', default: '' },
      json: jsonFlag,
    },
    positional: slugArgument,
  },
  func: action((cli: Cli, { reason, json }: Flags, slug?: string) =>
    send(cli, { request: 'pause', reason, ...(slug === undefined ? {} : { run: slug }) }, json),
  ),
});
