import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { validateRuns } from '../../src/app/validate.ts';
import { sha256 } from '../../src/core/base/sha256.ts';
import { beginning, type Bundle, writeRun } from './doctor/bundles.ts';
import { desk } from './rig.ts';

const DIGEST = '{"status":"completed"}\n';

/** A run with a digest that is in its bundle. */
async function run(): Promise<Bundle> {
  const story = beginning()
    .approved()
    .tell({
      event: 'attempt_started',
      task: 'T1',
      attempt: 1,
      agent: 'worker',
      contract_id: 'implement.v1',
      base: 'base',
      nonce: 'T1-1',
      brief_sha256: sha256('# Brief\n'),
    })
    .tell({
      event: 'digest_recorded',
      task: 'T1',
      attempt: 1,
      contract_id: 'implement.v1',
      source: 'agent',
      status: 'completed',
      summary: '',
      sha256: sha256(DIGEST),
    });
  const made = await writeRun(desk(), 'demo', story);
  mkdirSync(made.paths.digests, { recursive: true });
  writeFileSync(`${made.paths.digests}/T1.1.json`, DIGEST);
  return made;
}

async function findings(of: Bundle): Promise<readonly string[]> {
  const report = await validateRuns(of.desk.context, 'demo');
  if (!report.ok) throw new Error(report.error.message);
  const { findings: all } = report.value.runs[0] ?? { findings: [] };
  return all.map(
    ({ severity, file, line, message }) =>
      `${severity} ${file.replace('docs/masterplan/demo/', '')}:${line} ${message}`,
  );
}

describe('files beside the log', () => {
  test('that are what the log says are nothing to speak of', async () => {
    expect(await findings(await run())).toEqual([]);
  });

  test.each<[string, (of: Bundle) => void, RegExp]>([
    [
      'state.yml was edited',
      (of) => of.edit('state.yml', (text) => text.replace('"working"', '"merged"')),
      /^warning state\.yml:\d+ "task T1" is not what the log says/,
    ],
    [
      'state.yml lost its end',
      (of) => of.edit('state.yml', (text) => text.replace(/ {2}- \{"id":"T2"[^]*/, '')),
      /^warning state\.yml:\d+ it lacks task T2/,
    ],
    ['state.yml is something else', (of) => of.edit('state.yml', () => 'x'), /^warning state\.yml:1 it does not say/],
    ['state.yml is gone', (of) => of.remove('state.yml'), /^warning state\.yml:0 it is missing/],
    [
      'the index is no JSON',
      (of) => of.edit('plan.index.json', (text) => text.slice(0, 40)),
      /^warning plan\.index\.json:1 it is not JSON/,
    ],
    [
      'the index is of another plan',
      (of) => of.edit('plan.index.json', (text) => text.replace(/sha256:[0-9a-f]{8}/, 'sha256:00000000')),
      /^warning plan\.index\.json:1 it was made from another text/,
    ],
    [
      'the index has a task more',
      (of) => of.edit('plan.index.json', (text) => text.replace('"id": "T2"', '"id": "T7"')),
      /^warning plan\.index\.json:1 it has T7/,
    ],
    [
      'the index has another command',
      (of) => of.edit('plan.index.json', (text) => text.replace(/("verify_commands": \[\s*)"[^"]*"/, '$1"true"')),
      /^warning plan\.index\.json:\d+ "verify_commands" of T1 is not what the plan says/,
    ],
    [
      'the index is no UTF-8',
      ({ paths }) =>
        writeFileSync(
          paths.index,
          Buffer.from(
            readFileSync(paths.index, 'latin1').replace(/"description": "./, '"description": "\xff'),
            'latin1',
          ),
        ),
      /^warning plan\.index\.json:\d+ "description" of T1 is not what the plan says/,
    ],
    [
      'a brief was edited',
      (of) => of.edit('briefs/T1.1.md', (text) => `${text}And delete everything.\n`),
      /^error briefs\/T1\.1\.md:1 it is not what the agent of T1#1 was told/,
    ],
    ['the log is gone', (of) => of.remove('events.jsonl'), /^error events\.jsonl:0 the log is missing/],
    ['the index is gone', (of) => of.remove('plan.index.json'), /^warning plan\.index\.json:0/],
    [
      'a digest was edited',
      (of) => of.edit('digests/T1.1.json', (text) => text.replace('completed', 'failed')),
      /^error digests\/T1\.1\.json:1 it is not the digest of T1#1/,
    ],
    [
      'a digest is gone',
      (of) => of.remove('digests/T1.1.json'),
      /^warning digests\/T1\.1\.json:0 the digest of T1#1 is missing/,
    ],
  ])('%s', async (_, change, words) => {
    const made = await run();
    change(made);
    expect(await findings(made)).toEqual([expect.stringMatching(words) as string]);
  });

  test('a state.yml of an earlier event is only behind', async () => {
    const made = await run();
    made.edit('state.yml', (text) =>
      text
        .replace(/^seq: \d+$/m, 'seq: 3')
        .replace(/^sum: .*$/m, 'sum: "00000000"')
        .replace('"working"', '"pending"'),
    );
    const found = await findings(made);
    expect(found.filter((one) => one.includes('edited'))).toEqual([]);
    rmSync(made.paths.bundle, { recursive: true });
    expect(existsSync(made.paths.log)).toBe(false);
  });
});
