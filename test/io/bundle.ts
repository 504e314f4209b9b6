import { mkdtempSync, rmSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll } from 'vitest';

/**
 * Bundles a TypeScript file into a script that Node 20 can run, before the tests of the calling file; returns where it
 * will be. Whole, so that another user can run it as well.
 */
export function bundledScript(entry: URL): { path: string } {
  const script = { path: '' };
  let directory: string | undefined;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'masterplan-script-'));
    script.path = join(directory, 'script.mjs');
    const bundle = await rolldown({ input: entry.pathname, platform: 'node', external: (id) => isBuiltin(id) });
    await bundle.write({ file: script.path, format: 'esm', codeSplitting: false });
    await bundle.close();
  });
  afterAll(() => {
    if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
  });
  return script;
}
