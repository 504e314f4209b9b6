import { oneLine } from '../base/text.ts';
import { inScope } from '../plan/scope.ts';
import type { WitnessFinding } from '../witness/change.ts';
import type { IgnoredPath } from '../witness/ignored.ts';
import type { Effect } from './effect.ts';
import { attemptName, type RunEvent } from './event.ts';
import type { WitnessPolicy, WitnessSettings } from './settings.ts';
import { type Attempt, lastWork, type RunState, taskOf, type TaskState } from './state.ts';

type Examined = Extract<RunEvent, { event: 'change_examined' }>;

/** What follows from findings: the strictest of what the policy says for each. */
export function verdictOf(findings: readonly WitnessFinding[], settings: WitnessSettings): Examined['verdict'] {
  const policies = findings
    .filter(({ severity }) => severity === 'error')
    .map(({ rule }): WitnessPolicy => settings.rules?.[rule] ?? settings.weakened);
  if (policies.includes('reject')) return 'rejected';
  if (policies.includes('ask')) return 'asked';
  return findings.length > 0 ? 'warned' : 'passed';
}

/** Ignored paths outside of a scope: an empty scope holds everything. */
export function ignoredOutside(paths: readonly IgnoredPath[], scopes: readonly (readonly string[])[]): IgnoredPath[] {
  const within = (path: string): boolean =>
    scopes.every((scope) => inScope(scope, path.endsWith('/') ? `${path}x` : path));
  return paths.filter(({ path }) => !within(path));
}

/** What follows from ignored files outside of the scope: what follows from others there; they are never committed, so there is nothing to take back. */
export function ignoredPolicy(settings: WitnessSettings): WitnessPolicy {
  const scope = settings.scope ?? 'reject';
  return settings.rules?.ignored ?? (scope === 'revert' ? 'warn' : scope);
}

/** Whether a command that passed without running a test counts as failed. */
export function isStrict(settings: WitnessSettings | undefined): boolean {
  return settings !== undefined && settings.weakened !== 'warn' && settings.weakened !== 'off';
}

/** Findings that the policy does not want to hear of are left out. */
export function heard(findings: readonly WitnessFinding[], settings: WitnessSettings): WitnessFinding[] {
  return findings.filter(({ rule }) => (settings.rules?.[rule] ?? settings.weakened) !== 'off');
}

/** One finding in words. */
export function findingWords({ rule, path, line, what }: WitnessFinding): string {
  return `${rule}: ${path}${line === undefined ? '' : `:${line}`}: ${oneLine(what, 300)}`;
}

/** What is told of work that fails with the tests as they were. */
export const OLD_TESTS_LESSON =
  'with the tests that it changed as they were, a verify command fails. What they ask for goes on to hold, unless the task says otherwise';

/** What the next attempt is told of findings. */
export function lessonOf(findings: readonly WitnessFinding[], advice = ''): NonNullable<Attempt['lesson']> {
  const errors = findings.filter(({ severity }) => severity === 'error');
  const said = advice === '' ? '' : `a person says: ${oneLine(advice, 1000)}. `;
  if (errors.length > 0 && errors.every(({ rule }) => rule === 'frozen'))
    return {
      what: `${said}it changed what the plan froze. Others build on it: add to it, or leave it as it is`,
      paths: errors.slice(0, 12).map(findingWords),
    };
  if (errors.length > 0 && errors.every(({ rule }) => rule === 'ignored'))
    return {
      what: `${said}it wrote files outside of its scope that git ignores and that decide how programs run there. Do without them`,
      paths: errors.slice(0, 12).map(findingWords),
    };
  if (errors.length > 0 && errors.every(({ rule }) => rule === 'old_tests'))
    return { what: `${said}${OLD_TESTS_LESSON}`, paths: errors.slice(0, 12).map(findingWords) };
  return {
    what: `${said}it weakened what should prove it. Leave tests and checks at least as strict as they are, and make the work itself pass them; what the task does not ask to be changed in them stays as it is`,
    paths: errors.slice(0, 12).map(findingWords),
  };
}

/** Notes what the witness found; evolve calls it. */
export function foldExamination(attempt: Attempt, { commit, findings, verdict }: Examined): void {
  attempt.examined = { commit, findings, verdict };
  if (verdict === 'rejected') attempt.lesson = lessonOf(findings);
}

/** Notes what the tests as they were came to on the result; evolve calls it. */
export function foldOldTests(attempt: Attempt, event: Extract<RunEvent, { event: 'old_tests_tried' }>): void {
  const { of, verdict, evidence, finding } = event;
  attempt.oldTests = { of, verdict, evidence };
  if (finding === undefined) return;
  const { answer, ...seen } = attempt.examined ?? { commit: of, findings: [], verdict: 'passed' };
  attempt.examined = {
    ...seen,
    findings: [...seen.findings, finding],
    verdict: verdict !== 'warned' ? verdict : seen.verdict === 'passed' ? 'warned' : seen.verdict,
    // What a person said of the findings before stands, unless they are asked anew.
    ...(verdict === 'warned' && answer !== undefined ? { answer } : {}),
  };
}

/** Whether an attempt of a task was sent back already because its tests fail as they were. */
export function wasRejectedForOldTests({ attempts }: TaskState): boolean {
  return attempts.some(({ oldTests }) => oldTests?.verdict === 'rejected');
}

/** Name of the gate at which a person decides about the findings in a change. */
export function witnessGate(task: string, attempt: number): string {
  return `witness:${task}.${attempt}`;
}

/** The task that such a gate is about, if it is on that attempt. */
export function witnessGateTask(state: RunState, gate: string): TaskState | undefined {
  const [, id = '', number = ''] = /^witness:(.+)\.(\d+)$/.exec(gate) ?? [];
  const task = taskOf(state, id);
  return task !== undefined && lastWork(task)?.number === Number(number) ? task : undefined;
}

/** Whether the work of a task waits for a person to decide about findings: it is not verified before. */
export function isAsked(task: TaskState): boolean {
  const examined = lastWork(task)?.examined;
  return task.progress.status === 'verifying' && examined?.verdict === 'asked' && examined.answer === undefined;
}

/** Opens the gate of work that waits for a person, unless it is open. */
export function askAboutFindings(state: RunState, task: TaskState, effects: Effect[]): void {
  const attempt = lastWork(task);
  if (attempt?.examined === undefined) return;
  const gate = witnessGate(task.task.id, attempt.number);
  if (state.gates.some(({ id }) => id === gate)) return;
  const errors = attempt.examined.findings.filter(({ severity }) => severity === 'error');
  effects.push({
    type: 'record',
    key: `record:gate:${gate}`,
    events: [
      {
        event: 'gate_opened',
        gate,
        question: `${attemptName(task.task.id, attempt.number)} changed what should prove it (${errors.length} ${errors.length === 1 ? 'finding' : 'findings'}). Accept it?`,
        options: ['accept', 'reject', 'cancel'],
        recommended: 'reject',
        detail: [
          ...errors.slice(0, 20).map(findingWords),
          `look at it: git --git-dir=.masterplan/queue.git show ${attempt.examined.commit.slice(0, 12)}`,
        ],
      },
    ],
  });
}

/** Notes what the commands came to; evolve calls it. Logs of 0.2 and before do not say. */
export function foldEvidence(attempt: Attempt, event: Extract<RunEvent, { event: 'verification_finished' }>): void {
  if (event.results === undefined) return;
  const { tree, passed, landing, evidence: path, environment, results } = event;
  attempt.evidence = { tree, passed, landing, path, results, ...(environment === undefined ? {} : { environment }) };
}
