import { buildCommand } from '@stricli/core';
import { EXIT } from '../../../app/api.ts';
import type { FormatName } from '../../../core/formats/format.ts';
import { FORMATS } from '../../../core/formats/list.ts';
import { action, type Calling, type Cli } from '../command.ts';
import { jsonFlag, text } from '../options.ts';
import { paintOf, refuse, say, sayJson } from '../output.ts';
import { importJson, renderImport } from '../render/import.ts';

interface Flags {
  readonly from?: FormatName;
  readonly slug?: string;
  readonly out?: string;
  readonly all: boolean;
  readonly dryRun: boolean;
  readonly force: boolean;
  readonly json: boolean;
}

const off = { kind: 'boolean', default: false, withNegated: false } as const;

export const command = buildCommand<Flags, [string], Calling>({
  docs: {
    brief: 'Take over a plan of another tool',
    fullDescription: [
      'Reads a plan of Spec Kit, Task Master, OpenSpec, Kiro, superpowers, beads, Backlog.md, GSD or ccpm, finds out which,',
      'and writes docs/plans/<slug>/plan.md with plan.foreign.json, which gives the original back. The files that are read',
      'stay as they are. docs/formats/foreign.md says what becomes of what.',
      '',
      'Exit codes: 0 done, 1 refused, 2 wrong usage, or several plans and none chosen, 4 findings forbid it.',
    ].join('\n'),
    customUsage: [
      { input: 'specs/001-login', brief: 'one plan' },
      { input: '. --all', brief: 'every plan of the repository' },
      { input: '.taskmaster/tasks/tasks.json --dry-run', brief: 'show what would be written' },
    ],
  },
  parameters: {
    flags: {
      from: {
        kind: 'enum',
        values: FORMATS.map((format) => format.name),
        brief: 'Read it as this format, whatever it looks like',
        optional: true,
      },
      slug: {
        kind: 'parsed',
        parse: text,
        brief: 'Name of the plan, instead of one made from its own',
        placeholder: 'name',
        optional: true,
      },
      out: {
        kind: 'parsed',
        parse: text,
        brief: 'Directory to write to, instead of docs/plans/<slug>',
        placeholder: 'dir',
        optional: true,
      },
      all: { ...off, brief: 'Import every plan that is found' },
      dryRun: { ...off, brief: 'Write nothing; show the plan' },
      force: { ...off, brief: 'Write over what an earlier import wrote' },
      json: jsonFlag,
    },
    positional: {
      kind: 'tuple',
      parameters: [
        { brief: 'A file or directory: of the plan, of the tool, or the repository', placeholder: 'path', parse: text },
      ],
    },
  },
  func: action(run),
});

async function run(cli: Cli, flags: Flags, path: string): Promise<number> {
  const { json, ...options } = flags;
  const imported = await cli.app.importPlans(cli.context, { ...options, path });
  if (!imported.ok) return refuse(cli, imported.error, json);
  if (json) sayJson(cli, importJson(imported.value));
  else say(cli, renderImport(imported.value, await paintOf(cli)));
  if (imported.value.several.length > 0) return EXIT.usage;
  return imported.value.refused[0]?.refusal.exit ?? EXIT.ok;
}
