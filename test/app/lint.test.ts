import { createHash } from 'node:crypto';
import { chmodSync, statSync, symlinkSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { AppRefusal } from '../../src/app/api.ts';
import type { Context } from '../../src/app/context.ts';
import { lintPlans, type LintAnswer, type LintRequest } from '../../src/app/lint.ts';
import { desk } from './rig.ts';
import { worked } from '../worked.ts';

const GOOD = '# Plan: Good\n\n### Task 1: One\n\n**Files:** `a.txt`\n\n**Verify:** `true`\n';
const SILENT = '# Plan: Silent\n\n### Task 1: One\n\n**Files:** `a.txt`\n';
const CIRCLE = '# Plan: Circle\n\n### Task 1: One\n\n**Needs:** T1\n\n**Verify:** `true`\n';
/** GEN-010 mends it. */
const BOX =
  '# Boxes\n\n## [] Phase 1 of 1: One\n\n### Context\n\nThe box is broken.\n\n### [ ] 1. Step\n\n### Files\n\n- `a.js`\n\n### Verification\n\n- [ ] `true`\n';
const PROSE = '# Notes\n\nNothing to be done.\n';

async function lint(
  context: Context,
  paths: readonly string[] = [],
  more: Partial<LintRequest> = {},
): Promise<LintAnswer> {
  const answer = await lintPlans(context, { paths, ...more });
  if (!answer.ok) throw new Error(`${answer.error.message} (${answer.error.hint})`);
  return answer.value;
}

async function refused(
  context: Context,
  paths: readonly string[],
  more: Partial<LintRequest> = {},
): Promise<AppRefusal> {
  const answer = await lintPlans(context, { paths, ...more });
  if (answer.ok) throw new Error('not refused');
  return answer.error;
}

/** Names of the documents with the rules found in them. */
const rulesOf = ({ report }: LintAnswer): Record<string, string[]> =>
  Object.fromEntries(
    report.files.map(({ file, findings }) => [file, [...new Set(findings.map(({ rule }) => rule))].sort()]),
  );
const namesOf = ({ report }: LintAnswer): string[] => report.files.map(({ file }) => file);

describe('what is linted', () => {
  const tree = {
    'plans/good.md': GOOD,
    'plans/notes.md': PROSE,
    'plans/deep/silent.md': SILENT,
    'plans/old/silent.md': SILENT,
    'plans/readme.txt': GOOD,
    'node_modules/pack/plan.md': GOOD,
    'other/circle.markdown': CIRCLE,
    'docs/masterplan/demo/plan.md': GOOD,
    'docs/masterplan/demo/briefs/T1.1.md': GOOD,
  };

  test('a file that is named has to be a plan; one that is come across may be anything', async () => {
    const { context } = desk(tree);
    const named = await lint(context, ['plans/good.md', 'plans/notes.md']);
    expect(rulesOf(named)).toMatchObject({ 'plans/notes.md': ['KIND-01'] });
    expect(named.report).toMatchObject({ skipped: 0, files: [{ kind: 'task' }, { kind: undefined }] });
    const found = await lint(context, ['plans']);
    expect(namesOf(found)).toEqual(['plans/deep/silent.md', 'plans/good.md', 'plans/old/silent.md']);
    expect(found.report.skipped).toBe(1);
  });

  test('globs, directories and files together, each document once', async () => {
    const { context } = desk(tree);
    const answer = await lint(context, ['plans/good.md', '**/{good,silent}.md', 'plans/', './plans/../plans/good.md']);
    expect(namesOf(answer)).toEqual(['plans/deep/silent.md', 'plans/good.md', 'plans/old/silent.md']);
    expect(namesOf(await lint(context, ['other/*.markdown']))).toEqual(['other/circle.markdown']);
  });

  test('everything below, but not what is not ours, what quotes plans, or another work tree', async () => {
    const here = desk({ ...tree, 'copy/.git': 'gitdir: elsewhere\n', 'copy/good.md': GOOD });
    symlinkSync(here.path('plans'), here.path('linked'));
    expect(namesOf(await lint(here.context, ['.']))).toEqual([
      'docs/masterplan/demo/plan.md',
      'other/circle.markdown',
      'plans/deep/silent.md',
      'plans/good.md',
      'plans/old/silent.md',
    ]);
  });

  test('without paths: where plans usually are, from any directory; else everything below', async () => {
    const here = desk(tree);
    expect(namesOf(await lint(here.in('other')))).toEqual([
      '../docs/masterplan/demo/plan.md',
      '../plans/deep/silent.md',
      '../plans/good.md',
      '../plans/old/silent.md',
    ]);
    const bare = desk({ 'a/b.md': GOOD }, { git: false });
    expect(namesOf(await lint(bare.context))).toEqual(['a/b.md']);
  });

  test('the configuration names places, leaves documents out, and sets rules', async () => {
    const here = desk({
      ...tree,
      '.masterplan.yaml':
        'lint:\n  paths: [other, plans]\n  exclude: [old]\n  rules: {TK-10: error, dep-cycle: info}\n',
    });
    const answer = await lint(here.in('plans'));
    expect(namesOf(answer)).toEqual(['../other/circle.markdown', 'deep/silent.md', 'good.md']);
    const severities = answer.report.files.flatMap(({ findings }) =>
      findings.map((one) => `${one.rule} ${one.severity}`),
    );
    expect(severities).toEqual(expect.arrayContaining(['GEN-005 info', 'TK-10 error']));
    // What is named is meant.
    expect(namesOf(await lint(here.context, ['plans/old/silent.md']))).toEqual(['plans/old/silent.md']);
    // A flag wins over the configuration.
    const set = await lint(here.context, ['plans/old/silent.md'], { rules: ['tk-10=off'] });
    expect(rulesOf(set)['plans/old/silent.md']).not.toContain('TK-10');
  });

  test('--kind is about what is named, and among what is come across about plans only', async () => {
    const { context } = desk(tree);
    expect((await lint(context, ['plans/notes.md'], { kind: 'phased' })).report.files[0]?.kind).toBe('phased');
    expect((await lint(context, ['plans'], { kind: 'phased' })).report).toMatchObject({
      skipped: 1,
      files: [{ kind: 'phased' }, { kind: 'phased' }, { kind: 'phased' }],
    });
  });

  test('what no plan is may be set to be fine', async () => {
    const { context } = desk(tree);
    expect(rulesOf(await lint(context, ['plans/notes.md'], { rules: ['kind-unknown=off'] }))).toEqual({
      'plans/notes.md': [],
    });
  });

  test('standard input, with and without a name', async () => {
    const here = desk(tree);
    const nameless = await lint(here.given(SILENT), ['-']);
    expect(rulesOf(nameless)).toEqual({ '-': expect.arrayContaining(['TK-10']) });
    expect(nameless.report.files[0]).toMatchObject({ place: 'stdin', kind: 'task' });
    const named = await lint(here.given(SILENT), ['-'], { stdinName: 'plans/new.md' });
    expect(named.report.files[0]).toMatchObject({ file: 'plans/new.md', place: 'plans/new.md' });
  });

  test('the hash is that of the bytes', async () => {
    const here = desk();
    const bytes = Buffer.concat([Buffer.from('\ufeff# Plan: x\r\n\n### Task 1: y\n'), Buffer.from([0xff, 0xfe])]);
    here.write('raw.md', bytes);
    expect((await lint(here.context, ['raw.md'])).report.files[0]?.sha256).toBe(
      createHash('sha256').update(bytes).digest('hex'),
    );
  });
});

describe('refused', () => {
  test.each([
    [['nowhere.md'], /there is no file or directory nowhere\.md/],
    [['plans/*.nothing'], /no Markdown document matches/],
    [['plans/good.md/x'], /there is no file/],
  ])('%j', async (paths, message) => {
    const { context } = desk({ 'plans/good.md': GOOD });
    expect(await refused(context, paths)).toMatchObject({ exit: 2, message: expect.stringMatching(message) });
  });

  test('a link, which is not followed', async () => {
    const here = desk({ 'good.md': GOOD });
    symlinkSync(here.path('good.md'), here.path('link.md'));
    expect(await refused(here.context, ['link.md'])).toMatchObject({
      exit: 2,
      message: expect.stringMatching(/link\.md: .*symbolic link/),
    });
  });

  test.each([
    ['GEN-05=off', /no rule "GEN-05"; did you mean "GEN-005"/],
    ['dep-cycl=off', /did you mean "dep-cycle"/],
    ['GEN-005=loud', /"loud" is no severity/],
    ['GEN-005', /GEN-005=off/],
  ])('--rule %s', async (rule, message) => {
    const { context } = desk({ 'good.md': GOOD });
    expect(await refused(context, ['good.md'], { rules: [rule] })).toMatchObject({
      exit: 2,
      message: expect.stringMatching(message),
    });
  });

  test.each([
    ['lint: {rules: {GEN-05: off}}', /\.masterplan\.yaml:1:\d+: .*no rule "GEN-05"; did you mean "GEN-005"/],
    ['lint:\n  rules:\n    GEN-005: loud\n', /\.masterplan\.yaml:3:\d+: lint\.rules\.GEN-005/],
    ['lint: {rulez: {}}', /rulez/],
  ])('the configuration %j', async (config, message) => {
    const { context } = desk({ 'good.md': GOOD, '.masterplan.yaml': config });
    expect(await refused(context, ['good.md'])).toMatchObject({ exit: 2, message: expect.stringMatching(message) });
  });
});

describe('mending', () => {
  test('writes what it mended, keeps everything else of the file, and a second time does nothing', async () => {
    const here = desk({ 'good.md': GOOD });
    const bytes = `\ufeff${BOX.replaceAll('\n', '\r\n')}`;
    here.write('box.md', bytes);
    chmodSync(here.path('box.md'), 0o644);
    const before = statSync(here.path('good.md')).ino;
    const { report } = await lint(here.context, ['box.md', 'good.md'], { fix: 'write' });
    expect(report.files[0]).toMatchObject({ file: 'box.md', fixed: { written: true, before: bytes } });
    expect(report.files[0]?.findings.map(({ rule }) => rule)).not.toContain('GEN-010');
    expect(here.read('box.md')).toBe(bytes.replace('## []', '## [ ]'));
    expect(statSync(here.path('box.md')).mode & 0o777).toBe(0o644);
    expect(statSync(here.path('good.md')).ino).toBe(before);
    const inode = statSync(here.path('box.md')).ino;
    expect((await lint(here.context, ['box.md'], { fix: 'write' })).report.files[0]?.fixed).toBeUndefined();
    expect(statSync(here.path('box.md')).ino).toBe(inode);
  });

  test('only tried, it says what it would write', async () => {
    const here = desk({ 'box.md': BOX });
    const { report } = await lint(here.context, ['box.md'], { fix: 'try' });
    expect(report.files[0]).toMatchObject({ fixed: { written: false, before: BOX }, source: BOX.replace('[]', '[ ]') });
    expect(here.read('box.md')).toBe(BOX);
  });

  test('a document that is not UTF-8 is linted and never written', async () => {
    const here = desk();
    const bytes = Buffer.concat([Buffer.from(BOX), Buffer.from([0xe9, 0x0a])]);
    here.write('latin.md', bytes);
    const { report } = await lint(here.context, ['latin.md'], { fix: 'write' });
    expect(report.files[0]?.notFixed?.message).toMatch(/not valid UTF-8/);
    expect((await lint(here.context, ['latin.md'])).report.files[0]?.sha256).toBe(
      createHash('sha256').update(bytes).digest('hex'),
    );
  });

  test('the plan of a bundle with a log stays as it is', async () => {
    const here = desk({ 'docs/masterplan/demo/plan.md': BOX, 'docs/masterplan/demo/events.jsonl': 'damaged\n' });
    const { report } = await lint(here.context, [], { fix: 'write' });
    expect(report.files[0]?.notFixed).toMatchObject({
      message: expect.stringContaining('the run "demo" is bound'),
      hint: expect.stringContaining('masterplan status demo'),
    });
    expect(here.read('docs/masterplan/demo/plan.md')).toBe(BOX);
  });

  test('nor is a sub-plan in it', async () => {
    const path = 'docs/masterplan/demo/modules/P1/plan.md';
    const here = desk({ [path]: BOX, 'docs/masterplan/demo/events.jsonl': 'damaged\n' });
    const { report } = await lint(here.context, [], { fix: 'write' });
    expect(report.files[0]?.notFixed?.message).toContain('the run "demo" is bound');
    expect(here.read(path)).toBe(BOX);
  });

  test('of standard input changes no file', async () => {
    const here = desk({ 'box.md': BOX });
    const { report } = await lint(here.given(BOX), ['-'], { fix: 'write', stdinName: 'box.md' });
    expect(report.files[0]).toMatchObject({ fixed: { written: false }, source: BOX.replace('[]', '[ ]') });
    expect(here.read('box.md')).toBe(BOX);
  });
});

test('a thousand plans are linted quickly', async () => {
  const here = desk({}, { git: false });
  for (let i = 0; i < 1000; i++) here.write(`plans/${i % 40}/plan-${i}.md`, GOOD.replace('Good', `Good ${i}`));
  const start = worked();
  const { report } = await lint(here.context);
  expect(report.files).toHaveLength(1000);
  expect(worked() - start).toBeLessThan(15_000);
});
