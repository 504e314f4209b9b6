import { buildCommand } from '@stricli/core';
import { FINISH_CHOICES } from '../options.ts';
import { action, type Calling, type Cli } from '../command.ts';
import { EXIT } from '../../../app/api.ts';
import { jsonFlag, runFlag, saying, text } from '../options.ts';
import { oneLine } from '../../../core/base/text.ts';
import { refuse, say, sayJson } from '../output.ts';
import { send } from '../run/send.ts';

interface Flags {
  readonly run?: string;
  readonly note?: string;
  readonly for?: string;
  readonly answers?: string;
  readonly json: boolean;
}

export const command = buildCommand<Flags, [string?, string?], Calling>({
  docs: {
    brief: 'Answer what a run asks',
    fullDescription:
      'Answers one gate of a run, from any terminal. `status` shows the gates that are open and their options.',
    customUsage: [
      { input: 'setup:T3 retry', brief: 'the set-up is tried again' },
      { input: '--answers answers.yaml', brief: 'what a file answers' },
      { input: 'circuit:T3 retry --note "the port is taken: use another"', brief: 'with words for whoever goes on' },
    ],
  },
  parameters: {
    flags: {
      run: runFlag,
      note: {
        kind: 'parsed',
        parse: saying,
        brief: 'Words that go with the answer, for whoever goes on',
        placeholder: 'words',
        optional: true,
      },
      for: {
        kind: 'parsed',
        parse: text,
        brief: 'First digits of the hash that the answer is about: it holds for nothing else',
        placeholder: 'hash',
        optional: true,
      },
      answers: {
        kind: 'parsed',
        parse: text,
        brief: 'File of answers, given to every gate that is open',
        placeholder: 'file',
        optional: true,
      },
      json: jsonFlag,
    },
    positional: {
      kind: 'tuple',
      parameters: [
        { brief: 'Name of the gate', placeholder: 'gate', parse: text, optional: true },
        { brief: 'One of its options', placeholder: 'option', parse: text, optional: true },
      ],
    },
  },
  func: action(answer),
});

async function answer(cli: Cli, flags: Flags, gate?: string, option?: string): Promise<number> {
  const { run, note, for: about, answers, json } = flags;
  if (answers !== undefined) return fromFile(cli, answers, run, json);
  if (gate === undefined || option === undefined) {
    const hint = 'masterplan answer <gate> <option>, or --answers <file>; masterplan status shows what is asked';
    return refuse(cli, { message: 'say which gate, and which of its options', hint, exit: EXIT.usage }, json);
  }
  const which = run === undefined ? {} : { run };
  if (gate === 'plan' && option === 'approve' && about === undefined)
    return send(cli, { request: 'approve', ...which }, json);
  if (gate === 'finish' && option === 'discard') {
    const hint = `masterplan approve ${run ?? '<slug>'} --finish discard`;
    return refuse(cli, { message: 'discard throws work away, so it is confirmed', hint, exit: EXIT.usage }, json);
  }
  const choice = gate === 'finish' ? FINISH_CHOICES.find((one) => one === option) : undefined;
  if (choice !== undefined && about === undefined && note === undefined)
    return send(cli, { request: 'finish', choice, ...which }, json);
  return send(
    cli,
    {
      request: 'answer',
      gate,
      answer: option,
      ...which,
      ...(note === undefined ? {} : { note }),
      ...(about === undefined ? {} : { about }),
    },
    json,
  );
}

/** Gives what a file says to every gate that is open. What it says nothing about, or nothing that holds, waits. */
async function fromFile(cli: Cli, file: string, run: string | undefined, json: boolean): Promise<number> {
  const done = await cli.app.answerFromFile(cli.context, { file, ...(run === undefined ? {} : { run }) });
  if (!done.ok) return refuse(cli, done.error, json);
  const { slug, answered, held, open, unasked } = done.value;
  if (json) sayJson(cli, done.value);
  else {
    say(cli, [
      ...answered.map(({ gate, answer: option }) => `${oneLine(gate)}: ${oneLine(option)}`),
      ...[...held, ...unasked].map((line) => oneLine(line, 400)),
      ...open.map((gate) => `${oneLine(gate)} waits: the file says nothing about it`),
      `next: masterplan ${open.length + held.length > 0 ? 'status' : 'run'} ${oneLine(slug)}`,
    ]);
  }
  return held.length + open.length > 0 ? EXIT.waits : EXIT.ok;
}
