import type { RescueDetails, RescueReport, Restored } from '../../../app/rescue.ts';
import { oneLine } from '../../../core/base/text.ts';
import { duration } from '../../../core/base/time.ts';
import type { Paint } from '../paint.ts';

/** Most files that are named. */
const MOST = 40;

/** Everything that can be brought back, newest first, and what to type. */
export function renderRescue(report: RescueReport, now: number, paint: Paint): string[] {
  const { items, landed, looked } = report;
  const also = landed === 0 ? [] : [paint.faint(`${landed} more whose work landed: masterplan rescue --all`)];
  if (items.length === 0) {
    return [
      landed === 0 ? 'nothing is lost here, and nothing was kept' : 'nothing is lost: all that was kept has landed',
      paint.faint(`looked at ${looked.join(', ')}`),
      ...also,
    ];
  }
  const lines = items.flatMap((one) => [
    `${paint.strong(one.id.padEnd(10))}  ${oneLine(one.about, 400)}`,
    paint.faint(`            ${ago(one.made, now)}: ${oneLine(one.title, 200)}`),
  ]);
  const first = items.find(({ commit }) => commit !== undefined) ?? items[0];
  return [
    ...lines,
    '',
    `look at one: ${paint.type(`masterplan rescue show ${first?.id ?? ''}`)}`,
    `bring it back: ${paint.type(`masterplan rescue restore ${first?.id ?? ''}`)}`,
    ...also,
  ];
}

/** One thing, with the files that it changes. */
export function renderDetails({ item, changes }: RescueDetails, now: number, paint: Paint): string[] {
  const lines = [
    `${paint.strong(item.id)}  ${oneLine(item.about, 400)}`,
    `  ${oneLine(item.title, 200)}`,
    '',
    ...(item.run === undefined ? [] : [`  run      ${oneLine(item.run)}`]),
    ...(item.commit === undefined
      ? []
      : [`  commit   ${item.commit}${item.loose ? ' (no ref leads to it any more)' : ''}`]),
    ...(item.base === undefined ? [] : [`  base     ${item.base}`]),
    ...(item.ref === undefined ? [] : [`  ref      ${oneLine(item.ref)}`]),
    ...(item.path === undefined ? [] : [`  path     ${oneLine(item.path, 400)}`]),
    `  made     ${ago(item.made, now)}`,
  ];
  if (changes !== undefined) {
    lines.push(`  changes  ${changes.length} ${changes.length === 1 ? 'file' : 'files'}`);
    for (const { path, kind } of changes.slice(0, MOST)) lines.push(`    ${kind.padEnd(9)} ${oneLine(path, 400)}`);
    if (changes.length > MOST) lines.push(paint.faint(`    and ${changes.length - MOST} more`));
  }
  if (item.commit !== undefined)
    lines.push(
      '',
      `on a new branch: ${paint.type(`masterplan rescue restore ${item.id}`)}`,
      `as files: ${paint.type(`masterplan rescue restore ${item.id} --into <directory>`)}`,
    );
  return lines;
}

/** Where it is now. */
export function renderRestored({ item, branch, directory, files }: Restored, paint: Paint): string[] {
  if (branch !== undefined) {
    return [
      `${item.id} is on the new branch ${paint.strong(branch)}`,
      `look at it: ${paint.type(`git log -p ${item.base === undefined ? '-1 ' : `${item.base.slice(0, 12)}..`}${branch}`)}`,
    ];
  }
  return [`the ${files ?? 0} files of ${item.id} are in ${paint.strong(oneLine(directory ?? '', 400))}`];
}

function ago(then: number, now: number): string {
  const long = Math.max(0, now - then);
  const day = 24 * 3_600_000;
  return long < 2 * day ? `${duration(long)} ago` : `${Math.floor(long / day)} days ago`;
}
