import { buildCommand } from '@stricli/core';
import { EXIT } from '../../../app/api.ts';
import { oneLine } from '../../../core/base/text.ts';
import { PLAN_KINDS, type PlanKind } from '../../../core/plan/model.ts';
import { lintJson, sumsOf } from '../../../core/views/lint-report.ts';
import { action, type Calling, type Cli } from '../command.ts';
import { jsonFlag, text } from '../options.ts';
import { paintOf, refuse, say, sayJson } from '../output.ts';

interface Flags {
  readonly json: boolean;
  readonly kind?: PlanKind;
  readonly anew?: boolean;
}

export const command = buildCommand<Flags, [string?], Calling>({
  docs: {
    brief: 'Check logs and bundles line by line, or the graph of a plan',
    fullDescription: [
      'Checks the log and the bundle of a run, or of all, from the first line on. For a path (anything with a "/" or a "."):',
      'compiles the plan, or every plan of another tool there, and shows circles of needs, needs that name nothing, scopes',
      'that overlap although no need orders their tasks, and contradictions. Reads only. Exit code 4: something is not whole.',
    ].join('\n'),
    customUsage: ['[slug] [--anew]', 'plan.md', '.taskmaster/tasks/tasks.json', 'openspec/ --json'],
  },
  parameters: {
    flags: {
      json: jsonFlag,
      kind: {
        kind: 'enum',
        values: PLAN_KINDS,
        brief: 'Read the plan as this kind, whatever it looks like',
        optional: true,
      },
      anew: {
        kind: 'boolean',
        brief: 'Fold every event of the logs again, even where a snapshot proves what they come to',
        optional: true,
        withNegated: false,
      },
    },
    positional: {
      kind: 'tuple',
      parameters: [
        {
          brief: 'Name of a run, or path of a plan; without it, all runs',
          placeholder: 'slug or plan',
          parse: text,
          optional: true,
        },
      ],
    },
  },
  func: action(validate),
});

async function validate(cli: Cli, { json, kind, anew }: Flags, what?: string): Promise<number> {
  // Names of runs hold neither.
  if (what !== undefined && /[/.]/.test(what)) return validatePlan(cli, what, json, kind);
  if (kind !== undefined) {
    const hint = what === undefined ? 'masterplan validate plan.md' : `masterplan validate ./${what}`;
    return refuse(cli, { message: '--kind is about a plan', hint, exit: EXIT.usage }, json);
  }
  const checked = await cli.app.validateRuns(cli.context, what, anew === true ? { anew } : {});
  if (!checked.ok) return refuse(cli, checked.error, json);
  if (json) sayJson(cli, checked.value);
  else {
    const { renderValidation } = await import('../render/validation.ts');
    say(cli, renderValidation(checked.value, await paintOf(cli)));
  }
  return checked.value.runs.every(({ ok }) => ok) ? EXIT.ok : EXIT.findings;
}

async function validatePlan(cli: Cli, path: string, json: boolean, kind: PlanKind | undefined): Promise<number> {
  const checked = await cli.app.validatePlan(cli.context, { path, ...(kind === undefined ? {} : { kind }) });
  if (!checked.ok) return refuse(cli, checked.error, json);
  const { report, graphs, notes } = checked.value;
  for (const note of notes) cli.context.terminal.error(`masterplan: ${oneLine(note, 1000)}\n`);
  if (json) {
    const plans = graphs.map((one) => ({ ...one, kind: one.kind ?? null, format: one.format ?? null }));
    sayJson(cli, { ...lintJson(report, () => undefined), plans });
  } else {
    const { renderPlanValidation } = await import('../render/plan-validation.ts');
    say(cli, renderPlanValidation(checked.value, await paintOf(cli), cli.context.terminal.columns()));
  }
  return sumsOf(report).errors > 0 ? EXIT.findings : EXIT.ok;
}
