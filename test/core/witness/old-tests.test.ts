import { describe, expect, test } from 'vitest';
import type { FileChange } from '../../../src/core/witness/change.ts';
import { leaveOf } from '../../../src/core/witness/leave.ts';
import {
  letsTestsFail,
  oldTestsFinding,
  oldTestsOf,
  oldTestsVerdict,
  outcomeOfOldTests,
} from '../../../src/core/witness/old-tests.ts';

const side = (text: string, mode = '100644') => ({ mode, text });
const changed = (path: string): FileChange => ({ path, before: side('a'), after: side('b') });
const added = (path: string): FileChange => ({ path, after: side('b') });
const deleted = (path: string): FileChange => ({ path, before: side('a') });
const failed = {
  command: 'npm test',
  exit_code: 1,
  reason: 'exit code 1',
  tail: 'ok 1 - sum\nnot ok 2 - sum of none\n',
};

describe('which tests are put back', () => {
  test('those that were there and are otherwise now; new ones go, so that the tests are those of the base', () => {
    const changes = [
      changed('src/sum.js'),
      changed('test/sum.test.js'),
      deleted('test/old.test.js'),
      added('test/new.test.js'),
      changed('test/data/sum.json'),
    ];
    expect(oldTestsOf(changes, ['npm test'])).toEqual({
      restored: ['test/sum.test.js', 'test/old.test.js', 'test/data/sum.json'],
      removed: ['test/new.test.js'],
      commands: ['npm test'],
    });
  });

  test.each([
    ['no test that was there changed', [changed('src/a.py'), added('tests/test_a.py')], 'none-changed'],
    ['a document among tests is no test', [changed('src/a.py'), changed('tests/README.md')], 'none-changed'],
    ['a link is no file', [changed('a.py'), { ...changed('tests/a.py'), before: side('x', '120000') }], 'none-changed'],
    ['nothing but tests and documents changed', [changed('tests/test_a.py'), changed('README.md')], 'alone'],
  ] as const)('nothing is run where %s', (_why, changes, expected) => {
    expect(oldTestsOf(changes, ['pytest'])).toBe(expected);
  });

  test('a source that is gone, or lies elsewhere, takes the tests of its name with it', () => {
    const moved = [
      deleted('src/user.ts'),
      added('src/account.ts'),
      deleted('test/user.test.ts'),
      added('test/account.test.ts'),
    ];
    expect(oldTestsOf(moved, ['npm test'])).toBe('none-changed');
    expect(oldTestsOf([...moved, changed('test/shop.test.ts')], ['npm test'])).toMatchObject({
      restored: ['test/shop.test.ts'],
    });
  });

  test('a command that names new tests alone is about them, and is left out; one that names an old one, too, keeps both', () => {
    const changes = [changed('src/a.go'), changed('pkg/help_test.go'), added('pkg/new_test.go')];
    expect(oldTestsOf(changes, ['run pkg/new_test.go'])).toBe('no-command');
    expect(oldTestsOf(changes, ['run pkg/new_test.go', 'go test ./...'])).toMatchObject({
      removed: ['pkg/new_test.go'],
      commands: ['go test ./...'],
    });
    expect(oldTestsOf(changes, ['run pkg/help_test.go pkg/new_test.go'])).toMatchObject({ removed: [] });
    // As Maven and others name them: without path and extension, and as a word of its own.
    const java = [changed('src/main/A.java'), changed('src/test/ATest.java'), added('src/test/NewTest.java')];
    expect(oldTestsOf(java, ['mvn -Dtest=NewTest test'])).toBe('no-command');
    expect(oldTestsOf(java, ['mvn -Dtest=ANewTests test'])).toMatchObject({ commands: ['mvn -Dtest=ANewTests test'] });
  });
});

describe('what follows', () => {
  const plain = { excused: false, again: false };

  test('what passes, ran no test or ran elsewhere is nothing; what could not be run is a remark whatever the policy', () => {
    expect(outcomeOfOldTests(undefined)).toBe('pass');
    expect(outcomeOfOldTests({ ...failed, exit_code: 0, reason: 'it passed, but no test was run' })).toBe('pass');
    expect(outcomeOfOldTests({ ...failed, exit_code: null, reason: 'not finished after 1 s' })).toBe('fail');
    expect(outcomeOfOldTests({ ...failed, reason: 'set-up: exit code 1' })).toBe('unclear');
    expect(oldTestsVerdict('unclear', 'reject', plain)).toBe('warned');
    expect(oldTestsVerdict('pass', 'reject', plain)).toBe('passed');
  });

  test('the policy decides; an agent that insists gets a person; what the task lets change is a remark', () => {
    expect(oldTestsVerdict('fail', 'warn', plain)).toBe('warned');
    expect(oldTestsVerdict('fail', 'ask', plain)).toBe('asked');
    expect(oldTestsVerdict('fail', 'reject', plain)).toBe('rejected');
    expect(oldTestsVerdict('fail', 'reject', { ...plain, again: true })).toBe('asked');
    expect(oldTestsVerdict('fail', 'reject', { excused: true, again: true })).toBe('warned');
  });

  test.each([
    ['Make sum take numbers\n\nAdd numbers up.', false],
    ['Rename getUser to fetchUser', true],
    ['Round prices\n\nUpdate the tests for it.', true],
    ['Round prices\n\n**Tests:** change', true],
    ['Remove the legacy exporter', true],
    ['Say "bill" instead of "invoice"', true],
    ['Say "bill" instead of "invoice"\n\n**Tests:** unchanged', false],
  ])('%j lets tests fail: %s', (text, lets) => {
    expect(letsTestsFail(leaveOf(text))).toBe(lets);
  });

  test('it is said what failed and how, and neutrally where nobody is sent back', () => {
    expect(oldTestsFinding(['a.test.js'], undefined, 'passed', false)).toBeUndefined();
    expect(oldTestsFinding(['a.test.js', 'b.test.js'], failed, 'warned', false)).toEqual({
      rule: 'old_tests',
      severity: 'warning',
      path: 'a.test.js',
      what: 'the tests as they were (and 1 more) fail on the result, which is right where the task changes what they test: npm test: exit code 1: not ok 2 - sum of none',
    });
    expect(oldTestsFinding(['a.test.js'], failed, 'warned', true)?.what).toContain(
      'fail on the result, as the task lets them',
    );
    const strict = oldTestsFinding(['a.test.js'], failed, 'rejected', false);
    expect(strict).toMatchObject({
      severity: 'error',
      what: expect.stringContaining('the task does not say that they change'),
    });
    const broken = oldTestsFinding(['a.test.js'], { ...failed, reason: 'set-up: exit code 1' }, 'warned', false);
    expect(broken).toMatchObject({ severity: 'warning', what: expect.stringContaining('could not be tried') });
  });
});
