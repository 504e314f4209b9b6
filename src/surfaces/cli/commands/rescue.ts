import { buildCommand } from '@stricli/core';
import { EXIT } from '../../../app/api.ts';
import { action, type Calling, type Cli } from '../command.ts';
import { jsonFlag, runFlag, text } from '../options.ts';
import { paintOf, refuse, say, sayJson } from '../output.ts';
import { renderDetails, renderRescue, renderRestored } from '../render/rescue.ts';

interface Flags {
  readonly run?: string;
  readonly to?: string;
  readonly into?: string;
  readonly all: boolean;
  readonly deep: boolean;
  readonly json: boolean;
}

export const command = buildCommand<Flags, [string?, string?], Calling>({
  docs: {
    brief: 'List and bring back everything that was kept or left behind',
    fullDescription: [
      'Lists what can be brought back: snapshots of unfinished work, work that did not land, commits and stashes of agents, run branches',
      'that somebody removed, worktrees that are still on the disk. Needs no log: also what is left of runs whose bundle is gone.',
      '',
      'rescue show <id>     what it is, and which files it changes',
      'rescue restore <id>  puts it on a new branch, or into a new directory; overwrites nothing',
    ].join('\n'),
    customUsage: [
      { input: '[--run <slug>] [--all]', brief: 'what there is' },
      { input: 'show 3f2a9c1d', brief: 'one thing, by the beginning of its id or as T3#2' },
      { input: 'restore 3f2a9c1d --to fix/login', brief: 'on a new branch' },
      { input: 'restore 3f2a9c1d --into ../rescued', brief: 'as files in a new directory' },
    ],
  },
  parameters: {
    flags: {
      run: { ...runFlag, brief: 'Only of this run' },
      to: {
        kind: 'parsed',
        parse: text,
        brief: 'With restore: name of the new branch',
        placeholder: 'branch',
        optional: true,
      },
      into: {
        kind: 'parsed',
        parse: text,
        brief: 'With restore: a new or empty directory for the files',
        placeholder: 'directory',
        optional: true,
      },
      all: { kind: 'boolean', brief: 'Also what landed', default: false, withNegated: false },
      deep: {
        kind: 'boolean',
        brief: 'Also look through all objects of the repository (takes long in a large one)',
        default: false,
        withNegated: false,
      },
      json: jsonFlag,
    },
    positional: {
      kind: 'tuple',
      parameters: [
        { brief: 'show or restore', placeholder: 'show|restore', parse: text, optional: true },
        { brief: 'Beginning of an id, or T3#2', placeholder: 'id', parse: text, optional: true },
      ],
    },
  },
  func: action(rescue),
});

async function rescue(cli: Cli, flags: Flags, what?: string, id?: string): Promise<number> {
  const { json, to, into } = flags;
  const wrong = (message: string, hint: string): Promise<number> =>
    refuse(cli, { message, hint, exit: EXIT.usage }, json);
  if (what !== 'restore' && (to !== undefined || into !== undefined))
    return wrong('--to and --into go with restore', 'masterplan rescue restore <id> --to <branch>');
  if (what === undefined || (what === 'list' && id === undefined)) {
    const { run, all, deep } = flags;
    const found = await cli.app.findRescuable(cli.context, { all, deep, ...(run === undefined ? {} : { run }) });
    if (!found.ok) return refuse(cli, found.error, json);
    if (json) sayJson(cli, found.value);
    else say(cli, renderRescue(found.value, cli.context.io.clock.now(), await paintOf(cli)));
    return EXIT.ok;
  }
  if (what !== 'show' && what !== 'restore')
    return wrong(`masterplan rescue does not know ${JSON.stringify(what)}`, `masterplan rescue show ${what}`);
  if (id === undefined) return wrong('an id is missing', 'masterplan rescue lists them');
  if (to !== undefined && into !== undefined) return wrong('--to and --into do not go together', 'choose one of them');
  if (what === 'show') {
    const shown = await cli.app.showRescuable(cli.context, id);
    if (!shown.ok) return refuse(cli, shown.error, json);
    if (json) sayJson(cli, shown.value);
    else say(cli, renderDetails(shown.value, cli.context.io.clock.now(), await paintOf(cli)));
    return EXIT.ok;
  }
  const request = { id, ...(to === undefined ? {} : { to }), ...(into === undefined ? {} : { into }) };
  const restored = await cli.app.restoreRescuable(cli.context, request);
  if (!restored.ok) return refuse(cli, restored.error, json);
  if (json) sayJson(cli, restored.value);
  else say(cli, renderRestored(restored.value, await paintOf(cli)));
  return EXIT.ok;
}
