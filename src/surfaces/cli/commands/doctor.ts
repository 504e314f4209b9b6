import { buildCommand } from '@stricli/core';
import { EXIT } from '../../../app/api.ts';
import type { DoctorReport } from '../../../app/doctor/doctor.ts';
import { doctorSarif } from '../../../core/views/doctor-sarif.ts';
import { action, type Calling, type Cli } from '../command.ts';
import { jsonFlag, slugArgument, text } from '../options.ts';
import { paintOf, refuse, say, sayJson } from '../output.ts';

interface Flags {
  readonly fix: boolean;
  readonly dryRun: boolean;
  readonly strict: boolean;
  readonly complexity?: 'low' | 'medium' | 'high';
  readonly check?: readonly string[];
  readonly list: boolean;
  readonly format: 'text' | 'sarif';
  readonly json: boolean;
}

const flag = (brief: string) => ({ kind: 'boolean', brief, default: false, withNegated: false }) as const;

export const command = buildCommand<Flags, [string?], Calling>({
  docs: {
    brief: 'Look after runs, git, worktrees, processes, disk, agents and configuration',
    fullDescription: [
      'Looks after bundles, plans, git, worktrees, processes, disk, agents, configuration and environment, and says what to do about',
      'what it finds; docs/doctor.md describes every check. Reads only without --fix, which applies safe fixes alone, each with the lock',
      'of its run held: a run that somebody carries on is left alone. Exit code 4: there are errors (with --strict, warnings too).',
    ].join('\n'),
    customUsage: ['[slug]', '--fix --dry-run', '--check log-torn --check DR-521 --fix', '--format sarif'],
  },
  parameters: {
    flags: {
      fix: flag('Apply safe fixes'),
      dryRun: flag('With --fix: say what would be fixed, and change nothing'),
      strict: flag('Warnings fail, too'),
      complexity: {
        kind: 'enum',
        values: ['low', 'medium', 'high'],
        brief: 'How thorough: what endangers work, what should be mended, also rigour; else as configured, else medium',
        optional: true,
      },
      check: {
        kind: 'parsed',
        parse: text,
        brief: 'Only this check, by number or name; may be given again',
        placeholder: 'check',
        optional: true,
        variadic: true,
      },
      list: flag('List the checks'),
      format: { kind: 'enum', values: ['text', 'sarif'], brief: 'How to print', default: 'text' },
      json: jsonFlag,
    },
    positional: {
      ...slugArgument,
      parameters: [{ ...slugArgument.parameters[0], brief: 'Name of a run or bundle; without it, all of them' }],
    },
  },
  func: action(doctor),
});

async function doctor(cli: Cli, flags: Flags, slug?: string): Promise<number> {
  const { fix, dryRun, strict, complexity, check, list, format, json } = flags;
  if (list) return showChecks(cli, json);
  if (dryRun && !fix)
    return refuse(
      cli,
      { message: '--dry-run says what --fix would do', hint: 'masterplan doctor --fix --dry-run', exit: EXIT.usage },
      json,
    );
  const done = await cli.app.runDoctor(cli.context, {
    ...(complexity === undefined ? {} : { thoroughness: complexity }),
    ...(slug === undefined ? {} : { slug }),
    ...(check === undefined ? {} : { checks: check }),
    ...(fix ? { fix: dryRun ? 'show' : 'apply' } : {}),
  });
  if (!done.ok) return refuse(cli, done.error, json);
  const code = exitOf(done.value, strict);
  if (format === 'sarif') {
    const checks = await cli.app.doctorChecks();
    cli.context.terminal.write(
      `${JSON.stringify(doctorSarif(done.value.findings, { version: cli.context.version, checks, exitCode: code }), null, 2)}\n`,
    );
  } else if (json) sayJson(cli, { schema: 1, ...done.value });
  else {
    const { renderDoctor } = await import('../render/doctor.ts');
    say(cli, renderDoctor(done.value, await paintOf(cli)));
  }
  return code;
}

async function showChecks(cli: Cli, json: boolean): Promise<number> {
  const checks = await cli.app.doctorChecks();
  if (json) sayJson(cli, { checks });
  else {
    const { renderChecks } = await import('../render/doctor.ts');
    say(cli, renderChecks(checks, await paintOf(cli)));
  }
  return EXIT.ok;
}

function exitOf({ findings, fixes }: DoctorReport, strict: boolean): number {
  if (findings.some(({ severity }) => severity === 'error' || (strict && severity === 'warning'))) return EXIT.findings;
  return fixes.some(({ outcome }) => outcome === 'not-fixed') ? EXIT.failed : EXIT.ok;
}
