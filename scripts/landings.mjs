import { join } from 'node:path';
import { ROOT } from './lib/root.mjs';
import { script } from './lib/step.mjs';
import { runTs } from './run-ts.mjs';
import { setup } from './setup.mjs';

await script(async () => {
  // It starts the built program.
  await setup();
  process.chdir(ROOT);
  return runTs(join(ROOT, 'test', 'landings', 'main.ts'), process.argv.slice(2));
});
