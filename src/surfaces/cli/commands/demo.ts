import { buildCommand } from '@stricli/core';
import { action, type Calling, type Cli } from '../command.ts';
import { jsonFlag } from '../options.ts';
import { refuse, say } from '../output.ts';
import { conduct } from '../run/conduct.ts';

interface Flags {
  readonly json: boolean;
  readonly plain: boolean;
}

export const command = buildCommand<Flags, [], Calling>({
  docs: {
    brief: 'See it work on a small project in a temporary directory',
    fullDescription:
      'Makes a small project in a temporary directory and runs a plan on it with agents that are scripts: no model, no network, no account.',
  },
  parameters: {
    flags: {
      json: { ...jsonFlag, brief: 'One event per line as JSON, then the report' },
      plain: { kind: 'boolean', brief: 'Plain lines instead of the live view', default: false, withNegated: false },
    },
  },
  func: action(demo),
});

async function demo(cli: Cli, { json, plain }: Flags): Promise<number> {
  const prepared = await cli.app.prepareDemo(cli.context);
  if (!prepared.ok) return refuse(cli, prepared.error, json);
  const { directory, plan, before, after } = prepared.value;
  if (!json) say(cli, [...before, '']);
  const inside: Cli = { ...cli, context: { ...cli.context, cwd: directory } };
  const code = await conduct(inside, { run: { target: plan, finish: 'merge' }, yes: true, json, plain });
  if (!json) say(cli, ['', ...after]);
  return code;
}
