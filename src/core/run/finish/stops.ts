import { isKept, type TermGate } from '../../plan/terms.ts';
import { checksOf } from '../checks.ts';
import { gateOpens, type Verdict } from '../autonomy.ts';
import type { Effect } from '../effect.ts';
import type { RecordedEvent, RunEvent } from '../event.ts';
import type { Obstacle } from '../obstacle.ts';
import { taskOf, type RunState, type TaskState } from '../state.ts';

/*
 * Stops of the plan: what it says must be settled, validated or seen before certain tasks start. Only those wait; the rest
 * of the run goes on.
 */

/** Name of the question that is asked at a stop: `open-question:Q-1`, `validation:V2`. */
export function stopGate(gate: TermGate): string {
  return `${gate.asks === 'question' ? 'open-question' : (gate.asks ?? gate.kind)}:${gate.id}`;
}

/** The stop that a question is about. */
export function stopOf(state: RunState, gate: string): TermGate | undefined {
  const colon = gate.indexOf(':');
  return colon < 0 ? undefined : state.terms?.gates.find((one) => stopGate(one) === gate);
}

/** Stops that are closed, in the order of the plan. */
export function closedStops(state: RunState): TermGate[] {
  return (state.terms?.gates ?? []).filter((gate) => isKept(gate) && state.opened?.[gate.id] === undefined);
}

/** Whether a task is behind a stop: itself, or with the task whose sub-plan it belongs to. */
export function isBehind(gate: TermGate, task: TaskState): boolean {
  const id = task.parent ?? task.task.id;
  if (gate.before.includes(id)) return true;
  if (gate.before.length > 0 || gate.after.includes(id)) return false;
  // A validation without a place in the order: nothing builds on what it asks about.
  return gate.kind === 'validation' && gate.after.length === 0;
}

/** The first closed stop that a task is behind; `undefined`: nothing of the plan keeps it. */
export function stopBefore(closed: readonly TermGate[], task: TaskState): TermGate | undefined {
  return closed.find((gate) => isBehind(gate, task));
}

/** Whether everything that comes before a stop is there. */
function isDue(state: RunState, gate: TermGate): boolean {
  // What only says what it stands before is due when the first of those could start.
  if (gate.asks === undefined && gate.after.length === 0 && gate.before.length > 0)
    return gate.before.some((id) => taskOf(state, id)?.task.needs.every((need) => isOver(state, need)) ?? true);
  return gate.after.every((id) => isOver(state, id));
}

/** Whether a task will change nothing any more. What is no task of the run never does. */
function isOver(state: RunState, id: string): boolean {
  const status = taskOf(state, id)?.progress.status;
  return status === undefined || status === 'merged' || status === 'waived' || status === 'dropped';
}

/** Commands of stops that should run now, and questions that should be open. */
export function stopEffects(state: RunState, tip: string): Effect[] {
  if (state.terms === undefined) return [];
  return closedStops(state).flatMap((gate): Effect[] => {
    if (!isDue(state, gate)) return [];
    // Nobody is asked about what nobody waits for any more.
    if (gate.asks !== undefined && !state.tasks.some((task) => isBehind(gate, task) && isAhead(task))) return [];
    const check = state.stopChecks?.[gate.id];
    const runs = gate.commands.length > 0 && (check === undefined || check.again === true);
    if (runs) {
      const key = `stop:${gate.id}:${check?.times ?? 0}:${checksOf(gate.commands).slice(0, 8)}`;
      return [{ type: 'check-stop', key, stop: gate.id, commit: tip, commands: gate.commands }];
    }
    const id = stopGate(gate);
    if (state.gates.some((one) => one.id === id) || verdictOf(state, gate).opens) return [];
    return [{ type: 'record', key: `record:gate:${id}:${state.seq}`, events: [question(state, gate)] }];
  });
}

/** Whether a stop opens by itself. Only its own commands do that, under every autonomy; what they say is folded as it comes in. */
function verdictOf(state: RunState, gate: TermGate): Verdict {
  const autonomy = state.settings?.autonomy ?? 'gated';
  if (gate.asks !== undefined)
    return gateOpens(gate.asks === 'question' ? 'open-question' : 'assumption', autonomy, {});
  const passed = state.stopChecks?.[gate.id]?.passed;
  return gateOpens('validation', autonomy, passed === undefined ? {} : { passed });
}

/** Why a run that asks little asks all the same. */
function askedAllTheSame(state: RunState, gate: TermGate): string[] {
  const autonomy = state.settings?.autonomy ?? 'gated';
  const verdict = verdictOf(state, gate);
  return autonomy === 'gated' || verdict.opens ? [] : [`asked under ${autonomy}, too: ${verdict.why}`];
}

function isAhead({ progress }: TaskState): boolean {
  return progress.status === 'pending';
}

/** What is asked at a stop. */
function question(state: RunState, gate: TermGate): Extract<RunEvent, { event: 'gate_opened' }> {
  const waits = [
    ...askedAllTheSame(state, gate),
    ...(gate.before.length === 0 ? [] : [`waiting for it: ${some(gate.before)}`]),
  ];
  const opened = { event: 'gate_opened' as const, gate: stopGate(gate) };
  if (gate.asks === 'question')
    return {
      ...opened,
      question: `${gate.id}: ${gate.title}`,
      options: ['answer', 'leave-open', 'cancel'],
      recommended: 'answer',
      detail: [
        'answer: say it with --note "…"; it goes into the briefs of those who wait',
        'leave-open: whoever does the work decides, and says how',
        ...waits,
      ],
    };
  if (gate.asks === 'assumption')
    return {
      ...opened,
      question: `${gate.id}: is it true that ${lower(gate.title)}?`,
      options: ['confirm', 'correct', 'cancel'],
      recommended: 'confirm',
      detail: [
        ...(gate.onFail === undefined ? [] : [`if it is wrong: ${gate.onFail}`]),
        'correct: say with --note "…" what is true instead; it goes into the briefs of those who wait',
        ...waits,
      ],
    };
  const check = state.stopChecks?.[gate.id];
  const failed = check !== undefined && !check.passed;
  return {
    ...opened,
    question: failed
      ? `${gate.kind} ${gate.id} failed: ${check.failed?.command ?? ''}: ${check.failed?.reason ?? ''}. ${gate.title}. How does it go on?`
      : `${gate.kind} ${gate.id}: ${gate.title}. Has it passed?`,
    options: [...(gate.commands.length > 0 ? ['again'] : []), ...(failed ? [] : ['passed']), 'waive', 'cancel'],
    recommended: failed ? 'again' : 'passed',
    detail: [
      ...gate.criteria.map((one) => `it must be true: ${one}`),
      ...(gate.onFail === undefined ? [] : [`if it is not: ${gate.onFail}`]),
      ...(check === undefined ? [] : [`what the commands said is in ${check.evidence}`]),
      'waive: it is passed over, and named as waived at the end; say why with --note "…"',
      ...waits,
    ],
  };
}

/** Why an answer cannot be taken as it is; `undefined`: it can. */
export function stopRefusal(gate: TermGate, answer: string, note: string | undefined): string | undefined {
  if (note !== undefined && note.trim() !== '') return undefined;
  if (answer === 'answer') return 'an answer needs words';
  if (answer === 'correct') return 'a correction needs words';
  return answer === 'waive' ? `whoever waives ${gate.id} says why` : undefined;
}

/** A person, or a policy, answered at a stop; evolve calls it. */
export function stopAnswered(
  state: RunState,
  event: Pick<Extract<RecordedEvent, { event: 'gate_answered' }>, 'gate' | 'answer' | 'by' | 'note'>,
  at: number,
): void {
  const gate = stopOf(state, event.gate);
  if (gate === undefined || event.answer === 'cancel') return;
  if (event.answer === 'again') {
    const check = state.stopChecks?.[gate.id];
    if (check !== undefined) state.stopChecks = { ...state.stopChecks, [gate.id]: { ...check, again: true } };
    return;
  }
  const { answer, by, note } = event;
  state.opened = { ...state.opened, [gate.id]: { answer, by, at, ...(note === undefined ? {} : { note }) } };
}

/** Why a task behind a closed stop does not start. */
export function stopObstacle(state: RunState, gate: TermGate): Extract<Obstacle, { kind: 'stop' }> {
  const id = stopGate(gate);
  const open = state.gates.find((one) => one.id === id);
  const what =
    gate.asks === 'question' ? 'the question' : gate.asks === 'assumption' ? 'the assumption' : `the ${gate.kind}`;
  const missing = gate.after.filter((task) => taskOf(state, task)?.progress.status !== 'merged');
  const how =
    open !== undefined
      ? 'is not settled'
      : missing.length > 0
        ? `comes after ${some(missing)}`
        : gate.commands.length > 0
          ? 'is run'
          : 'is about to be asked';
  return { kind: 'stop', gate: id, words: `${what} ${gate.id} ${how}: ${gate.title}`, options: open?.options ?? [] };
}

/** What was settled at stops that a task was behind, for its brief. */
export interface Settled {
  readonly id: string;
  readonly asked: string;
  readonly answer: string;
  readonly by: string;
}

/** What was settled before a task, in words. */
export function settledFor(state: RunState, task: TaskState): Settled[] {
  return (state.terms?.gates ?? []).flatMap((gate): Settled[] => {
    const opened = state.opened?.[gate.id];
    if (gate.asks === undefined || opened === undefined || !isBehind(gate, task)) return [];
    const answer =
      opened.answer === 'confirm'
        ? `confirmed${opened.note === undefined ? '' : `: ${opened.note}`}`
        : opened.answer === 'leave-open'
          ? `left to you: decide, and say in your summary how${opened.note === undefined ? '' : ` (${opened.note})`}`
          : (opened.note ?? opened.answer);
    return [{ id: gate.id, asked: gate.title, answer, by: opened.by }];
  });
}

function lower(text: string): string {
  const first = /^[A-Z][a-z]/.test(text) ? `${text[0]?.toLowerCase() ?? ''}${text.slice(1)}` : text;
  return first.replace(/[.?!]+$/, '');
}

function some(ids: readonly string[]): string {
  return `${ids.slice(0, 12).join(', ')}${ids.length > 12 ? ', …' : ''}`;
}
