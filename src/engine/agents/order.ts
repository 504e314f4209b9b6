import type { Order } from '../../core/agents/order.ts';
import { contractOf } from '../../core/run/brief.ts';
import { effortFor } from '../../core/agents/effort.ts';
import { digestJsonSchema } from '../../core/run/contract.ts';
import { commandsOf } from '../../core/run/decide.ts';
import type { EffectOf } from '../../core/run/effect.ts';
import type { SpokenAgent } from '../../core/run/settings.ts';
import { taskOf, type TaskState } from '../../core/run/state.ts';
import type { Performing } from '../perform/performer.ts';
import type { AttemptPlace } from './place.ts';
import type { Voice } from './voice.ts';

/** Writes down what a keeper is told of an attempt; returns the path. The brief is there already. */
export async function writeOrder(
  place: AttemptPlace,
  effect: EffectOf<'work'>,
  settings: SpokenAgent,
  voice: Voice,
  container: readonly string[],
  performing: Performing,
): Promise<string> {
  const { io } = performing;
  const state = performing.state();
  const task = taskOf(state, effect.task) as TaskState;
  const brief = await io.files.read(`${place.inputs}/brief.md`);
  const contract = contractOf(task);
  const order: Order = {
    schema: 1,
    family: settings.kind,
    command: settings.command,
    ...(container.length === 0 ? {} : { contained: container }),
    worktree: place.worktree,
    prompt: `${new TextDecoder().decode(brief)}\nIf you cannot write that file, end with the digest as your last answer: the JSON object and nothing else.\n`,
    permission: settings.permission === 'all' ? 'all' : 'edit',
    rules: {
      writable: [place.worktree, `${place.inputs}/digest.json`, `${place.inputs}/plan.md`],
      commands: [...commandsOf(state, task), ...state.allowed],
      otherCommands: settings.permission === 'all' ? 'allow' : 'ask',
      otherPaths: settings.permission === 'all' ? 'allow' : 'ask',
      network: settings.permission === 'all' ? 'allow' : 'ask',
    },
    patience: settings.patience,
    contract,
    digest: `${place.inputs}/digest.json`,
    inputs: place.inputs,
    digestSchema: digestJsonSchema(contract),
    ...(voice.model === undefined ? {} : { model: voice.model }),
    ...(voice.effort === undefined ? {} : { effort: effortFor(settings.kind, voice.effort) }),
    ...(settings.max_turns === undefined ? {} : { maxTurns: settings.max_turns }),
    ...(settings.max_cost === undefined ? {} : { maxCost: settings.max_cost }),
  };
  const path = `${place.inputs}/order.json`;
  await io.files.write(path, `${JSON.stringify(order)}\n`);
  return path;
}
