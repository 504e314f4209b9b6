import { isBuiltin } from 'node:module';
import { rolldown } from 'rolldown';

/**
 * What the bundles of this project share. Everything but Node's own modules goes in, so that installing masterplan
 * installs one package and starting it opens few files.
 *
 * @param {string} input
 * @returns {import('rolldown').InputOptions}
 */
function shared(input) {
  return {
    input,
    platform: 'node',
    external: (id) => isBuiltin(id),
    checks: { pluginTimings: false },
    onLog(level, log, handle) {
      // A module that could not be found would become an import that fails on the user's machine.
      if (level === 'warn') throw new Error(log.message);
      handle(level, log);
    },
  };
}

/**
 * Bundles the program into `dir`.
 *
 * @param {string} input
 * @param {string} dir
 * @returns {Promise<import('rolldown').OutputChunk[]>}
 */
export async function bundleProgram(input, dir) {
  const bundle = await rolldown({
    ...shared(input),
    transform: {
      define: {
        // React and its reconciler carry a second, slower build of themselves for development.
        'process.env.NODE_ENV': '"production"',
        // Ink loads its browser developer tools only under this flag; they are not shipped.
        'process.env.DEV': '"false"',
      },
    },
    plugins: [withoutDevtools],
  });
  const { output } = await bundle.write({
    dir,
    format: 'esm',
    entryFileNames: '[name].mjs',
    chunkFileNames: 'chunks/[name]-[hash].mjs',
    banner: (chunk) => (chunk.isEntry ? '#!/usr/bin/env node\n' : ''),
    // Names stay readable in stack traces that people send us; comments and white space go.
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
    comments: { legal: false, annotation: false, jsdoc: false },
  });
  await bundle.close();
  return output.filter((part) => part.type === 'chunk');
}

/**
 * Bundles one TypeScript file of a test or benchmark into the single file `file`; packages stay outside.
 *
 * @param {string} input
 * @param {string} file
 */
export async function bundleScript(input, file) {
  const bundle = await rolldown({ ...shared(input), external: (id) => isBuiltin(id) || /^[^./]/.test(id) });
  await bundle.write({ file, format: 'esm', sourcemap: 'inline', codeSplitting: false });
  await bundle.close();
}

const DEVTOOLS = 'react-devtools-core';

/** Ink names a package that is neither installed nor ever loaded in a production build: an empty module stands for it. */
const withoutDevtools = {
  name: 'without-devtools',
  resolveId: (/** @type {string} */ id) => (id === DEVTOOLS ? `\0${DEVTOOLS}` : null),
  load: (/** @type {string} */ id) => (id === `\0${DEVTOOLS}` ? 'export default {};' : null),
};
