import { buildCommand } from '@stricli/core';
import { EXIT } from '../../../app/api.ts';
import type { Amendment } from '../../../app/amend.ts';
import { oneLine } from '../../../core/base/text.ts';
import { changeWords, impactWords } from '../../../core/run/amend/words.ts';
import { action, type Calling, type Cli } from '../command.ts';
import { jsonFlag, slugArgument, text, yesFlag } from '../options.ts';
import { paintOf, refuse, say, sayJson } from '../output.ts';
import { send } from '../run/send.ts';

interface Flags {
  readonly plan?: string;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly json: boolean;
}

export const command = buildCommand<Flags, [string?], Calling>({
  docs: {
    brief: 'Amend the plan of a run that is under way',
    fullDescription: [
      'Compares the plan that you edited with what the run carries out, shows what is otherwise and what that does to the run, and, when',
      'you approve, lets the run go on by the edited text: also while another terminal carries it on. What landed stays. Without a',
      'terminal and without --yes, the question waits at a gate that is bound to the very text.',
    ].join('\n'),
    customUsage: [
      { input: '[slug] --dry-run', brief: 'only show it' },
      { input: '[slug] --plan other.md --yes', brief: 'by another file, without being asked' },
    ],
  },
  parameters: {
    flags: {
      plan: {
        kind: 'parsed',
        parse: text,
        brief: 'The edited plan; without it, the one of the bundle or the file that the run was made of',
        placeholder: 'plan.md',
        optional: true,
      },
      dryRun: {
        kind: 'boolean',
        brief: 'Show what it would do, and change nothing',
        default: false,
        withNegated: false,
      },
      yes: { ...yesFlag, brief: 'Approve it without being asked' },
      json: jsonFlag,
    },
    aliases: { y: 'yes' },
    positional: slugArgument,
  },
  func: action(amend),
});

async function amend(cli: Cli, { plan, dryRun, yes, json }: Flags, slug?: string): Promise<number> {
  const options = { ...(slug === undefined ? {} : { run: slug }), ...(plan === undefined ? {} : { plan }) };
  const weighed = await cli.app.weighAmendment(cli.context, options, !dryRun);
  if (!weighed.ok) return refuse(cli, weighed.error, json);
  const amendment = weighed.value;
  if (json) sayJson(cli, { amendment });
  else say(cli, await render(cli, amendment));
  if (dryRun) return EXIT.ok;
  let approved = yes;
  if (!yes && !json && cli.context.terminal.interactive) {
    if ((await cli.prompts.confirm('Let the run go on by this text?')) !== true) {
      say(cli, ['Nothing is changed. The edited text stays where it is.']);
      return EXIT.failed;
    }
    approved = true;
  }
  const { sha256, before } = amendment;
  const sent = await send(cli, { request: 'amend', run: amendment.slug, sha256, before, approved }, json);
  return sent === EXIT.ok && !approved ? EXIT.waits : sent;
}

async function render(cli: Cli, { slug, sha256, from, changes, impact, warnings }: Amendment): Promise<string[]> {
  const paint = await paintOf(cli);
  const line = (one: string): string => {
    const words = `  ${oneLine(one, 400)}`;
    return one.startsWith('+') ? paint.good(words) : one.startsWith('-') ? paint.bad(words) : words;
  };
  return [
    `${paint.strong(oneLine(slug))}: ${oneLine(from)} says otherwise (${sha256.slice(0, 12)})`,
    '',
    ...changeWords(changes).map(line),
    ...(impact.length === 0
      ? []
      : ['', 'What that does', ...impactWords(impact).map((one) => `  ${oneLine(one, 400)}`)]),
    ...(warnings.length === 0 ? [] : ['', ...warnings.map((one) => paint.warn(`  ${oneLine(one, 300)}`))]),
    '',
  ];
}
