import { buildCommand } from '@stricli/core';
import { EXIT } from '../../../app/api.ts';
import type { Barrier } from '../../../core/plan/barrier.ts';
import { PLAN_KINDS, type PlanKind } from '../../../core/plan/model.ts';
import { action, type Calling, type Cli } from '../command.ts';
import { barrierFlag, jsonFlag, text } from '../options.ts';
import { paintOf, refuse, say, sayJson } from '../output.ts';
import { renderForecast } from '../render/forecast.ts';

interface Flags {
  readonly agents: number;
  readonly seed: number;
  readonly samples: number;
  readonly rate?: number;
  readonly kind?: PlanKind;
  readonly barrier?: Barrier;
  readonly forget: boolean;
  readonly json: boolean;
}

export const command = buildCommand<Flags, [string], Calling>({
  docs: {
    brief: 'Forecast how long a plan takes, and what would help most',
    fullDescription: [
      'Simulates many runs of a plan: durations drawn around its estimates, or from what tasks took in earlier runs of this',
      'repository, failed attempts done again. Says how long half and nine of ten of the runs take, which tasks decide it, and',
      'what one more agent or one need less would save. The same seed gives the same forecast.',
    ].join('\n'),
    customUsage: ['plan.md --agents 4', 'plan.md --agents 8 --rate 2.50 --json'],
  },
  parameters: {
    flags: {
      agents: {
        kind: 'parsed',
        parse: whole(1, 1000),
        brief: 'Agents at work at once',
        placeholder: 'count',
        default: '4',
      },
      seed: {
        kind: 'parsed',
        parse: whole(0, 4_294_967_295),
        brief: 'What the draws depend on',
        placeholder: 'number',
        default: '1',
      },
      samples: {
        kind: 'parsed',
        parse: whole(20, 100_000),
        brief: 'Simulated runs',
        placeholder: 'count',
        default: '1000',
      },
      rate: {
        kind: 'parsed',
        parse: amount,
        brief: 'What an hour of one agent costs',
        placeholder: 'amount',
        optional: true,
      },
      kind: {
        kind: 'enum',
        values: PLAN_KINDS,
        brief: 'Read the plan as this kind, whatever it looks like',
        optional: true,
      },
      barrier: barrierFlag,
      forget: { kind: 'boolean', brief: 'Do not look at earlier runs', default: false, withNegated: false },
      json: jsonFlag,
    },
    positional: { kind: 'tuple', parameters: [{ brief: 'The plan', placeholder: 'plan.md', parse: text }] },
  },
  func: action(simulate),
});

async function simulate(cli: Cli, { json, ...flags }: Flags, path: string): Promise<number> {
  const made = await cli.app.forecastPlan(cli.context, { path, ...flags });
  if (!made.ok) return refuse(cli, made.error, json);
  if (json) sayJson(cli, made.value);
  else say(cli, renderForecast(made.value, await paintOf(cli)));
  return EXIT.ok;
}

function whole(least: number, most: number): (input: string) => number {
  return (input) => {
    const value = /^\d{1,10}$/.test(input) ? Number(input) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new SyntaxError(`${JSON.stringify(input)} is no whole number from ${least} to ${most}`);
  };
}

function amount(input: string): number {
  if (!/^\d{1,9}(?:\.\d{1,4})?$/.test(input))
    throw new SyntaxError(`${JSON.stringify(input)} is no amount such as 2.50`);
  return Number(input);
}
