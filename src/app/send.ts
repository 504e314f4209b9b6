import { err, ok, type Result } from '../core/base/result.ts';
import { accept } from '../core/run/accept.ts';
import { gateCalled } from '../core/run/gate-name.ts';
import { printable } from '../core/base/text.ts';
import { documentAt } from '../core/run/authoring/accept.ts';
import { PLAN_GATE, SPEC_GATE } from '../core/run/authoring/model.ts';
import { halted } from '../core/run/authoring/stage.ts';
import type { Refusal, Request } from '../core/run/request.ts';
import type { FinishChoice } from '../core/run/settings.ts';
import type { RunState } from '../core/run/state.ts';
import { answerRequest } from '../engine/answer.ts';
import { drainInbox, readReply, sendRequest } from '../engine/inbox.ts';
import { lockHolder } from '../engine/log/lock.ts';
import { ownRun } from '../engine/open.ts';
import type { RunPaths } from '../engine/paths.ts';
import { EXIT, type AppRefusal, type Sent } from './api.ts';
import type { Context } from './context.ts';
import { readPlan } from './create.ts';
import { damageWords } from './load.ts';
import { chooseRun } from './choose.ts';

export type Ask =
  | { readonly request: 'approve'; readonly run?: string }
  | {
      readonly request: 'answer';
      readonly run?: string;
      readonly gate: string;
      readonly answer: string;
      readonly note?: string;
      /** First digits of the hash that the answer is about. */
      readonly about?: string;
    }
  | { readonly request: 'finish'; readonly run?: string; readonly choice: FinishChoice }
  | { readonly request: 'cancel'; readonly run?: string; readonly reason: string }
  | { readonly request: 'retry'; readonly run?: string; readonly task: string; readonly advice?: string }
  /** `sha256`: of a text that was put into the bundle; see amend.ts. */
  | {
      readonly request: 'amend';
      readonly run?: string;
      readonly sha256: string;
      readonly before: string;
      readonly approved: boolean;
    }
  | {
      readonly request: 'waive';
      readonly run?: string;
      readonly task: string;
      readonly reason: string;
      readonly criterion?: string;
    }
  | { readonly request: 'attach'; readonly run?: string; readonly task: string }
  | {
      readonly request: 'return';
      readonly run?: string;
      readonly task: string;
      readonly commit: string | null;
      readonly drop: boolean;
    }
  | { readonly request: 'pause'; readonly run?: string; readonly reason: string };

/** Milliseconds that the owner of a run gets to answer. */
const PATIENCE = 30_000;
const LOOK = 25;

/**
 * Asks something of a run, from any terminal. With an owner alive the request goes into its inbox and its answer is
 * awaited; with none we take the run, make the facts ourselves and let go of it.
 */
export async function sendToRun(context: Context, ask: Ask): Promise<Result<Sent, AppRefusal>> {
  const chosen = await chooseRun(
    context,
    ask.run,
    ask.request === 'retry' || ask.request === 'waive'
      ? (state) =>
          state.schedule.index[ask.task] !== undefined ||
          ask.task.split(',').every((one) => isAskedFor(state, one.trim()))
      : undefined,
  );
  if (!chosen.ok) return chosen;
  const { slug, paths, state } = chosen.value;
  const request = await requestOf(context, ask, paths, state);
  return request.ok ? deliver(context, { slug, paths, state }, request.value) : request;
}

/** Gives a request to whoever owns a run, or makes its facts where nobody does. */
export async function deliver(
  context: Context,
  { slug, paths, state }: { readonly slug: string; readonly paths: RunPaths; readonly state: RunState },
  request: Request,
): Promise<Result<Sent, AppRefusal>> {
  const end = context.io.clock.monotonic() + PATIENCE;
  let sent = false;
  while (context.io.clock.monotonic() < end) {
    const holder = await lockHolder(context.io, paths.runtime);
    if (holder === undefined || holder.liveness === 'dead') {
      const done = await actAlone(context, paths, request);
      if (done !== 'taken') return done.ok ? ok(sentWords(slug, 'us', request, done.value)) : done;
    } else {
      if (!sent) {
        // A request that cannot be accepted as the log stands is refused here, without waking the owner.
        const known = request.request === 'amend' ? ok([]) : accept(state, request);
        if (!known.ok && holder.liveness !== 'alive') return refused(known.error);
        await sendRequest(context.io, paths, request);
        sent = true;
      }
      const reply = await readReply(context.io, paths, request.id);
      if (reply !== undefined) {
        await context.io.files.remove(`${paths.replies}/${request.id}.json`);
        return reply.accepted ? ok(sentWords(slug, 'owner', request, undefined)) : refused(reply.refusal);
      }
    }
    await context.io.clock.wait(LOOK);
  }
  return err({
    message: `the process that runs "${slug}" has not answered for ${PATIENCE / 1000} s; the request stays in its inbox`,
    hint: `masterplan status ${slug}`,
    exit: EXIT.failed,
  });
}

async function requestOf(
  context: Context,
  ask: Ask,
  paths: RunPaths,
  state: RunState,
): Promise<Result<Request, AppRefusal>> {
  const common = {
    schema: 1 as const,
    id: context.io.random.hex(8),
    by: printable(context.user).slice(0, 200),
    how: 'another terminal',
  };
  switch (ask.request) {
    case 'approve': {
      if (documentAt(state, SPEC_GATE) !== undefined)
        return ok({ ...common, request: 'answer', gate: SPEC_GATE, answer: 'approve' });
      if (state.authoring !== undefined && documentAt(state, PLAN_GATE) === undefined)
        return ok({ ...common, request: 'approve', planSha256: state.planSha256 });
      const plan = await readPlan(context.io, paths.plan, state.authoring === undefined ? state.kind : undefined);
      if (!plan.ok) return plan;
      return ok({ ...common, request: 'approve', planSha256: plan.value.plan.sha256 });
    }
    case 'answer':
      return ok({
        ...common,
        request: 'answer',
        gate: ask.gate,
        answer: ask.answer,
        ...(ask.note === undefined ? {} : { note: ask.note }),
        ...(ask.about === undefined ? {} : { about: ask.about }),
        ...askedAt(state, ask.gate),
      });
    case 'finish':
      return ok({ ...common, request: 'finish', choice: ask.choice, ...askedAt(state, 'finish') });
    case 'cancel':
    case 'pause':
      return ok({ ...common, request: ask.request, reason: printable(ask.reason).slice(0, 1000) });
    case 'retry':
      return ok({
        ...common,
        request: 'retry',
        task: taskNamed(state, ask.task),
        ...(ask.advice === undefined ? {} : { advice: printable(ask.advice).slice(0, 4000) }),
      });
    case 'amend':
      return ok({
        ...common,
        request: 'amend',
        sha256: ask.sha256,
        before: ask.before,
        approved: ask.approved,
      });
    case 'attach':
      return ok({ ...common, request: 'attach', task: taskNamed(state, ask.task) });
    case 'return': {
      const { commit, drop } = ask;
      return ok({ ...common, request: 'return', task: taskNamed(state, ask.task), commit, drop });
    }
    case 'waive': {
      // What is no task may be a criterion, or a row of a contract, of the plan.
      const names = ask.task.split(',').map((one) => one.trim());
      if (ask.criterion === undefined && names.every((one) => isAskedFor(state, one)))
        return ok({
          ...common,
          request: 'waive-criteria',
          criteria: names,
          reason: printable(ask.reason).slice(0, 1000),
        });
      return ok({
        ...common,
        request: 'waive',
        task: taskNamed(state, ask.task),
        reason: printable(ask.reason).slice(0, 1000),
        ...(ask.criterion === undefined ? {} : { criterion: printable(ask.criterion).slice(0, 200) }),
      });
    }
  }
}

/** When the question came up that is open now: the answer is to that one. */
function askedAt({ gates }: RunState, typed: string): { readonly asked?: number } {
  const called = gateCalled(
    typed,
    gates.map(({ id }) => id),
  );
  const gate = gates.find(({ id }) => id === called);
  return gate === undefined ? {} : { asked: gate.opened };
}

/** Whether a name is that of something the plan asks for, and of no task. */
function isAskedFor({ terms, schedule }: RunState, typed: string): boolean {
  const name = typed.toUpperCase();
  if (schedule.index[typed] !== undefined || schedule.index[name] !== undefined) return false;
  const { criteria = [], rows = [], whole = [] } = terms ?? {};
  return (
    [...criteria, ...rows].some(({ id }) => id.toUpperCase() === name) ||
    whole.some((_, at) => `WHOLE-${at + 1}` === name)
  );
}

/** A task as a person types it. */
export function taskNamed(state: RunState, typed: string): string {
  return state.schedule.index[typed] === undefined ? typed.toUpperCase() : typed;
}

async function actAlone(
  context: Context,
  paths: RunPaths,
  request: Request,
): Promise<Result<RunState, AppRefusal> | 'taken'> {
  const owned = await ownRun(context.io, paths, context.command, false);
  if (!owned.ok) {
    // Somebody took it between our look and our try: then there is an owner to ask.
    return owned.error.why === 'locked'
      ? 'taken'
      : err({ ...damageWords(owned.error.damage, paths), exit: EXIT.failed });
  }
  const { log } = owned.value;
  try {
    const answer = (one: Request): Promise<Result<number, Refusal>> => answerRequest(log, one, context.io, paths);
    await drainInbox(context.io, paths, answer);
    const answered = await answer(request);
    // It may have waited in the inbox, and been answered there, by an owner who ended or just now by us.
    await context.io.files.remove(`${paths.replies}/${request.id}.json`);
    if (answered.ok && log.state.phase === 'over') await retroAtEnd(context, paths);
    return answered.ok ? ok(log.state) : refused(answered.error);
  } catch (error) {
    return err({
      message: error instanceof Error ? error.message : String(error),
      hint: 'nothing was changed',
      exit: EXIT.failed,
    });
  } finally {
    await owned.value.close();
  }
}

/** What a run that is over leaves in its bundle, where nobody runs it who would. `masterplan retro` tells the same at any time. */
async function retroAtEnd(context: Context, paths: RunPaths): Promise<void> {
  try {
    const { loadConfig } = await import('./config.ts');
    const config = await loadConfig(context, paths.root);
    if (!config.ok || !config.value.retro) return;
    const { leaveRetro } = await import('./retro.ts');
    await leaveRetro(context.io, paths);
  } catch {
    // A disk that refuses it costs nothing.
  }
}

function sentWords(slug: string, acceptedBy: Sent['acceptedBy'], request: Request, state: RunState | undefined): Sent {
  const carryOn = acceptedBy === 'us' && state !== undefined && carriesOn(request, state);
  return {
    slug,
    acceptedBy,
    carryOn,
    ...(request.request === 'answer' && request.gate === SPEC_GATE ? { approves: 'spec' as const } : {}),
    next:
      acceptedBy === 'owner' || state?.phase === 'over'
        ? `masterplan status ${slug}`
        : (nextInTheMaking(state) ?? `masterplan run ${slug}`),
  };
}

/** Whether something short is left to be carried out now: a finish, or agents of a cancelled run to be ended. */
function carriesOn(request: Request, state: RunState): boolean {
  if (request.request === 'finish' || (request.request === 'answer' && request.gate === 'finish')) return true;
  // The agent that a task was taken from is ended, wherever it is.
  if (state.tasks.some(({ leaving }) => leaving !== undefined)) return true;
  return state.phase === 'over' && (state.schedule.active.length > 0 || state.schedule.untidy.length > 0);
}

function refused(refusal: Refusal): Result<never, AppRefusal> {
  return err({ ...refusal, exit: EXIT.failed });
}

/** What follows in a run that stopped because its verb ends there. */
function nextInTheMaking(state: RunState | undefined): string | undefined {
  const stopped = state === undefined ? undefined : halted(state);
  if (state === undefined || stopped === undefined) return undefined;
  return stopped === 'spec' ? `masterplan plan ${state.slug}` : `masterplan execute ${state.slug}`;
}
