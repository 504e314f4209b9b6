import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AGENT_NAMES, AGENTS, agentCache, agentDirectory, CACHE_VARIABLE, installedAgent } from './lib/agents.mjs';
import { ROOT } from './lib/root.mjs';
import { quietly, script, step, StepFailed, visibly } from './lib/step.mjs';

/** @typedef {import('./lib/agents.mjs').AgentName} AgentName */

const USAGE = `usage: node scripts/agents.mjs [agents] [--install-only] [-- arguments of vitest]
agents: ${AGENT_NAMES.join(', ')}; all of them when none is named`;

/**
 * Installs real agents outside of this project and runs the tests that drive them. No key and no network is needed
 * for the tests: the agents speak with a scripted model on loopback. Installing needs the npm registry, once.
 */
await script(async () => {
  const { wanted, installOnly, rest } = read(process.argv.slice(2));
  const cache = agentCache(process.env);
  for (const name of wanted) {
    if (installedAgent(cache, name) !== undefined) continue;
    const { package: id, version } = AGENTS[name];
    try {
      await step(`Installing ${id}@${version} into ${cache}`, () => install(cache, name));
    } catch (error) {
      // The other agents can still be driven; tests of this one are skipped, and say so.
      if (!(error instanceof StepFailed)) throw error;
      console.error(error.message);
    }
  }
  for (const name of AGENT_NAMES) {
    const argv = installedAgent(cache, name);
    console.log(`${name} ${AGENTS[name].version}: ${argv === undefined ? 'not installed' : argv.join(' ')}`);
  }
  if (installOnly) return wanted.every((name) => installedAgent(cache, name) !== undefined) ? 0 : 1;
  process.env[CACHE_VARIABLE] = cache;
  const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  return visibly(process.execPath, [vitest, 'run', ...(rest.length > 0 ? rest : ['test/agents'])], { cwd: ROOT });
});

/** @param {readonly string[]} args */
function read(args) {
  const end = args.indexOf('--');
  const own = end < 0 ? args : args.slice(0, end);
  const names = own.filter((arg) => arg !== '--install-only');
  const unknown = names.find((name) => !AGENT_NAMES.some((known) => known === name));
  if (unknown !== undefined) throw new StepFailed(`there is no agent ${unknown}\n${USAGE}`);
  return {
    wanted: names.length > 0 ? /** @type {readonly AgentName[]} */ (names) : AGENT_NAMES,
    installOnly: own.includes('--install-only'),
    rest: end < 0 ? [] : args.slice(end + 1),
  };
}

/**
 * Installs beside its place first, so that an install that was interrupted never looks like a whole one.
 *
 * @param {string} cache
 * @param {AgentName} name
 */
async function install(cache, name) {
  const { package: id, version } = AGENTS[name];
  mkdirSync(cache, { recursive: true });
  const temporary = mkdtempSync(join(cache, `.installing-${name}-`));
  try {
    writeFileSync(join(temporary, 'package.json'), '{"private":true}\n');
    // Native programs come inside of packages, so no package has to run a script of its own on this machine. Some ask
    // for a newer Node than ours and run on it nevertheless: that is a warning only.
    const args = [
      'install',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      '--engine-strict=false',
    ];
    await quietly('npm', [...args, `${id}@${version}`], { cwd: temporary });
    const place = agentDirectory(cache, name);
    rmSync(place, { recursive: true, force: true });
    renameSync(temporary, place);
    if (installedAgent(cache, name) === undefined) {
      throw new StepFailed(
        `${id}@${version} has no program for ${process.platform} on ${process.arch} where one was expected`,
      );
    }
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}
