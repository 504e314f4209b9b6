import { buildCommand } from '@stricli/core';
import { EXIT } from '../../../app/api.ts';
import type { FinishChoice } from '../../../core/run/settings.ts';
import { action, type Calling, type Cli } from '../command.ts';
import { agentFlag, FINISH_CHOICES, jsonFlag, saying, text, yesFlag } from '../options.ts';
import { paintOf, refuse, say, sayJson } from '../output.ts';
import { renderDocument } from '../render/documents.ts';
import { reallyDiscard } from '../run/gates.ts';
import { send } from '../run/send.ts';

interface Flags {
  readonly finish?: FinishChoice;
  readonly gate?: string;
  readonly answer?: string;
  readonly note?: string;
  readonly agent?: string;
  readonly yes: boolean;
  readonly json: boolean;
}

export const command = buildCommand<Flags, [string?], Calling>({
  docs: {
    brief: 'Approve a plan, or answer what a run asks',
    fullDescription: [
      'Approves a plan. The document of one is linted first, and refused with its findings; the approval holds for this very',
      'text, ticks, log and status apart, and is recorded beside it. While a run of that name is open, or for a path in the',
      'bundle of a run, the plan of the run is approved, or one of its gates answered, from any terminal; when nobody runs it',
      'and the answer is something to carry out, it is carried out.',
    ].join('\n'),
    customUsage: [
      { input: 'docs/plans/auth-system/plan.md', brief: 'approve a document' },
      { input: '[slug]', brief: 'approve the plan of a run, or the document of that name' },
      { input: '[slug] --finish merge', brief: 'say what happens with the finished branch' },
      { input: '[slug] --gate <gate> --answer <option>', brief: 'answer another question' },
    ],
  },
  parameters: {
    flags: {
      finish: { kind: 'enum', values: FINISH_CHOICES, brief: 'What happens with the finished branch', optional: true },
      gate: { kind: 'parsed', parse: text, brief: 'Name of the gate, as status shows it', optional: true },
      answer: { kind: 'parsed', parse: text, brief: 'One of its options', placeholder: 'option', optional: true },
      note: {
        kind: 'parsed',
        parse: saying,
        brief: 'Words that go with the answer, for whoever goes on',
        placeholder: 'words',
        optional: true,
      },
      agent: agentFlag,
      yes: { ...yesFlag, brief: 'Discard without being asked to type the name of the run' },
      json: jsonFlag,
    },
    positional: {
      kind: 'tuple',
      parameters: [
        {
          brief: 'A plan (path or slug) or the name of a run; without it, the run or draft that waits',
          placeholder: 'plan',
          parse: text,
          optional: true,
        },
      ],
    },
  },
  func: action(approve),
});

async function approve(cli: Cli, flags: Flags, slug?: string): Promise<number> {
  const { finish, gate, answer, note, agent, json } = flags;
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
  if (choice !== undefined && note === undefined) return send(cli, { request: 'finish', choice, ...run }, json);
  const named = choice === undefined ? { gate, answer } : { gate: 'finish', answer: choice };
  if (named.gate !== undefined && named.answer !== undefined)
    return send(
      cli,
      { request: 'answer', gate: named.gate, answer: named.answer, ...(note === undefined ? {} : { note }), ...run },
      json,
    );
  const asked = { ...(slug === undefined ? {} : { plan: slug }), ...(agent === undefined ? {} : { agent }) };
  const approved = await cli.app.approvePlan(cli.context, asked);
  if (!approved.ok) return refuse(cli, approved.error, json);
  if (approved.value.meant === 'run') {
    const { run: meant } = approved.value;
    return send(cli, { request: 'approve', ...(meant === undefined ? {} : { run: meant }) }, json);
  }
  const { answer: plan } = approved.value;
  if (json) sayJson(cli, { plan });
  else say(cli, renderDocument('approved', plan, await paintOf(cli)));
  return EXIT.ok;
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
