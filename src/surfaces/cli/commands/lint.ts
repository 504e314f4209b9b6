import { buildCommand } from '@stricli/core';
import { EXIT } from '../../../app/api.ts';
import type { LintAnswer, LintRequest } from '../../../app/lint.ts';
import { oneLine } from '../../../core/base/text.ts';
import { type CompanionKind, isCompanionKind, LINT_KINDS, type LintKind } from '../../../core/companions/kinds.ts';
import type { Stage } from '../../../core/plan/rules/rule.ts';
import { lintJson, sumsOf } from '../../../core/views/lint-report.ts';
import { action, type Calling, type Cli } from '../command.ts';
import { jsonFlag, text } from '../options.ts';
import { paintOf, refuse, say, sayJson } from '../output.ts';
import { diffOf, renderDiff, renderLint } from '../render/lint.ts';

const FORMATS = ['text', 'json', 'sarif'] as const;
type Format = (typeof FORMATS)[number];

interface Flags {
  readonly kind?: LintKind;
  readonly stage?: Stage;
  readonly format?: Format;
  readonly json: boolean;
  readonly fix: boolean;
  readonly dryRun: boolean;
  readonly maxWarnings?: number;
  readonly quiet: boolean;
  readonly rule?: readonly string[];
  readonly stdinName?: string;
  readonly watch: boolean;
  readonly rules: boolean;
  readonly explain?: string;
}

const off = { kind: 'boolean', default: false, withNegated: false } as const;

export const command = buildCommand<Flags, string[], Calling>({
  docs: {
    brief: 'Find what is wrong with plans, and mend it',
    fullDescription: [
      'Checks plans of every kind against the rules of their kind. Reads only, unless --fix is given. Without paths: the',
      'plans where plans usually are. Commit messages, context bundles and the states of convergence reviews have rules too.',
      'docs/rules.md describes them.',
      '',
      'Exit codes: 0 nothing that fails, 2 wrong usage, 4 errors, or more warnings than --max-warnings.',
    ].join('\n'),
    customUsage: [
      { input: 'plan.md', brief: 'check one plan' },
      { input: "'docs/**/*.md' --max-warnings 0", brief: 'check all plans below docs; warnings fail' },
      { input: '--fix --dry-run', brief: 'show what mending would change' },
      { input: '- --stdin-name docs/plan.md --json', brief: 'check what an editor holds' },
      { input: '--kind commit - < message.txt', brief: 'check a commit message' },
      { input: '--explain GEN-005', brief: 'what a rule is about' },
    ],
  },
  parameters: {
    flags: {
      kind: {
        kind: 'enum',
        values: LINT_KINDS,
        brief: 'Read documents as this kind, whatever they look like',
        optional: true,
      },
      stage: {
        kind: 'enum',
        values: ['draft', 'approval', 'execution', 'done'] as const,
        brief: 'Weigh findings as at this stage, whatever the status of a plan says',
        optional: true,
      },
      format: { kind: 'enum', values: FORMATS, brief: 'Form of the output (default: text)', optional: true },
      json: { ...jsonFlag, brief: 'The same as --format json' },
      fix: { ...off, brief: 'Mend what can be mended without asking' },
      dryRun: { ...off, brief: 'With --fix: show the difference and write nothing' },
      maxWarnings: {
        kind: 'parsed',
        parse: count,
        brief: 'Fail when there are more warnings than this',
        placeholder: 'count',
        optional: true,
      },
      quiet: { ...off, brief: 'Show errors alone' },
      rule: {
        kind: 'parsed',
        parse: text,
        brief: 'Set a rule to off, info, warning or error; as often as needed',
        placeholder: 'ID=severity',
        variadic: true,
        optional: true,
      },
      stdinName: {
        kind: 'parsed',
        parse: text,
        brief: 'Path that standard input would have',
        placeholder: 'path',
        optional: true,
      },
      watch: { ...off, brief: 'Check again whenever something changes, until Ctrl-C' },
      rules: { ...off, brief: 'List the rules' },
      explain: { kind: 'parsed', parse: text, brief: 'Describe a rule', placeholder: 'rule', optional: true },
    },
    positional: {
      kind: 'array',
      parameter: { brief: 'Files, directories and globs; - is standard input', placeholder: 'paths', parse: text },
    },
  },
  func: action(lint),
});

function count(input: string): number {
  if (!/^\d{1,9}$/.test(input)) throw new SyntaxError(`${input} is no whole number`);
  return Number(input);
}

async function lint(cli: Cli, flags: Flags, ...paths: string[]): Promise<number> {
  const format = flags.format ?? (flags.json ? 'json' : 'text');
  if (flags.rules || flags.explain !== undefined) return explain(cli, flags.explain, format);
  const wrong = contradiction(flags, format, paths);
  if (wrong !== undefined) return refuse(cli, { ...wrong, exit: EXIT.usage }, format !== 'text');
  const request = requestOf(flags, paths);
  if (flags.watch) return (await import('../lint/watch.ts')).watch(cli, request, lookOf(flags, paths));
  const progress = progressOf(cli, format);
  const answer = await cli.app.lintPlans(cli.context, { ...request, progress: progress.show });
  progress.clear();
  if (!answer.ok) return refuse(cli, answer.error, format !== 'text');
  const code = exitCode(answer.value, flags.maxWarnings);
  // A document of no kind, or a folder without a plan of ours, may be a plan of another tool.
  const { files } = answer.value.report;
  const nameless = new Set(
    files.filter(({ findings }) => findings.some(({ rule }) => rule === 'KIND-01')).map(({ file }) => file),
  );
  const unknown = flags.kind === undefined ? paths.filter((path) => files.length === 0 || nameless.has(path)) : [];
  const notes = [
    ...answer.value.notes,
    ...(unknown.length === 0 ? [] : await cli.app.foreignNotes(cli.context, unknown)),
  ];
  for (const note of notes) cli.context.terminal.error(`masterplan: ${oneLine(note, 1000)}\n`);
  if (format === 'text') await sayText(cli, answer.value, flags, paths);
  else if (format === 'json') sayJson(cli, jsonOf(answer.value, flags));
  else await saySarif(cli, answer.value, code);
  return code;
}

function contradiction(
  flags: Flags,
  format: Format,
  paths: readonly string[],
): { message: string; hint: string } | undefined {
  const input = paths.includes('-');
  if (flags.json && flags.format !== undefined && flags.format !== 'json')
    return { message: `--json and --format ${flags.format} contradict each other`, hint: 'leave one of them out' };
  if (flags.dryRun && !flags.fix)
    return { message: '--dry-run says how --fix is to be done', hint: 'masterplan lint --fix --dry-run' };
  if (flags.stdinName !== undefined && !input)
    return {
      message: '--stdin-name belongs to standard input',
      hint: `masterplan lint - --stdin-name ${flags.stdinName}`,
    };
  if (flags.kind === 'commit' && paths.length === 0)
    return { message: 'a commit message has no usual place', hint: 'masterplan lint --kind commit - < message.txt' };
  if (flags.watch && (input || flags.fix || format !== 'text'))
    return { message: '--watch shows findings in files, as text', hint: 'masterplan lint --watch' };
  if (input && flags.fix && format === 'text' && paths.length > 1)
    return {
      message: 'the mended standard input is printed, so nothing else can be linted with it',
      hint: 'masterplan lint --fix - < plan.md',
    };
  return undefined;
}

function requestOf(flags: Flags, paths: readonly string[]): LintRequest {
  return {
    paths,
    ...(flags.stdinName === undefined ? {} : { stdinName: flags.stdinName }),
    ...(flags.kind === undefined ? {} : { kind: flags.kind }),
    ...(flags.stage === undefined ? {} : { stage: flags.stage }),
    ...(flags.rule === undefined ? {} : { rules: flags.rule }),
    ...(flags.fix ? { fix: flags.dryRun ? 'try' : 'write' } : {}),
  };
}

/** What somebody looks for who asks for one of these kinds. */
const SOUGHT: Readonly<Record<CompanionKind, string>> = {
  bundle: 'context bundles',
  commit: 'commit messages',
  convergence: 'states of convergence reviews',
};

function lookOf(flags: Flags, paths: readonly string[]) {
  const { kind } = flags;
  const plain = paths.every((path) => /^[\w./@+-]+$/.test(path));
  const typed = plain && paths.length <= 3 ? paths.map((path) => ` ${path}`).join('') : ' …';
  return {
    quiet: flags.quiet,
    fix: flags.fix ? (flags.dryRun ? ('try' as const) : ('write' as const)) : undefined,
    fixCommand: `masterplan lint --fix${kind === undefined ? '' : ` --kind ${kind}`}${typed}`,
    ...(isCompanionKind(kind) ? { sought: SOUGHT[kind] } : {}),
  };
}

function exitCode({ report }: LintAnswer, maxWarnings: number | undefined): number {
  const sums = sumsOf(report);
  return sums.errors > 0 || (maxWarnings !== undefined && sums.warnings > maxWarnings) ? EXIT.findings : EXIT.ok;
}

/**
 * Findings on standard output. When the output is a difference or the mended standard input, that has standard output for
 * itself (`masterplan lint --fix --dry-run | git apply`), and the findings go to standard error.
 */
async function sayText(cli: Cli, { report }: LintAnswer, flags: Flags, paths: readonly string[]): Promise<void> {
  const paint = await paintOf(cli);
  const { terminal } = cli.context;
  const lines = renderLint(report, lookOf(flags, paths), paint, terminal.columns());
  if (flags.dryRun) {
    for (const one of report.files) {
      const diff = diffOf(one);
      if (terminal.colour) say(cli, renderDiff(diff, paint));
      else say(cli, diff);
    }
  } else if (flags.fix && paths.includes('-')) {
    for (const one of report.files) terminal.write(one.source);
  } else {
    say(cli, lines);
    return;
  }
  terminal.error(`${lines.join('\n')}\n`);
}

/** With `--quiet` only errors are printed; the summary counts everything. */
function jsonOf({ report }: LintAnswer, flags: Flags) {
  const json = lintJson(report, (one) => (one.fixed === undefined || one.fixed.written ? undefined : diffOf(one)));
  if (!flags.quiet) return json;
  const files = json.files.map((one) => ({
    ...one,
    findings: one.findings.filter(({ severity }) => severity === 'error'),
  }));
  return { ...json, files };
}

async function saySarif(cli: Cli, { report }: LintAnswer, code: number): Promise<void> {
  const [{ sarifOf }, rules] = await Promise.all([import('../../../core/views/sarif.ts'), cli.app.lintRules()]);
  sayJson(cli, sarifOf(report, { version: cli.context.version, rules, exitCode: code }));
}

async function explain(cli: Cli, name: string | undefined, format: Format): Promise<number> {
  const json = format !== 'text';
  const rules = await cli.app.lintRules();
  const { renderRule, renderRules } = await import('../render/rules.ts');
  if (name === undefined) {
    if (json) sayJson(cli, { rules });
    else say(cli, renderRules(rules, await paintOf(cli)));
    return EXIT.ok;
  }
  const wanted = name.trim().toLowerCase();
  const rule = rules.find((one) => one.id.toLowerCase() === wanted || one.name === wanted);
  if (rule === undefined) {
    const { nearest } = await import('../../../core/base/nearest.ts');
    const near = nearest(wanted, [...rules.map(({ id }) => id), ...rules.map((one) => one.name)]);
    const message = `there is no rule "${oneLine(name, 80)}"${near === undefined ? '' : `; did you mean "${near}"?`}`;
    return refuse(cli, { message, hint: 'masterplan lint --rules', exit: EXIT.usage }, json);
  }
  if (json) sayJson(cli, { rules: [rule] });
  else say(cli, renderRule(rule, await paintOf(cli)));
  return EXIT.ok;
}

/** Milliseconds after which a person wonders. */
const WONDERS = 500;

/** How far it is, on one line that is wiped away again; only for a person, and only when it takes long. */
function progressOf(cli: Cli, format: Format): { show: (done: number, all: number) => void; clear: () => void } {
  const { terminal, io } = cli.context;
  let shown: number | undefined;
  const start = io.clock.monotonic();
  return {
    show(done, all) {
      const now = io.clock.monotonic();
      if (!terminal.interactive || format !== 'text' || now - (shown ?? start + WONDERS - 100) < 100) return;
      shown = now;
      terminal.error(`\r${done} of ${all} documents`);
    },
    clear() {
      if (shown !== undefined) terminal.error('\r\u001b[K');
    },
  };
}
