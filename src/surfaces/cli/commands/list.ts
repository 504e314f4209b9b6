import { buildCommand } from '@stricli/core';
import { EXIT } from '../../../app/api.ts';
import { action, type Calling, type Cli, type JsonFlag } from '../command.ts';
import { jsonFlag } from '../options.ts';
import { paintOf, refuse, say, sayJson } from '../output.ts';
import { renderList } from '../render/documents.ts';

export const command = buildCommand<JsonFlag, [], Calling>({
  docs: {
    brief: 'The plans that are not over, and what comes next for each',
    fullDescription:
      'Shows the plans below docs/plans, docs/plan, plans, .claude/plans and docs/superpowers/plans that are not over, grouped by status, with the command that comes next for each. Reads only.',
    customUsage: ['--json'],
  },
  parameters: { flags: { json: jsonFlag }, positional: { kind: 'tuple', parameters: [] } },
  func: action(list),
});

async function list(cli: Cli, { json }: JsonFlag): Promise<number> {
  const listed = await cli.app.listDocuments(cli.context);
  if (!listed.ok) return refuse(cli, listed.error, json);
  if (json) sayJson(cli, listed.value);
  else say(cli, renderList(listed.value, await paintOf(cli)));
  return EXIT.ok;
}
