import { err, ok, type Result } from '../core/base/result.ts';
import { EXIT, type AppRefusal } from './api.ts';
import { listAgents } from './agents/list.ts';
import { configJsonSchema } from './config-json-schema.ts';
import { CONFIG_FILE } from './config-layers.ts';
import type { Context } from './context.ts';
import { environmentOf } from './environment.ts';
import { excludeRuntime } from './fit.ts';
import { inspectRepository } from '../engine/git/inspect.ts';

export interface InitReport {
  readonly path: string;
  /** Those that were written into the file. */
  readonly agents: readonly string[];
  readonly next: string;
}

/** Where editors find the schema: in the package where it is installed beside the project, else in a copy of ours. */
const PACKAGED = 'node_modules/masterplan/schema/masterplan.schema.json';
const COPY = '.masterplan/masterplan.schema.json';

/** Writes a first configuration file; refuses where there is one. */
export async function initConfig(context: Context): Promise<Result<InitReport, AppRefusal>> {
  const { files } = context.io;
  const inspected = await inspectRepository(context.io, context.cwd, environmentOf(context));
  if (!inspected.ok) return err({ ...inspected.error, exit: EXIT.failed });
  const { root } = inspected.value;
  const path = `${root}/${CONFIG_FILE}`;
  const exists: AppRefusal = {
    message: `${path} is there already`,
    hint: 'masterplan config shows what it says',
    exit: EXIT.failed,
  };
  if ((await files.stat(path)) !== undefined) return err(exists);
  const listed = await listAgents(context);
  if (!listed.ok) return listed;
  const configured = listed.value.agents.filter((one) => one.configured).map(({ name }) => name);
  const found = listed.value.agents.filter((one) => one.installed && !one.configured).map(({ name }) => name);
  const packaged = (await files.stat(`${root}/${PACKAGED}`)) !== undefined;
  if (!packaged) {
    await excludeRuntime(context, inspected.value);
    await files.makeDirectory(`${root}/.masterplan`);
    await files.write(`${root}/${COPY}`, `${JSON.stringify(configJsonSchema(), null, 2)}\n`);
  }
  const text = fileText(found, configured, packaged ? `./${PACKAGED}` : `./${COPY}`);
  if (!(await files.create(path, text))) return err(exists);
  return ok({
    path,
    agents: found,
    next:
      found.length + configured.length === 0
        ? 'Name an agent in it; masterplan agents shows what there is.'
        : 'Next: masterplan run <plan.md>',
  });
}

function fileText(found: readonly string[], configured: readonly string[], schema: string): string {
  const main = found.includes('claude') ? 'claude' : found[0];
  const agents =
    found.length > 0
      ? ['agents:', ...found.map((name) => `  ${name}: {}`)]
      : [
          configured.length > 0
            ? `# Your own file has: ${configured.join(', ')}.`
            : '# No agent was found here. Any program will do:',
          '# agents:',
          '#   mine:',
          '#     command: [my-agent, --flag]',
        ];
  const others = found.length + configured.length > 1;
  return `${[
    `# yaml-language-server: $schema=${schema}`,
    '# What masterplan does in this repository. Every key: docs/configuration.md; what holds, and why: masterplan config --origin',
    ...agents,
    ...(found.length > 1 && main !== undefined ? ['roles:', `  implement: ${main}`] : []),
    '',
    others
      ? '# review: on               # work is reviewed by another vendor before it lands'
      : '# review: on               # with a second agent: work is reviewed before it lands',
    '# parallelism:',
    '#   max_agents: 4          # agents at work at once',
    '# verify:',
    '#   commands: [npm test]   # run for every task beside its own',
    '# budget:',
    '#   run: {cost: 20}        # US dollars; a person is asked beyond',
    '# environment:',
    '#   setup: auto            # what the lock files ask for, in every worktree',
    '# finish: ask              # merge, keep, discard',
  ].join('\n')}\n`;
}
