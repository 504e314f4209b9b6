import { oneLine } from '../../base/text.ts';
import { coverageOf } from '../review/coverage.ts';
import { taskOf, type RunState } from '../state.ts';
import { counts, standingOf } from './balance.ts';

/** Rows of one list in a pull request. */
const MOST = 100;

/** What a pull request says of a run, or of one unit of it: made of the plan and the log, never of what an agent claims alone. */
export function pullRequestText(state: RunState, unit?: string): { readonly title: string; readonly body: string } {
  const of = unit === undefined ? undefined : taskOf(state, unit);
  const title = oneLine(of === undefined ? state.title : `${of.task.id}: ${of.task.title}`, 200);
  const mine = state.landed.filter(
    ({ task }) => unit === undefined || task === unit || taskOf(state, task)?.parent === unit,
  );
  const items = (state.end?.balance?.items ?? []).filter(
    (one) =>
      unit === undefined ||
      (state.terms?.criteria ?? []).some(({ id, tasks }) => id === one.id && tasks.includes(unit)),
  );
  const { asked, proven, waived, missing } = standingOf(items);
  const check = state.branchCheck;
  const review = coverageOf(state);
  const lines = [
    `Carries out ${of === undefined ? 'the plan' : `${of.task.id} of the plan`} "${words(state.title)}" (\`${words(state.planPath)}\`, ${state.planSha256.slice(0, 12)}).`,
    '',
    ...(missing.length === 0 ? [] : [`**Not complete:** nothing proves ${missing.map(words).join(', ')}.`, '']),
    '## What landed',
    '',
    ...some(
      mine.map(
        ({ task, commit }) =>
          `- **${words(task)}** ${words(taskOf(state, task)?.task.title ?? '')} (${commit.slice(0, 12)})`,
      ),
    ),
    '',
    ...(asked === 0
      ? []
      : [
          '## What the plan asks for',
          '',
          `${proven} of ${asked} proven${waived.length === 0 ? '' : `, ${waived.length} waived`}${missing.length === 0 ? '' : `, ${missing.length} missing`}.`,
          '',
          ...some(
            items
              .filter(counts)
              .map(
                ({ id, state: how, text, by }) =>
                  `- [${how === 'proven' ? 'x' : ' '}] **${words(id)}** ${words(text)} — ${how === 'proven' ? '' : `${how}: `}${words(by)}`,
              ),
          ),
          '',
        ]),
    '## How it was verified',
    '',
    check === undefined
      ? 'No command verifies it.'
      : `On ${check.commit.slice(0, 12)}, in a clean checkout: ${check.passed ? 'every command passed' : `\`${words(check.failed?.command ?? '')}\` failed`}.`,
    '',
    ...some((check?.commands ?? []).map((command) => `- \`${words(command)}\``)),
    ...(review.gaps.length === 0
      ? []
      : ['', `Not reviewed: ${review.gaps.map(({ task }) => words(task)).join(', ')}.`]),
  ];
  return {
    title,
    body: `${lines
      .join('\n')
      .replace(/\n{3,}/g, '\n\n')
      .trimEnd()}\n`,
  };
}

function some(lines: readonly string[]): string[] {
  return lines.length <= MOST ? [...lines] : [...lines.slice(0, MOST), `- … and ${lines.length - MOST} more`];
}

/** Foreign text in a line of Markdown: it opens no markup, mentions nobody and closes nothing. */
function words(text: string): string {
  return oneLine(text, 300)
    .replaceAll(/[\\*_[\]<>`]/g, (mark) => `\\${mark}`)
    .replaceAll(/(?<=^|\s)([#@])(?=\w)/g, '$1\u200B');
}
