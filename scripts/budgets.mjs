import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { ROOT } from './lib/root.mjs';
import { script, StepFailed } from './lib/step.mjs';

/** What `masterplan status` has to load before it can do anything: start.cjs and all that it requires at once. */
const START_UP_LIMIT = 43_000;
// The way from an idea to a plan, imports, amendments, the finish, redaction and telemetry are in it since 0.4; none of them is loaded before it is asked for.
const DIST_LIMIT = 3_700_000;

await script(async () => {
  const dist = join(ROOT, 'dist');
  const startUp = sum([...staticImports(join(dist, 'start.cjs'))]);
  const whole = sum(
    readdirSync(dist, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  const over = [
    check('start-up code', startUp, START_UP_LIMIT, 'load what is not needed at once with import()'),
    check('dist/', whole, DIST_LIMIT, 'find the chunk that grew, and do without the package or load less of it'),
  ].filter((message) => message !== undefined);
  if (over.length > 0) throw new StepFailed(over.join('\n'));
});

/**
 * @param {string} what
 * @param {number} bytes
 * @param {number} limit
 * @param {string} hint
 */
function check(what, bytes, limit, hint) {
  console.log(`${what}: ${kilo(bytes)} of ${kilo(limit)}`);
  return bytes <= limit ? undefined : `${what} is over its budget by ${kilo(bytes - limit)}: ${hint}`;
}

/** @param {number} bytes */
function kilo(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`;
}

/** @param {readonly string[]} files */
function sum(files) {
  return files.reduce((total, file) => total + statSync(file).size, 0);
}

/**
 * The file and every chunk that it requires at once, directly or not; what follows an arrow was an `import()`.
 *
 * @param {string} file
 * @param {Set<string>} [seen]
 * @returns {Set<string>}
 */
function staticImports(file, seen = new Set()) {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, target] of readFileSync(file, 'utf8').matchAll(/(?<!=>)\brequire\(\s*["'`](\.[^"'`]+\.cjs)["'`]\)/g)) {
    if (target === undefined) continue;
    const next = resolve(dirname(file), target);
    if (relative(join(ROOT, 'dist'), next).startsWith('..'))
      throw new StepFailed(`${file} imports ${target}, outside dist/`);
    staticImports(next, seen);
  }
  return seen;
}
