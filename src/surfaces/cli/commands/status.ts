import { buildCommand } from '@stricli/core';
import { EXIT } from '../../../app/api.ts';
import { action, type Calling, type Cli, type JsonFlag } from '../command.ts';
import { jsonFlag, slugArgument } from '../options.ts';
import { paintOf, refuse, say, sayJson } from '../output.ts';
import { renderStatus } from '../render/status.ts';

export const command = buildCommand<JsonFlag, [string?], Calling>({
  docs: {
    brief: 'How far the runs are, and what waits for you',
    customUsage: ['', { input: '[slug] --json', brief: 'one run, for a program' }],
  },
  parameters: {
    flags: { json: jsonFlag },
    positional: {
      ...slugArgument,
      parameters: [{ ...slugArgument.parameters[0], brief: 'Name of a run; without it, all of them' }],
    },
  },
  func: action(status),
});

async function status(cli: Cli, { json }: JsonFlag, slug?: string): Promise<number> {
  const found = await cli.app.runStatus(cli.context, slug);
  if (!found.ok) return refuse(cli, found.error, json);
  if (json) sayJson(cli, { runs: found.value });
  else say(cli, renderStatus(found.value, cli.context.io.clock.now(), await paintOf(cli)));
  return found.value.some(({ problem }) => problem !== undefined) ? EXIT.failed : EXIT.ok;
}
