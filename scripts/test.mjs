import { ROOT } from './lib/root.mjs';
import { script } from './lib/step.mjs';
import { setup } from './setup.mjs';

await script(async () => {
  await setup();
  process.chdir(ROOT);
  // The runner colours its output even into a file or pipe.
  if (!process.stdout.isTTY) process.env['NO_COLOR'] ??= '1';
  const counts = { passed: 0, failed: 0, skipped: 0 };
  try {
    await runTests(counts, process.argv.slice(2));
  } catch (error) {
    console.error(error);
    counts.failed++;
  }
  // The last line is for programs: it stands alone, whatever happened before.
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
  await new Promise((resolve) => {
    process.stdout.write(`${counts.passed} passed, ${counts.failed} failed${skipped}\n`, resolve);
  });
  // A handle that a test left open must not keep the command from ending.
  process.exit(counts.failed > 0 || counts.passed === 0 ? 1 : 0);
});

/**
 * @param {{passed: number, failed: number, skipped: number}} counts
 * @param {readonly string[]} args
 */
async function runTests(counts, args) {
  const { parseCLI, startVitest } = await import('vitest/node');
  const { filter, options } = parseCLI(['vitest', 'run', ...args]);
  const vitest = await startVitest('test', filter, { ...options, watch: false });
  try {
    for (const module of vitest.state.getTestModules()) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed' || state === 'failed') counts[state]++;
        else counts.skipped++;
      }
      // A file that cannot even be loaded has no test that could fail.
      const broken =
        module.errors().length + [...module.children.allSuites()].filter((suite) => suite.errors().length > 0).length;
      counts.failed += broken;
    }
    counts.failed += vitest.state.getUnhandledErrors().length;
  } finally {
    await vitest.close();
  }
}
