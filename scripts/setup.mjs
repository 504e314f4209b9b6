import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, isBuilt } from './build.mjs';
import { ROOT } from './lib/root.mjs';
import { quietly, script, step, StepFailed } from './lib/step.mjs';

/**
 * Makes a fresh clone ready: installs what the lockfile names and builds dist/, each only when it is missing or stale.
 * Uses nothing but Node, because nothing else is there yet.
 *
 * @param {{build?: boolean}} [options]
 */
export async function setup(options = {}) {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new StepFailed(`masterplan needs Node 20.19 or newer; this is ${process.versions.node}`);
  }
  mkdirSync(join(ROOT, '.build'), { recursive: true });
  if (!isInstalled()) await step('Installing the development dependencies (npm ci)', install);
  if (options.build !== false && !isBuilt()) await step('Building dist/', build);
}

/** True when node_modules holds every package of the lockfile that this machine needs, at its version. */
function isInstalled() {
  const hidden = join(ROOT, 'node_modules', '.package-lock.json');
  if (!existsSync(hidden)) return false;
  /** @type {Record<string, Locked>} */
  const wanted = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).packages;
  /** @type {Record<string, Locked>} */
  const present = JSON.parse(readFileSync(hidden, 'utf8')).packages;
  return Object.entries(wanted).every(([path, locked]) => {
    if (path === '') return true;
    const found = present[path];
    if (found === undefined) return locked.optional === true && !isForThisMachine(locked);
    return found.version === locked.version && existsSync(join(ROOT, path));
  });
}

/** @typedef {{version: string, optional?: boolean, os?: string[], cpu?: string[], libc?: string[]}} Locked */

/** @param {Locked} locked */
function isForThisMachine(locked) {
  // Which C library this is takes long to find out; a missing binding shows itself when it is loaded.
  if (locked.libc !== undefined || (locked.os === undefined && locked.cpu === undefined)) return false;
  return (locked.os?.includes(process.platform) ?? true) && (locked.cpu?.includes(process.arch) ?? true);
}

function install() {
  // Development dependencies are wanted even where the environment says NODE_ENV=production.
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund'];
  const npm = process.env['npm_execpath'];
  return npm !== undefined && /npm-cli\.[cm]?js$/.test(npm)
    ? quietly(process.execPath, [npm, ...args], { cwd: ROOT })
    : quietly('npm', args, { cwd: ROOT });
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await script(() => setup());
}
