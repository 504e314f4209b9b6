import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * What of the developer's environment reaches a test: where real agents are installed, whether there is time
 * for those of their failures that take minutes, and, as the last four, what
 * programs on Windows do not start without.
 */
const KEPT = new Set([
  'PATH',
  'LANG',
  'TMPDIR',
  'CI',
  'MASTERPLAN_AGENTS_CACHE',
  'MASTERPLAN_PATIENT_TESTS',
  'SYSTEMROOT',
  'COMSPEC',
  'PATHEXT',
  'TEMP',
]);

/** What the test runner tells its own processes. */
const RUNNER = /^(VITEST|NODE_ENV$|TEST$|DEV$|PROD$|MODE$|BASE_URL$|SSR$)/;

/**
 * Takes the developer's tokens, git configuration and home directory away before the first test process starts, so
 * that no test can pass or fail because of them.
 */
export default function setup(): () => void {
  const home = mkdtempSync(join(tmpdir(), 'masterplan-test-home-'));
  for (const name of Object.keys(process.env)) {
    if (!KEPT.has(name.toUpperCase()) && !RUNNER.test(name)) delete process.env[name];
  }
  process.env['HOME'] = home;
  process.env['GIT_CONFIG_NOSYSTEM'] = '1';
  return () => rmSync(home, { recursive: true, force: true });
}
