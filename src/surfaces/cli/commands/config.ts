import { buildCommand } from '@stricli/core';
import { EXIT } from '../../../app/api.ts';
import { oneLine } from '../../../core/base/text.ts';
import { action, type Calling, type Cli } from '../command.ts';
import { jsonFlag, runFlag, setFlags, text } from '../options.ts';
import { refuse, say, sayJson } from '../output.ts';
import { renderConfig } from '../render/config.ts';

interface Flags {
  readonly origin: boolean;
  readonly run?: string;
  readonly set?: readonly string[];
  readonly json: boolean;
}

export const command = buildCommand<Flags, [string?, string?], Calling>({
  docs: {
    brief: 'What the configuration says, and where it says so',
    fullDescription: [
      'Shows the values that hold here: defaults < presets < ~/.masterplan.yaml < .masterplan.yaml < MASTERPLAN_* < flags. With --origin,',
      'where each comes from: file with line and column, variable, flag. With --run, what a run was started with.',
      '',
      'config get <key>: one value, or those of a section. config schema: the JSON Schema of the file, for editors.',
    ].join('\n'),
    customUsage: [
      { input: '--origin', brief: 'all that holds, and why' },
      { input: 'get parallelism.max_agents', brief: 'one value' },
      { input: '--run my-run --origin', brief: 'what a run was started with' },
      { input: 'schema > masterplan.schema.json', brief: 'for an editor' },
    ],
  },
  parameters: {
    flags: {
      origin: { kind: 'boolean', brief: 'Say where each value comes from', default: false, withNegated: false },
      run: { ...runFlag, brief: 'What this run was started with' },
      set: setFlags,
      json: jsonFlag,
    },
    positional: {
      kind: 'tuple',
      parameters: [
        { brief: 'get or schema', placeholder: 'get|schema', parse: text, optional: true },
        { brief: 'With get: the key', placeholder: 'key', parse: text, optional: true },
      ],
    },
  },
  func: action(config),
});

async function config(cli: Cli, { origin, run, set, json }: Flags, what?: string, key?: string): Promise<number> {
  if (what === 'schema' && key === undefined) {
    cli.context.terminal.write(`${JSON.stringify(await cli.app.configSchema(), null, 2)}\n`);
    return EXIT.ok;
  }
  if (what !== undefined && (what !== 'get' || key === undefined)) {
    const message = what === 'get' ? 'the key is missing' : `masterplan config does not know ${JSON.stringify(what)}`;
    return refuse(cli, { message, hint: 'masterplan config get <key>', exit: EXIT.usage }, json);
  }
  const shown = await cli.app.showConfig(cli.context, {
    ...(key === undefined ? {} : { key }),
    ...(run === undefined ? {} : { run }),
    ...(set === undefined ? {} : { set }),
  });
  if (!shown.ok) return refuse(cli, shown.error, json);
  for (const warning of shown.value.warnings) cli.context.terminal.error(`masterplan: ${oneLine(warning, 1000)}\n`);
  if (json) sayJson(cli, { schema: 1, ...shown.value });
  else say(cli, renderConfig(shown.value, { origin, only: key }));
  return EXIT.ok;
}
