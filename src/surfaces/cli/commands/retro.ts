import { buildCommand } from '@stricli/core';
import { EXIT } from '../../../app/api.ts';
import { printable } from '../../../core/base/text.ts';
import { action, type Calling, type Cli } from '../command.ts';
import { jsonFlag, slugArgument } from '../options.ts';
import { refuse, say, sayJson } from '../output.ts';

interface Flags {
  readonly write: boolean;
  readonly force: boolean;
  readonly report: boolean;
  readonly json: boolean;
}

export const command = buildCommand<Flags, [string?], Calling>({
  docs: {
    brief: 'What a run was: what landed, what blocked, where the time went',
    fullDescription: [
      'What a run was, from its log alone: what landed and what proves it, where the time went, what blocked, what was asked',
      'and answered, what is left to do. `run` leaves it as retro.md beside the log when a run is over; of a run that is not',
      'over this is the story so far.',
    ].join('\n'),
    customUsage: [
      '[slug]',
      { input: '[slug] --write', brief: 'retro.md in the bundle, your notes in it kept' },
      { input: '[slug] --report', brief: 'deviations, and expected against actual times' },
    ],
  },
  parameters: {
    flags: {
      write: { kind: 'boolean', brief: 'Write retro.md beside the log', default: false, withNegated: false },
      force: {
        kind: 'boolean',
        brief: 'With --write: replace what somebody changed above the notes',
        default: false,
        withNegated: false,
      },
      report: {
        kind: 'boolean',
        brief: 'The implementation report instead: what the plan said against what happened',
        default: false,
        withNegated: false,
      },
      json: jsonFlag,
    },
    positional: slugArgument,
  },
  func: action(retro),
});

async function retro(cli: Cli, { write, force, report, json }: Flags, slug?: string): Promise<number> {
  if (report && write)
    return refuse(
      cli,
      { message: '--report is only shown', hint: 'masterplan retro --report > report.md', exit: EXIT.usage },
      json,
    );
  const made = await cli.app.retroFor(cli.context, { write, force, report, ...(slug === undefined ? {} : { slug }) });
  if (!made.ok) return refuse(cli, made.error, json);
  const { retro: story, markdown, written } = made.value;
  if (json)
    sayJson(cli, { ...story, ...(report ? { report: markdown } : {}), ...(written === undefined ? {} : { written }) });
  else if (written === undefined) say(cli, printable(markdown).trimEnd().split('\n'));
  else say(cli, [`${written} written`]);
  return EXIT.ok;
}
