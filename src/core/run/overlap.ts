import { gateOpens } from './autonomy.ts';
import type { Autonomy } from './autonomy.ts';
import type { RunEvent } from './event.ts';
import type { Request } from './request.ts';
import type { Gate, RunState } from './state.ts';

/** How a new run meets one that is there: it is about the same, or it would have the same name. */
export type OverlapKind = 'scope-overlap' | 'slug-collision';

/** A run that a new one meets. */
export interface Peer {
  readonly kind: OverlapKind;
  readonly slug: string;
  /** What it is about, as a person would say it. */
  readonly about: string;
  /** It is not over. */
  readonly live: boolean;
}

const GATE = /^(?:scope-overlap|slug-collision):(.+)$/;

/** Name of the gate at which a new run waits until a person says whether it is to be: bound to the run that it meets. */
export function overlapGate({ kind, slug }: Pick<Peer, 'kind' | 'slug'>): string {
  return `${kind}:${slug}`;
}

/** The run that a gate of this kind is about; `undefined`: the gate is of another kind. */
export function peerOf(gate: string): string | undefined {
  return GATE.exec(gate)?.[1];
}

/** The gate at which a run waits before anything of it begins. */
export function overlapAt(state: RunState): Gate | undefined {
  return state.gates.find(({ id }) => peerOf(id) !== undefined);
}

/**
 * What the log of a new run says about the one that it meets, behind the events that create it and in one group with them: the question,
 * and, where a policy answers it, the answer.
 *
 * @param slug  the name of the new run
 */
export function overlapEvents(peer: Peer, slug: string, autonomy: Autonomy | undefined): RunEvent[] {
  const gate = overlapGate(peer);
  const meets =
    peer.kind === 'slug-collision'
      ? `the name "${peer.slug}" belongs to the run of ${peer.about}`
      : `the run "${peer.slug}" is about the same: ${peer.about}`;
  const asked: RunEvent = {
    event: 'gate_opened',
    gate,
    question: `${meets}. Go on with that one, or begin "${slug}" beside it?`,
    options: ['resume', 'variant', 'abort'],
    recommended: 'resume',
    detail: [
      `resume: this one is not begun; masterplan run ${peer.slug} goes on with the other`,
      `variant: "${slug}" is a run of its own, beside the other`,
      'abort: this one is not begun, and the other is left as it is',
    ],
  };
  const verdict = gateOpens(peer.kind, autonomy ?? 'gated', { live: peer.live });
  if (!verdict.opens) return [asked];
  return [asked, { event: 'gate_answered', gate, answer: 'variant', by: 'policy', how: verdict.policy }];
}

/** What follows from an answer at such a gate beside the answer itself. */
export function answerOverlap(gate: string, { answer, by }: Extract<Request, { request: 'answer' }>): RunEvent[] {
  if (answer === 'variant') return [];
  const reason =
    answer === 'resume' ? `the run "${peerOf(gate) ?? ''}" goes on instead` : 'it was not to begin beside another run';
  return [{ event: 'run_cancelled', by, reason }];
}

/** A person said which of the two runs goes on. */
export function overlapAnswered(state: RunState, gate: string, answer: string): void {
  const peer = peerOf(gate);
  if (peer !== undefined && answer === 'resume') state.instead = peer;
}
