import { EXIT, type RunHandle } from '../../../app/api.ts';
import type { RunOptions } from '../../../app/api.ts';
import { oneLine } from '../../../core/base/text.ts';
import type { Board, Waiting } from '../../../core/views/board.ts';
import { unexpected, type Cli } from '../command.ts';
import { paintOf, refuse, say, sayJson } from '../output.ts';
import { renderReport } from '../render/report.ts';
import { approval } from './approval.ts';
import { askGate } from './gates.ts';
import { Idle } from './idle.ts';
import { Stops } from './stops.ts';
import { viewFor, type View } from './view.ts';

export interface Conduct {
  readonly run: RunOptions;
  readonly yes: boolean;
  readonly json: boolean;
  readonly plain: boolean;
  /** The run was just cancelled, so ending cancelled is what was asked for. */
  readonly cancelling?: boolean;
}

type EngineEnd = Awaited<ReturnType<RunHandle['run']>>;

/** Opens a run, asks what has to be asked, shows it while it is under way, and reports. Returns the exit code. */
export async function conduct(cli: Cli, how: Conduct): Promise<number> {
  const stops = new Stops(cli);
  try {
    const opened = await cli.app.openRun(cli.context, how.run);
    if (!opened.ok) return await refuse(cli, opened.error, how.json);
    const handle = opened.value;
    for (const warning of handle.warnings) cli.context.terminal.error(`masterplan: ${oneLine(warning, 400)}\n`);
    let code: number;
    try {
      code = await underWay(cli, handle, how, stops);
    } catch (error) {
      code = unexpected(cli, error, how.json, handle.paths.log);
      await handle.close().catch(() => undefined);
      return code;
    }
    await handle.close();
    return code;
  } finally {
    stops.release();
  }
}

async function underWay(cli: Cli, handle: RunHandle, how: Conduct, stops: Stops): Promise<number> {
  const view = viewFor(cli, handle, how);
  /** Takes back the question that is open, if any. */
  let takeBack = new AbortController();
  handle.subscribe((events) => {
    view.events(events);
    if (events.some(({ event }) => event === 'gate_answered')) takeBack.abort();
  });
  stops.onStop(() => takeBack.abort());
  stops.attach(handle, (text) => view.notice(text));

  const refused = await approval(cli, handle, how, takeBack.signal);
  if (refused !== undefined) return stops.code ?? refused;
  const asks = cli.context.terminal.interactive && !how.json;
  let idle: Idle | undefined;
  for (;;) {
    const end = await shown(view, async () => {
      // Answered at another terminal, the run went on behind the question.
      await idle?.stop();
      return handle.run();
    });
    const gate = handle.board().waiting.find(isGate);
    // Whoever lets all sub-plans pass lets pass those of a run that once asked for each.
    if (how.run.subplans === 'always' && end.end === 'settled' && gate?.gate.id.startsWith('plan:') === true) {
      const answered = await handle.answer(gate.gate.id, 'approve');
      if (answered.ok) continue;
    }
    if (end.end !== 'settled' || gate === undefined || !asks) return report(cli, handle, how, end, stops);
    takeBack = new AbortController();
    idle = new Idle(cli, handle);
    const answer = await askGate(cli, handle, gate, takeBack.signal);
    if (answer === 'later' && !takeBack.signal.aborted) {
      await idle.stop();
      return report(cli, handle, how, end, stops);
    }
  }
}

/** Shows the run while something is under way. */
async function shown<T>(view: View, underWay: () => Promise<T>): Promise<T> {
  await view.resume();
  try {
    return await underWay();
  } finally {
    await view.pause();
  }
}

function isGate(waiting: Waiting): waiting is Waiting & { gate: NonNullable<Waiting['gate']> } {
  return waiting.gate !== undefined;
}

async function report(cli: Cli, handle: RunHandle, how: Conduct, end: EngineEnd, stops: Stops): Promise<number> {
  const made = handle.report();
  const code = exitCode(made.board, end, how, stops);
  if (end.end === 'trouble') {
    const message = `${oneLine(end.what)} could not be carried out: ${oneLine(end.message, 1000)}`;
    const hint = `nothing is lost; correct the cause, then: masterplan run ${made.board.slug}`;
    await refuse(cli, { message, hint, exit: EXIT.failed }, how.json);
  }
  if (how.json) sayJson(cli, { report: made });
  else say(cli, ['', ...renderReport(made, await paintOf(cli), cli.context.terminal.columns())]);
  return code;
}

function exitCode(board: Board, end: EngineEnd, how: Conduct, stops: Stops): number {
  if (board.status === 'completed') return EXIT.ok;
  if (board.status === 'cancelled') return how.cancelling === true ? EXIT.ok : EXIT.failed;
  if (end.end === 'trouble') return EXIT.failed;
  if (end.end === 'stopped' || stops.code !== undefined) return stops.code ?? EXIT.failed;
  if (board.counts.failed > 0) return EXIT.failed;
  return board.waiting.length > 0 ? EXIT.waits : EXIT.failed;
}
