import { askAnswer } from './leave.ts';
import { unreachable } from '../base/assert.ts';
import { ok, type Result } from '../base/result.ts';
import { acceptAmendment, acceptRetry, acceptWaiver, answerAmendment } from './amend/accept.ts';
import { acceptAttach, acceptReturn, heldAnswer } from './amend/hold-accept.ts';
import type { AmendedPlan } from './amend/document.ts';
import { answerAuthoring, approvePlan, type EditedDocument } from './authoring/accept.ts';
import type { RunEvent } from './event.ts';
import { gateAbout } from './gate-terms.ts';
import { stopOf, stopRefusal } from './finish/stops.ts';
import { waiveCriteria } from './finish/waive.ts';
import { gateCalled, typedGate } from './gate-name.ts';
import { answerOverlap, overlapAt, peerOf } from './overlap.ts';
import { PAUSE_GATE, pausedAt } from './pause.ts';
import type { Refusal, Request } from './request.ts';
import { over, refuse } from './refuse.ts';
import { taskOf, type Gate, type RunState } from './state.ts';

/** What a sub-plan says now, when a person edited it while its gate was open. */
export type EditedSubplan = Pick<Extract<RunEvent, { event: 'subplan_edited' }>, 'kind' | 'sha256' | 'clean' | 'tasks'>;

/**
 * Turns a request into facts, or says why not and what to do next. A request that was accepted before is accepted again
 * with no new facts. `edited` is the sub-plan, `document` the spec or plan that an approval is for, where it is not the one that the
 * agent wrote.
 */
export function accept(
  state: RunState,
  request: Request,
  edited?: EditedSubplan,
  document?: EditedDocument,
  amended?: AmendedPlan,
): Result<RunEvent[], Refusal> {
  if (state.requests.includes(request.id)) return ok([]);
  if (state.unknown.length > 0) {
    return refuse(
      `the log holds events that this version of masterplan does not know: ${state.unknown.join(', ')}`,
      'use the masterplan that wrote it, or a newer one',
    );
  }
  const { by, how } = request;
  switch (request.request) {
    case 'approve': {
      if (state.phase === 'over') return over(state);
      const meets = overlapAt(state);
      if (meets !== undefined)
        return refuse(`first: ${meets.question}`, `masterplan answer ${meets.id} variant --run ${state.slug}`);
      if (state.authoring !== undefined && state.authoring.adopted === undefined)
        return approvePlan(state, request, document);
      if (state.approved !== undefined) {
        const [waits] = state.gates;
        return refuse(
          `the plan is approved already${waits === undefined ? '' : `; what waits for you: ${waits.question}`}`,
          waits === undefined ? `masterplan run ${state.slug}` : `masterplan status ${state.slug} shows what to type`,
        );
      }
      if (request.planSha256 !== state.planSha256) {
        return refuse(
          'the plan was edited after the run was created',
          `start a new run of the edited plan: masterplan run <plan.md> --slug <new-name>`,
        );
      }
      return ok([
        { event: 'plan_approved', sha256: state.planSha256, by, how },
        ...(state.gates.some((gate) => gate.id === 'plan')
          ? [{ event: 'gate_answered' as const, gate: 'plan', answer: 'approve', by, how }]
          : []),
        { event: 'phase_entered', phase: 'execute' },
      ]);
    }
    case 'answer': {
      if (state.phase === 'over') return over(state);
      const open = state.gates.map((one) => one.id);
      const called = gateCalled(request.gate, open);
      const gate = state.gates.find((one) => one.id === called);
      // A lane that rests for a time has no gate; a person who knows better may open it all the same.
      const lane = request.gate.startsWith('lane:') ? request.gate.slice('lane:'.length) : undefined;
      if (
        gate === undefined &&
        lane !== undefined &&
        request.answer === 'retry' &&
        state.lanes[lane]?.parked !== undefined
      )
        return ok([{ event: 'lane_opened', lane, by }]);
      if (gate === undefined) {
        return refuse(
          `no gate "${request.gate}" is open`,
          open.length === 0
            ? `nothing waits for you: masterplan status ${state.slug}`
            : `open: ${open.map((one) => typedGate(one, open)).join(', ')}`,
        );
      }
      const again = askedAgain(state, gate, request.asked);
      if (again !== undefined) return again;
      const about = gateAbout(state, gate.id);
      if (request.about !== undefined && (request.about.length < 7 || about?.hash.startsWith(request.about) !== true)) {
        return refuse(
          `the answer is for ${request.about.slice(0, 12)}, and ${typedGate(gate.id, open)} is about ${about === undefined ? 'no text or commit' : `${about.what} ${about.hash.slice(0, 12)}`}`,
          `look at it again: masterplan status ${state.slug}`,
        );
      }
      const authored = answerAuthoring(state, gate, request, document);
      if (authored !== undefined) return authored;
      if (gate.id === 'plan' && request.answer === 'approve' && request.about === undefined) {
        return refuse('a plan is approved against its text', `masterplan approve ${state.slug}`);
      }
      const said = gate.id.startsWith('ask:') ? askAnswer(gate.options, request.answer) : request.answer;
      if (!gate.options.includes(said)) {
        return refuse(
          `"${request.answer}" is not an option of ${typedGate(gate.id, open)}: the gate stays open, and nothing was done`,
          `answer one of: ${gate.options.join(', ')}`,
        );
      }
      // Whoever names the text that they approve has approved it against that text.
      if (gate.id === 'plan' && request.answer === 'approve') {
        const { id } = request;
        return accept(state, { schema: 1, id, by, how, request: 'approve', planSha256: state.planSha256 });
      }
      const held = heldAnswer(state, gate.id, said);
      if (held !== undefined) return held;
      const note = request.note?.trim();
      const stop = stopOf(state, gate.id);
      const wordless = stop === undefined ? undefined : stopRefusal(stop, request.answer, note);
      if (wordless !== undefined)
        return refuse(
          wordless,
          `masterplan approve ${state.slug} --gate ${typedGate(gate.id, open)} --answer ${request.answer} --note "…"`,
        );
      const answered: RunEvent = {
        event: 'gate_answered',
        gate: gate.id,
        answer: said,
        by,
        how,
        ...(note === undefined || note === '' ? {} : { note }),
      };
      if (peerOf(gate.id) !== undefined) return ok([answered, ...answerOverlap(gate.id, { ...request, answer: said })]);
      if (gate.id.startsWith('amend:')) return answerAmendment(state, request, answered, amended);
      const task = gate.id.startsWith('plan:') ? taskOf(state, gate.id.slice('plan:'.length)) : undefined;
      if (task?.subplan !== undefined && task.progress.status === 'planned') {
        if (request.answer === 'approve') {
          const { id } = task.task;
          const { sha256 } = edited ?? task.subplan;
          return ok([
            answered,
            ...(edited === undefined ? [] : [{ event: 'subplan_edited' as const, task: id, by, ...edited }]),
            { event: 'subplan_approved', task: id, sha256, by, how },
          ]);
        }
        if (request.answer === 'replan') {
          const reason = 'a person asked for another sub-plan';
          return ok([answered, { event: 'subplan_rejected', task: task.task.id, by, reason }]);
        }
      }
      if (gate.id.startsWith('lane:') && request.answer === 'retry') {
        return ok([answered, { event: 'lane_opened', lane: gate.id.slice('lane:'.length), by }]);
      }
      if (gate.id.startsWith('budget:') && request.answer === 'block') {
        const reason = `${by} blocked it: its budget is used up${note === undefined || note === '' ? '' : ` (${note})`}`;
        return ok([answered, ...givenUp(state, gate.id.slice('budget:'.length), reason)]);
      }
      if (gate.id.startsWith('review:') && request.answer === 'block') {
        const reason = `${by} blocked it at its review${note === undefined || note === '' ? '' : `: ${note}`}`;
        return ok([answered, { event: 'task_failed', task: gate.id.slice('review:'.length), reason }]);
      }
      if (gate.id.startsWith('landing:') && request.answer === 'fail') {
        const reason = 'a person gave it up at the merge queue';
        return ok([answered, ...givenUp(state, gate.id.slice('landing:'.length), reason)]);
      }
      if (gate.id.startsWith('circuit:') && request.answer === 'block') {
        const reason = `${by} blocked it: it failed in the same way again and again${note === undefined || note === '' ? '' : ` (${note})`}`;
        return ok([answered, ...givenUp(state, gate.id.slice('circuit:'.length), reason)]);
      }
      if (request.answer === 'cancel')
        return ok([answered, { event: 'run_cancelled', by, reason: `answered cancel at gate ${gate.id}` }]);
      return ok([answered]);
    }
    case 'finish': {
      if (state.phase === 'over') return over(state);
      const end = state.gates.find((gate) => gate.id === 'finish');
      if (end === undefined) return refuse('the run is not at its finish gate yet', `masterplan status ${state.slug}`);
      const again = askedAgain(state, end, request.asked);
      if (again !== undefined) return again;
      const offered = end.options;
      if (!offered.includes(request.choice)) {
        const forge = state.end?.balance?.forge;
        const why = request.choice === 'pull-request' && forge?.offered === false ? `: ${forge.why}` : '';
        return refuse(`"${request.choice}" is not offered${why}`, `answer one of: ${offered.join(', ')}`);
      }
      return ok([{ event: 'gate_answered', gate: 'finish', answer: request.choice, by, how }]);
    }
    case 'waive-criteria':
      if (state.phase === 'over') return over(state);
      return waiveCriteria(state, request);
    case 'cancel':
      if (state.phase === 'over') return over(state);
      return ok([{ event: 'run_cancelled', by, reason: request.reason }]);
    case 'pause': {
      if (state.phase === 'over') return over(state);
      if (state.approved === undefined && state.authoring === undefined)
        return refuse('nothing has begun that could be paused', `masterplan status ${state.slug}`);
      if (pausedAt(state) !== undefined)
        return refuse('it is paused already', `to go on: masterplan resume ${state.slug}`);
      const why = request.reason === '' ? '' : `: ${request.reason}`;
      const question = `paused by ${by}${why}. Does it go on?`;
      const detail = ['what was at work comes to its end and lands; nothing new starts'];
      return ok([
        {
          event: 'gate_opened',
          gate: PAUSE_GATE,
          question,
          options: ['go-on', 'cancel'],
          recommended: 'go-on',
          detail,
        },
      ]);
    }
    case 'retry':
      return acceptRetry(state, request);
    case 'amend':
      return acceptAmendment(state, request, amended);
    case 'waive':
      return acceptWaiver(state, request);
    case 'attach':
      return acceptAttach(state, request);
    case 'return':
      return acceptReturn(state, request);
    default:
      return unreachable(request);
  }
}

/**
 * Why an answer does not count whose sender saw an earlier question of that name. It may have waited in the inbox of an owner who died, and whoever
 * answered `retry` to one failure has said nothing about the next.
 */
function askedAgain(
  { slug, gates }: RunState,
  { id, opened }: Gate,
  asked: number | undefined,
): ReturnType<typeof refuse> | undefined {
  if (asked === undefined || asked === opened) return undefined;
  const name = typedGate(
    id,
    gates.map((one) => one.id),
  );
  return refuse(
    `${name} was asked again since: the answer was to the question before`,
    `look at it again: masterplan status ${slug}`,
  );
}

/** A task that waits is given up; one that has come to its end meanwhile stays where it is. */
function givenUp(state: RunState, task: string, reason: string): RunEvent[] {
  return taskOf(state, task)?.progress.status === 'pending' ? [{ event: 'task_failed', task, reason }] : [];
}
