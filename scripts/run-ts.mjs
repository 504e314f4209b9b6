import { existsSync, mkdtempSync, mkdirSync, rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './lib/root.mjs';
import { script, StepFailed, visibly } from './lib/step.mjs';
import { setup } from './setup.mjs';

/**
 * Runs a TypeScript file: Node 20 cannot, so it is bundled first. The program runs in the root of the repository, and
 * must find its files from there: its `import.meta.url` names the bundle.
 *
 * @param {string} file
 * @param {readonly string[]} args
 * @returns {Promise<number>}  the exit code of the program
 */
export async function runTs(file, args) {
  const source = resolve(ROOT, file);
  if (!existsSync(source)) throw new StepFailed(`there is no ${file}`);
  const { bundleScript } = await import('./lib/bundle.mjs');
  // Below node_modules, so that the packages it imports are found.
  const cache = join(ROOT, 'node_modules', '.cache', 'masterplan');
  mkdirSync(cache, { recursive: true });
  const dir = mkdtempSync(join(cache, 'run-'));
  try {
    const bundle = join(dir, `${basename(file, '.ts')}.mjs`);
    await bundleScript(source, bundle);
    return await visibly(process.execPath, ['--enable-source-maps', bundle, ...args], { cwd: ROOT });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await script(async () => {
    const [file, ...args] = process.argv.slice(2);
    if (file === undefined) throw new StepFailed('usage: node scripts/run-ts.mjs <file.ts> [arguments]');
    await setup({ build: false });
    return runTs(file, args);
  });
}
