import { buildCommand } from '@stricli/core';
import { action, type Calling, type Cli } from '../command.ts';
import { jsonFlag, runFlag, saying, text } from '../options.ts';
import { send } from '../run/send.ts';

interface Flags {
  readonly reason: string;
  readonly criterion?: string;
  readonly run?: string;
  readonly json: boolean;
}

export const command = buildCommand<Flags, [string], Calling>({
  docs: {
    brief: 'Say that a task needs no proof; it counts as waived, never as done',
    fullDescription: [
      'Says that a task, or one criterion of it, needs no proof, and why. Whoever needs the task may begin; its agent, if one is',
      'at work, is ended with its work kept. The run shows it as waived, by whom and why, in status, retro and at its finish.',
    ].join('\n'),
    customUsage: [
      'T3 --reason "done by hand in another repository"',
      { input: 'T3 --criterion AC-2 --reason "measured by the customer"', brief: 'one criterion; the task goes on' },
    ],
  },
  parameters: {
    flags: {
      reason: { kind: 'parsed', parse: saying, brief: 'Why, for the log', placeholder: 'words' },
      criterion: { kind: 'parsed', parse: text, brief: 'Only this criterion of it', placeholder: 'id', optional: true },
      run: runFlag,
      json: jsonFlag,
    },
    positional: { kind: 'tuple', parameters: [{ brief: 'Id of the task', placeholder: 'task', parse: text }] },
  },
  func: action((cli: Cli, { reason, criterion, run, json }: Flags, task: string) =>
    send(
      cli,
      {
        request: 'waive',
        task,
        reason,
        ...(criterion === undefined ? {} : { criterion }),
        ...(run === undefined ? {} : { run }),
      },
      json,
    ),
  ),
});
