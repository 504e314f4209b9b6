import { buildCommand } from '@stricli/core';
import { EXIT } from '../../../app/api.ts';
import { PLAN_KINDS, type PlanKind } from '../../../core/plan/model.ts';
import { oneLine } from '../../../core/base/text.ts';
import { action, type Calling, type Cli } from '../command.ts';
import { jsonFlag, text } from '../options.ts';
import { paintOf, refuse, say, sayJson } from '../output.ts';
import { renderLosses } from '../render/losses.ts';

interface Flags {
  readonly to?: PlanKind;
  readonly kind?: PlanKind;
  readonly out?: string;
  readonly force: boolean;
  readonly twin: boolean;
  readonly check: boolean;
  readonly json: boolean;
}

export const command = buildCommand<Flags, [string], Calling>({
  docs: {
    brief: 'Write a plan as one of another kind, or its JSON twin',
    fullDescription: [
      'Writes a plan as one of another kind, through its units, needs and criteria, and says what could not be carried. The old',
      'document is left as it is. With --twin: writes the JSON file beside it that programs read (plan_output.json, plan.index.json,',
      'execution-packet.json); with --check it only looks whether that file says the same (exit code 4: it does not).',
    ].join('\n'),
    customUsage: [
      'plan.md --to macro',
      'plan.md --to phased --out phased.md',
      'plan.md --twin',
      'plan.md --twin --check',
    ],
  },
  parameters: {
    flags: {
      to: { kind: 'enum', values: PLAN_KINDS, brief: 'The kind to write', optional: true },
      kind: {
        kind: 'enum',
        values: PLAN_KINDS,
        brief: 'Read the plan as this kind, whatever it looks like',
        optional: true,
      },
      out: {
        kind: 'parsed',
        parse: text,
        brief: 'The file to write; without it, standard output',
        placeholder: 'file',
        optional: true,
      },
      force: { kind: 'boolean', brief: 'Write over a file that is there', default: false, withNegated: false },
      twin: { kind: 'boolean', brief: 'Write the JSON twin of the plan', default: false, withNegated: false },
      check: { kind: 'boolean', brief: 'With --twin: write nothing, find drift', default: false, withNegated: false },
      json: jsonFlag,
    },
    positional: { kind: 'tuple', parameters: [{ brief: 'The plan', placeholder: 'plan.md', parse: text }] },
  },
  func: action(convert),
});

async function convert(cli: Cli, flags: Flags, path: string): Promise<number> {
  const { to, kind, out, force, json } = flags;
  const as = kind === undefined ? {} : { kind };
  if (flags.twin === (to !== undefined) || (flags.check && !flags.twin)) {
    const message =
      flags.check && !flags.twin ? '--check looks at a twin' : 'say what is wanted: --to <kind> or --twin';
    return refuse(cli, { message, hint: 'masterplan convert --help', exit: EXIT.usage }, json);
  }
  if (to === undefined) return twin(cli, { path, check: flags.check, ...as }, json);
  const made = await cli.app.convertDocument(cli.context, {
    path,
    to,
    force,
    ...(out === undefined ? {} : { out }),
    ...as,
  });
  if (!made.ok) return refuse(cli, made.error, json);
  const { text: document, losses } = made.value;
  if (json) {
    sayJson(cli, made.value);
    return EXIT.ok;
  }
  const paint = await paintOf(cli);
  const words = renderLosses(path, made.value, paint);
  // The document alone goes to standard output, so that it can be redirected.
  if (out === undefined) {
    cli.context.terminal.write(document);
    if (losses.length > 0) cli.context.terminal.error(`${words.join('\n')}\n`);
  } else say(cli, [`${oneLine(out)} is a plan of kind ${to} now`, ...words]);
  return EXIT.ok;
}

async function twin(
  cli: Cli,
  request: { readonly path: string; readonly kind?: PlanKind; readonly check: boolean },
  json: boolean,
): Promise<number> {
  const made = await cli.app.writeTwin(cli.context, request);
  if (!made.ok) return refuse(cli, made.error, json);
  const { path, state } = made.value;
  if (json) sayJson(cli, { path, state });
  else if (state === 'stale')
    say(cli, [`${path} does not say what the plan says`, `  masterplan convert ${request.path} --twin`]);
  else say(cli, [state === 'written' ? `${path} written` : `${path} says what the plan says`]);
  return state === 'stale' ? EXIT.findings : EXIT.ok;
}
