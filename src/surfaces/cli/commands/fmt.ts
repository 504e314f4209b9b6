import { buildCommand } from '@stricli/core';
import { EXIT } from '../../../app/api.ts';
import type { FormatAnswer, FormattedFile } from '../../../app/fmt.ts';
import { oneLine } from '../../../core/base/text.ts';
import { PLAN_KINDS, type PlanKind } from '../../../core/plan/model.ts';
import { action, type Calling, type Cli } from '../command.ts';
import { jsonFlag, text } from '../options.ts';
import { paintOf, refuse, say, sayJson } from '../output.ts';
import { renderFormat } from '../render/fmt.ts';
import { diffOf, renderDiff } from '../render/lint.ts';

interface Flags {
  readonly check: boolean;
  readonly dryRun: boolean;
  readonly kind?: PlanKind;
  readonly stdinName?: string;
  readonly json: boolean;
}

const off = { kind: 'boolean', default: false, withNegated: false } as const;

export const command = buildCommand<Flags, string[], Calling>({
  docs: {
    brief: 'Bring plans into canonical form',
    fullDescription: [
      'Writes headings, boxes, labels, lists, tables and blank lines of plans in one form. Prose, code, comments, quotes and front',
      'matter stay as they are, and what a plan says does too: every change is read back. Without paths: the plans where plans',
      'usually are. Formatting again changes nothing.',
      '',
      'Exit codes: 0 done, 2 wrong usage, 4 with --check: something is not in this form; else: something could not be formatted.',
    ].join('\n'),
    customUsage: [
      { input: 'plan.md', brief: 'format one plan' },
      { input: '--check', brief: 'find plans that are not formatted; writes nothing' },
      { input: "'docs/**/*.md' --dry-run", brief: 'show what would change' },
      { input: '- --stdin-name docs/plan.md', brief: 'format what an editor holds' },
    ],
  },
  parameters: {
    flags: {
      check: { ...off, brief: 'Write nothing; fail when a plan is not in canonical form' },
      dryRun: { ...off, brief: 'Write nothing; print the difference' },
      kind: {
        kind: 'enum',
        values: PLAN_KINDS,
        brief: 'Read plans as this kind, whatever they look like',
        optional: true,
      },
      stdinName: {
        kind: 'parsed',
        parse: text,
        brief: 'Path that standard input would have',
        placeholder: 'path',
        optional: true,
      },
      json: jsonFlag,
    },
    positional: {
      kind: 'array',
      parameter: { brief: 'Files, directories and globs; - is standard input', placeholder: 'paths', parse: text },
    },
  },
  func: action(fmt),
});

async function fmt(cli: Cli, flags: Flags, ...paths: string[]): Promise<number> {
  const { check, dryRun, kind, stdinName, json } = flags;
  const input = paths.includes('-');
  const wrong = contradiction(flags, paths);
  if (wrong !== undefined) return refuse(cli, { ...wrong, exit: EXIT.usage }, json);
  const made = await cli.app.formatPlans(cli.context, {
    paths,
    dry: check || dryRun,
    ...(kind === undefined ? {} : { kind }),
    ...(stdinName === undefined ? {} : { stdinName }),
  });
  if (!made.ok) return refuse(cli, made.error, json);
  const { terminal } = cli.context;
  for (const note of made.value.notes) terminal.error(`masterplan: ${oneLine(note, 1000)}\n`);
  if (json) sayJson(cli, jsonOf(made.value, input));
  else await sayText(cli, made.value, flags, paths);
  const left = made.value.files.some((one) => one.left !== undefined);
  const changed = made.value.files.some(({ fixed }) => fixed !== undefined);
  return left || (check && changed) ? EXIT.findings : EXIT.ok;
}

function contradiction(flags: Flags, paths: readonly string[]): { message: string; hint: string } | undefined {
  const input = paths.includes('-');
  if (flags.stdinName !== undefined && !input)
    return {
      message: '--stdin-name belongs to standard input',
      hint: `masterplan fmt - --stdin-name ${flags.stdinName}`,
    };
  if (input && paths.length > 1)
    return {
      message: 'the formatted standard input is printed, so nothing else can be formatted with it',
      hint: 'masterplan fmt - < plan.md',
    };
  return undefined;
}

/** A difference, or the formatted standard input, has standard output for itself; the rest goes to standard error then. */
async function sayText(cli: Cli, answer: FormatAnswer, flags: Flags, paths: readonly string[]): Promise<void> {
  const paint = await paintOf(cli);
  const { terminal } = cli.context;
  const dry = flags.check || flags.dryRun;
  const typed = paths.length > 0 && paths.every((path) => /^[\w./@+-]+$/.test(path)) ? ` ${paths.join(' ')}` : '';
  const lines = renderFormat(answer, dry, `masterplan fmt${typed}`, paint);
  if (flags.dryRun) {
    for (const one of answer.files) {
      const diff = diffOf(one);
      say(cli, terminal.colour ? renderDiff(diff, paint) : diff);
    }
  } else if (paths.includes('-') && !flags.check) {
    // An editor puts this in the place of what it holds: also what was left alone.
    for (const { source } of answer.files) terminal.write(source);
    if (answer.files.every(({ left }) => left === undefined)) return;
  } else {
    say(cli, lines);
    return;
  }
  terminal.error(`${lines.join('\n')}\n`);
}

function jsonOf({ files, skipped }: FormatAnswer, input: boolean) {
  return { files: files.map((one) => fileJson(one, input)), skipped };
}

function fileJson(one: FormattedFile, input: boolean) {
  const { file, kind, fixed, left, source } = one;
  return {
    file,
    kind: kind ?? null,
    edits: fixed?.edits ?? 0,
    written: fixed?.written ?? false,
    left: left ?? null,
    ...(fixed === undefined || fixed.written ? {} : { diff: `${diffOf(one).join('\n')}\n` }),
    ...(input ? { text: source } : {}),
  };
}
