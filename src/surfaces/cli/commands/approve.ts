import { buildCommand } from '@stricli/core';
import { EXIT } from '../../../app/api.ts';
import type { FinishChoice } from '../../../core/run/settings.ts';
import { action, type Calling, type Cli } from '../command.ts';
import { FINISH_CHOICES, jsonFlag, slugArgument, text, yesFlag } from '../options.ts';
import { refuse } from '../output.ts';
import { reallyDiscard } from '../run/gates.ts';
import { send } from '../run/send.ts';

interface Flags {
  readonly finish?: FinishChoice;
  readonly gate?: string;
  readonly answer?: string;
  readonly yes: boolean;
  readonly json: boolean;
}

export const command = buildCommand<Flags, [string?], Calling>({
  docs: {
    brief: 'Approve a plan, or answer what a run asks',
    fullDescription:
      'Approves the plan of a run, or answers one of its gates, from any terminal. When nobody runs it and the answer is something to carry out, it is carried out.',
    customUsage: [
      { input: '[slug]', brief: 'approve the plan' },
      { input: '[slug] --finish merge', brief: 'say what happens with the finished branch' },
      { input: '[slug] --gate <gate> --answer <option>', brief: 'answer another question' },
    ],
  },
  parameters: {
    flags: {
      finish: { kind: 'enum', values: FINISH_CHOICES, brief: 'What happens with the finished branch', optional: true },
      gate: { kind: 'parsed', parse: text, brief: 'Name of the gate, as status shows it', optional: true },
      answer: { kind: 'parsed', parse: text, brief: 'One of its options', placeholder: 'option', optional: true },
      yes: { ...yesFlag, brief: 'Discard without being asked to type the name of the run' },
      json: jsonFlag,
    },
    positional: slugArgument,
  },
  func: action(approve),
});

async function approve(cli: Cli, flags: Flags, slug?: string): Promise<number> {
  const { finish, gate, answer, json } = flags;
  const run = slug === undefined ? {} : { run: slug };
  if ((gate === undefined) !== (answer === undefined) || (finish !== undefined && gate !== undefined)) {
    const hint = 'masterplan approve [slug] --gate <gate> --answer <option>, or --finish <choice>';
    return refuse(
      cli,
      { message: '--gate and --answer belong together, and --finish stands alone', hint, exit: EXIT.usage },
      json,
    );
  }
  if (finish === 'discard' || (gate === 'finish' && answer === 'discard')) {
    const refused = await confirmDiscard(cli, flags, slug);
    if (refused !== undefined) return refused;
  }
  const choice = finish ?? (gate === 'finish' ? FINISH_CHOICES.find((one) => one === answer) : undefined);
  if (choice !== undefined) return send(cli, { request: 'finish', choice, ...run }, json);
  if (gate !== undefined && answer !== undefined) return send(cli, { request: 'answer', gate, answer, ...run }, json);
  return send(cli, { request: 'approve', ...run }, json);
}

/** Work is thrown away only for somebody who typed the name of the run, on the command line or when asked. */
async function confirmDiscard(cli: Cli, { yes, json }: Flags, slug: string | undefined): Promise<number | undefined> {
  if (slug === undefined) {
    return refuse(
      cli,
      {
        message: 'discard throws work away: say of which run',
        hint: 'masterplan approve <slug> --finish discard',
        exit: EXIT.usage,
      },
      json,
    );
  }
  if (yes) return undefined;
  if (json || !cli.context.terminal.interactive) {
    const hint = `masterplan approve ${slug} --finish discard --yes`;
    return refuse(
      cli,
      { message: `discard throws away what landed on the branch of "${slug}"`, hint, exit: EXIT.waits },
      json,
    );
  }
  return (await reallyDiscard(cli, slug)) ? undefined : EXIT.failed;
}
