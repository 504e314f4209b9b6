import type { RunProgress } from '../../../app/progress.ts';
import { oneLine } from '../../../core/base/text.ts';
import { column, widest } from '../../width.ts';
import type { Paint } from '../paint.ts';

/** Milestones with their subtasks, one milestone for each stream, module or pull request of the plan. */
export function renderProgress({ slug, title, streams }: RunProgress, paint: Paint): string[] {
  if (streams.length === 0)
    return [`${oneLine(title)} (${oneLine(slug)}) has no streams: masterplan status ${oneLine(slug)} shows its tasks`];
  const done = streams.filter(({ status }) => status === 'merged').length;
  const ids = widest(
    streams.map(({ id }) => milestone(id)),
    24,
  );
  return [
    paint.strong(`${oneLine(title)}: ${done} of ${streams.length} milestones`),
    ...streams.flatMap(({ id, title: what, status, merged, of, ...stages }) => [
      `  ${box(status === 'merged' ? 'done' : 'open', paint)} ${column(milestone(id), ids)}  ${oneLine(what, 60)}${of === 0 ? '' : paint.faint(`  ${merged}/${of}`)}`,
      `      ${(
        [
          ['plan', stages.plan],
          ['se', stages.develop],
          ['test', stages.test],
          ['review', stages.review],
        ] as const
      )
        .filter(([, stage]) => stage !== 'none')
        .map(([name, stage]) => `${box(stage, paint)} ${milestone(id)}.${name}`)
        .join('  ')}`,
    ]),
  ];
}

/** `M-ws-1` for the stream WS-1: how progress of such plans has always been named. */
function milestone(id: string): string {
  return `M-${id.toLowerCase()}`;
}

function box(stage: string, paint: Paint): string {
  return stage === 'done' ? paint.good('[x]') : stage === 'under way' ? paint.warn('[~]') : '[ ]';
}
