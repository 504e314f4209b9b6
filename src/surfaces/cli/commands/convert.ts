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
  readonly with?: string;
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
    customUsage: [
      'plan.md --to macro',
      'plan.md --to phased --out phased.md',
      'notes.txt --to task --with claude --out plan.md',
    ],
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
      with: {
        kind: 'parsed',
        parse: text,
        brief: 'An agent that writes a document of any form as a plan; it is linted afterwards',
        placeholder: 'agent',
        optional: true,
      },
      force: { kind: 'boolean', brief: 'Write over a file that is there', default: false, withNegated: false },
      json: jsonFlag,
    },
    positional: { kind: 'tuple', parameters: [{ brief: 'The plan', placeholder: 'plan.md', parse: text }] },
  },
  func: action(convert),
});

async function convert(cli: Cli, flags: Flags, path: string): Promise<number> {
  const { to, kind, out, force, json } = flags;
  if (flags.with !== undefined) return byAgent(cli, flags, flags.with, path);
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

/** The document as a plan that an agent wrote, with what lint finds in it. */
async function byAgent(cli: Cli, { to, out, force, json }: Flags, agent: string, path: string): Promise<number> {
  const stop = new AbortController();
  const release = cli.context.terminal.onInterrupt(() => stop.abort());
  try {
    const request = { path, to, agent, force, ...(out === undefined ? {} : { out }) };
    const made = await cli.app.convertWith(cli.context, request, stop.signal);
    if (stop.signal.aborted) return EXIT.interrupted;
    if (!made.ok) return await refuse(cli, made.error, json);
    const { text: document, findings } = made.value;
    if (json) sayJson(cli, made.value);
    else {
      const errors = findings.filter(({ severity }) => severity === 'error').length;
      const words = `${oneLine(agent)} wrote it; lint finds ${errors} ${errors === 1 ? 'error' : 'errors'} and ${findings.length - errors} other remarks`;
      if (out === undefined) {
        cli.context.terminal.write(document);
        cli.context.terminal.error(`${words}\n`);
      } else
        say(cli, [
          `${oneLine(out)} is a plan of kind ${made.value.to} now`,
          words,
          `  masterplan lint ${oneLine(out)}`,
        ]);
    }
    return EXIT.ok;
  } finally {
    release();
  }
}
