import type { RunState } from '../state.ts';
import { FATES, SEVERITIES, type Fate, type Severity } from './finding.ts';

/** How much of a run was reviewed, as numbers that every surface shows. */
export interface ReviewCoverage {
  readonly configured: 'off' | 'on' | 'required';
  /** Merged tasks whose work is their own: all that could have been reviewed. */
  readonly merged: number;
  /** Of these: approved by a review, let pass by a person, gone on without one, with nothing to review, and never up for review. */
  readonly reviewed: number;
  readonly accepted: number;
  readonly skipped: number;
  readonly nothing: number;
  readonly unreviewed: number;
  /** Reviewed by the vendor that wrote it. */
  readonly same_vendor: number;
  /** Reviewed on another tree than the one that landed: carried onto what landed meanwhile. */
  readonly carried: number;
  /** Of these, with files of their own that are others than those that were reviewed. */
  readonly mixed: number;
  /** Tasks under review now, and those of them that wait for a person. */
  readonly reviewing: number;
  readonly waiting: number;
  /** Rounds concluded, those that named nothing, and review attempts that came to nothing. */
  readonly rounds: number;
  readonly empty: number;
  readonly failed: number;
  /** Findings by severity and what became of them. */
  readonly findings: Readonly<Record<Severity, Readonly<Record<Fate, number>>>>;
  /** Tasks that nobody reviewed though it was configured, and why. */
  readonly gaps: readonly { readonly task: string; readonly reason: string }[];
}

/** The coverage of a run so far. */
export function coverageOf(state: RunState): ReviewCoverage {
  const findings = Object.fromEntries(
    SEVERITIES.map((severity) => [severity, Object.fromEntries(FATES.map((fate) => [fate, 0]))]),
  ) as Record<Severity, Record<Fate, number>>;
  const sum = {
    merged: 0,
    reviewed: 0,
    accepted: 0,
    skipped: 0,
    nothing: 0,
    unreviewed: 0,
    same_vendor: 0,
    carried: 0,
    mixed: 0,
    reviewing: 0,
    waiting: 0,
    rounds: 0,
    empty: 0,
    failed: 0,
  };
  const gaps: { task: string; reason: string }[] = [];
  for (const { task, progress, attempts, review, subplan, takenOver } of state.tasks) {
    for (const { subject, ended } of attempts)
      if (subject !== undefined && ended !== undefined && ended.ending !== 'done') sum.failed++;
    sum.rounds += review?.past.length ?? 0;
    sum.empty += review?.past.filter(({ named }) => named === 0).length ?? 0;
    for (const { severity, fate } of review?.findings ?? []) findings[severity][fate]++;
    if (progress.status === 'reviewing') {
      sum.reviewing++;
      if (state.gates.some(({ id }) => id === `review:${task.id}`)) sum.waiting++;
    }
    const pass = review?.pass;
    if (pass?.by === 'skip' && !pass.nothing) gaps.push({ task: task.id, reason: pass.reason });
    // Documents are no part of what landed.
    if (task.authors !== undefined) continue;
    // What was merged without an attempt of ours was taken over by an import, and never came up for review here.
    if (progress.status !== 'merged' || subplan !== undefined || (takenOver !== undefined && progress.attempt === 0))
      continue;
    sum.merged++;
    if (pass === undefined) {
      sum.unreviewed++;
      if (state.settings?.review !== undefined)
        gaps.push({ task: task.id, reason: 'it landed without having come up for review' });
      continue;
    }
    if (pass.by === 'person') sum.accepted++;
    else if (pass.by === 'skip') sum[pass.nothing ? 'nothing' : 'skipped']++;
    else {
      sum.reviewed++;
      if (pass.how === 'same-vendor') sum.same_vendor++;
      if (progress.tree === undefined || progress.tree === pass.tree) continue;
      sum.carried++;
      if (review?.mixed !== undefined && review.mixed !== pass.tree) sum.mixed++;
    }
  }
  return { configured: state.settings?.review?.mode ?? 'off', ...sum, findings, gaps };
}

/** The coverage in one line: `review: on, 3 of 4 reviewed, 1 skipped`. */
export function coverageWords(coverage: ReviewCoverage): string {
  const { configured, merged, reviewed } = coverage;
  if (configured === 'off')
    return `review: not configured, 0 of ${merged} merged ${merged === 1 ? 'task' : 'tasks'} reviewed`;
  const parts = [`${reviewed} of ${merged} merged ${merged === 1 ? 'task' : 'tasks'} reviewed`];
  const add = (count: number, words: string): void => void (count > 0 && parts.push(`${count} ${words}`));
  add(coverage.gaps.length, 'NOT REVIEWED');
  add(coverage.accepted, 'let pass by a person');
  add(coverage.nothing, 'with nothing to review');
  add(coverage.same_vendor, 'by the same vendor');
  add(coverage.carried, 'carried onto other work after its review');
  add(coverage.mixed, 'of them with other files than were reviewed');
  add(coverage.reviewing, 'under review');
  add(coverage.rounds, coverage.rounds === 1 ? 'round' : 'rounds');
  add(coverage.empty, `of them without a finding`);
  add(coverage.failed, coverage.failed === 1 ? 'review came to nothing' : 'reviews came to nothing');
  return `review: ${configured === 'required' ? 'required, ' : ''}${parts.join(', ')}`;
}

/** The findings in one line: `high 1 fixed, 1 refuted; low 2 open`; empty where there are none. */
export function findingWords({ findings }: Pick<ReviewCoverage, 'findings'>): string {
  return SEVERITIES.flatMap((severity) => {
    const fates = FATES.filter((fate) => findings[severity][fate] > 0).map(
      (fate) => `${findings[severity][fate]} ${fate}`,
    );
    return fates.length === 0 ? [] : [`${severity} ${fates.join(', ')}`];
  }).join('; ');
}
