import { EXIT } from '../../app/api.ts';
import { AUTONOMIES } from '../../core/run/autonomy.ts';
import { COMPLEXITIES } from '../../core/run/complexity.ts';

/* Flags and arguments that several commands share. */

export const jsonFlag = {
  kind: 'boolean',
  brief: 'Print JSON and nothing else on standard output',
  default: false,
  withNegated: false,
} as const;

export const yesFlag = {
  kind: 'boolean',
  brief: 'Do not ask: the answer is yes',
  default: false,
  withNegated: false,
} as const;

export const text = (input: string): string => input;

/** Words that a person says, and that are kept: what stands in a hint for them says nothing. */
export const saying = (input: string): string => {
  if (/^[\s"'.…]*$|^<[\w -]*>$/.test(input) && input !== '')
    throw new Error('say it in words of your own in place of "…"');
  return input;
};

export const slugArgument = {
  kind: 'tuple',
  parameters: [
    {
      brief: 'Name of the run; without it, the one that is not over',
      placeholder: 'slug',
      parse: text,
      optional: true,
    },
  ],
} as const;

/** Which plan a command about documents is about. */
export const documentArgument = {
  kind: 'tuple',
  parameters: [
    {
      brief: 'Path or slug of the plan; without it, the only one that fits',
      placeholder: 'plan',
      parse: text,
      optional: true,
    },
  ],
} as const;

export const agentFlag = {
  kind: 'parsed',
  parse: text,
  brief: 'Name of the agent that does this; without it, you (or MASTERPLAN_AGENT)',
  placeholder: 'name',
  optional: true,
} as const;

/** Why a choice is refused that throws work away, unless it is confirmed. */
export function discardRefusal({
  finish,
  yes,
}: {
  readonly finish?: string;
  readonly yes: boolean;
}): { readonly message: string; readonly hint: string; readonly exit: number } | undefined {
  if (finish !== 'discard' || yes) return undefined;
  const message = '--finish discard throws away what the run will do';
  return { message, hint: 'add --yes if that is meant', exit: EXIT.usage };
}

export const FINISH_CHOICES = ['merge', 'pull-request', 'keep', 'discard'] as const;

/** How a merge is made, over `merge.commit` of the configuration. */
export const mergeCommitFlag = {
  kind: 'enum',
  values: ['auto', 'fast-forward', 'merge-commit'],
  brief: 'How the branch is merged: as it fits, without a commit of its own or not at all, always with one',
  optional: true,
} as const;

export const runFlag = {
  kind: 'parsed',
  parse: text,
  brief: 'Name of the run; without it, the one that is not over',
  placeholder: 'slug',
  optional: true,
} as const;

/** Which gates open by themselves, and the preset of policies. */
export const policyFlags = {
  autonomy: {
    kind: 'enum',
    values: AUTONOMIES,
    brief: 'Which gates open by themselves: none, what is proven, all that may',
    optional: true,
  },
  complexity: {
    kind: 'enum',
    values: COMPLEXITIES,
    brief: 'Preset of autonomy, routing, review, parallelism and rigour',
    optional: true,
  },
} as const;

/** Whether a plan is looked at as a run under `parallelism.barrier` would keep to it. */
export const barrierFlag = {
  kind: 'enum',
  values: ['none', 'wave'],
  brief: 'Whether a run waits for the end of a wave; without it, as the configuration says',
  optional: true,
} as const;

/** `--set key=value`, as often as wanted. */
export const setFlags = {
  kind: 'parsed',
  parse: text,
  brief: 'A key of the configuration, over files and variables; may be given again',
  placeholder: 'key=value',
  optional: true,
  variadic: true,
} as const;
