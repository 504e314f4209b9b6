import type { PlanKind } from '../../../core/plan/model.ts';
import { PLAN_KINDS } from '../../../core/plan/model.ts';
import type { Autonomy } from '../../../core/run/autonomy.ts';
import type { Complexity } from '../../../core/run/complexity.ts';
import type { TopicVerb } from '../../../app/topics.ts';
import type { FinishChoice } from '../../../core/run/settings.ts';
import type { Cli } from '../command.ts';
import { discardRefusal, FINISH_CHOICES, jsonFlag, policyFlags, text, yesFlag } from '../options.ts';
import { refuse } from '../output.ts';
import { conduct } from './conduct.ts';

/** Flags of the verbs that begin with an idea. */
export interface TopicFlags {
  readonly slug?: string;
  readonly autonomy?: Autonomy;
  readonly complexity?: Complexity;
  readonly answers?: string;
  readonly variant: boolean;
  readonly base?: string;
  readonly allowDirty: boolean;
  readonly yes: boolean;
  readonly json: boolean;
  readonly plain: boolean;
}

export const topicFlags = {
  slug: {
    kind: 'parsed',
    parse: text,
    brief: 'Name of the new run, instead of one made from the topic',
    placeholder: 'name',
    optional: true,
  },
  ...policyFlags,
  answers: {
    kind: 'parsed',
    parse: text,
    brief: 'File with answers to the interview; what it leaves out is asked',
    placeholder: 'file',
    optional: true,
  },
  variant: {
    kind: 'boolean',
    brief: 'Begin although an open run is about the same',
    default: false,
    withNegated: false,
  },
  base: {
    kind: 'parsed',
    parse: text,
    brief: 'Branch to start from, instead of the current one',
    placeholder: 'branch',
    optional: true,
  },
  allowDirty: {
    kind: 'boolean',
    brief: 'Start although tracked files have uncommitted changes, which no agent will see',
    default: false,
    withNegated: false,
  },
  yes: {
    ...yesFlag,
    brief: 'Ask nobody: recommended answers are assumed, spec and plan approved; what goes wrong still waits',
  },
  json: { ...jsonFlag, brief: 'One event per line as JSON, then the report' },
  plain: { kind: 'boolean', brief: 'Plain lines instead of the live view', default: false, withNegated: false },
} as const;

export const kindFlag = {
  kind: 'enum',
  values: PLAN_KINDS,
  brief: 'Kind of plan to write; without it the one that fits the spec',
  optional: true,
} as const;

export const finishFlag = {
  kind: 'enum',
  values: [...FINISH_CHOICES, 'ask'],
  brief: 'What happens with the finished branch',
  optional: true,
} as const;

export const topicArgument = {
  kind: 'array',
  parameter: {
    brief: 'What is to be built, or the name of a run that goes on',
    placeholder: 'topic',
    parse: text,
  },
} as const;

/** What was typed, with or without quotes; `undefined`: nothing. */
export function topicOf(words: readonly string[]): string | undefined {
  return words.length === 0 ? undefined : words.join(' ');
}

/** Begins with an idea, or goes on with one, as far as the verb goes. */
export async function conductTopic(
  cli: Cli,
  verb: TopicVerb,
  flags: TopicFlags & { readonly kind?: PlanKind; readonly fromSpec?: string; readonly finish?: FinishChoice | 'ask' },
  topic: string | undefined,
): Promise<number> {
  const { yes, json, plain, base, allowDirty, finish, slug, autonomy, complexity, answers, variant, kind, fromSpec } =
    flags;
  const refusal = discardRefusal({ yes, ...(finish === undefined ? {} : { finish }) });
  if (refusal !== undefined) return refuse(cli, refusal, json);
  const opened = await cli.app.openTopic(cli.context, {
    verb,
    variant,
    assume: yes,
    ...(topic === undefined ? {} : { topic }),
    ...(slug === undefined ? {} : { slug }),
    ...(answers === undefined ? {} : { answers }),
    ...(kind === undefined ? {} : { kind }),
    ...(fromSpec === undefined ? {} : { fromSpec }),
  });
  if (!opened.ok) return refuse(cli, opened.error, json);
  return conduct(cli, {
    run: {
      ...opened.value,
      allowDirty,
      ...(base === undefined ? {} : { base }),
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
