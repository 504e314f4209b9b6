import { expect, test } from 'vitest';
import { loadConfig, schema } from '../../src/app/config.ts';
import { schemasAt } from '../../src/app/config-schemas.ts';
import { READ_AS, WITHOUT_MEANING } from '../../src/app/config-seed.ts';
import { desk } from './rig.ts';

/** Keys of older tools of this name, with their defaults, that mean nothing here or are read as another key. */
const OLDER = `
gated_switch_offer_at_tasks: 15
loop_enabled: true
loop_interval_seconds: 1500
loop_max_per_day: 24
use_subagents: true
runs_path: docs/masterplan
specs_path: docs/superpowers/specs
plans_path: docs/superpowers/plans
worktree_base: ../
trunk_branches: [main, master, trunk, dev, develop]
cruft_policy: ask
archive_path: legacy/.archive
doctor_autofix: false
codex:
  routing: auto
  review: on
  review_diff_under_full: false
  max_files_for_auto: 3
  review_max_fix_iterations: 2
  confirm_auto_routing: false
  review_prompt_at: medium
  unavailable_policy: degrade-loudly
  detection_mode: scan-then-ping
parallelism:
  enabled: true
  max_wave_size: 5
  abort_wave_on_protocol_violation: true
  member_timeout_sec: 600
  on_member_timeout: warn
auto_compact:
  enabled: true
  interval: 30m
  focus: "focus on current task + active plan"
completion: {auto_retro: true, cleanup_old_state: true}
retro: {auto_archive_after_retro: true}
worktree: {default_disposition: active}
integrations:
  github: {enabled: true, auto_link_pr_to_plan: true}
  linear: {project: null}
  slack: {blocked_channel: null}
adversarial_review: both
tasks: {projection_threshold: 15}
failure_reporting: {repo: someone/something, enabled: false, dry_run: true}
`;

test('a file of an older tool is taken whole, and says what it said', async () => {
  const { context } = desk({ '.masterplan.yaml': OLDER });
  const loaded = await loadConfig(context, context.cwd);
  if (!loaded.ok) throw new Error(loaded.error.message);
  expect(loaded.value.warnings).toEqual([]);
  expect(loaded.value.settings).toMatchObject({
    parallel: 5,
    review: { mode: 'on', rounds: 3, hold: 'medium' },
    routing: { small_edits: 'auto', max_files: 3 },
    unavailable_policy: 'degrade-loudly',
  });
});

test('an older key that means nothing, or something else, is a key', () => {
  for (const key of [...Object.keys(WITHOUT_MEANING), ...Object.keys(READ_AS)])
    expect([key, schemasAt(schema, key.split('.')).length > 0]).toEqual([key, true]);
  for (const key of Object.values(READ_AS))
    expect([key, schemasAt(schema, key.split('.')).length > 0]).toEqual([key, true]);
});
