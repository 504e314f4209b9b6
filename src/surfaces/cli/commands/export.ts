import { buildCommand } from '@stricli/core';
import { EXIT } from '../../../app/api.ts';
import type { FormatName } from '../../../core/formats/format.ts';
import { FORMATS } from '../../../core/formats/list.ts';
import { action, type Calling, type Cli } from '../command.ts';
import { jsonFlag, text } from '../options.ts';
import { paintOf, refuse, say, sayJson } from '../output.ts';
import { exportJson, renderExport } from '../render/export.ts';

interface Flags {
  readonly to?: FormatName;
  readonly out?: string;
  readonly dryRun: boolean;
  readonly force: boolean;
  readonly json: boolean;
}

const off = { kind: 'boolean', default: false, withNegated: false } as const;

export const command = buildCommand<Flags, [string], Calling>({
  docs: {
    brief: 'Write a plan in the format of another tool',
    fullDescription: [
      'Writes a plan in the format of another tool. One that was imported from it comes back byte for byte, but for titles,',
      'needs and what is done; of any other plan new files are made. What the format cannot say is listed.',
    ].join('\n'),
    customUsage: [
      { input: 'docs/plans/login/plan.md --out .', brief: 'give an import back, in its place' },
      { input: 'login --to task-master --dry-run', brief: 'what would be written' },
    ],
  },
  parameters: {
    flags: {
      to: {
        kind: 'enum',
        values: FORMATS.map((format) => format.name),
        brief: 'The format; without it, the one that the plan was imported from',
        optional: true,
      },
      out: {
        kind: 'parsed',
        parse: text,
        brief: 'Directory below which the files go, instead of one beside the plan',
        placeholder: 'dir',
        optional: true,
      },
      dryRun: { ...off, brief: 'Write nothing' },
      force: { ...off, brief: 'Write over files that are something else' },
      json: jsonFlag,
    },
    positional: {
      kind: 'tuple',
      parameters: [{ brief: 'A plan, its folder, or its slug', placeholder: 'plan', parse: text }],
    },
  },
  func: action(run),
});

async function run(cli: Cli, flags: Flags, plan: string): Promise<number> {
  const { json, ...options } = flags;
  const exported = await cli.app.exportPlan(cli.context, { ...options, plan });
  if (!exported.ok) return refuse(cli, exported.error, json);
  if (json) sayJson(cli, exportJson(exported.value));
  else say(cli, renderExport(exported.value, await paintOf(cli)));
  return EXIT.ok;
}
