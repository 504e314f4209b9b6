import { checksOf } from '../checks.ts';
import type { Effect } from '../effect.ts';
import type { RunEvent } from '../event.ts';
import { pausedAt } from '../pause.ts';
import type { FinishChoice } from '../settings.ts';
import { type RunState, taskOf, type TaskState } from '../state.ts';
import { narrativeEffects } from './narrative.ts';
import { counts, itemWords, standingOf } from './balance.ts';

/** Every verify command of a run, once each: those of its tasks, those that the configuration asks for, and the plan's own last. */
export function wholeCommands(state: RunState): string[] {
  const own = new Set(state.verify);
  const tasks = state.tasks
    .filter(({ progress }) => progress.status === 'merged')
    .flatMap(({ task }) => task.verify)
    .concat(state.settings?.verify.commands ?? []);
  return [...new Set([...tasks.filter((command) => !own.has(command)), ...state.verify])];
}

/** The commands behind which a command of the whole was proven, itself the last: those of its task, or of the plan. */
export function provenBehind(state: RunState, command: string): readonly string[] {
  const always = state.settings?.verify.commands ?? [];
  const lists = [
    ...state.tasks
      .filter(({ progress }) => progress.status === 'merged')
      .map(({ task }) => [...new Set([...task.verify, ...always])]),
    always,
    state.verify,
  ];
  const own = lists.find((list) => list.includes(command)) ?? [];
  return own.slice(0, own.indexOf(command) + 1);
}

/** Whether the finished branch was verified as it stands. */
function checked(state: RunState, tip: string): RunState['branchCheck'] {
  const check = state.branchCheck;
  return check !== undefined && (check.of ?? check.commit) === tip ? check : undefined;
}

/** What a finished run does next: it is verified as a whole, its balance is drawn, and a person says what becomes of it. */
export function finishEffects(state: RunState, tip: string): Effect[] {
  const commands = wholeCommands(state);
  const check = checked(state, tip);
  if (check === undefined && commands.length > 0)
    return [{ type: 'verify-branch', key: `verify-branch:${tip}:${checksOf(commands)}`, commit: tip, commands }];
  const { units = [] } = state.terms ?? {};
  const landed = units.some(({ task }) => taskOf(state, task)?.progress.status === 'merged');
  if (landed && state.end?.unitsOf !== tip) return [{ type: 'branch-units', key: `branch-units:${tip}`, commit: tip }];
  const balance = state.end?.balance;
  if (balance?.of !== tip)
    return [
      { type: 'draw-balance', key: `draw-balance:${tip}:${Object.keys(state.excused ?? {}).length}`, commit: tip },
    ];
  if (state.finishAnswer !== undefined) {
    const choice = state.finishAnswer;
    return [{ type: 'finish', key: `finish:${choice}:${tip}`, choice, commit: tip }];
  }
  // What was chosen at the start is not carried out over the head of whoever paused the run.
  if (state.gates.some((gate) => gate.id === 'finish') || pausedAt(state) !== undefined) return [];
  return [{ type: 'record', key: `record:gate:finish:${state.seq}`, events: finishQuestion(state, tip) }];
}

function finishQuestion(state: RunState, tip: string): RunEvent[] {
  const check = checked(state, tip);
  const failed = check !== undefined && !check.passed;
  const balance = state.end?.balance;
  const items = balance?.items ?? [];
  const { asked, proven, waived, missing } = standingOf(items);
  const forge = balance?.forge;
  const preset = state.settings?.finish;
  const options: FinishChoice[] = [
    'merge',
    ...(forge?.offered === true ? ['pull-request' as const] : []),
    'keep',
    'discard',
  ];
  const named = missing.filter((id) => items.some((one) => one.id === id && one.kind !== 'task'));
  const detail = [
    `${state.runBranch} stands at ${tip}`,
    ...(failed ? [`the verification of the whole fails there: ${check.failed?.command ?? ''}`] : []),
    ...(balance?.onto === 'conflict'
      ? [`${state.baseBranch} has moved on and conflicts in ${(balance.conflicts ?? []).slice(0, 5).join(', ')}`]
      : []),
    ...(missing.length === 0 ? [] : [`not complete: nothing proves ${missing.slice(0, 30).join(', ')}`]),
    ...items
      .filter((one) => one.state !== 'proven')
      .slice(0, 40)
      .map(itemWords),
    ...(named.length === 0
      ? []
      : [`to do without: masterplan waive ${named.slice(0, 30).join(',')} --run ${state.slug} --reason "…"`]),
    ...(forge?.offered === false ? [`no pull request can be opened: ${forge.why}`] : []),
    ...(state.finishRefused === undefined
      ? []
      : [`${state.finishRefused.choice} was refused: ${state.finishRefused.reason}; ${state.finishRefused.hint}`]),
  ];
  const rest =
    items.filter(counts).length === 0 || (missing.length === 0 && waived.length === 0)
      ? ''
      : `; ${proven} of ${asked} things that the plan asks for are proven${waived.length === 0 ? '' : `, ${waived.length} waived`}`;
  const asks =
    failed ||
    items.some((one) => counts(one) && one.state === 'missing' && one.known === undefined) ||
    state.finishRefused !== undefined ||
    (preset === 'pull-request' && forge?.offered !== true);
  // What would be refused again in the same way is nothing to recommend: then the hint begins with keeping the branch.
  const again =
    balance?.onto === 'conflict' ||
    (state.finishRefused?.choice === 'merge' && state.finishRefused.hint.startsWith('keep the branch'));
  return [
    {
      event: 'gate_opened',
      gate: 'finish',
      question: `${landedWords(state)} on ${state.runBranch}${failed ? ', which fails as a whole' : ''}${rest}. What should happen with it?`,
      options,
      recommended: failed || missing.length > 0 || again ? 'keep' : 'merge',
      detail,
    },
    // A choice given at the start is a person's answer in advance; a branch that does not hold what it should is a new question,
    // but for whoever said that it stays where it is.
    ...(preset !== undefined && preset !== 'ask' && (preset === 'keep' || !asks)
      ? [
          {
            event: 'gate_answered' as const,
            gate: 'finish',
            answer: preset,
            by: state.approved?.by ?? 'user',
            how: 'chosen at the start',
          },
        ]
      : []),
  ];
}

/** What comes last: a run that was finished, and of which nothing is left to be cleared away, is archived. */
export function archiveEffects(state: RunState): Effect[] {
  const { outcome, end } = state;
  // Runs that an older masterplan finished stay as they are.
  if (outcome === undefined || outcome === 'cancelled' || end?.balance === undefined || end.archived !== undefined)
    return [];
  const narrative = narrativeEffects(state);
  return narrative.length > 0 ? narrative : [{ type: 'archive', key: 'archive' }];
}

/** What landed, in words; tasks that a person waived are never said to be done. Those of sub-plans are no tasks of the plan. */
function landedWords({ tasks }: RunState): string {
  const live = tasks.filter(({ task, progress }) => progress.status !== 'dropped' && task.authors === undefined);
  const isWaived = ({ progress }: TaskState): boolean => progress.status === 'waived';
  const own = live.filter(({ parent }) => parent === undefined);
  const below = live.filter(({ parent }) => parent !== undefined);
  const done = below.filter((one) => !isWaived(one)).length;
  const inside =
    below.length === 0 ? '' : `, ${done === below.length ? '' : `${done} of `}${below.length} in sub-plans`;
  if (live.some(isWaived)) {
    const merged = own.filter((one) => !isWaived(one)).length;
    const waived = live.filter(isWaived).map(({ task }) => task.id);
    return `${merged} of ${own.length} tasks ${merged === 1 ? 'is' : 'are'} merged${inside} (NOT DONE, waived: ${waived.join(', ')})`;
  }
  return own.length === 1 ? `the task is merged${inside}` : `all ${own.length} tasks are merged${inside}`;
}
