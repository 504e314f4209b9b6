import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bytesOf } from '../rig/bytes.ts';
import { PROGRAM } from '../rig/program.ts';
import { project, type World } from '../rig/world.ts';

interface Json {
  readonly schema: number;
  readonly files: readonly {
    readonly file: string;
    readonly kind: string | null;
    readonly findings: readonly { readonly rule: string; readonly severity: string; readonly line: number }[];
  }[];
  readonly summary: Readonly<Record<string, number>>;
}

const BOX =
  '# Boxes\r\n\r\n## [] Phase 1 of 1: One\r\n\r\n### Context\r\n\r\nThe box is broken.\r\n\r\n### [ ] 1. Step\r\n\r\n### Files\r\n\r\n- `a.js`\r\n\r\n### Verification\r\n\r\n- [ ] `true`\r\n';
const CIRCLE = '# Plan: Circle\n\n### Task 1: One\n\n**Needs:** T1\n\n**Verify:** `true`\n';
/** MA-12 and MA-30 look identifiers up in the repository. */
const MACRO = `---
kind: macro
---
# Series

It builds on \`KnownThing\` and on \`UnknownThing\`.
`;

/** Runs the program with something on its standard input. */
function given(world: World, input: string, ...args: string[]) {
  return spawnSync(process.execPath, [PROGRAM, ...args], { cwd: world.root, env: world.env, input, encoding: 'utf8' });
}

const rulesIn = (json: Json, file: string): string[] =>
  (json.files.find((one) => one.file === file)?.findings ?? []).map(({ rule }) => rule);

describe('masterplan lint, as it is installed', () => {
  test('finds, shows, mends, and then finds nothing more to mend', async () => {
    const world = await project({ files: { 'plans/box.md': BOX, 'plans/notes.md': 'Nothing.\n' } });
    const before = bytesOf(world);
    const found = await world.masterplan('lint', 'plans');
    expect(found).toMatchObject({ code: 0, stderr: '' });
    expect(found.stdout).toMatch(/^plans\/box\.md:3:\d+: warning GEN-010: /m);
    expect(found.stdout).toMatch(/can be mended: masterplan lint --fix plans; 1 other document skipped\n$/);
    expect((await world.masterplan('lint', 'plans', '--max-warnings', '0')).code).toBe(4);

    const tried = await world.masterplan('lint', 'plans', '--fix', '--dry-run');
    expect(tried.code).toBe(0);
    expect(tried.stderr).toContain('would be made in 1 file');
    expect(bytesOf(world)).toEqual(before);
    execFileSync('git', ['apply'], { cwd: world.root, input: tried.stdout });
    const mended = world.read('plans/box.md');
    expect(mended).toBe(BOX.replace('[]', '[ ]'));

    world.write('plans/box.md', BOX);
    const fixed = await world.masterplan('lint', 'plans', '--fix');
    expect(fixed.stdout).toContain('1 edit made in 1 file');
    expect(world.read('plans/box.md')).toBe(mended);
    expect(await world.json<Json>(['lint', 'plans', '--fix'])).toMatchObject({ summary: { fixed: 0, fixable: 0 } });
  });

  test('errors end with 4, wrong usage with 2, each in every format', async () => {
    const world = await project({ files: { 'circle.md': CIRCLE } });
    expect(await world.json<Json>(['lint', 'circle.md'], 4)).toMatchObject({
      schema: 1,
      files: [{ file: 'circle.md', kind: 'task' }],
      summary: { files: 1 },
    });
    const sarif = await world.masterplan('lint', 'circle.md', '--format', 'sarif');
    expect(sarif.code).toBe(4);
    expect(JSON.parse(sarif.stdout)).toMatchObject({
      version: '2.1.0',
      runs: [{ tool: { driver: { name: 'masterplan' } } }],
    });
    const circle = '--rule=dep-cycle=info';
    expect((await world.masterplan('lint', 'circle.md', circle)).stdout).toMatch(/info GEN-005/);
    expect(await world.masterplan('lint', 'nowhere.md')).toMatchObject({ code: 2, stdout: '' });
    expect(await world.masterplan('lint', '--rule', 'GEN-5=off')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('did you mean "GEN-005"'),
    });
  });

  test('standard input', async () => {
    const world = await project();
    expect(given(world, CIRCLE, 'lint', '-')).toMatchObject({
      status: 4,
      stdout: expect.stringMatching(/^-:\d+:\d+: /),
    });
    const fixed = given(world, BOX, 'lint', '--fix', '-', '--stdin-name', 'plans/box.md');
    expect(fixed).toMatchObject({ status: 0, stdout: BOX.replace('[]', '[ ]') });
    expect(fixed.stderr).toContain('1 file: ');
    const json = JSON.parse(given(world, BOX, 'lint', '--json', '-').stdout) as Json;
    expect(json.files).toMatchObject([{ file: '-', kind: 'phased' }]);
  });

  test('a commit message, as the hook of docs/cli.md has it checked', async () => {
    const world = await project();
    const hook = /^ {4}(.*--kind commit -.*"\$1")$/m.exec(readFileSync('docs/cli.md', 'utf8'))?.[1] ?? '';
    const program = `"${process.execPath}" "${PROGRAM}"`;
    world.write('.git/hooks/commit-msg', `#!/bin/sh\n${hook.replace('masterplan', program)}\n`);
    chmodSync(join(world.root, '.git/hooks/commit-msg'), 0o755);
    const commit = (...messages: readonly string[]) =>
      spawnSync('git', ['commit', '--allow-empty', ...messages.flatMap((one) => ['-m', one])], {
        cwd: world.root,
        env: world.env,
        encoding: 'utf8',
      });
    const refused = commit('Read the last row');
    expect(refused.status).toBe(1);
    expect(refused.stdout + refused.stderr).toMatch(/-:1:1: error CM-01: [\s\S]*CM-02: /);
    expect(refused.stdout + refused.stderr).toContain('masterplan lint --fix --kind commit -');
    const sections = ['Context: a', 'Solution: b', 'N/A Learning', '## Impact\nc'];
    expect(commit('fix(reader): read the last row', ...sections)).toMatchObject({ status: 0 });
    expect(await world.masterplan('lint', '--kind', 'commit')).toMatchObject({ code: 2, stdout: '' });
    expect(await world.masterplan('lint', '--kind', 'bundle')).toMatchObject({
      code: 0,
      stdout: 'no context bundles found\n',
    });
  });

  test('what the repository knows is known to the rules, and only there', async () => {
    const world = await project({ files: { 'src/a.ts': 'export class KnownThing {}\n', 'plans/macro.md': MACRO } });
    const inside = await world.masterplan('lint', 'plans/macro.md');
    expect(inside.stdout).toMatch(/MA-30: .*UnknownThing/);
    expect(inside.stdout).not.toMatch(/MA-30: .*KnownThing/);
    world.write('src/b.ts', 'class UnknownThing {}\n');
    expect(rulesIn(await world.json<Json>(['lint', 'plans/macro.md'], inside.code ?? 0), 'plans/macro.md')).toContain(
      'MA-30',
    );
    world.commit('Now it is known');
    expect(
      rulesIn(await world.json<Json>(['lint', 'plans/macro.md'], inside.code ?? 0), 'plans/macro.md'),
    ).not.toContain('MA-30');
  });

  test('nothing that a repository configures is executed', async () => {
    const world = await project({ files: { 'plans/macro.md': MACRO, '.gitattributes': '* diff=evil filter=evil\n' } });
    for (const key of [
      'core.fsmonitor',
      'core.hooksPath',
      'diff.evil.textconv',
      'filter.evil.clean',
      'core.pager',
      'gpg.program',
    ])
      world.git('config', key, `touch ${world.path('evil')}`);
    world.git('config', 'log.showSignature', 'true');
    await world.masterplan('lint', 'plans/macro.md');
    expect(Object.keys(bytesOf(world)).filter((path) => path.includes('evil'))).toEqual([]);
  });

  test('the plan of a run is not mended under it', async () => {
    const world = await project({ plan: BOX.replaceAll('\r', '').replace('- `a.js`', '- `p1.txt`') });
    expect((await world.runs([])).code).toBe(3);
    const before = [world.read('demo.md'), world.read(world.bundle('plan.md'))];
    const fixed = await world.masterplan('lint', '--fix', 'demo.md', world.bundle('plan.md'));
    expect(fixed.stdout.match(/not mended: the run "demo" is bound to this text/g)).toHaveLength(2);
    expect([world.read('demo.md'), world.read(world.bundle('plan.md'))]).toEqual(before);
    expect((await world.masterplan('approve')).code).toBe(0);
  });

  test('--watch lints again, and ends with Ctrl-C', async () => {
    const world = await project({ files: { 'plans/circle.md': CIRCLE } });
    const watching = world.start(['lint', '--watch', 'plans']);
    await watching.says(/1 file: 1 error[^]*waiting for changes/);
    world.write('plans/circle.md', CIRCLE.replace('**Needs:** T1\n\n', ''));
    await watching.says(/1 file: (?!1 error)[^]*waiting for changes/);
    watching.kill('SIGINT');
    expect((await watching.end()).code).toBe(0);
  });

  test('outside of a repository', async () => {
    const world = await project();
    world.write('../elsewhere/plan.md', CIRCLE);
    const ended = spawnSync(process.execPath, [PROGRAM, 'lint'], {
      cwd: world.path('../elsewhere'),
      env: world.env,
      encoding: 'utf8',
    });
    expect(ended).toMatchObject({ status: 4, stdout: expect.stringContaining('plan.md:5:11: error GEN-005') });
  });
});
