import { parseArgs } from 'node:util';
import { join } from 'node:path';
import { ROOT } from './lib/root.mjs';
import { script, StepFailed, visibly } from './lib/step.mjs';
import { setup } from './setup.mjs';

const USAGE = 'usage: npm run kills -- [--rounds <count>] [--seed <number>]';

/**
 * Kills masterplan, its agents, verify commands and git at so many random moments (500 without --rounds), and looks after every run
 * whether something is lost, left running or locked. The test of the same name in npm test does it twenty-five times.
 */
await script(async () => {
  let values;
  try {
    ({ values } = parseArgs({ options: { rounds: { type: 'string' }, seed: { type: 'string' } } }));
  } catch {
    throw new StepFailed(USAGE);
  }
  const rounds = Number(values.rounds ?? 500);
  const seed = Number(values.seed ?? Date.now() % 1_000_000);
  if (!Number.isSafeInteger(rounds) || rounds < 1 || !Number.isSafeInteger(seed)) throw new StepFailed(USAGE);
  await setup();
  process.env['VITEST_KILLS'] = String(rounds);
  process.env['VITEST_SEED'] = String(seed);
  const vitest = join(ROOT, 'node_modules', '.bin', 'vitest');
  return visibly(vitest, ['run', '--reporter=verbose', 'test/e2e/random-kills.test.ts'], {
    cwd: ROOT,
  });
});
