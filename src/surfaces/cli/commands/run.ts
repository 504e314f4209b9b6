import { buildCommand } from '@stricli/core';
import { PLAN_KINDS, type PlanKind } from '../../../core/plan/model.ts';
import type { Autonomy } from '../../../core/run/autonomy.ts';
import type { Complexity } from '../../../core/run/complexity.ts';
import type { SubplanPolicy } from '../../../core/run/autonomy.ts';
import type { MergeCommit } from '../../../core/run/finish/settings.ts';
import type { FinishChoice } from '../../../core/run/settings.ts';
import { action, type Calling, type Cli } from '../command.ts';
import {
  discardRefusal,
  FINISH_CHOICES,
  jsonFlag,
  mergeCommitFlag,
  policyFlags,
  setFlags,
  text,
  yesFlag,
} from '../options.ts';
import { refuse } from '../output.ts';
import { conduct } from '../run/conduct.ts';

interface Flags {
  readonly yes: boolean;
  readonly slug?: string;
  readonly kind?: PlanKind;
  readonly parallel?: number;
  readonly finish?: FinishChoice | 'ask';
  readonly mergeCommit?: MergeCommit;
  readonly base?: string;
  readonly subplans?: SubplanPolicy;
  readonly autonomy?: Autonomy;
  readonly complexity?: Complexity;
  readonly answers?: string;
  readonly variant: boolean;
  readonly allowDirty: boolean;
  readonly set?: readonly string[];
  readonly json: boolean;
  readonly plain: boolean;
}

export const command = buildCommand<Flags, [string?], Calling>({
  docs: {
    brief: 'Carry out a plan, or go on with a run',
    fullDescription: [
      'Carries out a plan, or goes on with a run: the same command starts, resumes and recovers.',
      '',
      'Ctrl-C once starts no new attempts, twice ends those at work and keeps what they did.',
      'Exit codes: 0 done, 1 refused or a task failed, 3 waits for you, 4 the plan has errors.',
    ].join('\n'),
    customUsage: [
      { input: 'plan.md', brief: 'show the plan, ask, then run it' },
      { input: 'plan.md --yes --finish merge --json', brief: 'without a person, as a stream of events' },
      { input: '[slug]', brief: 'go on with a run' },
    ],
  },
  parameters: {
    flags: {
      yes: { ...yesFlag, brief: 'Approve the plan, and sub-plans, without being asked' },
      slug: {
        kind: 'parsed',
        parse: text,
        brief: 'Name of the new run, instead of one made from the plan',
        placeholder: 'name',
        optional: true,
      },
      kind: {
        kind: 'enum',
        values: PLAN_KINDS,
        brief: 'Read the plan as this kind, whatever it looks like',
        optional: true,
      },
      parallel: {
        kind: 'parsed',
        parse: wholeNumber,
        brief: 'Agents at work at once',
        placeholder: 'count',
        optional: true,
      },
      finish: {
        kind: 'enum',
        values: [...FINISH_CHOICES, 'ask'],
        brief: 'What happens with the finished branch (discard needs --yes)',
        optional: true,
      },
      mergeCommit: mergeCommitFlag,
      base: {
        kind: 'parsed',
        parse: text,
        brief: 'Branch to start from and to finish on, instead of the current one',
        placeholder: 'branch',
        optional: true,
      },
      subplans: {
        kind: 'enum',
        values: ['ask', 'if-clean', 'always'],
        brief: 'Who approves sub-plans: a person, nobody if the linter finds no error, nobody',
        optional: true,
      },
      set: setFlags,
      ...policyFlags,
      answers: {
        kind: 'parsed',
        parse: text,
        brief: 'File of answers to questions that may come up; what it does not answer waits',
        placeholder: 'file',
        optional: true,
      },
      allowDirty: {
        kind: 'boolean',
        brief: 'Start although tracked files have uncommitted changes, which no agent will see',
        default: false,
        withNegated: false,
      },
      variant: {
        kind: 'boolean',
        brief: 'Begin although another run is about the same, or has the name',
        default: false,
        withNegated: false,
      },
      json: { ...jsonFlag, brief: 'One event per line as JSON, then the report' },
      plain: { kind: 'boolean', brief: 'Plain lines instead of the live view', default: false, withNegated: false },
    },
    aliases: { y: 'yes' },
    positional: {
      kind: 'tuple',
      parameters: [
        {
          brief: 'A plan, or the name of a run; without it, the run that is not over',
          placeholder: 'plan.md|slug',
          parse: text,
          optional: true,
        },
      ],
    },
  },
  func: action(run),
});

async function run(cli: Cli, flags: Flags, target?: string): Promise<number> {
  const refusal = discardRefusal(flags);
  if (refusal !== undefined) return refuse(cli, refusal, flags.json);
  const { yes, json, plain, mergeCommit: _, ...rest } = flags;
  const subplans = rest.subplans ?? (yes ? 'always' : undefined);
  return conduct(cli, {
    run: {
      ...rest,
      typed: typedOf(flags),
      ...(subplans === undefined ? {} : { subplans }),
      ...(target === undefined ? {} : { target }),
    },
    yes,
    json,
    plain,
  });
}

/** The flags that say a key of the configuration, as they were typed. */
function typedOf({ parallel, finish, subplans, mergeCommit }: Flags): { key: string; value: string; flag: string }[] {
  const one = (key: string, flag: string, value: string | number | undefined) =>
    value === undefined ? [] : [{ key, value: String(value), flag: `${flag} ${value}` }];
  return [
    ...one('parallelism.max_agents', '--parallel', parallel),
    ...one('finish', '--finish', finish),
    ...one('subplans', '--subplans', subplans),
    ...one('merge.commit', '--merge-commit', mergeCommit),
  ];
}

function wholeNumber(input: string): number {
  if (!/^[1-9]\d{0,2}$/.test(input) || Number(input) > 256)
    throw new SyntaxError(`${JSON.stringify(input)} is no whole number from 1 to 256`);
  return Number(input);
}
