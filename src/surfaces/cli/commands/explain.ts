import { buildCommand } from '@stricli/core';
import { EXIT } from '../../../app/api.ts';
import { action, type Calling, type Cli } from '../command.ts';
import { jsonFlag, runFlag, text } from '../options.ts';
import { paintOf, refuse, say, sayJson } from '../output.ts';
import { renderExplanation, renderWaiting } from '../render/explanation.ts';

interface Flags {
  readonly run?: string;
  readonly 'why-not': boolean;
  readonly json: boolean;
}

export const command = buildCommand<Flags, [string?], Calling>({
  docs: {
    brief: 'Why a task is where it is',
    fullDescription: [
      'Why a task is where it is, what follows by itself or what to type, and what became of every attempt. With --why-not and',
      'no task: every task that has not started, in the order in which they would start, and what keeps it.',
    ].join('\n'),
    customUsage: [
      'T3',
      { input: 'T3 --run add-login', brief: 'when several runs have such a task' },
      { input: '--why-not', brief: 'what keeps everything that waits' },
    ],
  },
  parameters: {
    flags: {
      run: runFlag,
      'why-not': { kind: 'boolean', brief: 'What keeps tasks from starting', default: false, withNegated: false },
      json: jsonFlag,
    },
    positional: {
      kind: 'tuple',
      parameters: [{ brief: 'Id of the task', placeholder: 'task', parse: text, optional: true }],
    },
  },
  func: action(explain),
});

async function explain(cli: Cli, { run, json, ...flags }: Flags, task?: string): Promise<number> {
  const of = run === undefined ? {} : { run };
  const now = cli.context.io.clock.now();
  if (task !== undefined) {
    const found = await cli.app.explain(cli.context, { task, ...of });
    if (!found.ok) return refuse(cli, found.error, json);
    if (json) sayJson(cli, found.value);
    else say(cli, renderExplanation(found.value, now, await paintOf(cli)));
    return EXIT.ok;
  }
  if (!flags['why-not'])
    return refuse(
      cli,
      { message: 'which task?', hint: 'masterplan explain <task>, or --why-not for all that wait', exit: EXIT.usage },
      json,
    );
  const all = await cli.app.explainAll(cli.context, of);
  if (!all.ok) return refuse(cli, all.error, json);
  if (json) sayJson(cli, { schema: 1, ...all.value });
  else say(cli, renderWaiting(all.value.run, all.value.waiting, await paintOf(cli)));
  return EXIT.ok;
}
