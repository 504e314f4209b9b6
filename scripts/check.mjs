import { join } from 'node:path';
import { ROOT } from './lib/root.mjs';
import { quietly, script, step, StepFailed } from './lib/step.mjs';
import { setup } from './setup.mjs';

/** Everything that reads the source without running it; one after the other, so that two cores stay enough. */
const CHECKS = [
  { what: 'Types (tsc)', program: 'tsc', args: ['-b'] },
  { what: 'Lint (oxlint)', program: 'oxlint', args: ['--type-aware', '--deny-warnings'] },
  {
    what: 'Format (oxfmt)',
    program: 'oxfmt',
    args: ['--check'],
    hint: 'npm run format writes the files as they should be',
  },
  { what: 'Unused code and packages (knip)', program: 'knip', args: [] },
];

await script(async () => {
  await setup({ build: false });
  const failures = [];
  for (const { what, program, args, hint } of CHECKS) {
    try {
      await step(what, () => quietly(join(ROOT, 'node_modules', '.bin', program), args, { cwd: ROOT }));
    } catch (error) {
      if (!(error instanceof StepFailed)) throw error;
      failures.push(`${what}\n${error.message}${hint === undefined ? '' : `\n${hint}`}`);
    }
  }
  if (failures.length > 0) throw new StepFailed(`\n${failures.join('\n\n')}`);
});
