import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { runDoctor, type DoctorReport, type DoctorRequest } from '../../../src/app/doctor/doctor.ts';
import { doctorSarif } from '../../../src/core/views/doctor-sarif.ts';
import { listChecks } from '../../../src/app/doctor/list.ts';
import { acquireLock } from '../../../src/engine/log/lock.ts';
import { bytesIn } from './bytes.ts';
import { desk, type Desk } from '../rig.ts';
import { beginning, writeRun, type Bundle } from './bundles.ts';

async function doctor(at: Desk, request: DoctorRequest = {}): Promise<DoctorReport> {
  const done = await runDoctor(at.context, { thoroughness: 'high', ...request });
  if (!done.ok) throw new Error(done.error.message);
  return done.value;
}

const CONFIG = { '.masterplan.yaml': 'agents: { one: { command: [sh] } }\n' };

/** A run at which everything that can be mended is wrong. */
async function ailing(at: Desk): Promise<Bundle> {
  const bundle = await writeRun(at, 'one', beginning().approved());
  bundle.remove('state.yml');
  bundle.edit('plan.index.json', () => '{');
  bundle.edit('events.jsonl', (text) => `${text}{"seq":99,`);
  bundle.runtime('checkouts/T1.1/file', 'x');
  return bundle;
}

describe('--fix', () => {
  test('mends what is safe, is shown first, and has nothing left to do the second time', async () => {
    const at = desk(CONFIG);
    const bundle = await ailing(at);
    const before = bytesIn(at.root);
    const shown = await doctor(at, { fix: 'show' });
    expect(shown.fixes.map(({ outcome }) => outcome)).toEqual(shown.fixes.map(() => 'shown'));
    expect(bytesIn(at.root)).toEqual(before);

    const fixed = await doctor(at, { fix: 'apply' });
    expect(fixed.fixes.map(({ check, about }) => [check, about])).toEqual(
      shown.fixes.map(({ check, about }) => [check, about]),
    );
    expect(fixed.fixes.every(({ outcome }) => outcome === 'fixed')).toBe(true);
    expect(fixed.findings.filter(({ fix }) => fix !== undefined)).toEqual([]);
    expect(readFileSync(bundle.paths.stateFile, 'utf8')).toContain('schema_version: 1');
    expect(readdirSync(bundle.paths.torn)).toHaveLength(1);
    expect(existsSync(`${bundle.paths.checkouts}/T1.1`)).toBe(false);
    expect(readFileSync(at.path('.git/info/exclude'), 'utf8')).toContain('/.masterplan/');

    const after = bytesIn(at.root);
    expect((await doctor(at, { fix: 'apply' })).fixes).toEqual([]);
    expect(bytesIn(at.root)).toEqual(after);
  });

  test('undoes what was changed in files that are made from the log and the plan', async () => {
    const at = desk(CONFIG);
    const bundle = await writeRun(at, 'one', beginning().approved());
    bundle.edit('state.yml', (text) => text.replace('title: "Demo"', 'title: "Other"'));
    bundle.edit('plan.index.json', (text) => text.replace(/("files": \[)/, '$1"secret.txt",'));
    const snapshot = readFileSync(bundle.paths.snapshot, 'utf8');
    bundle.runtime('snapshot.json', snapshot.replace('"title":"Demo"', '"title":"Shown"'));
    const found = async (fix?: 'apply'): Promise<readonly string[]> => {
      const { findings, fixes } = await doctor(at, fix === undefined ? {} : { fix });
      expect(fixes.every(({ outcome }) => outcome === 'fixed')).toBe(true);
      return findings.flatMap(({ check, message }) =>
        /^DR-(?:111|112|203)$/.test(check) ? [`${check} ${message}`] : [],
      );
    };
    expect([...(await found())].sort()).toEqual([
      'DR-111 "title" is not what the log says: somebody edited it',
      'DR-112 its snapshot is damaged: what status shows of it is not what the log says',
      'DR-203 "files" of T1 is not what the plan says: somebody edited it',
    ]);
    expect(await found('apply')).toEqual([]);
    // What it says of its state can not be believed either, once a bit of that is another.
    const whole = readFileSync(bundle.paths.snapshot, 'utf8');
    bundle.runtime('snapshot.json', whole.replace(/(\n.*)"title":"Demo"/, '$1"title":"Dema"'));
    expect(await found()).toEqual(['DR-112 its snapshot is damaged: the state in it was changed, or cut']);
    expect(await found('apply')).toEqual([]);
  });

  test('writes the retro of a run that is over', async () => {
    const at = desk(CONFIG);
    const over = await writeRun(
      at,
      'over',
      beginning().approved().tell({ event: 'run_cancelled', by: 'me', reason: 'enough' }),
    );
    const { fixes } = await doctor(at, { fix: 'apply', checks: ['retro-missing'] });
    expect(fixes).toMatchObject([{ check: 'DR-209', outcome: 'fixed' }]);
    expect(readFileSync(`${over.paths.bundle}/retro.md`, 'utf8')).toContain('Demo');
  });

  test('leaves a run alone that somebody carries on: what it writes is found to be in order', async () => {
    const at = desk(CONFIG);
    const bundle = await ailing(at);
    await acquireLock(at.context.io, bundle.paths.runtime, 'masterplan run');
    const before = bytesIn(bundle.paths.bundle);
    const { fixes } = await doctor(at, { fix: 'apply' });
    expect(fixes.filter(({ run }) => run === 'one')).toMatchObject([{ check: 'DR-204', outcome: 'not-fixed' }]);
    expect(fixes.find(({ run }) => run === 'one')?.why).toMatch(/is being written/);
    expect(bytesIn(bundle.paths.bundle)).toEqual(before);
  });

  test('does not write to a damaged log', async () => {
    const at = desk(CONFIG);
    const bundle = await writeRun(at, 'one', beginning().approved());
    bundle.edit('plan.index.json', () => '{');
    bundle.edit('events.jsonl', (text) => text.replace('"attempts":2', '"attempts":9'));
    const before = bytesIn(bundle.paths.bundle);
    expect((await doctor(at, { fix: 'apply' })).fixes.filter(({ run }) => run === 'one')).toMatchObject([
      { check: 'DR-204', outcome: 'not-fixed' },
    ]);
    expect(bytesIn(bundle.paths.bundle)).toEqual(before);
  });
});

describe('what is asked for', () => {
  test('one check by number or name, one run, more or less thorough', async () => {
    const at = desk(CONFIG);
    await ailing(at);
    await writeRun(at, 'two', beginning().approved());
    expect((await doctor(at, { checks: ['dr-109'] })).findings).toMatchObject([{ check: 'DR-109', run: 'one' }]);
    expect((await doctor(at, { slug: 'two', checks: ['state-missing'] })).findings).toEqual([]);
    expect((await doctor(at, { thoroughness: 'low' })).checks).toBeLessThan((await doctor(at)).checks);
    expect(await runDoctor(at.context, { checks: ['no-such'] })).toMatchObject({ ok: false, error: { exit: 2 } });
    expect(await runDoctor(at.context, { slug: 'three' })).toMatchObject({ ok: false, error: { exit: 2 } });
  });

  test('SARIF: every finding has its rule and place, and ages without becoming another', async () => {
    const at = desk(CONFIG);
    await ailing(at);
    const { findings } = await doctor(at);
    const sarif = doctorSarif(findings, { version: '1', checks: listChecks(), exitCode: 0 });
    const [run] = sarif.runs;
    expect(run?.results).toHaveLength(findings.length);
    for (const result of run?.results ?? [])
      expect(run?.tool.driver.rules[result.ruleIndex ?? -1]?.id).toBe(result.ruleId);
    const aged = [1, 2].map((days) =>
      doctorSarif(
        [
          {
            check: 'DR-401',
            severity: 'warning',
            run: 'one',
            message: `nothing has happened for ${days} days`,
            hint: '',
          },
        ],
        { version: '1', checks: [], exitCode: 0 },
      ),
    );
    expect(aged[0]?.runs[0]?.results[0]?.partialFingerprints).toEqual(
      aged[1]?.runs[0]?.results[0]?.partialFingerprints,
    );
  });
});

test('there are at least sixty checks, each with a number and a name of its own', () => {
  const checks = listChecks();
  expect(checks.length).toBeGreaterThanOrEqual(60);
  expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length);
  expect(new Set(checks.map(({ name }) => name)).size).toBe(checks.length);
  for (const { id, about, todo } of checks)
    expect([id, /^[A-Z./a-z].*\.$/.test(about), todo.length > 5]).toEqual([id, true, true]);
});
