import { buildCommand } from '@stricli/core';
import { EXIT } from '../../../app/api.ts';
import { action, type Calling, type Cli, type JsonFlag } from '../command.ts';
import { jsonFlag } from '../options.ts';
import { refuse, say, sayJson } from '../output.ts';

export const command = buildCommand<JsonFlag, [], Calling>({
  docs: {
    brief: 'Write a configuration file for the agents that are here',
    fullDescription: [
      'Writes .masterplan.yaml into the root of the repository: the agents that are installed here, the few keys that most people change,',
      'and a line by which editors find the JSON Schema. A file that is there is never overwritten.',
    ].join('\n'),
  },
  parameters: { flags: { json: jsonFlag } },
  func: action(init),
});

async function init(cli: Cli, { json }: JsonFlag): Promise<number> {
  const made = await cli.app.initConfig(cli.context);
  if (!made.ok) return refuse(cli, made.error, json);
  if (json) sayJson(cli, { schema: 1, ...made.value });
  else
    say(cli, [
      `Wrote ${made.value.path}${made.value.agents.length === 0 ? '' : ` with ${made.value.agents.join(', ')}`}.`,
      made.value.next,
    ]);
  return EXIT.ok;
}
