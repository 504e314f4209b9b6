import { buildCommand } from '@stricli/core';
import { PLAN_KINDS, type PlanKind } from '../../../core/plan/model.ts';
import { EXIT } from '../../../app/api.ts';
import { action, type Calling, type Cli } from '../command.ts';
import { agentFlag, jsonFlag, text } from '../options.ts';
import { paintOf, refuse, say, sayJson } from '../output.ts';
import { renderNewPlan } from '../render/documents.ts';

interface Flags {
  readonly title?: string;
  readonly prompt?: string;
  readonly agent?: string;
  readonly force: boolean;
  readonly json: boolean;
}

export const command = buildCommand<Flags, [PlanKind, string], Calling>({
  docs: {
    brief: 'Write the draft of a new plan and its appendix',
    fullDescription: [
      'Writes docs/plans/<slug>/plan.md and appendix.md, from the template of a kind. What stands in brackets is to be replaced:',
      'masterplan lint names every place, and masterplan approve refuses the plan until none is left.',
      '',
      `Kinds: ${PLAN_KINDS.join(', ')}.`,
    ].join('\n'),
    customUsage: [
      'phased auth-system',
      'master data-pipeline --title "The data pipeline" --prompt "Build …"',
      'task add-login --agent planner --prompt -',
    ],
  },
  parameters: {
    flags: {
      title: { kind: 'parsed', parse: text, brief: 'Title, instead of one made from the slug', optional: true },
      prompt: {
        kind: 'parsed',
        parse: text,
        brief: 'What was asked for, for the log; - reads standard input',
        placeholder: 'text',
        optional: true,
      },
      agent: agentFlag,
      force: {
        kind: 'boolean',
        brief: 'Archive the draft that is current, or the plan of this name',
        default: false,
        withNegated: false,
      },
      json: jsonFlag,
    },
    positional: {
      kind: 'tuple',
      parameters: [
        { brief: `Kind: ${PLAN_KINDS.join(', ')}`, placeholder: 'kind', parse: kindNamed },
        { brief: 'Name: lower-case words joined by hyphens', placeholder: 'slug', parse: text },
      ],
    },
  },
  func: action(newPlan),
});

function kindNamed(input: string): PlanKind {
  const kind = PLAN_KINDS.find((one) => one === input.toLowerCase());
  if (kind === undefined)
    throw new Error(`there is no kind "${input.slice(0, 40)}": say one of ${PLAN_KINDS.join(', ')}`);
  return kind;
}

/** Bytes that a prompt on standard input may have. */
const LIMIT = 1024 * 1024;

async function newPlan(cli: Cli, flags: Flags, kind: PlanKind, slug: string): Promise<number> {
  const { title, prompt, agent, force, json } = flags;
  const asked = prompt === '-' ? new TextDecoder().decode(await cli.context.terminal.input(LIMIT)).trimEnd() : prompt;
  const made = await cli.app.newPlan(cli.context, {
    kind,
    slug,
    force,
    ...(title === undefined ? {} : { title }),
    ...(asked === undefined ? {} : { prompt: asked }),
    ...(agent === undefined ? {} : { agent }),
  });
  if (!made.ok) return refuse(cli, made.error, json);
  if (json) sayJson(cli, { created: made.value });
  else say(cli, renderNewPlan(made.value, await paintOf(cli)));
  return EXIT.ok;
}
