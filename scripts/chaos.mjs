import { join } from 'node:path';
import { ROOT } from './lib/root.mjs';
import { script } from './lib/step.mjs';
import { runTs } from './run-ts.mjs';
import { setup } from './setup.mjs';

await script(async () => {
  // What is struck is the built program.
  await setup();
  return runTs(join(ROOT, 'test', 'chaos', 'main.ts'), process.argv.slice(2));
});
