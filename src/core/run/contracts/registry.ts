import { CONTRACTS_AFTER } from './after.ts';
import { CONTRACTS_AROUND } from './around.ts';
import { ATTEMPT_CONTRACTS } from './attempts.ts';
import { REVIEW_CONTRACTS } from './review.ts';
import type { Contract } from './spec.ts';

/** Every contract, those first that are dispatched. A new kind of dispatch begins with its line here. */
export const CONTRACTS: readonly Contract[] = [
  ...ATTEMPT_CONTRACTS,
  ...REVIEW_CONTRACTS,
  ...CONTRACTS_AROUND,
  ...CONTRACTS_AFTER,
];

const BY_ID = new Map(CONTRACTS.map((one) => [one.id, one]));

/** The contract of that id; `undefined`: this release has none, and nothing may be dispatched under it. */
export function contractCalled(id: string): Contract | undefined {
  return BY_ID.get(id);
}

/** What is wrong with a brief that is about to go out; nothing when it is as its contract says. */
export function briefProblems(id: string, brief: unknown, bytes: number): readonly string[] {
  const contract = contractCalled(id);
  if (contract === undefined) return [`there is no contract ${id}`];
  const { limit, check } = contract.brief;
  if (bytes > limit) return [`it has ${bytes} bytes, more than ${limit}`];
  return check(brief);
}
