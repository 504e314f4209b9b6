import type { Edit } from '../../../base/finding.ts';
import type { DraftUnit } from '../../draft.ts';
import type { MicroTask, StepKind } from '../../kinds/micro/model.ts';
import type { Source } from '../../markdown/source.ts';
import { failsOnly } from '../../kinds/micro/tasks.ts';
import { newlineOf } from '../newline.ts';
import type { Rule } from '../rule.ts';
import { endOfLine, taskSpan } from './places.ts';
import { natureOf, presentSteps, STEP_ORDER, wantedSteps } from './shape.ts';

const WORDS: Readonly<Record<StepKind, string>> = {
  test: 'test',
  'run-fail': 'run that fails',
  impl: 'implementation',
  'run-pass': 'run that passes',
  lint: 'lint',
  commit: 'commit',
  other: 'step',
};

/** MI-10: test, see it fail, implement, see it pass, lint, commit. What only changes prose or tests needs less. */
export const tddShape: Rule<'micro'> = {
  id: 'MI-10',
  name: 'task-tdd-shape',
  about: 'A task lacks a step of test-first work: test, run that fails, implementation, run that passes, lint, commit.',
  severity: 'error',
  fix: 'stub',
  kinds: ['micro'],
  *check({ draft, detail }) {
    for (const [at, task] of detail.tasks.entries()) {
      const unit = draft.units[at];
      if (unit === undefined) continue;
      const present = new Set(presentSteps(unit, task));
      if (testedBefore(draft.units[at - 1], detail.tasks[at - 1])) present.add('test').add('run-fail');
      const missing = wantedSteps(unit, task, detail.compact).filter((kind) => !present.has(kind));
      if (missing.length === 0) continue;
      const names = missing.map((kind) => WORDS[kind]);
      const edits = stubs(draft.outline.source, unit, task, missing, detail.compact);
      yield {
        ...(detail.compact ? { severity: 'warning' as const } : {}),
        span: taskSpan(draft, at),
        message: `${unit.id} has no ${names.join(', no ')}.`,
        hint: detail.compact
          ? 'Write the keys Test, Impl, Verify, Lint and Commit.'
          : 'Write the steps: failing test, run, code, run, lint, commit.',
        ...(edits === undefined
          ? {}
          : { fix: { kind: 'stub' as const, title: `Insert what is missing of ${unit.id}, to fill in`, edits } }),
      };
    }
  },
};

/** Whether the task in front only writes tests, and sees them fail. */
function testedBefore(unit: DraftUnit | undefined, task: MicroTask | undefined): boolean {
  return unit !== undefined && task !== undefined && natureOf(unit, task) === 'tests' && failsOnly(task.steps);
}

function stubs(
  source: Source,
  unit: DraftUnit,
  { steps }: MicroTask,
  missing: readonly StepKind[],
  compact: boolean,
): readonly Edit[] | undefined {
  // Into lists whose items are the steps nothing can be put that fits whatever they look like.
  const named = steps.every(
    (step) => step.compact || /^\W{0,12}step\b/i.test(source.shadow.slice(step.head.start, step.head.start + 40)),
  );
  const item = /^(?:[-*+]|\d{1,9}[.)])[ \t]/.test(source.shadow.slice(unit.start, unit.start + 12));
  if (!named || item) return undefined;
  const nl = newlineOf(source);
  const short = compact || (steps.length > 0 && steps.every((step) => step.compact));
  const ids = unit.criterionIds ?? [];
  const texts = new Map<number, string>();
  for (const kind of missing) {
    const text = (short ? keyStub(kind, ids) : stepStub(kind, ids)).replaceAll('\n', nl);
    const rank = STEP_ORDER.indexOf(kind);
    const later = steps.find((step) => STEP_ORDER.indexOf(step.kind) > rank);
    if (later !== undefined && source.lineStart(later.head.start) === later.head.start) {
      const start = later.head.start;
      texts.set(start, `${texts.get(start) ?? ''}${text}${short ? nl : nl + nl}`);
    } else {
      const last = steps.at(-1);
      const start = endOfLine(source, last === undefined ? lastText(source, unit) : Math.max(last.end, last.head.end));
      texts.set(start, `${texts.get(start) ?? ''}${nl}${nl}${text}`);
    }
  }
  return [...texts].map(([start, text]) => ({ start, end: start, text }));
}

/** Where the text of a task ends, a rule below it left out. */
function lastText(source: Source, unit: DraftUnit): number {
  const text = source.shadow.slice(unit.start, unit.end).trimEnd();
  const line = text.lastIndexOf('\n') + 1;
  const bare = line > 0 && /^ {0,3}-{3,100}$/.test(text.slice(line, line + 110)) ? text.slice(0, line).trimEnd() : text;
  return unit.start + bare.length;
}

function stepStub(kind: StepKind, ids: readonly string[]): string {
  switch (kind) {
    case 'test':
      return '**Step: Write the failing test**\n\n[the complete test, as code]';
    case 'run-fail':
      return '**Step: Run the test and see it fail**\n\nRun: `[command of the test]`\nExpected: FAIL';
    case 'impl':
      return '**Step: Implement it**\n\n[the complete change, as code]';
    case 'run-pass':
      return '**Step: Run the test and see it pass**\n\nRun: `[command of the test]`\nExpected: PASS';
    case 'lint':
      return '**Step: Run the linter**\n\nRun: `[command of the linter]`\nExpected: no findings';
    default:
      return `**Step: Commit**\n\n\`\`\`bash\ngit commit -m "[type(scope): summary]${suffix(ids)}"\n\`\`\``;
  }
}

function keyStub(kind: StepKind, ids: readonly string[]): string {
  switch (kind) {
    case 'test':
      return '**Test:** [the complete test, as code]';
    case 'impl':
      return '**Impl:** [what changes]';
    case 'run-fail':
    case 'run-pass':
      return '**Verify:** `[command of the tests]`';
    case 'lint':
      return '**Lint:** `[command of the linter]`';
    default:
      return `**Commit:** \`[type(scope): summary]${suffix(ids)}\``;
  }
}

function suffix(ids: readonly string[]): string {
  return ids.length === 0 ? '' : ` (${ids.slice(0, 5).join(', ')})`;
}
