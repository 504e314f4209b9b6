import { isBuiltin } from 'node:module';
import { isAbsolute } from 'node:path';
import { rolldown } from 'rolldown';
import { StepFailed } from './step.mjs';

/**
 * What the bundles of this project share. Everything but Node's own modules goes in, so that installing masterplan
 * installs one package and starting it opens few files.
 *
 * @param {string | Record<string, string>} input
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
 * Bundles the program into `dir`: a file for each of `inputs`, and what they share.
 *
 * @param {Record<string, string>} inputs
 * @param {string} dir
 * @returns {Promise<import('rolldown').OutputChunk[]>}
 */
export async function bundleProgram(inputs, dir) {
  const bundle = await rolldown({
    ...shared(inputs),
    transform: {
      define: {
        // React and its reconciler carry a second, slower build of themselves for development.
        'process.env.NODE_ENV': '"production"',
      },
    },
    plugins: [withoutDevtools],
  });
  const { output } = await bundle.write({
    dir,
    format: 'esm',
    entryFileNames: '[name].mjs',
    chunkFileNames: 'chunks/[name]-[hash].mjs',
    ...SMALL,
  });
  await bundle.close();
  return output.filter((part) => part.type === 'chunk');
}

/** @type {import('rolldown').OutputOptions} */
const SMALL = {
  banner: (chunk) => (chunk.isEntry ? '#!/usr/bin/env node\n' : ''),
  // Names of functions and classes stay readable in stack traces that people send us; comments, white space and names of variables go.
  minify: { compress: true, mangle: { toplevel: false, keepNames: true }, codegen: { removeWhitespace: true } },
  comments: { legal: false, annotation: false, jsdoc: false },
};

/**
 * What the quick start takes from the program instead of holding it a second time: the program, and the readers of bundles that
 * older tools wrote.
 *
 * @type {Readonly<Record<string, string>>}
 */
const HANDED_OVER = { './main.ts': './main.mjs', './legacy.ts': './legacy.mjs' };

/**
 * Bundles the quick start of the program into `dir`, beside the program itself: CommonJS, which Node starts soonest.
 * Whatever it does not answer by itself it hands to main.mjs.
 *
 * @param {string} input
 * @param {string} dir
 * @returns {Promise<import('rolldown').OutputChunk[]>}
 */
export async function bundleStart(input, dir) {
  const bundle = await rolldown({
    ...shared(input),
    plugins: [
      {
        name: 'hand-over',
        resolveId: (id) => (Object.hasOwn(HANDED_OVER, id) ? { id: HANDED_OVER[id] ?? id, external: true } : null),
      },
    ],
  });
  const { output } = await bundle.write({
    dir,
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: 'chunks/[name]-[hash].cjs',
    ...SMALL,
  });
  await bundle.close();
  return output.filter((part) => part.type === 'chunk');
}

/**
 * Refuses a bundle that would look for a package at run time: nothing is installed beside us.
 *
 * @param {readonly {fileName: string, code: string, imports: readonly string[], dynamicImports: readonly string[]}[]} chunks
 */
export function refuseOutsideImports(chunks) {
  const own = new Set([...chunks.map((chunk) => chunk.fileName), ...Object.values(HANDED_OVER)]);
  for (const chunk of chunks) {
    const required = Array.from(chunk.code.matchAll(/\b__require\(\s*(['"`])([^'"`]+)\1/g), (match) => match[2] ?? '');
    for (const id of [...chunk.imports, ...chunk.dynamicImports, ...required]) {
      if (own.has(id) || isBuiltin(id)) continue;
      throw new StepFailed(`${chunk.fileName} would import "${id}" at run time: bundle it, or do without it`);
    }
  }
}

/**
 * Bundles one TypeScript file of a test or benchmark into the single file `file`; packages stay outside.
 *
 * @param {string} input
 * @param {string} file
 */
export async function bundleScript(input, file) {
  const bundle = await rolldown({
    ...shared(input),
    external: (id) => isBuiltin(id) || (!id.startsWith('.') && !isAbsolute(id)),
  });
  await bundle.write({ file, format: 'esm', sourcemap: 'inline', codeSplitting: false });
  await bundle.close();
}

/**
 * Under DEV=true, Ink connects to React's browser developer tools: through a package that is not installed, a web
 * socket library of 60 kB, and a look at its own package.json that a bundle does not have. DEV is a name that people
 * set for reasons of their own, so the switch is taken out.
 *
 * @type {import('rolldown').Plugin}
 */
const withoutDevtools = {
  name: 'without-devtools',
  load: (id) => (INK_DEVTOOLS.test(id) ? 'export {};' : null),
  transform(code, id) {
    if (!INK.test(id) || !code.includes("'DEV'")) return null;
    const changed = code.replaceAll("process.env['DEV'] === 'true'", 'false');
    if (changed.includes("'DEV'")) throw new Error(`${id} asks for DEV in a new way: adapt scripts/lib/bundle.mjs`);
    return { code: changed, map: null };
  },
};
const INK = /[\\/]node_modules[\\/]ink[\\/]build[\\/]/;
const INK_DEVTOOLS = new RegExp(`${INK.source}devtools\\.js$`);

/**
 * Bundles the keeper of agents into `dir`: one file with what starts an agent, because one runs beside every agent; the shapes of contracts are
 * another one, which is opened while the agent starts.
 *
 * @param {string} input
 * @param {string} dir
 * @returns {Promise<import('rolldown').OutputChunk[]>}
 */
export async function bundleKeeper(input, dir) {
  const bundle = await rolldown(shared(input));
  const { output } = await bundle.write({
    dir,
    format: 'esm',
    entryFileNames: '[name].mjs',
    chunkFileNames: 'chunks/keeper-[name]-[hash].mjs',
    ...SMALL,
  });
  await bundle.close();
  return output.filter((part) => part.type === 'chunk');
}
