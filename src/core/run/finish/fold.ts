import type { RecordedEvent } from '../event.ts';
import type { RunState } from '../state.ts';
import type { FinishEvent } from './event.ts';

type Recorded<N extends RecordedEvent['event']> = Extract<RecordedEvent, { event: N }>;

/** Folds what happens at stops of the plan and at the end of the run. */
export function foldFinish(state: RunState, event: FinishEvent | Recorded<'stop_checked'>, at: number): void {
  switch (event.event) {
    case 'stop_checked': {
      noteFlakes(state, event.flaked);
      const times = (state.stopChecks?.[event.stop]?.times ?? 0) + 1;
      const { passed, evidence, failed } = event;
      state.stopChecks = {
        ...state.stopChecks,
        [event.stop]: { times, passed, evidence, ...(failed === undefined ? {} : { failed }) },
      };
      if (passed)
        state.opened = { ...state.opened, [event.stop]: { answer: 'passed', by: 'its commands', at, note: evidence } };
      return;
    }
    case 'criteria_waived': {
      state.excused = { ...state.excused };
      for (const id of event.criteria) state.excused[id] = { by: event.by, reason: event.reason };
      // What was drawn before says something else; the question is asked anew.
      drawAnew(state);
      return;
    }
    case 'balance_drawn': {
      const { of, commit, onto, conflicts, items, forge } = event;
      askAnew(state);
      end(state).balance = { of, commit, onto, items, forge, ...(conflicts === undefined ? {} : { conflicts }) };
      return;
    }
    case 'unit_branched': {
      const { task, branch, commit, base } = event;
      end(state).branches = { ...state.end?.branches, [task]: { branch, commit, base } };
      end(state).unitsOf = event.of;
      return;
    }
    case 'branch_pushed':
      end(state).pushed = { ...state.end?.pushed, [event.branch]: event.commit };
      return;
    case 'pull_request_opened':
      end(state).requests = { ...state.end?.requests, [event.branch]: event.url };
      return;
    case 'narrative_asked': {
      const { agent, model, nonce } = event;
      end(state).narrative = { agent, nonce, started: at, ...(model === null ? {} : { model }) };
      return;
    }
    case 'narrative_told': {
      const { agent, model, ending, reason, said, usage } = event;
      const asked = end(state).narrative ?? { agent, nonce: '', started: at };
      end(state).narrative = {
        ...asked,
        told: {
          at,
          ending,
          reason,
          ...(said === undefined ? {} : { said }),
          ...(model === null ? {} : { model }),
          ...(usage === undefined ? {} : { usage }),
        },
      };
      return;
    }
    case 'run_archived':
      end(state).archived = event.path;
      return;
  }
}

/** The finished branch was verified as a whole. */
export function branchVerified(state: RunState, event: Recorded<'branch_verified'>): void {
  const { tree, commit, passed, failed, of, results, evidence } = event;
  noteFlakes(state, event.flaked);
  drawAnew(state);
  // Whoever answered before this failed did not know it: they are asked again.
  if (!passed) state.finishAnswer = undefined;
  state.branchCheck = {
    tree,
    commit,
    passed,
    evidence,
    ...(failed === undefined ? {} : { failed }),
    ...(of === undefined ? {} : { of }),
    ...(results === undefined
      ? {}
      : { commands: results.filter(({ exit_code }) => exit_code === 0).map(({ command }) => command) }),
  };
}

/** The run is over. What it leaves unproven is said with it. */
export function runCompleted(state: RunState, event: Recorded<'run_completed'>): void {
  state.phase = 'over';
  state.outcome = event.outcome;
  state.gates = [];
  if (event.missing !== undefined) end(state).missing = event.missing;
  if (event.waived !== undefined) end(state).waived = event.waived;
}

/** The question of the finish, if it is open, was about something else: it is asked anew. */
function askAnew(state: RunState): void {
  state.gates = state.gates.filter(({ id }) => id !== 'finish');
}

/** What the balance was drawn from is not so any more. */
export function drawAnew(state: RunState): void {
  if (state.end?.balance !== undefined) delete state.end.balance;
  askAnew(state);
}

function noteFlakes(state: RunState, flaked: readonly string[] = []): void {
  for (const command of flaked) {
    const flakes = (state.landings.flakes ??= {});
    flakes[command] = (flakes[command] ?? 0) + 1;
  }
}

function end(state: RunState): NonNullable<RunState['end']> {
  return (state.end ??= {});
}
