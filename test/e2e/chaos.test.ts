import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { chaos } from '../chaos/chaos.ts';
import { chosenSeed } from '../rig/dice.ts';
import { PROGRAM } from '../rig/program.ts';

// Many more rounds, and full disks: npm run chaos -- --rounds 1000
test('struck again and again, nothing is lost that is older than the interval', { timeout: 180_000 }, async () => {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'mp-')));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));
  const seed = chosenSeed();
  const survived = await chaos({
    rounds: 4,
    seed,
    directory,
    program: PROGRAM,
    fill: false,
    interval: 500,
    // Tests run beside others: only what is clearly too old counts here.
    slack: 5000,
    tell: () => undefined,
  });
  expect(survived.violations, `replay: VITEST_SEED=${seed}`).toEqual([]);
  expect(survived.rounds).toBe(4);
});
