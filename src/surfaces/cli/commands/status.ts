import { buildCommand } from '@stricli/core';
import { action, type Calling, type Cli } from '../command.ts';
import { EXIT } from '../../../app/api.ts';
import { jsonFlag, slugArgument } from '../options.ts';
import { paintOf, refuse, say, sayJson } from '../output.ts';
import { status } from '../quick/looks.ts';
import { renderProgress } from '../render/progress.ts';

interface Flags {
  readonly progress: boolean;
  readonly json: boolean;
}

export const command = buildCommand<Flags, [string?], Calling>({
  docs: {
    brief: 'How far the runs are, and what waits for you',
    customUsage: [
      '[slug]',
      { input: '[slug] --progress', brief: 'milestones and subtasks of a plan of streams, modules or pull requests' },
      { input: '[slug] --json', brief: 'for a program' },
    ],
  },
  parameters: {
    flags: {
      progress: { kind: 'boolean', brief: 'Milestones and their subtasks, of one run', default: false },
      json: jsonFlag,
    },
    positional: {
      ...slugArgument,
      parameters: [{ ...slugArgument.parameters[0], brief: 'Name of a run; without it, all of them' }],
    },
  },
  func: action((cli: Cli, { progress, json }: Flags, slug?: string) =>
    progress ? showProgress(cli, json, slug) : status(cli, { json }, slug),
  ),
});

async function showProgress(cli: Cli, json: boolean, slug: string | undefined): Promise<number> {
  const found = await cli.app.runProgress(cli.context, slug);
  if (!found.ok) return refuse(cli, found.error, json);
  if (json) sayJson(cli, { progress: found.value });
  else say(cli, renderProgress(found.value, await paintOf(cli)));
  return EXIT.ok;
}
