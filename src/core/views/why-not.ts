import { unreachable } from '../base/assert.ts';
import { formatStamp } from '../base/time.ts';
import { FAILURES } from '../agents/failure.ts';
import { knownBy } from './lane-row.ts';
import { assignmentFor, laneGate, laneOf } from '../run/lanes.ts';
import { dispatch } from '../run/dispatch.ts';
import type { Obstacle, Room } from '../run/obstacle.ts';
import { taskOf, type RunState, type TaskState } from '../run/state.ts';

/** Why something is as it is, and what follows by itself or what to type. */
export interface Because {
  readonly because: string;
  readonly next: string;
}

/** What keeps a ready task from starting, in the words of whoever asks. */
export function obstacleWords(state: RunState, task: TaskState, obstacle: Obstacle | undefined): Because {
  if (obstacle === undefined) {
    const { agent, reason } = assignmentFor(state, task.task) ?? { agent: 'nobody', reason: 'no agent' };
    return {
      because: `nothing keeps it: ${agent} can start it (${reason})`,
      next: `masterplan run ${state.slug}`,
    };
  }
  switch (obstacle.kind) {
    case 'scope-in-use':
      if (obstacle.run !== undefined)
        return {
          because: `its scope overlaps with ${obstacle.by} of the run ${obstacle.run}, which is under way`,
          next: `it starts when that has landed, or nobody carries that run out any more: masterplan status ${obstacle.run}`,
        };
      return {
        because: `its scope overlaps with ${obstacle.by}, which is under way`,
        next: `it starts when ${obstacle.by} has landed`,
      };
    case 'foreseen':
      return {
        because: `what it and ${obstacle.by} did so far conflicts in ${obstacle.paths.slice(0, 3).join(', ')}`,
        next: `it starts when ${obstacle.by} has landed`,
      };
    case 'no-free-agent': {
      const { agent, lane, family } = obstacle;
      const whose =
        agent !== undefined
          ? ` of ${agent}`
          : lane !== undefined
            ? ` on the account ${lane}`
            : family !== undefined
              ? ` for agents of the family ${family}`
              : '';
      return { because: `all ${obstacle.limit} places${whose} are taken`, next: 'it starts when an agent is free' };
    }
    case 'resource': {
      const { resource, needs, there, by } = obstacle;
      if (by.length === 0)
        return {
          because: `it needs ${needs} of ${resource}, and there ${there === 1 ? 'is' : 'are'} ${there}`,
          next: `masterplan cancel ${state.slug}, set resources.${resource}: ${needs} in .masterplan.yaml, and run the plan again`,
        };
      const free = needs === 1 && there === 1 ? resource : `${needs} of ${there} ${resource}`;
      return {
        because: `it needs ${free}, which ${names(by)} ${by.length === 1 ? 'has' : 'have'}`,
        next: 'it starts when enough of it is free',
      };
    }
    case 'wave': {
      const failed = obstacle.by.find((id) => taskOf(state, id)?.progress.status === 'failed');
      return {
        because: `wave ${obstacle.wave + 1} is not over: ${names(obstacle.by)} ${obstacle.by.length === 1 ? 'is' : 'are'} not merged`,
        next:
          failed === undefined ? 'it starts when that wave is over' : `masterplan retry ${failed} --run ${state.slug}`,
      };
    }
    case 'beyond':
      return obstacle.until === 'spec'
        ? { because: 'brainstorm ends with the spec', next: `masterplan plan ${state.slug}` }
        : { because: 'plan ends with the plan', next: `masterplan execute ${state.slug}` };
    case 'unready':
      return {
        because: obstacle.words,
        next: `masterplan approve ${state.slug} --gate ${obstacle.gate} --answer retry`,
      };
    case 'budget': {
      const whose = obstacle.gate === 'budget' ? 'the budget of the run' : 'its budget';
      return {
        because: `${whose} is used up: ${obstacle.words}`,
        next: `masterplan approve ${state.slug} --gate ${obstacle.gate} --answer go-on`,
      };
    }
    case 'lane-parked': {
      const because = `${obstacle.agent} cannot work: ${FAILURES[obstacle.failure].about}`;
      const lane = laneOf(state.settings, obstacle.agent);
      if (obstacle.until === null)
        return { because, next: `masterplan approve ${state.slug} --gate ${laneGate(lane)} --answer retry` };
      const parked = state.lanes[lane]?.parked;
      const how = parked === undefined ? '' : knownBy(parked);
      return {
        because,
        next: `it is tried again at ${formatStamp(obstacle.until)}${how === '' ? '' : ` (${how})`}`,
      };
    }
    case 'circuit':
      return {
        because: obstacle.words,
        next: `masterplan approve ${state.slug} --gate ${obstacle.gate} --answer retry --note "what to do differently"`,
      };
    case 'stop':
      return {
        because: obstacle.words,
        next:
          obstacle.options.length === 0
            ? 'it starts when that is settled'
            : `masterplan approve ${state.slug} --gate ${obstacle.gate} --answer ${obstacle.options[0] ?? ''}`,
      };
    case 'gate':
      return {
        because: obstacle.words,
        next: `masterplan approve ${state.slug} --gate ${obstacle.gate} --answer ${obstacle.answer}`,
      };
    case 'paused':
      return { because: `the run was ${obstacle.words}`, next: `masterplan resume ${state.slug}` };
    case 'given-up':
      return {
        because: 'it failed as often as it may',
        next: `masterplan retry ${task.task.id} --run ${state.slug}`,
      };
    case 'partner':
      return {
        because: `it does not go together with ${names(obstacle.by)}, about to land`,
        next: 'it goes on when it can see their changes',
      };
    case 'sent-back':
      return {
        because: 'the merge queue sent it back again and again',
        next: `masterplan approve ${state.slug} --gate ${obstacle.gate} --answer hand-back`,
      };
    case 'machine':
      return { because: obstacle.words, next: 'it starts when the machine has room: masterplan ps' };
    default:
      return unreachable(obstacle);
  }
}

/** One task that has not started, and why. */
export interface WhyNot extends Because {
  readonly task: string;
  readonly title: string;
  /** Its needs are merged. */
  readonly ready: boolean;
  /** What kind of reason it is: {@link Obstacle}, `needs`, `starts` (nothing keeps it), or `run` (the run as a whole stands). */
  readonly kind: Obstacle['kind'] | 'needs' | 'starts' | 'run';
}

/** Every task that waits to be started, in the order in which they would start, with what keeps it. */
export function whyNot(
  state: RunState,
  reason: (task: TaskState, obstacle: Obstacle | undefined) => Because,
  room: Room = {},
): readonly WhyNot[] {
  const { schedule, tasks } = state;
  const { held } = dispatch(state, [], room);
  const stands = state.phase !== 'execute' || state.tampered !== undefined || state.displaced !== undefined;
  const ready = new Set(schedule.ready);
  const waiting = tasks
    .map((_, at) => at)
    .filter((at) => tasks[at]?.progress.status === 'pending' && !ready.has(at))
    .sort((a, b) => (schedule.rank[a] as number) - (schedule.rank[b] as number));
  return [...schedule.ready, ...waiting].map((at) => {
    const task = tasks[at] as TaskState;
    const obstacle = held.get(at);
    return {
      task: task.task.id,
      title: task.task.title,
      ready: ready.has(at),
      kind: stands ? 'run' : ready.has(at) ? (obstacle?.kind ?? 'starts') : 'needs',
      ...reason(task, obstacle),
    };
  });
}

function names(ids: readonly string[]): string {
  const shown = ids.slice(0, 3).join(', ');
  return ids.length > 3 ? `${shown} and ${ids.length - 3} more` : shown;
}
