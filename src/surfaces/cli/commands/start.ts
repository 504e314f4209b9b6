import { buildCommand } from '@stricli/core';
import { EXIT } from '../../../app/api.ts';
import { action, type Calling, type Cli } from '../command.ts';
import { agentFlag, documentArgument, jsonFlag } from '../options.ts';
import { paintOf, refuse, say, sayJson } from '../output.ts';
import { renderDocument } from '../render/documents.ts';

interface Flags {
  readonly agent?: string;
  readonly force: boolean;
  readonly json: boolean;
}

export const command = buildCommand<Flags, [string?], Calling>({
  docs: {
    brief: 'Begin to work on an approved plan',
    fullDescription:
      'Sets an approved plan in progress, for those who carry it out themselves; masterplan run has agents do it. One plan is in progress at a time: --force archives the other as superseded. Typed twice, it changes nothing.',
    customUsage: ['auth-system', 'docs/plans/auth-system/plan.md --force'],
  },
  parameters: {
    flags: {
      agent: agentFlag,
      force: {
        kind: 'boolean',
        brief: 'Archive the plan that is in progress as superseded',
        default: false,
        withNegated: false,
      },
      json: jsonFlag,
    },
    positional: documentArgument,
  },
  func: action(start),
});

async function start(cli: Cli, { agent, force, json }: Flags, plan?: string): Promise<number> {
  const started = await cli.app.startPlan(cli.context, {
    force,
    ...(plan === undefined ? {} : { plan }),
    ...(agent === undefined ? {} : { agent }),
  });
  if (!started.ok) return refuse(cli, started.error, json);
  if (json) sayJson(cli, { plan: started.value });
  else say(cli, renderDocument('started', started.value, await paintOf(cli)));
  return EXIT.ok;
}
