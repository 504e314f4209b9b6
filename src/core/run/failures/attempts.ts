import { FAILURES } from '../../agents/failure.ts';
import { attemptName, type Ending } from '../event.ts';
import { type RunState, taskOf } from '../state.ts';
import type { FailureSpec, Occurrence, Seen } from './spec.ts';

/** Contracts that attempts are made under, by their names: the registry itself would load every schema to fold a log. */
export const ATTEMPTED: readonly string[] = ['implement', 'plan', 'review', 'discovery', 'interview', 'spec'];

interface Ended {
  readonly task: string;
  readonly attempt: number;
  readonly ending: Ending;
  readonly reason: string;
}

function ended(event: Ended, { state }: Seen, ...endings: readonly Ending[]): Occurrence | undefined {
  if (!endings.includes(event.ending)) return undefined;
  const agent = taskOf(state, event.task)?.attempts[event.attempt - 1]?.agent ?? '';
  return { of: agent, task: event.task, what: `${attemptName(event.task, event.attempt)}: ${event.reason}` };
}

const OVERSIZE = /^the digest has \d+ bytes, more than/;

const retry = ({ task }: { readonly task?: string }, slug: string): readonly string[] =>
  task === undefined
    ? [`masterplan status ${slug}`]
    : [`masterplan explain ${task} --run ${slug}`, `masterplan retry ${task} --run ${slug}`];

/** What goes wrong between the start of an agent and its digest. */
export const ATTEMPT_FAILURES: readonly FailureSpec[] = [
  {
    id: 'lost-process',
    about: 'An agent died without saying how it ended.',
    recovery:
      'Its unfinished work is kept as a snapshot and the task is tried again by itself; look at its transcript when it happens again.',
    seed: 5,
    detect: { attempt_finished: (event, seen) => ended(event, seen, 'lost') },
  },
  {
    id: 'stuck-agent',
    about: 'An agent was ended because it was silent for too long or took too long.',
    recovery: 'The task is tried again by itself; raise idle_timeout or timeout of the agent when it was at work.',
    seed: 1,
    detect: { attempt_finished: (event, seen) => ended(event, seen, 'timed_out') },
  },
  {
    id: 'memory-hog',
    about: 'An agent was ended because it had more in memory than it may.',
    recovery: 'The task is tried again by itself; raise max_memory of the agent when it needs that much.',
    detect: { attempt_finished: (event, seen) => ended(event, seen, 'out_of_memory') },
  },
  {
    id: 'blocked-agent',
    about: 'An agent says that it cannot go on.',
    recovery: 'Read why, give it what it lacks (in the plan or the repository), then open the task again.',
    detect: { attempt_finished: (event, seen) => ended(event, seen, 'blocked') },
    type: retry,
  },
  {
    id: 'failed-agent',
    about: 'An agent ended with an error.',
    recovery: 'Its last words are in the transcript; the task is tried again by itself while attempts are left.',
    detect: { attempt_finished: (event, seen) => ended(event, seen, 'failed') },
  },
  {
    id: 'contract-violation',
    about: 'What came back from an agent is not what its contract asks for.',
    recovery:
      'The work is judged by what git shows; masterplan agents test <name> tells whether the agent can write digests at all.',
    detect: {
      contract_violation: (event) =>
        event.problems.some((problem) => OVERSIZE.test(problem))
          ? undefined
          : {
              of: event.contract_id,
              task: event.task,
              what: `${attemptName(event.task, event.attempt)}: ${event.problems.join('; ')}`,
            },
    },
  },
  {
    id: 'oversize-digest',
    about: 'A digest was longer than a digest may be.',
    recovery:
      'The work is judged by what git shows; tell the agent to keep to a few sentences: the rest is in the transcript.',
    seed: 8,
    detect: {
      contract_violation: (event) => {
        const problem = event.problems.find((one) => OVERSIZE.test(one));
        if (problem === undefined) return undefined;
        return {
          of: event.contract_id,
          task: event.task,
          what: `${attemptName(event.task, event.attempt)}: ${problem}`,
        };
      },
    },
  },
  {
    id: 'missing-digest',
    about: 'An agent ended well and left no digest that is valid.',
    recovery:
      'One was derived from git; masterplan agents test <name> tells whether the agent can write digests at all.',
    detect: {
      digest_recorded: (event, { state }) =>
        event.source === 'derived' && !isDocument(state, event)
          ? {
              of: event.contract_id,
              task: event.task,
              what: `${attemptName(event.task, event.attempt)}: its digest was derived from what git shows`,
            }
          : undefined,
    },
  },
  {
    id: 'unregistered-contract',
    about: 'An attempt was started under a contract that this masterplan does not know.',
    recovery: 'Go on with the masterplan that started the run, or a newer one.',
    seed: 10,
    detect: {
      attempt_started: (event) =>
        ATTEMPTED.includes(/^([a-z_]+)\.v\d+$/.exec(event.contract_id)?.[1] ?? '')
          ? undefined
          : {
              of: event.contract_id,
              task: event.task,
              what: `${attemptName(event.task, event.attempt)} is under ${event.contract_id}`,
            },
    },
  },
  {
    id: 'agent-trouble',
    about: 'The program of an agent reported a failure of its model, account or protocol.',
    recovery:
      'Limits and outages end by themselves; for the others read docs/agents.md and masterplan agents test <name>.',
    detect: {
      agent_reported: (event, { state }) => {
        if (event.how !== 'failed' || event.failure === null) return undefined;
        const agent = taskOf(state, event.task)?.attempts[event.attempt - 1]?.agent ?? '';
        const said = event.message === '' ? '' : ` (${event.message})`;
        return {
          of: `${agent}:${event.failure}`,
          task: event.task,
          what: `${attemptName(event.task, event.attempt)}: ${FAILURES[event.failure].about}${said}`,
        };
      },
    },
  },
  {
    id: 'voided-work',
    about: 'Work that was done turned out not to be there any more.',
    recovery: 'The task is done again by itself; find out who deletes below .masterplan/.',
    detect: {
      attempt_voided: (event) => ({
        of: '',
        task: event.task,
        what: `${attemptName(event.task, event.attempt)}: ${event.reason}`,
      }),
    },
  },
  {
    id: 'unforeseen-permission',
    about: 'An agent asked for leave that neither the plan nor the configuration gives.',
    recovery: 'Answer it at its gate; declare the command in the plan or as permission, so that nobody is asked again.',
    detect: {
      permission_asked: (event) => ({
        of: event.tool,
        task: event.task,
        what: `${attemptName(event.task, event.attempt)} asks: ${event.what}`,
      }),
    },
    settled: ({ task }, state) => {
      const asked = `ask:${task}#`;
      return !state.gates.some(({ id }) => id.startsWith(asked));
    },
  },
];

/** A program that writes a document of the run and ends well has done it: what it wrote is the document (docs/lifecycle.md). */
function isDocument(state: RunState, event: { readonly task: string; readonly attempt: number }): boolean {
  const task = taskOf(state, event.task);
  const agent = state.settings?.agents[task?.attempts[event.attempt - 1]?.agent ?? ''];
  return task?.task.authors !== undefined && agent?.kind === 'command';
}
