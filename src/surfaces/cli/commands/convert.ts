import { buildCommand } from '@stricli/core';
import { EXIT } from '../../../app/api.ts';
import { PLAN_KINDS, type PlanKind } from '../../../core/plan/model.ts';
import { oneLine } from '../../../core/base/text.ts';
import { action, type Calling, type Cli } from '../command.ts';
import { jsonFlag, text } from '../options.ts';
import { paintOf, refuse, say, sayJson } from '../output.ts';
import { renderLosses } from '../render/losses.ts';

interface Flags {
  readonly to: PlanKind;
  readonly kind?: PlanKind;
  readonly out?: string;
  readonly force: boolean;
  readonly json: boolean;
}

export const command = buildCommand<Flags, [string], Calling>({
  docs: {
    brief: 'Write a plan as one of another kind',
    fullDescription: [
      'Writes a plan as one of another kind, through its units, needs and criteria, and says what could not be carried: the result is',
      'read and compared with the plan. What the new kind wants and the plan does not say stands as [placeholder]. The plan itself is',
      'left as it is.',
    ].join('\n'),
    customUsage: ['plan.md --to macro', 'plan.md --to phased --out phased.md'],
  },
  parameters: {
    flags: {
      to: { kind: 'enum', values: PLAN_KINDS, brief: 'The kind to write' },
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
      json: jsonFlag,
    },
    positional: { kind: 'tuple', parameters: [{ brief: 'The plan', placeholder: 'plan.md', parse: text }] },
  },
  func: action(convert),
});

async function convert(cli: Cli, { to, kind, out, force, json }: Flags, path: string): Promise<number> {
  const as = kind === undefined ? {} : { kind };
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
