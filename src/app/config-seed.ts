import { z } from 'zod';
import { checkRunsPath } from './locate.ts';
import { type ConfigMap, leafNode, nodeAt, withNode } from './config-tree.ts';

/**
 * Keys that files of older tools of this name have, under their names and with their values. Those that mean something here are
 * read as the key that they became ({@link inheritSeedKeys}); of the others {@link WITHOUT_MEANING} says why they mean nothing.
 */

const flag = z.boolean().optional();
const count = z.number().int().nonnegative().optional();
const words = z.string().nullable().optional();

/** Keys at the top that mean nothing here. */
export const seedKeys = {
  loop_enabled: flag,
  loop_interval_seconds: count,
  loop_max_per_day: count,
  use_subagents: flag,
  worktree_base: z.string().optional(),
  trunk_branches: z.array(z.string()).optional(),
  auto_compact: z
    .strictObject({ enabled: flag, interval: z.union([z.string(), z.number()]).nullable().optional(), focus: words })
    .optional(),
  worktree: z
    .strictObject({
      default_disposition: z.enum(['active', 'kept_by_user'], 'must be active or kept_by_user').optional(),
    })
    .optional(),
  integrations: z
    .strictObject({
      github: z.strictObject({ enabled: flag, auto_link_pr_to_plan: flag }).optional(),
      linear: z.strictObject({ project: words }).optional(),
      slack: z.strictObject({ blocked_channel: words }).optional(),
    })
    .optional(),
  tasks: z.strictObject({ projection_threshold: count }).optional(),
  failure_reporting: z.strictObject({ repo: words, enabled: flag, dry_run: flag }).optional(),
  specs_path: z.string().optional(),
  plans_path: z.string().optional(),
  cruft_policy: z.enum(['ask', 'leave', 'archive', 'delete'], 'must be ask, leave, archive or delete').optional(),
  archive_path: z
    .string()
    .transform((path) => path.replace(/\/+$/, ''))
    .refine(checkRunsPath, 'must be a relative path inside the repository')
    .optional(),
  doctor_autofix: flag,
  completion: z.strictObject({ auto_retro: flag, cleanup_old_state: flag }).optional(),
  retro: z
    .strictObject({
      auto_archive_after_retro: flag,
      narrative: z.enum(['auto', 'off'], 'must be auto or off').optional(),
    })
    .optional(),
  adversarial_review: z.enum(['off', 'spec', 'plan', 'both'], 'must be off, spec, plan or both').optional(),
};

/** Keys of `codex` beside those of small edits. */
export const seedCodexKeys = {
  review: z.enum(['off', 'on'], 'must be off or on').optional(),
  review_diff_under_full: flag,
  review_max_fix_iterations: z.number().int().min(0).max(19).optional(),
  confirm_auto_routing: flag,
  review_prompt_at: z.enum(['low', 'medium', 'high', 'never'], 'must be low, medium, high or never').optional(),
  unavailable_policy: z.enum(['degrade-loudly', 'block'], 'must be degrade-loudly or block').optional(),
  detection_mode: z
    .enum(['scan-then-ping', 'ping', 'scan', 'trust'], 'must be scan-then-ping, ping, scan or trust')
    .optional(),
};

/** Keys of `parallelism` beside ours. */
export const seedParallelKeys = {
  enabled: flag,
  max_wave_size: z.number().int().min(1).max(256).optional(),
  abort_wave_on_protocol_violation: flag,
  member_timeout_sec: z.number().nonnegative().optional(),
  on_member_timeout: z.enum(['warn', 'blocker'], 'must be warn or blocker').optional(),
};

/** Keys that are taken, and why they change nothing. */
export const WITHOUT_MEANING: Readonly<Record<string, string>> = {
  loop_enabled: 'masterplan run goes on by itself until the run rests: no session has to be woken',
  loop_interval_seconds: 'masterplan run goes on by itself until the run rests: no session has to be woken',
  loop_max_per_day: 'masterplan run goes on by itself until the run rests: no session has to be woken',
  use_subagents: 'every task is done by an agent of its own',
  worktree_base: 'worktrees lie in .masterplan/, where custody of them is certain',
  trunk_branches: 'a run never works on a branch that is checked out, whatever its name: it has one of its own',
  'codex.detection_mode': 'an agent is there when its program is; masterplan agents test asks it',
  'parallelism.abort_wave_on_protocol_violation': 'a breach of contract fails its own attempt, and no other',
  'auto_compact.enabled': 'masterplan is a program and has no context that fills up',
  'auto_compact.interval': 'masterplan is a program and has no context that fills up',
  'auto_compact.focus': 'masterplan is a program and has no context that fills up',
  specs_path: 'a spec lies in the bundle of its run; import reads those of older tools where they lie',
  plans_path: 'plans are found in the usual directories; lint.paths says what lint looks at',
  adversarial_review: 'specs and plans are linted before they are approved; review says how work is reviewed',
  'retro.auto_archive_after_retro': 'archiving is a step of its own, and asks',
  'completion.cleanup_old_state': 'nothing is deleted because a run is over; masterplan clean does, on proof',
  'worktree.default_disposition':
    'worktrees are removed once their work is kept; masterplan rescue gives any of it back',
  'integrations.github.enabled': 'the forge is asked only by commands that name it',
  'integrations.github.auto_link_pr_to_plan': 'the forge is asked only by commands that name it',
  'integrations.linear.project': 'no network service is called; notify.command and notify.webhook tell any of them',
  'integrations.slack.blocked_channel':
    'no network service is called; notify.command and notify.webhook tell any of them',
  'telemetry.path_suffix': 'telemetry is a projection of the log and has no file of its own',
  'tasks.projection_threshold': 'tasks are rows of masterplan status; nothing is mirrored into a task list',
  'failure_reporting.repo': 'nothing is reported anywhere; masterplan stats counts failure classes',
  'failure_reporting.enabled': 'nothing is reported anywhere; masterplan stats counts failure classes',
  'failure_reporting.dry_run': 'nothing is reported anywhere; masterplan stats counts failure classes',
};

/** What an older key became: read as ours where the same layer does not say ours as well. */
const BECAME: readonly {
  readonly from: string;
  readonly to: string;
  /** What its value means there; `undefined`: nothing. */
  readonly as: (value: unknown, all: ConfigMap) => unknown;
}[] = [
  { from: 'codex.review', to: 'review.mode', as: (value) => value },
  { from: 'codex.unavailable_policy', to: 'unavailable_policy', as: (value) => value },
  { from: 'parallelism.max_wave_size', to: 'parallelism.max_agents', as: (value) => value },
  { from: 'parallelism.enabled', to: 'parallelism.max_agents', as: (value) => (value === false ? 1 : undefined) },
];

/** Which key an older one is read as. */
export const READ_AS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(BECAME.map(({ from, to }) => [from, to])),
  'parallelism.member_timeout_sec': 'agents.*.timeout',
  'parallelism.on_member_timeout': 'agents.*.timeout',
};

/**
 * The same layer with what its older keys say put where it is read; places stay those of the older keys. Where both say something, and
 * not the same, `tell` hears which of the two counts.
 */
export function inheritSeedKeys(layer: ConfigMap, tell: (warning: string) => void = () => {}): ConfigMap {
  let tree = layer;
  for (const { from, to, as } of BECAME) {
    const given = nodeAt(layer, from.split('.'));
    if (given?.kind !== 'leaf' || given.value === null) continue;
    const ours = nodeAt(layer, to.split('.'));
    const value = as(given.value, layer);
    const wins = ours === undefined || from === 'parallelism.enabled';
    if (ours?.kind === 'leaf' && value !== undefined && ours.value !== value) {
      const [counts, other] = wins ? [given, ours] : [ours, given];
      const [key, rest] = wins ? [from, to] : [to, from];
      tell(
        `${counts.origin.where}: ${key} is ${JSON.stringify(counts.value)}, so ${rest}: ${JSON.stringify(other.value)} (${other.origin.where}) does not count; delete one of the two`,
      );
    }
    if (!wins) continue;
    if (value !== undefined) tree = withNode(tree, to.split('.'), leafNode(value, given.origin));
  }
  return tree;
}

/** The time that members of a wave get, as that of agents without one of their own; of old it ended them only as a blocker. */
export function inheritTimeouts(tree: ConfigMap): ConfigMap {
  const seconds = nodeAt(tree, ['parallelism', 'member_timeout_sec']);
  const policy = nodeAt(tree, ['parallelism', 'on_member_timeout']);
  const agents = nodeAt(tree, ['agents']);
  if (seconds?.kind !== 'leaf' || policy?.kind !== 'leaf' || policy.value !== 'blocker') return tree;
  if (agents?.kind !== 'map') return tree;
  let timed = tree;
  for (const [name, agent] of agents.entries)
    if (nodeAt(agent, ['timeout']) === undefined)
      timed = withNode(timed, ['agents', name, 'timeout'], leafNode(seconds.value, seconds.origin));
  return timed;
}
