import { describe, expect, test } from 'vitest';
import { sha256 } from '../../../src/core/base/sha256.ts';
import { runDoctor, type DoctorFinding } from '../../../src/app/doctor/doctor.ts';
import { DOCTOR_CHECKS } from '../../../src/app/doctor/registry.ts';
import { utimesSync } from 'node:fs';
import { desk, type Desk } from '../rig.ts';

type Files = Readonly<Record<string, string>>;

const state = (fields: Readonly<Record<string, unknown>>): string =>
  Object.entries({ schema_version: '3', status: 'in-progress', last_activity: new Date().toISOString(), ...fields })
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
    .join('');
const bundle = (fields: Readonly<Record<string, unknown>>, files: Files = {}): Files => ({
  'state.yml': state(fields),
  ...files,
});
const done = (task: string, reviewed = false): string =>
  `${JSON.stringify({ event: 'wave_task_completed', task, dispatched_by: 'claude', note: reviewed ? '[reviewed: ok]' : '' })}\n`;
const MONTHS_AGO = '2025-01-01T00:00:00Z';

/** For each check of a legacy bundle: one that shows it, and one that comes near and does not. */
const CASES: Readonly<Record<string, readonly [shows: Files, near: Files]>> = {
  'DR-801': [bundle({ status: 'executing' }), bundle({ status: 'archived' })],
  'DR-802': [
    bundle({}, { 'events.jsonl': '{"event":"a"}\n{"event":\n' }),
    bundle({}, { 'events.jsonl': '{"event":"a"}\nprose in between\n' }),
  ],
  'DR-803': [
    bundle({ status: 'blocked', critical_error: { code: 'x', summary: 'broke' } }),
    bundle({ status: 'blocked', critical_error: null }),
  ],
  'DR-804': [
    bundle({ last_activity: MONTHS_AGO }),
    bundle({ status: 'complete', last_activity: MONTHS_AGO }, { 'retro.md': '# Retro\n' }),
  ],
  'DR-805': [bundle({ status: 'complete' }), bundle({ status: 'complete' }, { 'retro.md': '# Retro\n' })],
  'DR-806': [
    bundle({ artifacts: { plan: 'docs/masterplan/nowhere/plan.md' } }),
    bundle({ artifacts: { plan: '', spec: '/elsewhere/spec.md' } }),
  ],
  'DR-807': [bundle({ next_action: 'x'.repeat(201) }), bundle({ next_action: 'x'.repeat(200) })],
  'DR-808': [
    bundle({ plan_hash: `sha256:${'0'.repeat(64)}` }, { 'plan.md': '# Plan\n' }),
    bundle({ plan_hash: `sha256:${sha256('# Plan\n')}` }, { 'plan.md': '# Plan\n' }),
  ],
  'DR-809': [bundle({}, { 'state.queue.jsonl': '{}\n' }), bundle({}, { 'state.queue.jsonl': '', 'state.lock': '' })],
  'DR-810': [bundle({ status: 'archived', phase: 'executing' }), bundle({ status: 'archived', phase: 'archived' })],
  'DR-811': [bundle({ worktree: '/nowhere/at/all' }), bundle({ worktree: '' })],
  'DR-812': [
    bundle({ codex_review: 'on' }, { 'events.jsonl': done('T1') }),
    bundle({ codex_review: 'on' }, { 'events.jsonl': done('T1', true) }),
  ],
  'DR-813': [bundle({ status: 'archived', active_run: { wave: 1 } }), bundle({ status: 'archived', active_run: null })],
  'DR-814': [
    bundle({ goals_md_hash: '0'.repeat(64) }, { 'goals.md': '# Goals\n' }),
    bundle({ goals_md_hash: sha256('# Goals\n') }, { 'goals.md': '# Goals\n' }),
  ],
  'DR-815': [
    bundle({ schema_version: 9 }, { 'spec.md': '# Spec\n' }),
    bundle({ schema_version: 9 }, { 'spec.md': '# Spec\n\n## Assumptions & Open Decisions\n' }),
  ],
};

/** That a bundle of an older release is not over is found of all that are not, whatever else they have. */
const underWay = (files: Files): readonly string[] =>
  /^status: "(?:in-progress|blocked)"/m.test(files['state.yml'] ?? '') ? ['DR-801'] : [];

function put(at: Desk, slug: string, files: Files): void {
  for (const [name, text] of Object.entries(files)) at.write(`docs/masterplan/${slug}/${name}`, text);
}

async function findings(at: Desk): Promise<readonly DoctorFinding[]> {
  const report = await runDoctor(at.context, { thoroughness: 'high' });
  return report.ok ? report.value.findings : [];
}

describe('checks of legacy bundles', () => {
  test('every one has a case that shows it and one that comes near', () => {
    expect(Object.keys(CASES)).toEqual(DOCTOR_CHECKS.filter(({ scope }) => scope === 'legacy').map(({ id }) => id));
  });

  test('find what shows them, and nothing in what comes near; no byte is changed by --fix', async () => {
    const at = desk({ '.gitignore': '/.masterplan/\n' });
    const ids = Object.keys(CASES);
    for (const [id, [shows, near]] of Object.entries(CASES)) {
      put(at, `${id.toLowerCase()}-shows`, shows);
      put(at, `${id.toLowerCase()}-near`, near);
    }
    at.git('add', '--all');
    const before = at.git('ls-files', '-s');
    const found = await findings(at);
    const of = (slug: string): readonly string[] => found.filter(({ run }) => run === slug).map(({ check }) => check);
    expect(ids.map((id) => [id, of(`${id.toLowerCase()}-shows`), of(`${id.toLowerCase()}-near`)])).toEqual(
      Object.entries(CASES).map(([id, [shows, near]]) => [id, [...underWay(shows), id], underWay(near)]),
    );
    await runDoctor(at.context, { fix: 'apply', thoroughness: 'high' });
    at.git('add', '--all');
    expect(at.git('ls-files', '-s')).toBe(before);
  });

  test('an empty state, one of zeros and one that is a directory are told, not thrown', async () => {
    const at = desk();
    put(at, 'empty', { 'state.yml': 'status:\n', 'events.jsonl': '' });
    put(at, 'zeros', { 'state.yml': `slug: zeros\n${'\0'.repeat(100)}\n` });
    put(at, 'odd', { 'state.yml/file': '' });
    const found = await findings(at);
    expect(found.filter(({ message }) => message.startsWith('the check could not be made'))).toEqual([]);
  });

  test('a lock that is an hour old was left', async () => {
    const at = desk();
    put(at, 'old', bundle({}, { 'state.lock': '' }));
    const then = new Date(Date.now() - 2 * 3_600_000);
    utimesSync(at.path('docs/masterplan/old/state.lock'), then, then);
    expect((await findings(at)).map(({ check }) => check)).toContain('DR-809');
  });
});
