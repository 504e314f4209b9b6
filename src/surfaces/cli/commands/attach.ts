import { buildCommand } from '@stricli/core';
import { EXIT } from '../../../app/api.ts';
import type { Attached } from '../../../app/attach.ts';
import { oneLine } from '../../../core/base/text.ts';
import { action, type Calling, type Cli } from '../command.ts';
import { jsonFlag, runFlag, text } from '../options.ts';
import { paintOf, refuse, say, sayJson } from '../output.ts';
import { conduct } from '../run/conduct.ts';

interface Flags {
  readonly shell: boolean;
  readonly run?: string;
  readonly json: boolean;
}

export const command = buildCommand<Flags, [string], Calling>({
  docs: {
    brief: 'Do a task by hand',
    fullDescription: [
      'Takes a task upon yourself: its agent, if one is at work, is ended with its work kept, and no agent gets the task until you return',
      'it. You get a place of your own that begins with the work so far, and the brief; at a terminal, a shell opens there.',
      'Asked again, it is the same place.',
    ].join('\n'),
    customUsage: ['T3', { input: 'T3 --no-shell', brief: 'only prepare the place' }],
  },
  parameters: {
    flags: {
      shell: { kind: 'boolean', brief: 'Open $SHELL in the place, at a terminal', default: true },
      run: runFlag,
      json: jsonFlag,
    },
    positional: { kind: 'tuple', parameters: [{ brief: 'Id of the task', placeholder: 'task', parse: text }] },
  },
  func: action(attach),
});

async function attach(cli: Cli, { shell, run, json }: Flags, task: string): Promise<number> {
  const request = { task, ...(run === undefined ? {} : { run }) };
  let answered = await cli.app.attachTask(cli.context, request);
  if (!answered.ok) return refuse(cli, answered.error, json);
  if ('ending' in answered.value) {
    const { slug } = answered.value.ending;
    if (json) {
      sayJson(cli, answered.value);
      return EXIT.waits;
    }
    say(cli, [
      `${oneLine(slug)}: ${oneLine(task)} is yours. Nobody carries the run on, and its agent has to be ended:`,
      `  that is done here now; your place, from another terminal: masterplan attach ${oneLine(task)} --run ${oneLine(slug)}`,
    ]);
    const code = await conduct(cli, { run: { target: slug }, yes: false, json, plain: false });
    answered = await cli.app.attachTask(cli.context, request);
    if (!answered.ok) return refuse(cli, answered.error, json);
    if ('ending' in answered.value) return code;
  }
  const { attached } = answered.value;
  if (json) {
    sayJson(cli, { attached });
    return EXIT.ok;
  }
  say(cli, await render(cli, attached));
  if (!shell || !cli.context.terminal.interactive) return EXIT.ok;
  const program = cli.context.env['SHELL'] ?? '/bin/sh';
  const env = Object.fromEntries(
    Object.entries(cli.context.env).flatMap(([k, v]) => (v === undefined ? [] : [[k, v]])),
  );
  await cli.context.terminal.lend({ argv: [program], cwd: attached.place, env });
  say(cli, [`  when it is done: ${(await paintOf(cli)).type(returning(attached))}`]);
  return EXIT.ok;
}

function returning({ task, slug }: Attached): string {
  return `masterplan return ${oneLine(task)} --run ${oneLine(slug)}`;
}

async function render(cli: Cli, attached: Attached): Promise<string[]> {
  const paint = await paintOf(cli);
  const { slug, task, title, place, brief, verify, conflicts, again } = attached;
  return [
    `${paint.strong(oneLine(slug))}: ${oneLine(task)} ${oneLine(title)} is yours${again ? '; the place is as you left it' : ''}`,
    `  place: ${oneLine(place, 1000)}`,
    `  brief: ${oneLine(brief, 1000)}`,
    ...(conflicts.length === 0
      ? []
      : [
          paint.warn(
            `  both sides are in: ${conflicts
              .slice(0, 10)
              .map((one) => oneLine(one))
              .join(', ')}`,
          ),
        ]),
    ...verify.map((one) => `  verified by: ${oneLine(one, 400)}`),
    `  when it is done: ${paint.type(returning(attached))}`,
    `  to give it back: ${paint.type(`masterplan return ${oneLine(task)} --drop --run ${oneLine(slug)}`)}`,
  ];
}
