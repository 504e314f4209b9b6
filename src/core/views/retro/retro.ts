import type { Narrative } from '../../run/finish/narrative-model.ts';
import type { BalanceItem } from '../../run/finish/balance.ts';
import type { RunState } from '../../run/state.ts';
import { type Board, boardOf, type RunStatus } from '../board.ts';
import { outcomeOf, type Outcome } from '../report.ts';
import type { Asked, Passed, Chronicle, Trouble } from './chronicle.ts';

/** What a run was, told from its log alone. Times are milliseconds since 1970, durations milliseconds. */
export interface Retro extends Outcome {
  readonly slug: string;
  readonly run: string;
  readonly title: string;
  readonly kind: RunState['kind'];
  readonly plan: { readonly path: string; readonly sha256: string };
  readonly approved: Chronicle['approved'];
  readonly status: RunStatus;
  readonly outcome: RunState['outcome'];
  readonly branch: string;
  readonly baseBranch: string;
  readonly base: string;
  readonly tip: string | undefined;
  readonly started: number;
  readonly ended: number;
  readonly total: number;
  /** How many of these are merged; and, where tasks were planned first, how many of both belong to sub-plans. */
  readonly landed: number;
  readonly below?: Board['below'];
  /** Tasks that landed with their first attempt. */
  readonly firstTry: number;
  readonly attempts: number;
  readonly passed: Passed;
  /** Time of agents and of verify commands, summed over all that ran. */
  readonly agentTime: number;
  readonly verifyTime: number;
  /** Attempts at work at once, at most; and on average while anything was. */
  readonly peak: number;
  readonly mean: number;
  /** Whether the commands of the whole plan passed on the branch as it stands; `undefined`: they did not run there. */
  readonly branchVerified: boolean | undefined;
  /** Tasks without a verify command of their own or of the plan: what landed of them was proven by nothing. */
  readonly unproven: readonly string[];
  readonly asked: readonly Asked[];
  readonly troubles: readonly Trouble[];
  readonly milestones: readonly { readonly at: number; readonly text: string }[];
  /** Tasks that are not merged. */
  readonly open: readonly { readonly task: string; readonly title: string; readonly status: string }[];
  /** What the plan asks for beyond its tasks, and what came of it; empty as long as nobody looked. */
  readonly balance: readonly BalanceItem[];
  /** What a person said needs no proof; absent: nothing. */
  readonly waived?: Board['waived'];
  /** What an agent said of it, in its own words; absent: none was asked, or nothing came of it. */
  readonly narrative?: { readonly agent: string; readonly model?: string; readonly said: Narrative };
  /** What is left to do, and what to type. */
  readonly followUps: readonly { readonly what: string; readonly type: string }[];
}

/** The retro of a run so far, from its state and the chronicle of the same events. */
export function retroOf(state: RunState, chronicle: Chronicle): Retro {
  const board = boardOf(state);
  const outcome = outcomeOf(state);
  const always = (state.settings?.verify.commands ?? []).length > 0;
  const merged = state.tasks.filter(({ progress }) => progress.status === 'merged');
  const check = state.branchCheck;
  return {
    slug: state.slug,
    run: state.run,
    title: state.title,
    kind: state.kind,
    plan: { path: state.planPath, sha256: state.planSha256 },
    approved: chronicle.approved,
    status: board.status,
    outcome: state.outcome,
    branch: state.runBranch,
    baseBranch: state.baseBranch,
    base: state.base,
    tip: state.tip,
    started: state.created,
    ended: state.updated,
    total: board.total,
    landed: board.counts.merged,
    ...(board.below === undefined ? {} : { below: board.below }),
    firstTry: outcome.merged.filter(({ attempts }) => attempts === 1).length,
    attempts: state.tasks.reduce((sum, { attempts }) => sum + attempts.length, 0),
    passed: chronicle.passed,
    agentTime: chronicle.agents,
    verifyTime: chronicle.verifications,
    peak: chronicle.peak,
    mean: chronicle.passed.atWork === 0 ? 0 : chronicle.agents / chronicle.passed.atWork,
    branchVerified: check === undefined || check.commit !== state.tip ? undefined : check.passed,
    unproven: always
      ? []
      : merged
          .filter(({ task, subplan }) => task.verify.length === 0 && subplan === undefined)
          .map(({ task }) => task.id),
    asked: chronicle.asked,
    troubles: chronicle.troubles,
    milestones: chronicle.milestones,
    open: state.tasks
      .filter(({ progress }) => progress.status !== 'merged' && progress.status !== 'dropped')
      .map(({ task, progress }) => ({ task: task.id, title: task.title, status: progress.status })),
    balance: state.end?.balance?.items ?? [],
    ...(board.waived === undefined ? {} : { waived: board.waived }),
    ...narrative(state),
    followUps:
      state.phase === 'over' ? [] : board.waiting.map(({ what, type }) => ({ what, type: type[0] ?? board.next })),
    ...outcome,
  };
}

function narrative({ end }: RunState): Pick<Retro, 'narrative'> {
  const asked = end?.narrative;
  const said = asked?.told?.said;
  if (asked === undefined || said === undefined) return {};
  const model = asked.told?.model ?? asked.model;
  return { narrative: { agent: asked.agent, said, ...(model === undefined ? {} : { model }) } };
}
