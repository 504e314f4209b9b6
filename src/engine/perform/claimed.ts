import type { Verification } from '../../core/run/event.ts';
import type { FalseClaim } from '../../core/witness/claims.ts';
import type { Performing } from './performer.ts';

/** What the digest of an attempt claims of its tests, where a verify command shows that it is not so. */
export async function claimedToPass(
  file: string,
  { failed }: Verification,
  { io, paths }: Performing,
): Promise<FalseClaim | undefined> {
  if (failed === undefined) return undefined;
  const bytes = await io.files.read(`${paths.digests}/${file}.json`, 64 * 1024).catch(() => undefined);
  if (bytes === undefined) return undefined;
  try {
    const digest: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof digest !== 'object' || digest === null || !('tests_passed' in digest) || digest.tests_passed !== true)
      return undefined;
  } catch {
    return undefined;
  }
  return { claim: 'tests_passed', check: `${failed.command}: ${failed.reason}` };
}
