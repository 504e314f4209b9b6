import { buildCommand } from '@stricli/core';
import { EXIT } from '../../../app/api.ts';
import type { FormatName } from '../../../core/formats/format.ts';
import { FORMATS } from '../../../core/formats/list.ts';
import { action, type Calling, type Cli } from '../command.ts';
import { jsonFlag, text } from '../options.ts';
import { paintOf, refuse, say, sayJson } from '../output.ts';
import type { ImportTarget } from '../../../app/imports/import.ts';
import { renderDiscovery, renderImportedBundle } from '../render/import-run.ts';
import { importJson, renderImport } from '../render/import.ts';

interface Flags {
  readonly from?: FormatName;
  readonly format?: FormatName;
  readonly file?: string;
  readonly branch?: string;
  readonly issue?: string;
  readonly pr?: string;
  readonly base?: string;
  readonly done?: string;
  readonly redo?: string;
  readonly possiblyDone?: 'redo' | 'done';
  readonly verify: boolean;
  readonly archive: boolean;
  readonly keepLegacy: boolean;
  readonly slug?: string;
  readonly out?: string;
  readonly all: boolean;
  readonly dryRun: boolean;
  readonly force: boolean;
  readonly json: boolean;
}

const value = { kind: 'parsed', parse: text, optional: true } as const;
const off = { kind: 'boolean', default: false, withNegated: false } as const;

export const command = buildCommand<Flags, [string?], Calling>({
  docs: {
    brief: 'Take over what was begun elsewhere: bundles, plans, branches, issues',
    fullDescription: [
      'Without arguments it lists what could be imported, and writes nothing.',
      '',
      'A bundle or status file of an older tool, a plan (--file), a branch (--branch), an issue or a pull request (--issue, --pr;',
      'they need gh) becomes a bundle: what is proven to be done is not done again, what is possibly done is up to you. It is',
      'written as a whole or not at all, the original stays as it is, and importing it again changes nothing. docs/import.md.',
      '',
      'Otherwise it reads a plan of Spec Kit, Task Master, OpenSpec, Kiro, superpowers, beads, Backlog.md, GSD or ccpm, finds out which,',
      'and writes docs/plans/<slug>/plan.md with plan.foreign.json, which gives the original back. The files that are read',
      'stay as they are. docs/formats/foreign.md says what becomes of what.',
      '',
      'Exit codes: 0 done, 1 refused, 2 wrong usage, or several plans and none chosen, 4 findings forbid it.',
    ].join('\n'),
    customUsage: [
      { input: '--json', brief: 'what there is (without --json, for people)' },
      { input: 'docs/masterplan/old-thing', brief: 'a bundle of an older tool' },
      { input: '--issue=12 --dry-run', brief: 'show what an issue would become' },
      { input: '--branch=feat/login --done T1,T2', brief: 'a branch; these tasks you know to be done' },
      { input: 'docs/masterplan/old-thing --verify --dry-run', brief: "also ask the tasks' verify commands" },
      { input: 'specs/001-login', brief: 'one plan of another tool' },
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
      format: {
        kind: 'enum',
        values: FORMATS.map((format) => format.name),
        brief: 'The same as --from',
        optional: true,
      },
      file: { ...value, brief: 'A document or a plan of another tool, as a bundle', placeholder: 'path' },
      branch: { ...value, brief: 'A branch, as a bundle on top of it', placeholder: 'name' },
      issue: { ...value, brief: 'An issue, as a bundle', placeholder: 'number' },
      pr: { ...value, brief: 'A pull request, as a bundle', placeholder: 'number' },
      base: { ...value, brief: 'The branch that the run begins and ends on', placeholder: 'branch' },
      done: { ...value, brief: 'Tasks that you know to be done, whatever the evidence says', placeholder: 'T1,T2' },
      redo: { ...value, brief: 'Tasks that are to be done again, whatever the evidence says', placeholder: 'T1,T2' },
      possiblyDone: {
        kind: 'enum',
        values: ['redo', 'done'],
        brief: 'What becomes of tasks that are possibly done (redo)',
        optional: true,
      },
      verify: { ...off, brief: "Run the tasks' own verify commands, in a checkout elsewhere, and count what they say" },
      archive: { ...off, brief: 'Then move the bundle of the older tool to the archive (masterplan clean)' },
      keepLegacy: { ...off, brief: 'Leave it where it is, whatever cruft_policy says' },
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
        {
          brief: 'A file or directory: of the bundle, of the plan, of the tool, or the repository',
          placeholder: 'path',
          parse: text,
          optional: true,
        },
      ],
    },
  },
  func: action(run),
});

async function run(cli: Cli, flags: Flags, path?: string): Promise<number> {
  const { json } = flags;
  const wrong = (message: string, hint: string): Promise<number> =>
    refuse(cli, { message, hint, exit: EXIT.usage }, json);
  const from = flags.from ?? flags.format;
  const named = [path, flags.file, flags.branch, flags.issue, flags.pr].filter((one) => one !== undefined);
  if (named.length > 1)
    return wrong('one thing is imported at a time', 'name one of: a path, --file, --branch, --issue, --pr');
  if (named.length === 0) {
    const found = await cli.app.discoverImports(cli.context);
    if (!found.ok) return refuse(cli, found.error, json);
    if (json) sayJson(cli, found.value);
    else say(cli, renderDiscovery(found.value, await paintOf(cli)));
    return EXIT.ok;
  }
  const target = await cli.app.importTarget(cli.context, {
    ...(path === undefined ? {} : { path }),
    ...(flags.file === undefined ? {} : { file: flags.file }),
    ...(flags.branch === undefined ? {} : { branch: flags.branch }),
    ...(flags.issue === undefined ? {} : { issue: flags.issue }),
    ...(flags.pr === undefined ? {} : { pr: flags.pr }),
    ...(from === undefined ? {} : { from }),
  });
  if (target !== undefined) return importBundle(cli, flags, target);
  if (flags.base !== undefined || flags.done !== undefined || flags.redo !== undefined || flags.archive || flags.verify)
    return wrong(
      '--base, --done, --redo, --verify and --archive go with what becomes a bundle',
      `masterplan import --file=${path ?? ''}`,
    );
  const { slug, out, all, dryRun, force } = flags;
  const imported = await cli.app.importPlans(cli.context, {
    path: path ?? '.',
    all,
    dryRun,
    force,
    ...(from === undefined ? {} : { from }),
    ...(slug === undefined ? {} : { slug }),
    ...(out === undefined ? {} : { out }),
  });
  if (!imported.ok) return refuse(cli, imported.error, json);
  if (json) sayJson(cli, importJson(imported.value));
  else say(cli, renderImport(imported.value, await paintOf(cli)));
  if (imported.value.several.length > 0) return EXIT.usage;
  return imported.value.refused[0]?.refusal.exit ?? EXIT.ok;
}

async function importBundle(cli: Cli, flags: Flags, target: ImportTarget): Promise<number> {
  const { json, slug, base, dryRun, archive, possiblyDone } = flags;
  if (flags.out !== undefined || flags.force || flags.all)
    return refuse(
      cli,
      {
        message: '--out, --force and --all go with plans of other tools',
        hint: '--slug <name> writes another bundle',
        exit: EXIT.usage,
      },
      json,
    );
  if (flags.verify && (target.by === 'issue' || target.by === 'pull-request'))
    return refuse(
      cli,
      {
        message:
          "what an issue or a pull request says is somebody else's text: its commands are not run before anybody read them",
        hint: 'import it without --verify, and read its plan',
        exit: EXIT.usage,
      },
      json,
    );
  const ids = (list: string | undefined): ReadonlySet<string> =>
    new Set(
      (list ?? '')
        .split(',')
        .map((id) => id.trim())
        .filter((id) => id !== ''),
    );
  const stop = new AbortController();
  const release = flags.verify ? cli.context.terminal.onInterrupt(() => stop.abort()) : (): void => undefined;
  const tell = (line: string): void => cli.context.terminal.error(`${line}\n`);
  const made = await cli.app.importRun(cli.context, target, {
    dryRun,
    archive,
    ...(flags.verify ? { verify: { say: tell, signal: stop.signal } } : {}),
    keep: flags.keepLegacy,
    said: { done: ids(flags.done), redo: ids(flags.redo), possibly: possiblyDone ?? 'redo' },
    ...(slug === undefined ? {} : { slug }),
    ...(base === undefined ? {} : { base }),
  });
  release();
  if (!made.ok) return refuse(cli, made.error, json);
  if (json) sayJson(cli, made.value);
  else say(cli, renderImportedBundle(made.value, await paintOf(cli)));
  return EXIT.ok;
}
