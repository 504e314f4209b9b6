import { cpSync, rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { gather } from '../../../src/app/doctor/gather.ts';
import { runDoctor, type DoctorFinding } from '../../../src/app/doctor/doctor.ts';
import type { RunFacts, WorldFacts } from '../../../src/app/doctor/facts.ts';
import { DOCTOR_CHECKS } from '../../../src/app/doctor/registry.ts';
import { desk, type Desk } from '../rig.ts';
import { beginning, writeRun } from './bundles.ts';
import { RUN_CASES, type RunCase } from './run-cases.ts';

const slugOf = (id: string, what: 'shows' | 'near'): string => `${id.toLowerCase()}-${what}`;

async function make(
  at: Desk,
  slug: string,
  { story = () => beginning().approved(), ago, make: finish, without }: RunCase,
): Promise<void> {
  const bundle = await writeRun(at, slug, story(), ago);
  if (without !== 'retro') bundle.edit('retro.md', () => '# Retro\n');
  await finish?.(bundle);
}

describe('checks of runs', () => {
  test('every one has a case that shows it and one that comes near', () => {
    const checks = DOCTOR_CHECKS.filter(({ scope }) => scope === 'run').map(({ id }) => id);
    expect(Object.keys(RUN_CASES).sort()).toEqual(checks.sort());
  });

  // One repository for all: each bundle is written by the functions that write it in a run, and then one thing is done to it.
  test('find what shows them and no more, and nothing in what comes near', { timeout: 60_000 }, async () => {
    const at = desk({ 'README.md': 'A project.\n' });
    for (const [id, [shows, near]] of Object.entries(RUN_CASES)) {
      await make(at, slugOf(id, 'shows'), shows);
      await make(at, slugOf(id, 'near'), near);
    }
    const [original, copy] = [slugOf('DR-108', 'shows'), slugOf('DR-107', 'shows')].map((slug) =>
      at.path('docs/masterplan', slug),
    );
    cpSync(original ?? '', copy ?? '', { recursive: true });
    rmSync(at.path('.masterplan/runs', slugOf('DR-107', 'shows')), { recursive: true });
    const committed = Object.entries(RUN_CASES).flatMap(([id, [shows, near]]) => [
      ...(shows.without === 'git' ? [] : [`docs/masterplan/${slugOf(id, 'shows')}`]),
      ...(near.without === 'git' ? [] : [`docs/masterplan/${slugOf(id, 'near')}`]),
    ]);
    at.git('add', ...committed);
    const done = await runDoctor(at.context, { thoroughness: 'high' });
    const findings: readonly DoctorFinding[] = done.ok ? done.value.findings : [];
    const found = (slug: string): readonly string[] =>
      findings.filter(({ run }) => run === slug).map(({ check }) => check);
    // Files of a hundred MiB are not written for a test: see below.
    const ids = Object.keys(RUN_CASES).filter((id) => id !== 'DR-113' && id !== 'DR-313');
    const seen = ids.map((id) => [id, found(slugOf(id, 'shows')), found(slugOf(id, 'near'))]);
    expect(seen).toEqual(
      ids.map((id) => {
        const [shows, near] = RUN_CASES[id] ?? [{}, {}];
        return [id, [id, ...(shows.also ?? [])].sort(), near.also ?? []];
      }),
    );
    expect(findings.filter(({ message }) => message.startsWith('the check could not be made'))).toEqual([]);
  });
});

test('sizes are judged from what stat says', async () => {
  const at = desk();
  await writeRun(at, 'one', beginning().approved());
  const world = await gather(at.context, { root: at.root, runsPath: 'docs/masterplan' }, undefined);
  const run = world.runs[0] as RunFacts;
  const look = (id: string, facts: Partial<RunFacts>): number => {
    const check = DOCTOR_CHECKS.find((one) => one.id === id);
    return check?.scope === 'run' ? check.look({ ...run, ...facts }, world).length : -1;
  };
  expect([look('DR-113', { logBytes: 101 * 1024 ** 2 }), look('DR-113', { logBytes: 99 * 1024 ** 2 })]).toEqual([1, 0]);
  expect([
    look('DR-313', { transcriptBytes: 1025 * 1024 ** 2 }),
    look('DR-313', { transcriptBytes: 1023 * 1024 ** 2 }),
  ]).toEqual([1, 0]);
});

describe('a healthy repository', () => {
  test('without any run is told in one line', async () => {
    const at = desk({ '.gitignore': '/.masterplan/\n' });
    const done = await runDoctor(at.context, {});
    expect(done.ok && done.value).toMatchObject({ runs: 0, legacy: 0, findings: [], fixes: [] });
  });

  test('with many runs is told in one line', async () => {
    const at = desk({ '.gitignore': '/.masterplan/\n', '.masterplan.yaml': 'agents: { one: { command: [sh] } }\n' });
    for (let i = 0; i < 20; i++) await writeRun(at, `run-${i}`, beginning().approved());
    const done = await runDoctor(at.context, {});
    expect(done.ok && done.value).toMatchObject({ runs: 20, findings: [] });
  });
});

test('a check that fails is a finding itself, and keeps no other from being made', async () => {
  const at = desk();
  const bundle = await writeRun(at, 'one', beginning().approved());
  bundle.remove('state.yml');
  const world = await gather(at.context, { root: at.root, runsPath: 'docs/masterplan' }, undefined);
  const broken = {
    ...world,
    runs: [{ ...(world.runs[0] as RunFacts), inbox: undefined as never }],
  } satisfies WorldFacts;
  const { look } = await import('../../../src/app/doctor/doctor.ts');
  const found = look(at.context, broken, DOCTOR_CHECKS).map(({ finding }) => finding);
  expect(found.find(({ check }) => check === 'DR-304')?.message).toMatch(/could not be made/);
  expect(found.map(({ check }) => check)).toContain('DR-109');
});
