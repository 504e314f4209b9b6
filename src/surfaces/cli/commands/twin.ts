import { buildCommand } from '@stricli/core';
import { EXIT } from '../../../app/api.ts';
import type { TwinReport } from '../../../app/convert.ts';
import { oneLine } from '../../../core/base/text.ts';
import { PLAN_KINDS, type PlanKind } from '../../../core/plan/model.ts';
import { counted } from '../../words.ts';
import { action, type Calling, type Cli } from '../command.ts';
import { jsonFlag, text } from '../options.ts';
import { refuse, say, sayJson } from '../output.ts';

interface Flags {
  readonly check: boolean;
  readonly kind?: PlanKind;
  readonly json: boolean;
}

export const command = buildCommand<Flags, [string, ...string[]], Calling>({
  docs: {
    brief: 'Write the JSON twins of plans, or find drift',
    fullDescription: [
      'Writes the JSON file beside a plan that programs read: plan_output.json of a functional plan, execution-packet.json of an',
      'implementation plan, plan.index.json of a task plan or a phased plan. The plan is the truth, its twin is made from it.',
      '',
      'Exit codes: 0 done, 1 with --check: a twin is missing or says something else, 2 wrong usage.',
    ].join('\n'),
    customUsage: [
      { input: 'docs/plans/plan.md', brief: 'write its twin' },
      { input: 'docs/plans/plan.md --check', brief: 'write nothing; say which fields differ' },
    ],
  },
  parameters: {
    flags: {
      check: {
        kind: 'boolean',
        brief: 'Write nothing; fail when a twin is not up to date',
        default: false,
        withNegated: false,
      },
      kind: {
        kind: 'enum',
        values: PLAN_KINDS,
        brief: 'Read plans as this kind, whatever they look like',
        optional: true,
      },
      json: jsonFlag,
    },
    positional: {
      kind: 'array',
      minimum: 1,
      parameter: { brief: 'Plans', placeholder: 'plan.md', parse: text },
    },
  },
  func: action(twin),
});

/** How many fields are shown; `--json` has more. */
const SHOWN = 10;

async function twin(cli: Cli, { check, kind, json }: Flags, ...paths: string[]): Promise<number> {
  const reports: (TwinReport & { readonly plan: string })[] = [];
  for (const path of paths) {
    const made = await cli.app.writeTwin(cli.context, { path, check, ...(kind === undefined ? {} : { kind }) });
    if (!made.ok) return refuse(cli, made.error, json);
    reports.push({ ...made.value, plan: path });
  }
  if (json) {
    const twins = reports.map(({ plan, path, state, existed, differences }) => ({
      plan,
      path,
      state,
      existed,
      differences,
    }));
    sayJson(cli, { twins });
  } else for (const report of reports) say(cli, linesOf(report));
  return reports.some(({ state }) => state === 'stale') ? EXIT.failed : EXIT.ok;
}

function linesOf({ plan, path, state, existed, differences }: TwinReport & { readonly plan: string }): string[] {
  const name = oneLine(path);
  if (state === 'unchanged') return [`${name} says what the plan says`];
  if (state === 'written') {
    const why = !existed ? '' : `: ${counted(differences.length, 'field')} differed`;
    return [`${name} written${why}`];
  }
  if (!existed) return [`${name} is not there`, `  masterplan twin ${oneLine(plan)}`];
  const out = [`${name} does not say what the plan says:`];
  for (const { field, twin: there, plan: wanted } of differences.slice(0, SHOWN)) {
    const is = there === undefined ? 'missing' : oneLine(there);
    out.push(
      `  ${field === '' ? 'the file' : oneLine(field)}: ${is}${wanted === undefined ? '' : `; the plan says ${oneLine(wanted)}`}`,
    );
  }
  if (differences.length > SHOWN) out.push(`  … and ${differences.length - SHOWN} more: --json`);
  out.push(`  masterplan twin ${oneLine(plan)}`);
  return out;
}
