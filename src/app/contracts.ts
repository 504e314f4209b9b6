import { nearest } from '../core/base/nearest.ts';
import { err, ok, type Result } from '../core/base/result.ts';
import { contractCalled, CONTRACTS } from '../core/run/contracts/registry.ts';
import { EXIT, type AppRefusal } from './api.ts';
import { didYouMean } from './lint-rules.ts';

/** A contract as programs get it. */
export interface ContractInfo {
  readonly id: string;
  readonly version: number;
  readonly about: string;
  readonly role: string;
  /** What dispatches under it; null: nothing in this release. */
  readonly dispatched_by: string | null;
  readonly brief: { readonly limit: number; readonly schema: unknown };
  readonly digest: { readonly limit: number; readonly schema: unknown };
}

/** All contracts, or the one of that id. Works everywhere: they are part of the program. */
export function listContracts(id?: string): Result<{ readonly contracts: readonly ContractInfo[] }, AppRefusal> {
  const one = id === undefined ? undefined : contractCalled(id);
  if (id !== undefined && one === undefined) {
    const ids = CONTRACTS.map((contract) => contract.id);
    return err({
      message: `there is no contract "${id.slice(0, 80)}"${didYouMean(nearest(id, ids))}`,
      hint: `one of: ${ids.join(', ')}`,
      exit: EXIT.usage,
    });
  }
  return ok({
    contracts: (one === undefined ? CONTRACTS : [one]).map(({ brief, digest, dispatchedBy, ...rest }) => ({
      id: rest.id,
      version: rest.version,
      about: rest.about,
      role: rest.role,
      dispatched_by: dispatchedBy === '' ? null : dispatchedBy,
      brief: { limit: brief.limit, schema: brief.schema() },
      digest: { limit: digest.limit, schema: digest.schema() },
    })),
  });
}
