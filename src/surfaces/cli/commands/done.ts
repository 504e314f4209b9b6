import { buildCommand } from '@stricli/core';
import { EXIT } from '../../../app/api.ts';
import { action, type Calling, type Cli } from '../command.ts';
import { agentFlag, documentArgument, jsonFlag } from '../options.ts';
import { paintOf, refuse, say, sayJson } from '../output.ts';
import { renderDocument } from '../render/documents.ts';

interface Flags {
  readonly agent?: string;
  readonly json: boolean;
}

export const command = buildCommand<Flags, [string?], Calling>({
  docs: {
    brief: 'Say that a plan is done, when nothing in it is open',
    fullDescription:
      'Sets a plan that is in progress to done. Refuses while anything in it is open, in whatever form (headings, lists, tables, marks such as ⏳), and names each place. Exit code 4: something is open.',
    customUsage: ['auth-system'],
  },
  parameters: { flags: { agent: agentFlag, json: jsonFlag }, positional: documentArgument },
  func: action(done),
});

async function done(cli: Cli, { agent, json }: Flags, plan?: string): Promise<number> {
  const finished = await cli.app.finishPlan(cli.context, {
    ...(plan === undefined ? {} : { plan }),
    ...(agent === undefined ? {} : { agent }),
  });
  if (!finished.ok) return refuse(cli, finished.error, json);
  if (json) sayJson(cli, { plan: finished.value });
  else say(cli, renderDocument('done', finished.value, await paintOf(cli)));
  return EXIT.ok;
}
