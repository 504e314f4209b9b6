import type { Order } from '../../core/agents/order.ts';
import { contractOf } from '../../core/run/brief.ts';
import { effortFor } from '../../core/agents/effort.ts';
import { type ContractId, digestJsonSchema, DISCOVERY_CONTRACT, INTERVIEW_CONTRACT } from '../../core/run/contract.ts';
import { contractCalled } from '../../core/run/contracts/registry.ts';
import { usedBefore } from '../../core/run/conversation.ts';
import { allowedCommands } from '../../core/run/leave.ts';
import { commandsOf } from '../../core/run/queue/commands.ts';
import type { EffectOf } from '../../core/run/effect.ts';
import { REVIEW_CONTRACT, reviewJsonSchema } from '../../core/run/review/contract.ts';
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
  const judges = effect.reviews !== undefined;
  const contract = judges ? REVIEW_CONTRACT : contractOf(task);
  // Nobody is asked for a reviewer: what it needs beyond reading and the declared commands is denied.
  const other = settings.permission === 'all' ? 'allow' : judges ? 'deny' : 'ask';
  const order: Order = {
    schema: 1,
    family: settings.kind,
    command: settings.command,
    ...(container.length === 0 ? {} : { contained: container }),
    worktree: place.worktree,
    ...goesOn(task, effect.attempt),
    prompt: `${anew(task, effect.attempt, place.worktree)}${new TextDecoder().decode(brief)}\nIf you cannot write that file, end with the digest as your last answer: the JSON object and nothing else.\n`,
    permission: judges ? 'read' : settings.permission === 'all' ? 'all' : 'edit',
    rules: {
      writable: judges
        ? [`${place.inputs}/digest.json`]
        : [
            place.worktree,
            ...['digest.json', 'plan.md', 'spec.md', 'appendix.md'].map((name) => `${place.inputs}/${name}`),
          ],
      commands: [...commandsOf(state, task), ...allowedCommands(state, effect.task)],
      otherCommands: other,
      otherPaths: judges ? 'deny' : other,
      network: other,
    },
    patience: settings.patience,
    contract,
    digest: `${place.inputs}/digest.json`,
    inputs: place.inputs,
    digestSchema: judges ? reviewJsonSchema() : schemaOf(contractOf(task)),
    ...(voice.model === undefined ? {} : { model: voice.model }),
    ...(voice.effort === undefined ? {} : { effort: effortFor(settings.kind, voice.effort) }),
    ...(settings.max_turns === undefined ? {} : { maxTurns: settings.max_turns }),
    ...(settings.max_cost === undefined ? {} : { maxCost: settings.max_cost }),
  };
  const path = `${place.inputs}/order.json`;
  await io.files.write(path, `${JSON.stringify(order)}\n`);
  return path;
}

/** What a digest is held to: that of a scan or an interview says more than what was done. */
function schemaOf(contract: ContractId): unknown {
  return contract === DISCOVERY_CONTRACT || contract === INTERVIEW_CONTRACT
    ? contractCalled(contract)?.digest.schema()
    : digestJsonSchema(contract);
}

/** The conversation that the log says this attempt goes on with, and what it had used by then. */
function goesOn({ attempts }: TaskState, number: number): Pick<Order, 'session' | 'before'> {
  const session = attempts[number - 1]?.session;
  if (session === undefined) return {};
  const before = usedBefore(attempts, session, number);
  return { session, ...(before === undefined ? {} : { before }) };
}

/** What an agent that goes on with a conversation cannot know: where it is now, and what of its changes is still there. */
function anew({ attempts }: TaskState, number: number, worktree: string): string {
  if (attempts[number - 1]?.session === undefined) return '';
  return `This is another attempt, in a new worktree: \`${worktree}\`. The worktree of the attempt before is gone. Work only in the new one; of what you changed before, only what stands in its files or in the brief below is left. The brief replaces the earlier one.\n\n`;
}
