import { parseStamp } from '../../base/time.ts';
import { describeEvent } from '../../run/describe.ts';
import { attemptName, type EventName, type RecordedEvent } from '../../run/event.ts';

/** What a run's time went into, milliseconds. The four add up to the time from its first event to its last. */
export interface Passed {
  /** An agent or a verification was at work. */
  readonly atWork: number;
  /** Nothing was at work, and a question was open. */
  readonly waitedForPeople: number;
  /** Nothing was at work, and an account was at its limit. */
  readonly waitedForLimits: number;
  /** Nothing was at work, and nothing was in the way: between two steps, or nobody ran the run. */
  readonly still: number;
}

/** A question that the run asked. */
export interface Asked {
  readonly gate: string;
  readonly question: string;
  /** Milliseconds since 1970. */
  readonly opened: number;
  readonly answered?: { readonly at: number; readonly answer: string; readonly by: string; readonly how: string };
}

/** Something that went otherwise than hoped, in the words of the log. */
export interface Trouble {
  readonly at: number;
  readonly kind: EventName;
  readonly task?: string;
  readonly text: string;
}

/** Events that tell of trouble whenever they happen. */
const TROUBLE: ReadonlySet<EventName> = new Set<EventName>([
  'attempt_voided',
  'contract_violation',
  'scope_violated',
  'witness_failed',
  'worktree_vanished',
  'loss_found',
  'landing_rejected',
  'merge_conflicted',
  'review_skipped',
  'review_discarded',
  'circuit_opened',
  'task_failed',
  'task_reopened',
  'finish_refused',
  'lane_parked',
  'dispatch_paused',
  'agent_degraded',
  'branch_moved',
  'repository_tampered',
  'subplan_rejected',
  'log_repaired',
  'recovered',
  'anomaly',
]);

/** Events that a timeline of the whole names; tasks that are merged are listed elsewhere. */
const MILESTONE: ReadonlySet<EventName> = new Set<EventName>([
  'run_created',
  'plan_approved',
  'phase_entered',
  'subplan_approved',
  'lane_parked',
  'lane_opened',
  'task_failed',
  'task_reopened',
  'branch_verified',
  'recovered',
  'run_cancelled',
  'run_completed',
]);

/**
 * What only the events know, and not the state that they fold to: how long things took and waited, in which order, and what
 * went wrong on the way. Feed it every event in order.
 */
export class Chronicle {
  readonly asked: Asked[] = [];
  readonly troubles: Trouble[] = [];
  readonly milestones: { readonly at: number; readonly text: string }[] = [];
  /** Milliseconds that agents were at work, summed over attempts. */
  agents = 0;
  /** Milliseconds that verify commands ran, summed. */
  verifications = 0;
  /** Attempts at work at once, at most. */
  peak = 0;
  first = 0;
  last = 0;
  /** Who approved the plan, and how. */
  approved: { readonly by: string; readonly how: string; readonly sha256: string } | undefined;
  readonly #passed = { atWork: 0, waitedForPeople: 0, waitedForLimits: 0, still: 0 };
  /** When the attempts that are at work started. */
  readonly #working = new Map<string, number>();
  readonly #verifying = new Set<string>();
  readonly #open = new Map<string, number>();
  readonly #parked = new Set<string>();

  get passed(): Passed {
    return { ...this.#passed };
  }

  add(event: RecordedEvent): void {
    const at = parseStamp(event.ts);
    if (this.first === 0) this.first = at;
    else this.#pass(Math.max(0, at - this.last));
    this.last = Math.max(this.last, at);
    this.#follow(event, at);
    if (TROUBLE.has(event.event) || unhappy(event)) {
      const task = 'task' in event ? { task: event.task } : {};
      this.troubles.push({ at, kind: event.event, ...task, text: describeEvent(event) ?? event.event });
    }
    if (MILESTONE.has(event.event)) this.milestones.push({ at, text: describeEvent(event) ?? event.event });
  }

  #pass(ms: number): void {
    const passed = this.#passed;
    if (this.#working.size > 0 || this.#verifying.size > 0) passed.atWork += ms;
    else if (this.#open.size > 0) passed.waitedForPeople += ms;
    else if (this.#parked.size > 0) passed.waitedForLimits += ms;
    else passed.still += ms;
  }

  #follow(event: RecordedEvent, at: number): void {
    switch (event.event) {
      case 'plan_approved':
        this.approved = { by: event.by, how: event.how, sha256: event.sha256 };
        break;
      case 'attempt_started':
        this.#working.set(attemptName(event.task, event.attempt), at);
        this.peak = Math.max(this.peak, this.#working.size);
        break;
      // Who wrote a sub-plan or a document is done with it: no other event ends that attempt.
      case 'subplan_written':
      case 'document_written':
      case 'attempt_finished':
      case 'attempt_voided': {
        const name = attemptName(event.task, event.attempt);
        this.agents += at - (this.#working.get(name) ?? at);
        this.#working.delete(name);
        break;
      }
      case 'verification_started':
        this.#verifying.add(verifying(event));
        break;
      case 'verification_finished':
        this.#verifying.delete(verifying(event));
        this.verifications += event.duration_ms;
        break;
      case 'old_tests_tried':
        this.verifications += event.duration_ms;
        // It waits for a person, and is verified again afterwards.
        if (event.verdict === 'asked') this.#verifying.delete(verifying({ ...event, landing: false }));
        break;
      case 'narrative_asked':
        this.#working.set(event.nonce, at);
        break;
      case 'narrative_told':
        this.#working.clear();
        break;
      case 'gate_opened':
        this.#open.set(event.gate, this.asked.length);
        this.asked.push({ gate: event.gate, question: event.question, opened: at });
        break;
      case 'gate_answered': {
        const place = this.#open.get(event.gate);
        const asked = place === undefined ? undefined : this.asked[place];
        const { answer, by, how } = event;
        if (place !== undefined && asked !== undefined)
          this.asked[place] = { ...asked, answered: { at, answer, by, how } };
        this.#open.delete(event.gate);
        break;
      }
      case 'lane_parked':
        this.#parked.add(event.lane);
        break;
      case 'lane_opened':
        this.#parked.delete(event.lane);
        break;
      case 'recovered':
        // What was lost with a process that died is at work no more.
        for (const name of event.lost) this.#working.delete(name);
        this.#verifying.clear();
        break;
      case 'run_completed':
      case 'run_cancelled':
        this.#working.clear();
        this.#verifying.clear();
        this.#open.clear();
        break;
      default:
        break;
    }
  }
}

function verifying(event: { readonly task: string; readonly attempt: number; readonly landing: boolean }): string {
  return `${attemptName(event.task, event.attempt)}${event.landing ? ' landing' : ''}`;
}

function unhappy(event: RecordedEvent): boolean {
  switch (event.event) {
    case 'attempt_finished':
      return event.ending !== 'done' && event.ending !== 'cancelled';
    case 'verification_finished':
    case 'setup_finished':
      return !event.passed;
    case 'change_examined':
      return event.verdict === 'rejected' || event.verdict === 'asked';
    case 'old_tests_tried':
      return event.verdict !== 'passed' && event.allowed === undefined;
    case 'review_finished':
      return event.verdict !== 'approve';
    default:
      return false;
  }
}
