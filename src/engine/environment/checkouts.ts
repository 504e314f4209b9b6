import { baseName } from '../../core/base/path.ts';
import type { Lease } from '../../core/environment/lease.ts';
import { type EnvironmentSettings, needsSetup } from '../../core/environment/settings.ts';
import type { FailedSetup } from '../../core/run/environment-event.ts';
import type { Performing } from '../perform/performer.ts';
import { LeaseError } from './leases.ts';
import { giveBack } from './ready.ts';
import { setUp, tearDown } from './setup.ts';
import { leaseFor, type Site } from './site.ts';

/*
 * Checkouts for verification. No event tells of them, because a verification that did not end is begun anew; what has to be
 * cleared up after a crash is noted in a file of its own.
 */

/** A checkout that is being verified. */
export type Furnished =
  | {
      readonly how: 'ready';
      readonly variables: Readonly<Record<string, string>>;
      /** What must not be told of what the commands print. */
      readonly secrets: readonly string[];
    }
  | { readonly how: 'failed'; readonly failed: FailedSetup }
  | { readonly how: 'cancelled' };

interface Note {
  readonly schema: 1;
  readonly site: Site;
  readonly lease: Lease;
}

/**
 * Makes a fresh checkout ready for verify commands, where the configuration asks for it. Rejects with a {@link LeaseError} where
 * nobody can tell which ports are free.
 */
export async function furnish(site: Site, performing: Performing, signal: AbortSignal): Promise<Furnished> {
  const settings = settingsOf(performing);
  if (settings === undefined) return { how: 'ready', variables: {}, secrets: [] };
  const { io } = performing;
  // Left by a try that the machine refused to end.
  await unfurnish(baseName(site.path), performing);
  const lease = await leaseFor(site, settings, performing);
  // The machine refuses here, and not the change that is to be verified: it is tried again, and no task is sent back for it.
  if (!lease.ok) throw new LeaseError(lease.error);
  const note: Note = { schema: 1, site, lease: lease.value };
  await io.files.makeDirectory(performing.paths.furnished);
  await io.files.write(noteOf(baseName(site.path), performing), `${JSON.stringify(note)}\n`);
  const outcome = await setUp(site, lease.value, settings, performing, signal);
  return outcome;
}

/**
 * Clears up after a verification, in this life or the one that died. `name` is that of the checkout. Whoever takes the run
 * over verifies in a checkout of the same name, so each step asks first whether the run is still ours.
 */
export async function unfurnish(name: string, performing: Performing): Promise<void> {
  const { files } = performing.io;
  await performing.confirm();
  const bytes = await files.read(noteOf(name, performing), 1024 * 1024);
  if (bytes === undefined) return;
  const settings = settingsOf(performing);
  const note = parse(bytes);
  if (note !== undefined && settings !== undefined) {
    const failed = await tearDown(note.site, note.lease, settings, performing, new AbortController().signal);
    if (failed !== undefined && failed !== 'cancelled')
      await performing.record([
        { event: 'anomaly', what: `${name} was not cleared up`, detail: `${failed.command}: ${failed.reason}` },
      ]);
    await performing.confirm();
    await giveBack(note.site, note.lease, performing);
    await performing.confirm();
  }
  await files.remove(noteOf(name, performing));
}

function settingsOf(performing: Performing): EnvironmentSettings | undefined {
  const settings = performing.state().settings?.environment;
  return needsSetup(settings) && settings.checkouts ? settings : undefined;
}

function noteOf(name: string, { paths }: Performing): string {
  return `${paths.furnished}/${name}.json`;
}

function parse(bytes: Uint8Array): Note | undefined {
  try {
    const note = JSON.parse(new TextDecoder().decode(bytes)) as Note;
    return note.schema === 1 ? note : undefined;
  } catch {
    return undefined;
  }
}
