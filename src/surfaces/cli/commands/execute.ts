import { buildCommand } from '@stricli/core';
import type { Autonomy } from '../../../core/run/autonomy.ts';
import type { Complexity } from '../../../core/run/complexity.ts';
import type { FinishChoice } from '../../../core/run/settings.ts';
import { action, type Calling, type Cli } from '../command.ts';
import { discardRefusal, jsonFlag, policyFlags, text, yesFlag } from '../options.ts';
import { refuse } from '../output.ts';
import { conduct } from '../run/conduct.ts';
import { finishFlag, topicOf } from '../run/topic.ts';

interface Flags {
  readonly finish?: FinishChoice | 'ask';
  readonly autonomy?: Autonomy;
  readonly complexity?: Complexity;
  readonly yes: boolean;
  readonly json: boolean;
  readonly plain: boolean;
}

export const command = buildCommand<Flags, string[], Calling>({
  docs: {
    brief: 'Carry out a plan, or what was brainstormed and planned',
    fullDescription: [
      'Goes on with a run to its end, also where `brainstorm` or `plan` ended before; of a plan it does what `run` does. Words that',
      'name no plan and no open run begin nothing: `masterplan full` does that.',
      '',
      'Exit codes: 0 done, 1 refused or a task failed, 2 nothing is called that, 3 waits for you.',
    ].join('\n'),
    customUsage: [
      { input: '[slug]', brief: 'the run of that name, or the one that is open' },
      { input: 'invoices cancelled', brief: 'the open run whose topic that is' },
      { input: 'plan.md --finish keep', brief: 'a plan' },
    ],
  },
  parameters: {
    flags: {
      finish: finishFlag,
      ...policyFlags,
      yes: { ...yesFlag, brief: 'Approve spec, plan and sub-plans without being asked' },
      json: { ...jsonFlag, brief: 'One event per line as JSON, then the report' },
      plain: { kind: 'boolean', brief: 'Plain lines instead of the live view', default: false, withNegated: false },
    },
    aliases: { y: 'yes' },
    positional: {
      kind: 'array',
      parameter: { brief: 'A plan, the name of a run, or words of its topic', placeholder: 'what', parse: text },
    },
  },
  func: action(execute),
});

async function execute(cli: Cli, flags: Flags, ...words: string[]): Promise<number> {
  const { finish, autonomy, complexity, yes, json, plain } = flags;
  const refusal = discardRefusal({ yes, ...(finish === undefined ? {} : { finish }) });
  if (refusal !== undefined) return refuse(cli, refusal, json);
  const opened = await cli.app.openExecute(cli.context, topicOf(words));
  if (!opened.ok) return refuse(cli, opened.error, json);
  return conduct(cli, {
    run: {
      ...opened.value,
      ...(finish === undefined ? {} : { finish }),
      ...(autonomy === undefined ? {} : { autonomy }),
      ...(complexity === undefined ? {} : { complexity }),
      ...(yes ? { subplans: 'always' as const } : {}),
    },
    yes,
    json,
    plain,
  });
}
