import type { DraftUnit } from '../../draft.ts';
import type { MicroTask, StepKind } from '../../kinds/micro/model.ts';
import { commitsNothing, isLint } from '../../kinds/micro/step-kinds.ts';
import { isDocsPath, isTestPath } from '../../kinds/micro/task-files.ts';

/** What a task changes: prose and settings cannot be tested first, and tests are their own proof. */
export type Nature = 'code' | 'tests' | 'prose' | 'check';

/** A task that only looks at what the others have done. */
const CHECK =
  /^(?:(?:final|full|end-to-end|manual|overall)\s+)?(?:verif(?:y|ication)|validat(?:e|ion))\b|\bverification(?: gate)?\W*$|\bgate\W*$/i;

const SETTINGS =
  /\.(?:ya?ml|json|toml|ini|cfg|lock|env|csv|svg|png)$|(?:^|\/)(?:Makefile|Dockerfile|\.[\w-]+(?:ignore|rc))$|^\.github\//i;

/** The nature of a task, by its files or, where it names none, by its title. */
export function natureOf(unit: DraftUnit, task: MicroTask): Nature {
  const { files } = task;
  if (files.length === 0) {
    if (CHECK.test(unit.title) && task.steps.every(({ kind }) => kind !== 'test' && kind !== 'impl')) return 'check';
    const { mentions } = task;
    if (mentions.length > 0 && mentions.every((path) => isDocsPath(path) || SETTINGS.test(path))) return 'prose';
    if (/\btests?\b/i.test(unit.title)) return 'tests';
    return /\b(?:docs?|documentation|readme|changelog|\w{1,60}\.md)\b/i.test(unit.title) ? 'prose' : 'code';
  }
  const rest = files.filter(({ path }) => !isDocsPath(path) && !SETTINGS.test(path));
  if (rest.length === 0) return 'prose';
  return rest.every(({ path, use }) => use === 'test' || isTestPath(path)) ? 'tests' : 'code';
}

/** In the order in which they stand in a task. */
export const STEP_ORDER: readonly StepKind[] = ['test', 'run-fail', 'impl', 'run-pass', 'lint', 'commit'];

/** The steps of test-first work that a task of this nature should have. */
export function wantedSteps(unit: DraftUnit, task: MicroTask, compact: boolean): readonly StepKind[] {
  if (unit.nonCommitting) return [];
  const nature = natureOf(unit, task);
  if (nature === 'prose') return ['commit'];
  if (nature === 'check') return ['run-pass'];
  if (nature === 'tests') return ['test', 'run-pass', 'lint', 'commit'];
  if (!compact) return STEP_ORDER;
  const tested = task.files.some(({ path, use }) => use === 'test' || use === 'create' || isTestPath(path));
  return tested ? ['test', 'impl', 'run-pass', 'lint', 'commit'] : ['impl', 'run-pass', 'lint', 'commit'];
}

/** The steps that a task has, by their titles and by what their commands are. */
export function presentSteps(unit: DraftUnit, task: MicroTask): ReadonlySet<StepKind> {
  const found = new Set<StepKind>();
  for (const { kind, runs, title, commit } of task.steps) {
    found.add(kind);
    if (commit !== undefined || commitsNothing(title)) found.add('commit');
    if (/^run|^verify|^check/i.test(title) && isLint(title)) found.add('lint');
    for (const run of runs) found.add(run.fails ? 'run-fail' : isLint(run.command) ? 'lint' : 'run-pass');
  }
  for (const { run } of unit.verify) found.add(isLint(run) ? 'lint' : 'run-pass');
  // In the short form, what to do often stands in front of the keys.
  if (task.lead) found.add('impl');
  // Mending a test is writing one.
  const tests = natureOf(unit, task) === 'tests';
  if (found.has('impl') && tests) found.add('test');
  // Tests that are written first can only be seen to fail.
  if (found.has('run-fail') && tests) found.add('run-pass');
  return found;
}
