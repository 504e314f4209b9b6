import { buildCommand } from '@stricli/core';
import { EXIT } from '../../../app/api.ts';
import type { Barrier } from '../../../core/plan/barrier.ts';
import { PLAN_KINDS, type PlanKind } from '../../../core/plan/model.ts';
import { toDot, toMermaid } from '../../../core/views/graph-drawing.ts';
import { action, type Calling, type Cli } from '../command.ts';
import { barrierFlag, jsonFlag, text } from '../options.ts';
import { paintOf, refuse, say, sayJson } from '../output.ts';
import { renderGraph } from '../render/graph.ts';

const FORMATS = ['text', 'json', 'mermaid', 'dot'] as const;

interface Flags {
  readonly format?: (typeof FORMATS)[number];
  readonly kind?: PlanKind;
  readonly barrier?: Barrier;
  readonly json: boolean;
}

export const command = buildCommand<Flags, [string], Calling>({
  docs: {
    brief: 'Show the tasks of a plan and what waits for what',
    fullDescription: [
      'Compiles a plan of any kind to the graph that a run executes: tasks wave by wave, why each waits, gates, and the',
      'longest chain of work. Reads only. Exit code 4: the graph cannot be carried out (circles, needs that name nothing).',
    ].join('\n'),
    customUsage: ['plan.md', 'plan.md --json', 'plan.md --format mermaid', 'plan.md --format dot'],
  },
  parameters: {
    flags: {
      format: { kind: 'enum', values: FORMATS, brief: 'How it is shown; without it, as text', optional: true },
      kind: {
        kind: 'enum',
        values: PLAN_KINDS,
        brief: 'Read the plan as this kind, whatever it looks like',
        optional: true,
      },
      barrier: barrierFlag,
      json: { ...jsonFlag, brief: 'The same as --format json' },
    },
    positional: { kind: 'tuple', parameters: [{ brief: 'The plan', placeholder: 'plan.md', parse: text }] },
  },
  func: action(graph),
});

async function graph(cli: Cli, { format, kind, barrier, json }: Flags, path: string): Promise<number> {
  const how = format ?? (json ? 'json' : 'text');
  const made = await cli.app.graphOf(cli.context, {
    path,
    ...(kind === undefined ? {} : { kind }),
    ...(barrier === undefined ? {} : { barrier }),
  });
  if (!made.ok) return refuse(cli, made.error, how === 'json');
  const { file, ...plan } = made.value;
  if (how === 'json') sayJson(cli, plan);
  else if (how === 'mermaid') cli.context.terminal.write(toMermaid(plan));
  else if (how === 'dot') cli.context.terminal.write(toDot(plan));
  else say(cli, renderGraph(plan, file, await paintOf(cli), cli.context.terminal.columns()));
  return plan.findings.some(({ severity }) => severity === 'error') ? EXIT.findings : EXIT.ok;
}
