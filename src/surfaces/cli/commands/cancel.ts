import { buildCommand } from '@stricli/core';
import { EXIT } from '../../../app/api.ts';
import { oneLine } from '../../../core/base/text.ts';
import { action, type Calling, type Cli } from '../command.ts';
import { jsonFlag, slugArgument, saying, yesFlag } from '../options.ts';
import { refuse, say } from '../output.ts';
import { send } from '../run/send.ts';

interface Flags {
  readonly reason: string;
  readonly yes: boolean;
  readonly json: boolean;
}

export const command = buildCommand<Flags, [string?], Calling>({
  docs: {
    brief: 'Cancel a run; what landed on its branch stays',
    fullDescription:
      'Cancels a run for good: attempts are ended with their work kept in snapshots, and what landed stays on the branch of the run.',
    customUsage: ['[slug]', { input: '[slug] --reason "wrong plan" --yes', brief: 'without being asked' }],
  },
  parameters: {
    flags: {
      reason: { kind: 'parsed', parse: saying, brief: 'Why, for the log', default: 'no reason given' },
      yes: yesFlag,
      json: jsonFlag,
    },
    aliases: { y: 'yes' },
    positional: slugArgument,
  },
  func: action(cancel),
});

async function cancel(cli: Cli, { reason, yes, json }: Flags, slug?: string): Promise<number> {
  if (!yes) {
    // Whoever asks for what is not there, or over, need not be asked whether it is meant.
    const found = await cli.app.runStatus(cli.context, slug);
    if (!found.ok) return refuse(cli, found.error, json);
    if (found.value.every(({ board }) => board.phase === 'over'))
      return send(cli, { request: 'cancel', reason, ...(slug === undefined ? {} : { run: slug }) }, json);
    const name = slug === undefined ? '' : ` ${oneLine(slug)}`;
    if (json || !cli.context.terminal.interactive) {
      return refuse(
        cli,
        {
          message: 'a cancelled run cannot be taken up again',
          hint: `masterplan cancel${name} --yes`,
          exit: EXIT.waits,
        },
        json,
      );
    }
    const which = slug === undefined ? 'the run that is not over' : `"${oneLine(slug)}"`;
    if ((await cli.prompts.confirm(`Cancel ${which} for good? What landed on its branch stays.`)) !== true) {
      say(cli, ['Not cancelled.']);
      return EXIT.failed;
    }
  }
  return send(cli, { request: 'cancel', reason, ...(slug === undefined ? {} : { run: slug }) }, json);
}
