import { buildCommand } from '@stricli/core';
import { EXIT } from '../../../app/api.ts';
import { oneLine } from '../../../core/base/text.ts';
import { action, type Calling, type Cli, type JsonFlag } from '../command.ts';
import { jsonFlag, slugArgument } from '../options.ts';
import { paintOf, refuse, say, sayJson } from '../output.ts';
import { NOTHING_YET } from '../render/status.ts';

export const command = buildCommand<JsonFlag, [string?], Calling>({
  docs: {
    brief: 'The next thing to type',
    fullDescription: 'The next thing to type for every run that is not over, and why.',
    customUsage: ['', '[slug] --json'],
  },
  parameters: { flags: { json: jsonFlag }, positional: slugArgument },
  func: action(next),
});

async function next(cli: Cli, { json }: JsonFlag, slug?: string): Promise<number> {
  const found = await cli.app.nextAction(cli.context, slug);
  if (!found.ok) return refuse(cli, found.error, json);
  const { runs } = found.value;
  if (json) {
    sayJson(cli, { runs });
    return EXIT.ok;
  }
  const paint = await paintOf(cli);
  const lines = runs.flatMap((run) => [
    paint.type(oneLine(run.next)),
    paint.faint(`  ${oneLine(run.slug)}: ${oneLine(run.why, 400)}`),
  ]);
  say(cli, lines.length > 0 ? lines : ['Nothing waits: no run is open.', ...NOTHING_YET.slice(1)]);
  return EXIT.ok;
}
