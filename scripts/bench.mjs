import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './lib/root.mjs';
import { script, StepFailed } from './lib/step.mjs';
import { runTs } from './run-ts.mjs';
import { setup } from './setup.mjs';

await script(async () => {
  const [name, ...args] = process.argv.slice(2);
  const directory = join(ROOT, 'bench');
  const names = readdirSync(directory)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.slice(0, -'.ts'.length));
  if (name === undefined || !existsSync(join(directory, `${name}.ts`))) {
    throw new StepFailed(`usage: npm run bench -- <name> [arguments]\nbenchmarks: ${names.join(', ') || 'none yet'}`);
  }
  // Benchmarks of whole commands start the built program.
  await setup();
  return runTs(join(directory, `${name}.ts`), args);
});
