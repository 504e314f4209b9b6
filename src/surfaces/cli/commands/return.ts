import { buildCommand } from '@stricli/core';
import { EXIT } from '../../../app/api.ts';
import { oneLine } from '../../../core/base/text.ts';
import { action, type Calling, type Cli } from '../command.ts';
import { jsonFlag, runFlag, text } from '../options.ts';
import { paintOf, refuse, say, sayJson } from '../output.ts';

interface Flags {
  readonly drop: boolean;
  readonly run?: string;
  readonly json: boolean;
}

export const command = buildCommand<Flags, [string], Calling>({
  docs: {
    brief: 'Return a task that you did by hand',
    fullDescription: [
      'Takes what stands in your place, committed or not, as the work of a person: it is examined, verified, reviewed and landed like any',
      'other. What is not in order comes back to you. With --drop, agents go on from there instead.',
    ].join('\n'),
    customUsage: ['T3', { input: 'T3 --drop', brief: 'give it back to agents, with what you did so far' }],
  },
  parameters: {
    flags: {
      drop: { kind: 'boolean', brief: 'Give the task back to agents', default: false, withNegated: false },
      run: runFlag,
      json: jsonFlag,
    },
    positional: { kind: 'tuple', parameters: [{ brief: 'Id of the task', placeholder: 'task', parse: text }] },
  },
  func: action(giveBack),
});

async function giveBack(cli: Cli, { drop, run, json }: Flags, task: string): Promise<number> {
  const returned = await cli.app.returnTask(cli.context, { task, drop, ...(run === undefined ? {} : { run }) });
  if (!returned.ok) return refuse(cli, returned.error, json);
  if (json) {
    sayJson(cli, { returned: returned.value });
    return EXIT.ok;
  }
  const { slug, acceptedBy, moved } = returned.value;
  const taken = acceptedBy === 'owner' ? 'accepted by the process that runs it' : 'recorded; nobody runs it now';
  say(cli, [
    `${oneLine(slug)}: ${oneLine(returned.value.task)} ${drop ? 'given back to agents' : 'returned'}, ${taken}`,
    ...(moved === undefined ? [] : [`  your place held more than was taken, and is now ${oneLine(moved, 1000)}`]),
    `  next: ${(await paintOf(cli)).type(`masterplan ${acceptedBy === 'owner' ? 'status' : 'run'} ${oneLine(slug)}`)}`,
  ]);
  return EXIT.ok;
}
