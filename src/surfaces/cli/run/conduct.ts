import { EXIT, type RunHandle } from '../../../app/api.ts';
import type { AppRefusal, RunOptions } from '../../../app/api.ts';
import { peerOf } from '../../../core/run/overlap.ts';
import { oneLine } from '../../../core/base/text.ts';
import type { FinishChoice } from '../../../core/run/settings.ts';
import type { Board, Waiting } from '../../../core/views/board.ts';
import { unexpected, type Cli } from '../command.ts';
import { paintOf, refuse, say, sayJson } from '../output.ts';
import { renderReport } from '../render/report.ts';
import { approval } from './approval.ts';
import { askGate } from './gates.ts';
import { Carrying } from './carrying.ts';
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

/** Somebody took the log away while it was written. */
function lost(log: string): AppRefusal {
  return {
    message: `the log of this run is gone: somebody removed ${log} while it was written`,
    hint: 'put it back (git, or a backup), then: masterplan run; masterplan rescue lists the work that was kept',
    exit: EXIT.failed,
  };
}

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
      const torn = error instanceof Error && error.name === 'LogError';
      code =
        torn && (await cli.context.io.files.stat(handle.paths.log).catch(() => undefined)) === undefined
          ? await refuse(cli, lost(handle.paths.log), how.json)
          : unexpected(cli, error, how.json, handle.paths.log);
      await handle.close().catch(() => undefined);
      return code;
    }
    await handle.close();
    const { instead } = handle.state();
    if (instead === undefined || how.run.target === instead) return code;
    cli.context.terminal.error(`masterplan: goes on with "${oneLine(instead)}"\n`);
    const { answers, typed, set } = how.run;
    return await conduct(cli, { ...how, run: { target: instead, ...given({ answers, typed, set }) } });
  } finally {
    stops.release();
  }
}

async function underWay(cli: Cli, handle: RunHandle, how: Conduct, stops: Stops): Promise<number> {
  const view = viewFor(cli, handle, how);
  /** Takes back the question that is open, if any. */
  let takeBack = new AbortController();
  let questionOpened = (): void => undefined;
  handle.subscribe((events) => {
    view.events(events);
    if (events.some(({ event }) => event === 'gate_answered')) takeBack.abort();
    if (events.some(({ event }) => event === 'gate_opened')) questionOpened();
  });
  stops.onStop(() => takeBack.abort());
  stops.attach(handle, (text) => view.notice(text));

  const meets = await overlap(cli, handle, how, stops, takeBack.signal);
  if (meets !== undefined) return meets;
  const refused = await approval(cli, handle, how, takeBack.signal);
  if (refused !== undefined) return stops.code ?? refused;
  const asks = cli.context.terminal.interactive && !how.json;
  /** Questions that the person here put off: they wait for another terminal, or another day. */
  const later = new Set<string>();
  const question = (): (Waiting & { gate: Gate }) | undefined =>
    handle
      .board()
      .waiting.filter(isGate)
      .find(({ gate }) => !later.has(gate.id));
  /** What was typed for the end of the run is an answer once. */
  let finishGiven = false;
  const carrying = new Carrying(cli, handle);
  questionOpened = () => carrying.look();
  try {
    for (;;) {
      const { end } = carrying;
      const open = question();
      if (end !== undefined && end.end !== 'settled') return await report(cli, handle, how, end, stops);
      // Whoever lets all sub-plans pass lets pass those of a run that once asked for each.
      if (how.run.subplans === 'always' && open?.gate.id.startsWith('plan:') === true) {
        const answered = await handle.answer(open.gate.id, 'approve', undefined, '--subplans always');
        if (!answered.ok) later.add(open.gate.id);
        carrying.go();
        continue;
      }
      const passed = how.yes && open !== undefined ? passes(open.gate.id, how) : undefined;
      if (passed !== undefined && open !== undefined) {
        const answered = await handle.answer(open.gate.id, passed, undefined, '--yes');
        if (!answered.ok) later.add(open.gate.id);
        carrying.go();
        continue;
      }
      const ending = open === undefined || finishGiven ? undefined : endingFor(open.gate, how);
      if (ending !== undefined) {
        finishGiven = true;
        await handle.finish(ending);
        carrying.go();
        continue;
      }
      // Lines that go on being written would tear a question apart.
      const askNow = open !== undefined && asks && (end !== undefined || view.stepsAside) && stops.code === undefined;
      if (askNow) {
        takeBack = new AbortController();
        const answer = await askGate(cli, handle, open, takeBack.signal);
        if (answer === 'answered') carrying.go();
        else if (!takeBack.signal.aborted) later.add(open.gate.id);
        continue;
      }
      if (end !== undefined) return await report(cli, handle, how, end, stops);
      await shown(view, () => carrying.change());
    }
  } finally {
    await carrying.stop();
  }
}

/**
 * Asks whether a run that meets another one is to begin, before anything else is asked. Resolves with `undefined` when it is, otherwise with
 * the exit code.
 */
async function overlap(
  cli: Cli,
  handle: RunHandle,
  how: Conduct,
  stops: Stops,
  signal: AbortSignal,
): Promise<number | undefined> {
  const open = handle
    .board()
    .waiting.filter(isGate)
    .find(({ gate }) => peerOf(gate.id) !== undefined);
  const asks = cli.context.terminal.interactive && !how.json;
  if (open !== undefined && asks) await askGate(cli, handle, open, signal);
  const { instead } = handle.state();
  if (instead !== undefined) return EXIT.ok;
  const waits = handle.board().waiting.some(({ gate }) => gate !== undefined && peerOf(gate.id) !== undefined);
  const ended = open !== undefined && handle.state().phase === 'over';
  return waits || ended ? report(cli, handle, how, { end: 'settled' }, stops) : undefined;
}

/** Without what nobody gave. */
function given<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/**
 * What `--finish` answers where the run asks already what happens with its branch; `undefined`: nothing. A branch that does not hold what it
 * should is a question of its own, but for whoever says that it stays where it is: `masterplan finish` answers that.
 */
function endingFor({ id, options, recommended }: Gate, { run: { finish } }: Conduct): FinishChoice | undefined {
  if (id !== 'finish' || finish === undefined || finish === 'ask' || !options.includes(finish)) return undefined;
  return finish === 'keep' || recommended === 'merge' ? finish : undefined;
}

/** What `--yes` answers to a gate; `undefined`: nothing. What goes wrong, and what happens at the end, is asked all the same. */
function passes(gate: string, { run }: Conduct): string | undefined {
  if (gate === 'spec' || gate === 'plan') return 'approve';
  // Whoever begins with an idea and wants to be asked nothing means between the tasks, too.
  return gate === 'continue' && run.authoring !== undefined ? 'go-on' : undefined;
}

/** Shows the run while something is under way. */
async function shown(view: View, underWay: () => Promise<void>): Promise<void> {
  await view.resume();
  try {
    await underWay();
  } finally {
    await view.pause();
  }
}

type Gate = NonNullable<Waiting['gate']>;

function isGate(waiting: Waiting): waiting is Waiting & { gate: Gate } {
  return waiting.gate !== undefined;
}

async function report(cli: Cli, handle: RunHandle, how: Conduct, end: EngineEnd, stops: Stops): Promise<number> {
  const made = handle.report();
  for (const held of handle.held()) cli.context.terminal.error(`masterplan: ${oneLine(held, 400)}\n`);
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
  // Whoever ends a run that is not complete was asked, and said so.
  if (board.status === 'completed' || board.status === 'incomplete') return EXIT.ok;
  if (board.status === 'cancelled') return how.cancelling === true ? EXIT.ok : EXIT.failed;
  if (end.end === 'trouble') return EXIT.failed;
  if (end.end === 'stopped' || stops.code !== undefined) return stops.code ?? EXIT.failed;
  if (board.counts.failed > 0) return EXIT.failed;
  if (board.halted !== undefined) return EXIT.ok;
  return board.waiting.length > 0 ? EXIT.waits : EXIT.failed;
}
