import { describe, expect, test } from 'vitest';
import { ranNothing } from '../../../src/core/witness/evidence.ts';

describe('what runners print when they ran nothing', () => {
  test.each([
    [
      'pytest',
      '============================= test session starts ==============================\ncollected 0 items\n\n============================ no tests ran in 0.01s =============================',
    ],
    [
      'pytest, all skipped',
      'collected 2 items\n\ntests/test_a.py ss    [100%]\n\n============================== 2 skipped in 0.01s ==============================',
    ],
    [
      'unittest',
      '\n----------------------------------------------------------------------\nRan 0 tests in 0.000s\n\nOK',
    ],
    ['node', '# tests 0\n# suites 0\n# pass 0\n# fail 0\n# cancelled 0\n# skipped 0\n# todo 0'],
    ['node, all skipped', 'ℹ tests 3\nℹ suites 0\nℹ pass 0\nℹ fail 0\nℹ cancelled 0\nℹ skipped 3\nℹ todo 0'],
    ['jest', 'No tests found, exiting with code 0'],
    ['jest, all skipped', 'Test Suites: 1 skipped, 0 of 1 total\nTests:       3 skipped, 3 total'],
    ['vitest', 'No test files found, exiting with code 0'],
    ['mocha', '\n  0 passing (2ms)\n'],
    ['go', '?   \texample.org/x\t[no test files]'],
    ['go, none to run', 'testing: warning: no tests to run\nPASS\nok  \texample.org/x\t0.002s [no tests to run]'],
    ['cargo', 'running 0 tests\n\ntest result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out'],
    [
      'cargo, all ignored',
      'running 2 tests\ntest result: ok. 0 passed; 0 failed; 2 ignored; 0 measured; 0 filtered out',
    ],
    ['maven', 'Tests run: 2, Failures: 0, Errors: 0, Skipped: 2'],
    ['rspec', 'No examples found.\n\n\nFinished in 0.0003 seconds\n0 examples, 0 failures'],
    ['dotnet', 'No test is available in /x/Tests.dll. Make sure that …'],
    ['phpunit', 'PHPUnit 11.0\n\nNo tests executed!'],
    ['bats', '1..0'],
    ['an npm without a test', 'Error: no test specified'],
    ['somebody’s own', 'OK: 0 tests'.replace('OK: ', '')],
  ])('%s', (_name, output) => {
    expect(ranNothing(output)).toBeTypeOf('string');
  });
});

describe('what they print when they ran something', () => {
  test.each([
    [
      'pytest',
      'collected 3 items\n\n============================== 2 passed, 1 skipped in 0.01s ==============================',
    ],
    ['unittest', 'Ran 4 tests in 0.001s\n\nOK'],
    ['node', '# tests 5\n# suites 0\n# pass 5\n# fail 0\n# cancelled 0\n# skipped 1\n# todo 0'],
    ['jest', 'Tests:       1 skipped, 4 passed, 5 total'],
    ['vitest', ' Test Files  1 passed (1)\n      Tests  3 passed (3)'],
    ['go', '?   \texample.org/x\t[no test files]\nok  \texample.org/x/y\t0.003s'],
    [
      'cargo with doc tests',
      'test result: ok. 3 passed; 0 failed; 0 ignored\n\n   Doc-tests x\n\nrunning 0 tests\n\ntest result: ok. 0 passed; 0 failed; 0 ignored',
    ],
    ['swift', "Test Suite 'A' passed\nExecuted 0 tests, with 0 failures\nExecuted 3 tests, with 0 failures"],
    ['no runner at all', 'built in 3 s\n0 errors, 0 warnings'],
    ['nothing', ''],
    ['words about failures', '12 tests\n0 tests failed'],
  ])('%s', (_name, output) => {
    expect(ranNothing(output)).toBeUndefined();
  });
});
