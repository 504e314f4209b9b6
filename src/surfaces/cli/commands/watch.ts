import { buildCommand } from '@stricli/core';
import { EXIT } from '../../../app/api.ts';
import type { Board } from '../../../core/views/board.ts';
import type { Interrupt } from '../../../io/terminal.ts';
import { action, type Calling, type Cli } from '../command.ts';
import { jsonFlag, slugArgument } from '../options.ts';
import { paintOf, refuse, say, sayJson } from '../output.ts';
import { renderStatus } from '../render/status.ts';
import { viewFor } from '../run/view.ts';

interface Flags {
  readonly from?: number;
  readonly plain: boolean;
  readonly json: boolean;
}

export const command = buildCommand<Flags, [string?], Calling>({
  docs: {
    brief: 'Follow a run that another terminal carries on',
    fullDescription: [
      'Follows a run that another terminal, a service or another person carries on, as `run` shows it there; reads only, so',
      'leaving it with Ctrl-C changes nothing. Ends with 0 when the run is over, with 3 when it waits for a person and nobody',
      'runs it, with 1 when nobody runs it otherwise.',
    ].join('\n'),
    customUsage: [
      '[slug]',
      { input: '[slug] --json --from 1', brief: 'every event from the first, and whatever comes, for a program' },
    ],
  },
  parameters: {
    flags: {
      from: {
        kind: 'parsed',
        parse: sequence,
        brief: 'Show also what happened from this event on',
        placeholder: 'seq',
        optional: true,
      },
      plain: { kind: 'boolean', brief: 'Plain lines instead of the live view', default: false, withNegated: false },
      json: jsonFlag,
    },
    positional: slugArgument,
  },
  func: action(watch),
});

async function watch(cli: Cli, { from, plain, json }: Flags, slug?: string): Promise<number> {
  const left = new AbortController();
  let by: Interrupt | undefined;
  const undo = cli.context.terminal.onInterrupt((interrupt) => {
    by = interrupt;
    left.abort();
  });
  let board: Board | undefined;
  const view = viewFor(cli, { board: () => board as Board }, { json, plain });
  try {
    const request = { ...(slug === undefined ? {} : { slug }), ...(from === undefined ? {} : { from }) };
    /** Of the view, which is drawn only once there is something to draw. */
    let begun: Promise<void> | undefined;
    const watched = await cli.app.watchRun(
      cli.context,
      request,
      {
        board(now) {
          board = now;
          if (begun === undefined) begun = view.resume();
          else view.changed();
        },
        events: (events) => view.events(events),
      },
      left.signal,
    );
    await begun;
    await view.pause();
    if (!watched.ok) return await refuse(cli, watched.error, json);
    return await conclude(cli, watched.value, json, by);
  } finally {
    undo();
  }
}

type End = Extract<Awaited<ReturnType<Cli['app']['watchRun']>>, { ok: true }>['value'];

async function conclude(cli: Cli, { why, board }: End, json: boolean, by: Interrupt | undefined): Promise<number> {
  if (why === 'left') return by === 'SIGTERM' ? EXIT.terminated : by === 'SIGHUP' ? EXIT.hangup : EXIT.ok;
  if (json) sayJson(cli, { end: why, board });
  else {
    const paint = await paintOf(cli);
    say(cli, ['', ...renderStatus([{ board, owner: undefined, bundle: '' }], cli.context.io.clock.now(), paint)]);
    if (why === 'rests') say(cli, [paint.faint('  nobody runs it now')]);
  }
  if (why === 'over') return board.status === 'completed' || board.status === 'incomplete' ? EXIT.ok : EXIT.failed;
  return board.waiting.length > 0 ? EXIT.waits : EXIT.failed;
}

function sequence(input: string): number {
  if (!/^[1-9]\d{0,8}$/.test(input))
    throw new SyntaxError(`${JSON.stringify(input)} is no sequence number of an event`);
  return Number(input);
}
