import { join } from 'node:path';
import { ROOT } from './lib/root.mjs';
import { script, visibly } from './lib/step.mjs';
import { setup } from './setup.mjs';

await script(async () => {
  await setup();
  return visibly(process.execPath, [join(ROOT, 'dist', 'start.cjs'), 'demo', ...process.argv.slice(2)], {
    cwd: process.cwd(),
  });
});
