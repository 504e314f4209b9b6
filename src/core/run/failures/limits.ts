import { FAILURES } from '../../agents/failure.ts';
import { laneGate } from '../lanes.ts';
import type { FailureSpec } from './spec.ts';

/** Times in a row that a lane is parked without an attempt that goes well, before it is called a loop. */
const LOOP = 3;

const open = ({ of }: { readonly of: string }, slug: string): readonly string[] => [
  `masterplan approve ${slug} --gate ${laneGate(of)} --answer retry`,
];

/** What accounts, budgets and missing programs keep a run from. */
export const LIMIT_FAILURES: readonly FailureSpec[] = [
  {
    id: 'limit-reached',
    about: 'An account is at a limit, or its model server in trouble: nothing starts on its lane for a while.',
    recovery: 'It goes on by itself when the limit ends; limits.failover lets another vendor take over meanwhile.',
    detect: {
      lane_parked: (event, { state }) =>
        event.until === null || (state.lanes[event.lane]?.tries ?? 0) >= LOOP
          ? undefined
          : { of: event.lane, what: `${event.lane}: ${FAILURES[event.failure].about}` },
    },
    settled: ({ of }, state) => state.lanes[of]?.parked === undefined,
  },
  {
    id: 'limit-loop',
    about: `A lane was parked ${LOOP} times in a row without any attempt that went well.`,
    recovery: 'Waiting does not help: look at the account, or give the tasks to another agent.',
    detect: {
      lane_parked: (event, { state }) => {
        const tries = state.lanes[event.lane]?.tries ?? 0;
        if (event.until === null || tries < LOOP) return undefined;
        return {
          of: event.lane,
          what: `${event.lane} was parked ${tries} times in a row: ${FAILURES[event.failure].about}`,
        };
      },
    },
    type: open,
    settled: ({ of }, state) => (state.lanes[of]?.tries ?? 0) < LOOP,
  },
  {
    id: 'circuit-open',
    about: 'Nothing starts on a lane until a person says so: its account or program has to be mended.',
    recovery: 'Mend it (docs/agents.md says how for each failure), then say that it is to be tried again.',
    detect: {
      lane_parked: (event) =>
        event.until === null ? { of: event.lane, what: `${event.lane}: ${FAILURES[event.failure].about}` } : undefined,
    },
    type: open,
    settled: ({ of }, state) => state.lanes[of]?.parked === undefined,
  },
  {
    id: 'degraded-agent',
    about: 'An agent that the run needs cannot be started here; another one plays for it, or nobody.',
    recovery: 'Install it or mend its command; masterplan agents says what is missing.',
    detect: {
      agent_degraded: (event) => ({
        of: event.from,
        what: `${event.from}: ${event.why}; ${event.to === null ? 'nobody' : event.to} takes its place`,
      }),
    },
    type: () => ['masterplan agents'],
    settled: ({ of }, state) => !Object.hasOwn(state.standIns, of),
  },
  {
    id: 'budget-exhausted',
    about: 'What a run, a task or an attempt may use is used up.',
    recovery: 'Answer the gate: let it go on for as much again, or give it up.',
    detect: {
      gate_opened: (event) => (event.gate.startsWith('budget') ? { of: event.gate, what: event.question } : undefined),
    },
    settled: ({ of }, state) => !state.gates.some(({ id }) => id === of),
  },
];
