import { buildCommand } from '@stricli/core';
import { EXIT } from '../../../app/api.ts';
import { oneLine } from '../../../core/base/text.ts';
import { action, type Calling, type Cli } from '../command.ts';
import { jsonFlag, text } from '../options.ts';
import { refuse, say, sayJson } from '../output.ts';

interface Flags {
  readonly force: boolean;
  readonly json: boolean;
}

export const command = buildCommand<Flags, [string], Calling>({
  docs: {
    brief: 'Take a run from an owner that is gone for good',
    fullDescription: [
      'Takes a run from an owner that cannot be proven dead: it was on another machine or in another container.',
      'An owner on this machine that died needs no unlocking. When the owner does live, two would write: be sure.',
    ].join('\n'),
    customUsage: ['add-login --force'],
  },
  parameters: {
    flags: {
      force: { kind: 'boolean', brief: 'You are sure that the owner is gone', default: false, withNegated: false },
      json: jsonFlag,
    },
    positional: { kind: 'tuple', parameters: [{ brief: 'Name of the run', placeholder: 'slug', parse: text }] },
  },
  func: action(unlock),
});

async function unlock(cli: Cli, { force, json }: Flags, slug: string): Promise<number> {
  if (!force) {
    const message = 'an owner that still lives would write beside the next one';
    return refuse(
      cli,
      {
        message,
        hint: `when you are sure that it is gone: masterplan unlock ${oneLine(slug)} --force`,
        exit: EXIT.usage,
      },
      json,
    );
  }
  const unlocked = await cli.app.unlockRun(cli.context, slug);
  if (!unlocked.ok) return refuse(cli, unlocked.error, json);
  const { released, by } = unlocked.value;
  if (json) sayJson(cli, { slug, ...unlocked.value });
  else
    say(
      cli,
      released
        ? [`${oneLine(slug)}: taken from ${oneLine(by)}`, `  next: masterplan run ${oneLine(slug)}`]
        : [`${oneLine(slug)}: nobody has it, so there is nothing to unlock`],
    );
  return EXIT.ok;
}
