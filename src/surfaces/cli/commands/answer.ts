import { buildCommand } from '@stricli/core';
import { FINISH_CHOICES } from '../options.ts';
import { action, type Calling, type Cli } from '../command.ts';
import { EXIT } from '../../../app/api.ts';
import { jsonFlag, runFlag, text } from '../options.ts';
import { refuse } from '../output.ts';
import { send } from '../run/send.ts';

interface Flags {
  readonly run?: string;
  readonly note?: string;
  readonly json: boolean;
}

export const command = buildCommand<Flags, [string, string], Calling>({
  docs: {
    brief: 'Answer what a run asks',
    fullDescription:
      'Answers one gate of a run, from any terminal. `status` shows the gates that are open and their options.',
    customUsage: [
      { input: 'setup:T3 retry', brief: 'the set-up is tried again' },
      { input: 'circuit:T3 retry --note "the port is taken: use another"', brief: 'with words for whoever goes on' },
    ],
  },
  parameters: {
    flags: {
      run: runFlag,
      note: {
        kind: 'parsed',
        parse: text,
        brief: 'Words that go with the answer, for whoever goes on',
        placeholder: 'words',
        optional: true,
      },
      json: jsonFlag,
    },
    positional: {
      kind: 'tuple',
      parameters: [
        { brief: 'Name of the gate', placeholder: 'gate', parse: text },
        { brief: 'One of its options', placeholder: 'option', parse: text },
      ],
    },
  },
  func: action(answer),
});

async function answer(cli: Cli, { run, note, json }: Flags, gate: string, option: string): Promise<number> {
  const which = run === undefined ? {} : { run };
  if (gate === 'plan' && option === 'approve') return send(cli, { request: 'approve', ...which }, json);
  if (gate === 'finish' && option === 'discard') {
    const hint = `masterplan approve ${run ?? '<slug>'} --finish discard`;
    return refuse(cli, { message: 'discard throws work away, so it is confirmed', hint, exit: EXIT.usage }, json);
  }
  const choice = gate === 'finish' ? FINISH_CHOICES.find((one) => one === option) : undefined;
  if (choice !== undefined) return send(cli, { request: 'finish', choice, ...which }, json);
  return send(
    cli,
    { request: 'answer', gate, answer: option, ...which, ...(note === undefined ? {} : { note }) },
    json,
  );
}
