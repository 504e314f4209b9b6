import { planIndex } from '../../core/formats/plan-index.ts';
import { planHash } from '../../core/plan/hash.ts';
import { parsePlan } from '../../core/plan/parse.ts';
import { ownRun } from '../../engine/open.ts';
import type { Context } from '../context.ts';
import { excludeRuntime } from '../fit.ts';
import { leaveRetro } from '../retro.ts';
import { stateOf, type RunFacts, type WorldFacts } from './facts.ts';

/** Why a fix was not applied: in words for people. */
export class NotFixed extends Error {
  override readonly name = 'NotFixed';
}

/**
 * Does something with the lock of a run held, so that nobody else writes it meanwhile. Opening the log cuts a torn end off
 * and keeps it; closing it writes state.yml and the snapshot. Throws {@link NotFixed} when somebody else holds the run.
 */
async function holding(context: Context, { paths }: RunFacts, act: () => Promise<void>): Promise<void> {
  const owned = await ownRun(context.io, paths, context.command, false);
  if (!owned.ok) {
    throw new NotFixed(
      owned.error.why === 'locked'
        ? `it is being written: ${owned.error.by.message}`
        : 'its log is damaged: nothing is written to it',
    );
  }
  try {
    await act();
  } finally {
    await owned.value.close();
  }
}

export function openAndClose(context: Context, run: RunFacts): Promise<void> {
  return holding(context, run, () => Promise.resolve());
}

export function writeIndex(context: Context, run: RunFacts): Promise<void> {
  return holding(context, run, async () => {
    const state = stateOf(run);
    const bytes = await context.io.files.read(run.paths.plan);
    const text = bytes === undefined ? '' : new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    if (state === undefined || planHash(text) !== state.planSha256)
      throw new NotFixed('its plan is not the approved text');
    const parsed = parsePlan(text, { fileName: 'plan.md', kind: state.kind });
    if (!parsed.ok) throw new NotFixed('its plan cannot be read');
    await context.io.files.write(run.paths.index, `${JSON.stringify(planIndex(parsed.value), null, 2)}\n`);
  });
}

export function writeRetroOf(context: Context, run: RunFacts): Promise<void> {
  return holding(context, run, () => leaveRetro(context.io, run.paths));
}

export function removeCheckouts(context: Context, run: RunFacts): Promise<void> {
  return holding(context, run, async () => {
    for (const name of await context.io.files.list(run.paths.checkouts))
      await context.io.files.removeTree(`${run.paths.checkouts}/${name}`);
  });
}

export function ignoreRuntime(context: Context, world: WorldFacts): Promise<void> {
  return excludeRuntime(context, { gitDirectory: world.git.directory });
}
