import type { RunState } from '../state.ts';

/** Digits of a hash that name an amendment in file names and gates. */
const DIGITS = 12;

/** What an amendment is called: the beginning of the hash of its text. */
export function amendmentName(sha256: string): string {
  return sha256.slice(0, DIGITS);
}

/** Name of the gate at which a person says whether a text takes the place of the plan: bound to that text. */
export function amendGate(sha256: string): string {
  return `amend:${amendmentName(sha256)}`;
}

/**
 * Who was asked about a text of the plan, or of the sub-plan of a task, was asked about one that would have taken the place of what is no
 * more: those questions are over.
 */
export function closeProposals(state: RunState, of: string | undefined): void {
  const left = Object.entries(state.proposals ?? {}).filter(([, { task }]) => task !== of);
  const open = new Set(left.map(([gate]) => gate));
  state.gates = state.gates.filter(({ id }) => !id.startsWith('amend:') || open.has(id));
  if (left.length === 0) delete state.proposals;
  else state.proposals = Object.fromEntries(left);
}
