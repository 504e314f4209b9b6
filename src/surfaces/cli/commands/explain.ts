import { buildCommand } from '@stricli/core';
import { EXIT } from '../../../app/api.ts';
import { action, type Calling, type Cli } from '../command.ts';
import { jsonFlag, runFlag, text } from '../options.ts';
import { paintOf, refuse, say, sayJson } from '../output.ts';
import { renderExplanation } from '../render/explanation.ts';

interface Flags {
  readonly run?: string;
  readonly json: boolean;
}

export const command = buildCommand<Flags, [string], Calling>({
  docs: {
    brief: 'Why a task is where it is',
    fullDescription:
      'Why a task is where it is, what follows by itself or what to type, and what became of every attempt.',
    customUsage: ['T3', { input: 'T3 --run add-login', brief: 'when several runs have such a task' }],
  },
  parameters: {
    flags: { run: runFlag, json: jsonFlag },
    positional: { kind: 'tuple', parameters: [{ brief: 'Id of the task', placeholder: 'task', parse: text }] },
  },
  func: action(explain),
});

async function explain(cli: Cli, { run, json }: Flags, task: string): Promise<number> {
  const found = await cli.app.explain(cli.context, { task, ...(run === undefined ? {} : { run }) });
  if (!found.ok) return refuse(cli, found.error, json);
  if (json) sayJson(cli, found.value);
  else say(cli, renderExplanation(found.value, cli.context.io.clock.now(), await paintOf(cli)));
  return EXIT.ok;
}
