import { buildCommand } from '@stricli/core';
import { EXIT } from '../../../app/api.ts';
import { action, type Calling, type Cli, type JsonFlag } from '../command.ts';
import { jsonFlag, slugArgument } from '../options.ts';
import { paintOf, refuse, say, sayJson } from '../output.ts';
import { renderValidation } from '../render/validation.ts';

export const command = buildCommand<JsonFlag, [string?], Calling>({
  docs: {
    brief: 'Check logs and bundles line by line',
    fullDescription:
      'Checks the log and the bundle of a run, or of all, from the first line on. Reads only. Exit code 4: something is not whole.',
    customUsage: ['[slug]', '[slug] --json'],
  },
  parameters: {
    flags: { json: jsonFlag },
    positional: {
      ...slugArgument,
      parameters: [{ ...slugArgument.parameters[0], brief: 'Name of a run; without it, all of them' }],
    },
  },
  func: action(validate),
});

async function validate(cli: Cli, { json }: JsonFlag, slug?: string): Promise<number> {
  const checked = await cli.app.validateRuns(cli.context, slug);
  if (!checked.ok) return refuse(cli, checked.error, json);
  if (json) sayJson(cli, checked.value);
  else say(cli, renderValidation(checked.value, await paintOf(cli)));
  return checked.value.runs.every(({ ok }) => ok) ? EXIT.ok : EXIT.findings;
}
