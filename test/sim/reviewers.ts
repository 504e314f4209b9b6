import type { Impact } from '../../src/core/run/amend/event.ts';
import type { ReviewDigest } from '../../src/core/run/review/contract.ts';
import type { ReviewSettings } from '../../src/core/run/review/settings.ts';
import type { FailureClass } from '../../src/core/agents/failure.ts';
import type { RecordedEvent } from '../../src/core/run/event.ts';
import { Dice } from './dice.ts';
import { isSecondGeneration } from './generation.ts';
import type { Machine } from './machine.ts';
import type { Process } from './process-table.ts';
import type { Outage } from './scenario.ts';

/** What a reviewer does; most of it is wrong in one way or another. */
const DEEDS = [
  'approve',
  'approve',
  'approve',
  'object',
  'object',
  'object-falsely',
  'nag',
  'nonsense',
  'silent',
  'die',
  'mute',
  'meddle',
] as const;

/** How reviews are done in the world of a seed, if they are. Dice of their own: older seeds throw what they threw. */
export function reviewsOf(
  seed: number,
): { readonly settings: ReviewSettings; readonly judge: boolean; readonly outage: boolean } | undefined {
  const dice = new Dice(seed, 'review');
  if (!dice.chance(0.35)) return undefined;
  return {
    settings: {
      mode: dice.pick(['on', 'required']),
      rounds: dice.whole(1, 3),
      fallback: dice.pick(['skip', 'ask', 'same_vendor']),
      hold: dice.pick(['medium', 'low', 'high']),
      tries: dice.whole(1, 2),
      patience: dice.pick([0, 60_000, 3_600_000]),
      diff: dice.pick([100, 200_000]),
    },
    judge: dice.chance(0.85),
    outage: dice.chance(0.15),
  };
}

export interface ReviewerHands {
  readonly machine: Machine;
  readonly process: Process;
  readonly brief: string;
  readonly task: string;
  readonly attempt: number;
  readonly main: string;
  readonly outage: Outage | undefined;
  write(path: string, content: string): void;
  outcome(fields: Readonly<Record<string, unknown>>): void;
}

/** One review by one agent. */
export function reviewing(hands: ReviewerHands): void {
  const { machine, process, task, attempt, brief } = hands;
  const dice = new Dice(machine.seed, `review ${task} ${attempt}`);
  const after = (ms: number, run: () => void): void => {
    machine.world.after(ms, () => {
      if (process.alive) run();
    });
  };
  const exit = (code: number): void => {
    if (code === 0) hands.outcome({ how: 'completed' });
    machine.processes.exit(process, code);
  };
  const pace = dice.spread(2, 700);
  const { outage } = hands;
  if (outage !== undefined) {
    const failure: FailureClass = outage.failure;
    after(pace, () => {
      hands.outcome({ how: 'failed', failure });
      after(0.3, () => exit(1));
    });
    return;
  }
  const deed = dice.pick(DEEDS);
  // It goes with everything that would tell how it ended.
  if (isSecondGeneration(machine.seed) && new Dice(machine.seed, `vanish ${task} ${attempt}`).chance(0.1)) {
    after(pace, () => {
      for (const one of machine.processes.group(process.group)) machine.processes.exit(one, undefined, 'SIGKILL');
    });
    return;
  }
  if (deed === 'silent') return;
  if (deed === 'die') {
    after(pace, () => machine.processes.exit(process, undefined, 'SIGKILL'));
    return;
  }
  if (deed === 'mute') {
    after(pace, () => exit(dice.chance(0.5) ? 0 : 1));
    return;
  }
  if (deed === 'meddle') after(pace / 2, () => hands.write(hands.main, `meddled ${task}#${attempt}\n`));
  // Ids of findings that are open, as the brief says.
  const open = [...brief.matchAll(/^- \*\*(F\d+)\*\* \((?:high|medium|low), (?:open|disputed)\)/gm)].map(
    (one) => one[1] ?? '',
  );
  const digest: ReviewDigest = {
    contract_id: 'review.v1',
    verdict: deed.startsWith('object') ? 'request-changes' : 'approve',
    summary: `looked at ${task}`,
    findings: [],
    earlier: open.map((id) => ({ id, state: dice.pick(['fixed', 'open', 'withdrawn'] as const), note: null })),
    rows: [],
  };
  const finding = {
    file: hands.main,
    line: 1,
    symbol: null,
    category: 'correctness',
    check: null,
    same_as: null,
    claim: `something is wrong with ${task}`,
  };
  // A command that nobody knows fails always; the task's own passes on the tree that is reviewed.
  if (deed === 'object')
    digest.findings.push({
      ...finding,
      severity: dice.pick(['high', 'medium'] as const),
      check_command: 'verify nothing',
    });
  if (deed === 'object-falsely')
    digest.findings.push({ ...finding, severity: 'high', check_command: `verify ${task}` });
  if (deed === 'nag')
    digest.findings.push({
      ...finding,
      severity: 'low',
      check_command: null,
      claim: `a word in ${task} could be nicer`,
    });
  const text = deed === 'nonsense' ? '{"contract_id":"review.v1","verdict":"perhaps"}' : JSON.stringify(digest);
  const path = process.program.env['MASTERPLAN_DIGEST'] ?? '';
  after(pace, () => machine.disk.put(path, text.slice(0, text.length >> 1)));
  after(pace + 0.2, () => machine.disk.put(path, text));
  after(pace + 0.2 + dice.spread(0.1, 50), () => exit(0));
}

/**
 * What must never be of reviews, by the log alone; `undefined`: nothing is wrong. Work lands only after a verdict on its own files, or
 * a person's leave, where a review is required; and disagreement is bounded.
 */
export function reviewFault(
  events: readonly RecordedEvent[],
  settings: ReviewSettings,
  task: string,
): string | undefined {
  let asked = 0;
  for (const event of events) {
    if (event.event === 'review_finished' && event.task === task) {
      asked = event.verdict === 'approve' ? 0 : asked + 1;
      if (asked > settings.rounds)
        return `${task} was sent back by ${asked} rounds in a row, more than ${settings.rounds}`;
      if (event.findings.some(({ holds }) => holds) !== (event.verdict === 'request-changes'))
        return `the verdict on ${task} is not what its findings say`;
    }
    if (event.event === 'gate_answered' && event.gate === `review:${task}`) asked = 0;
    // It is another task now: who could not agree on the one before begin anew.
    if (event.event === 'plan_amended' && event.impact.some((one) => one.task === task && beginsAnew(one.effect)))
      asked = 0;
    if (event.event === 'task_reopened' && event.task === task) asked = 0;
    // A person stepped in: what they return, done or not, is another beginning.
    if (event.event === 'attempt_started' && event.task === task && event.person !== undefined) asked = 0;
  }
  return undefined;
}

/** Whether a task starts from the beginning with an amendment. */
function beginsAnew(effect: Impact['effect']): boolean {
  return !['goes-on', 'not-begun', 'ended', 'verified-again'].includes(effect);
}
