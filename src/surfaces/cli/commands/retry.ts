import { buildCommand } from '@stricli/core';
import { action, type Calling, type Cli } from '../command.ts';
import { jsonFlag, runFlag, saying, text } from '../options.ts';
import { send } from '../run/send.ts';

interface Flags {
  readonly advice?: string;
  readonly run?: string;
  readonly json: boolean;
}

export const command = buildCommand<Flags, [string], Calling>({
  docs: {
    brief: 'Open a failed task again',
    fullDescription: [
      'Opens a failed task again. With --advice, the next attempt is told what you say; that may be said of any task that is not',
      'over, and takes nothing away from whoever is at work.',
    ].join('\n'),
    customUsage: [
      'T3',
      { input: 'T3 --advice "the port is taken: use 8081"', brief: 'with words for the next attempt' },
      { input: 'T3 --run add-login', brief: 'when several runs are open' },
    ],
  },
  parameters: {
    flags: {
      advice: {
        kind: 'parsed',
        parse: saying,
        brief: 'Words for whoever works on it next',
        placeholder: 'words',
        optional: true,
      },
      run: runFlag,
      json: jsonFlag,
    },
    positional: { kind: 'tuple', parameters: [{ brief: 'Id of the task', placeholder: 'task', parse: text }] },
  },
  func: action((cli: Cli, { advice, run, json }: Flags, task: string) =>
    send(
      cli,
      { request: 'retry', task, ...(advice === undefined ? {} : { advice }), ...(run === undefined ? {} : { run }) },
      json,
    ),
  ),
});
