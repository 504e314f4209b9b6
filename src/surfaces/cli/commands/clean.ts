import { buildCommand } from '@stricli/core';
import { EXIT } from '../../../app/api.ts';
import { CATEGORIES, type Category } from '../../../app/clean/model.ts';
import { nearest } from '../../../core/base/nearest.ts';
import { action, type Calling, type Cli } from '../command.ts';
import { jsonFlag, text } from '../options.ts';
import { paintOf, refuse, say, sayJson } from '../output.ts';
import { renderClean } from '../render/clean.ts';

interface Flags {
  readonly category?: string;
  readonly worktree?: string;
  readonly apply: boolean;
  readonly dryRun: boolean;
  readonly delete: boolean;
  readonly json: boolean;
}

const off = { kind: 'boolean', default: false, withNegated: false } as const;

export const command = buildCommand<Flags, [], Calling>({
  docs: {
    brief: 'Clear away what is over, orphaned or left behind',
    fullDescription: [
      'Shows what lies about; with --apply moves it to the archive. Nothing of a live run is touched, nothing is written over, and',
      'with --delete only what is stored in a snapshot before, byte for byte, goes. docs/clean.md.',
      '',
      `Categories: ${CATEGORIES.join(', ')}.`,
      'Exit codes: 0 done or shown, 1 something could not be cleared away, 2 wrong usage.',
    ].join('\n'),
    customUsage: [
      { input: '--json', brief: 'what there is, for programs' },
      { input: '--apply', brief: 'move it to the archive' },
      { input: '--category=worktrees,trash --delete --apply', brief: 'make room: snapshots first, then away' },
      { input: '--worktree=login/T3.1 --apply', brief: 'one worktree' },
    ],
  },
  parameters: {
    flags: {
      category: { kind: 'parsed', parse: text, optional: true, brief: 'Only these categories', placeholder: 'a,b' },
      worktree: { kind: 'parsed', parse: text, optional: true, brief: 'Only this worktree', placeholder: 'run/task.n' },
      apply: { ...off, brief: 'Do it; without this flag it is only shown' },
      dryRun: { ...off, brief: 'Only show it, as is done without --apply' },
      delete: { ...off, brief: 'Delete what is stored in a snapshot byte for byte, instead of moving it' },
      json: jsonFlag,
    },
  },
  func: action(run),
});

async function run(cli: Cli, flags: Flags): Promise<number> {
  const { json, worktree } = flags;
  const named = (flags.category ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  const unknown = named.find((one) => !(CATEGORIES as readonly string[]).includes(one));
  if (unknown !== undefined) {
    const near = nearest(unknown, [...CATEGORIES]);
    const hint = near === undefined ? `one of: ${CATEGORIES.join(', ')}` : `did you mean ${near}?`;
    return refuse(cli, { message: `there is no category "${unknown.slice(0, 60)}"`, hint, exit: EXIT.usage }, json);
  }
  if (flags.apply && flags.dryRun)
    return refuse(
      cli,
      { message: '--apply and --dry-run do not go together', hint: 'choose one of them', exit: EXIT.usage },
      json,
    );
  const report = await cli.app.clean(cli.context, {
    categories: named as Category[],
    apply: flags.apply,
    delete: flags.delete,
    ...(worktree === undefined ? {} : { worktree }),
  });
  if (!report.ok) return refuse(cli, report.error, json);
  if (json) sayJson(cli, report.value);
  else say(cli, renderClean(report.value, flags.delete, await paintOf(cli)));
  const failed = report.value.applied && report.value.items.some(({ action: what, done }) => what !== 'leave' && !done);
  return failed ? EXIT.failed : EXIT.ok;
}
