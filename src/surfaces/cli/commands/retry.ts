import { buildCommand } from '@stricli/core';
import { action, type Calling, type Cli } from '../command.ts';
import { jsonFlag, runFlag, text } from '../options.ts';
import { send } from '../run/send.ts';

interface Flags {
  readonly run?: string;
  readonly json: boolean;
}

export const command = buildCommand<Flags, [string], Calling>({
  docs: {
    brief: 'Open a failed task again',
    customUsage: ['T3', { input: 'T3 --run add-login', brief: 'when several runs are open' }],
  },
  parameters: {
    flags: { run: runFlag, json: jsonFlag },
    positional: { kind: 'tuple', parameters: [{ brief: 'Id of the task', placeholder: 'task', parse: text }] },
  },
  func: action((cli: Cli, { run, json }: Flags, task: string) =>
    send(cli, { request: 'retry', task, ...(run === undefined ? {} : { run }) }, json),
  ),
});
