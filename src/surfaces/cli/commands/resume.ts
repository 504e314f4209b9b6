import { buildCommand } from '@stricli/core';
import { EXIT } from '../../../app/api.ts';
import { oneLine } from '../../../core/base/text.ts';
import { action, type Calling, type Cli } from '../command.ts';
import { jsonFlag, slugArgument } from '../options.ts';
import { paintOf, refuse, say, sayJson } from '../output.ts';
import { conduct } from '../run/conduct.ts';

interface Flags {
  readonly plain: boolean;
  readonly json: boolean;
}

export const command = buildCommand<Flags, [string?], Calling>({
  docs: {
    brief: 'Go on with a run, also with one that was paused',
    fullDescription:
      'Lets a paused run go on, and carries it on when nobody else does. Of a run that is not paused it does what `run` does.',
    customUsage: ['[slug]'],
  },
  parameters: {
    flags: {
      plain: { kind: 'boolean', brief: 'Plain lines instead of the live view', default: false, withNegated: false },
      json: jsonFlag,
    },
    positional: slugArgument,
  },
  func: action(resume),
});

async function resume(cli: Cli, { plain, json }: Flags, slug?: string): Promise<number> {
  const found = await cli.app.runStatus(cli.context, slug);
  if (!found.ok) return refuse(cli, found.error, json);
  const paused = found.value.filter(({ board }) => board.waiting.some(({ gate }) => gate?.id === 'pause'));
  const [one] = paused;
  if (paused.length > 1) {
    const hint = `say which one: ${paused.map(({ board }) => `masterplan resume ${board.slug}`).join(', ')}`;
    return refuse(cli, { message: 'several runs are paused', hint, exit: EXIT.usage }, json);
  }
  if (one === undefined) return conduct(cli, { run: target(slug), yes: false, json, plain });
  const run = one.board.slug;
  const sent = await cli.app.sendToRun(cli.context, { request: 'answer', run, gate: 'pause', answer: 'go-on' });
  if (!sent.ok) return refuse(cli, sent.error, json);
  if (sent.value.acceptedBy === 'us') return conduct(cli, { run: target(run), yes: false, json, plain });
  if (json) sayJson(cli, { sent: sent.value });
  else {
    const watch = (await paintOf(cli)).type(`masterplan watch ${oneLine(run)}`);
    say(cli, [`${oneLine(run)}: goes on, with the process that runs it`, `  to follow it: ${watch}`]);
  }
  return EXIT.ok;
}

function target(slug: string | undefined): { target?: string } {
  return slug === undefined ? {} : { target: slug };
}
