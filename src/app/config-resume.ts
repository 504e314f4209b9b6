import { err, ok, type Result } from '../core/base/result.ts';
import type { RunEvent } from '../core/run/event.ts';
import type { RunSettings } from '../core/run/settings.ts';
import type { RunState } from '../core/run/state.ts';
import { EXIT, type AppRefusal, type RunOptions } from './api.ts';
import { loadConfig } from './config.ts';
import { type ConfigFlag, setFlag } from './config-layers.ts';
import { recordOf, treeOfRecord } from './config-record.ts';
import { keyPath } from './config-tree.ts';
import { policyFlags } from './policy.ts';
import type { Context } from './context.ts';

/** What the flags of `run` say of keys of the configuration. */
export function flagsOf(options: RunOptions): Result<readonly ConfigFlag[], AppRefusal> {
  const flags: ConfigFlag[] = [];
  for (const text of options.set ?? []) {
    const flag = setFlag(text);
    if (!flag.ok) return err({ message: flag.error, hint: 'masterplan run --help', exit: EXIT.usage });
    flags.push(flag.value);
  }
  return ok([...flags, ...(options.typed ?? []), ...policyFlags(options)]);
}

/** Keys that cannot become others while a run is under way, and why. */
const FIXED: Readonly<Record<string, string>> = {
  environment: 'worktrees are set up by what the run was started with',
  runs_path: 'it is where the run is',
};

/**
 * What a run is to do otherwise from now on: what it was started with, and over it the flags. `undefined`: nothing. The agents
 * that it has stay; what a flag says of one of them holds from its next attempt.
 */
export async function changedBy(
  context: Context,
  root: string,
  state: RunState,
  flags: readonly ConfigFlag[],
): Promise<Result<RunEvent | undefined, AppRefusal>> {
  const { settings, config } = state;
  if (settings === undefined) return ok(undefined);
  for (const { key, flag } of flags) {
    const top = keyPath(key)?.[0] ?? '';
    if (Object.hasOwn(FIXED, top))
      return err({
        message: `${flag}: this run goes on as it was started: ${FIXED[top] ?? ''}`,
        hint: `without the flag: masterplan run ${state.slug}`,
        exit: EXIT.usage,
      });
  }
  if (config === undefined) {
    const old = ofOldRun(settings, flags);
    if (old !== undefined)
      return ok(isSame(old, settings) ? undefined : { event: 'config_resolved', settings: old, by: context.user });
    return err({
      message: `"${state.slug}" was started by a masterplan that did not record keys: only --parallel, --finish and --subplans can change it`,
      hint: `without --set: masterplan run ${state.slug}`,
      exit: EXIT.usage,
    });
  }
  const loaded = await loadConfig(context, root, {
    recorded: treeOfRecord(config, state.slug, 'without-presets'),
    flags,
  });
  if (!loaded.ok) return loaded;
  // What only this version of a key means must not change a run that nobody asked to change.
  const before = await loadConfig(context, root, { recorded: treeOfRecord(config, state.slug, 'without-presets') });
  if (!before.ok) return before;
  const changed: Record<string, unknown> = { ...settings };
  const [now, then] = [loaded.value.settings, before.value.settings].map((one) => Object.entries(one));
  const old = new Map(then);
  for (const [key, value] of now ?? []) if (!isSame(value, old.get(key))) changed[key] = value;
  const names = new Set((now ?? []).map(([key]) => key));
  for (const key of old.keys()) if (!names.has(key)) delete changed[key];
  if (isSame(changed, settings)) return ok(undefined);
  return ok({
    event: 'config_resolved',
    settings: changed as unknown as RunSettings,
    config: recordOf(loaded.value),
    by: context.user,
  });
}

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** The same for a run that recorded its settings alone; `undefined`: a flag is among them that cannot be told. */
function ofOldRun(settings: RunSettings, flags: readonly ConfigFlag[]): RunSettings | undefined {
  let changed = settings;
  for (const { key, value } of flags) {
    if (key === 'parallelism.max_agents') changed = { ...changed, parallel: Number(value) };
    else if (key === 'finish') changed = { ...changed, finish: value as RunSettings['finish'] };
    else if (key === 'subplans') changed = { ...changed, subplans: value as NonNullable<RunSettings['subplans']> };
    else return undefined;
  }
  return changed;
}
