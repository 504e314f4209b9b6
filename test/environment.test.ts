import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { expect, test } from 'vitest';

const OURS = /^(PATH|HOME|LANG|TMPDIR|CI|GIT_CONFIG_NOSYSTEM|MASTERPLAN_AGENTS_CACHE)$/;
const OF_THE_RUNNER = /^(NODE_ENV|TEST|DEV|PROD|MODE|BASE_URL|SSR|FORCE_TTY|VITEST.*)$/;

test('a test sees nothing of the developer’s environment', () => {
  const foreign = Object.keys(process.env).filter((name) => !OURS.test(name) && !OF_THE_RUNNER.test(name));
  expect(foreign).toEqual([]);
});

test('git has no configuration but its own defaults', () => {
  expect(readdirSync(homedir())).toEqual([]);
  expect(execFileSync('git', ['config', '--list'], { cwd: homedir(), encoding: 'utf8' })).toBe('');
});
