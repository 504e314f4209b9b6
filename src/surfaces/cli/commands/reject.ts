import { buildCommand } from '@stricli/core';
import { EXIT } from '../../../app/api.ts';
import { gateCalled, kindOfGate, typedGate } from '../../../core/run/gate-name.ts';
import { action, type Calling, type Cli } from '../command.ts';
import { jsonFlag, slugArgument, saying, text } from '../options.ts';
import { refuse } from '../output.ts';
import { send } from '../run/send.ts';

interface Flags {
  readonly gate?: string;
  readonly note?: string;
  readonly json: boolean;
}

/** The option that says no, of those that gates have; the first that a gate has is meant. */
const REFUSALS: readonly string[] = [
  'reject',
  'deny',
  'send-back',
  'replan',
  'block',
  'fail',
  'abort',
  'correct',
  'cancel',
];
/** Where `cancel` would end the whole run over something else: what a person does by hand, and what the plan leaves to a person. */
const NOT_THE_RUN: readonly string[] = ['attached', 'open-question', 'validation', 'checkpoint', 'approval'];

export const command = buildCommand<Flags, [string?], Calling>({
  docs: {
    brief: 'Say no to what a run asks',
    fullDescription: [
      'Answers a gate with the option that says no: reject, deny, send-back, replan, block, fail, abort, correct or cancel, whichever of these it',
      'has first. Where several gates are open, --gate says which one is meant. A gate without such an option is left open.',
    ].join('\n'),
    customUsage: [
      { input: '[slug]', brief: 'the only gate that is open' },
      { input: '[slug] --gate review:T3 --note "no tests"', brief: 'with words for whoever goes on' },
    ],
  },
  parameters: {
    flags: {
      gate: { kind: 'parsed', parse: text, brief: 'Name of the gate, as status shows it', optional: true },
      note: {
        kind: 'parsed',
        parse: saying,
        brief: 'Words that go with the answer, for whoever goes on',
        placeholder: 'words',
        optional: true,
      },
      json: jsonFlag,
    },
    positional: slugArgument,
  },
  func: action(reject),
});

async function reject(cli: Cli, { gate: named, note, json }: Flags, slug?: string): Promise<number> {
  const found = await cli.app.runStatus(cli.context, slug);
  if (!found.ok) return refuse(cli, found.error, json);
  const open = found.value.flatMap(({ board }) =>
    board.waiting.flatMap(({ gate }) => (gate === undefined ? [] : [{ run: board.slug, gate }])),
  );
  const idsOf = (run: string): string[] => open.flatMap((one) => (one.run === run ? [one.gate.id] : []));
  const typed = ({ run, gate }: { readonly run: string; readonly gate: { readonly id: string } }): string =>
    typedGate(gate.id, idsOf(run));
  const meant = named === undefined ? open : open.filter(({ run, gate }) => gateCalled(named, idsOf(run)) === gate.id);
  const [one, ...others] = meant;
  if (one === undefined || others.length > 0) {
    const message =
      one === undefined
        ? named === undefined
          ? 'nothing waits for you'
          : `no gate "${named}" is open`
        : `${meant.length} gates are open, and it does not say which one is meant`;
    const hint = open.map((each) => `masterplan reject ${each.run} --gate ${typed(each)}`).slice(0, 5);
    return refuse(cli, { message, hint: hint.join(', ') || 'masterplan status', exit: EXIT.usage }, json);
  }
  const aside = NOT_THE_RUN.includes(kindOfGate(one.gate.id).kind);
  const answer = REFUSALS.find((option) => one.gate.options.includes(option) && !(aside && option === 'cancel'));
  if (answer === undefined) {
    const hint = one.gate.options.map((option) => `masterplan answer ${typed(one)} ${option} --run ${one.run}`);
    const message = `none of the options of ${typed(one)} says no: the gate stays open`;
    return refuse(cli, { message, hint: hint.join(', '), exit: EXIT.usage }, json);
  }
  const ask = { request: 'answer' as const, run: one.run, gate: one.gate.id, answer };
  return send(cli, { ...ask, ...(note === undefined ? {} : { note }) }, json);
}
