import { CATEGORIES, type CleanedItem, type CleanReport } from '../../../app/clean/model.ts';
import { oneLine } from '../../../core/base/text.ts';
import { counted } from '../../words.ts';
import type { Paint } from '../paint.ts';

/** What would be, or was, cleared away, by category; then what was left, with why. */
export function renderClean({ applied, items, notes }: CleanReport, remove: boolean, paint: Paint): string[] {
  const todo = items.filter(({ action }) => action !== 'leave');
  const out: string[] = [];
  if (todo.length === 0) out.push('nothing to clear away');
  for (const category of CATEGORIES) {
    const mine = todo.filter((item) => item.category === category);
    if (mine.length === 0) continue;
    out.push(paint.strong(category), ...mine.flatMap((item) => row(item, applied, paint)), '');
  }
  const left = items.filter(({ action }) => action === 'leave');
  if (left.length > 0) {
    out.push(paint.strong('left as it is'));
    for (const { path, what, why } of left)
      out.push(`  ${oneLine(path, 200)}  ${oneLine(what, 200)}`, paint.faint(`      ${oneLine(why ?? '', 400)}`));
    out.push('');
  }
  for (const note of notes) out.push(oneLine(note, 400), '');
  if (!applied && todo.length > 0)
    out.push(`nothing was changed; to do it: masterplan clean${remove ? ' --delete' : ''} --apply`);
  else if (applied) {
    const done = items.filter((item) => item.done).length;
    out.push(
      `${counted(done, 'thing')} cleared away${todo.length > done ? `, ${todo.length - done} could not be` : ''}`,
    );
  }
  while (out.at(-1) === '') out.pop();
  return out;
}

function row(item: CleanedItem, applied: boolean, paint: Paint): string[] {
  const { path, what, action, to, done, why, ref } = item;
  const where =
    action === 'archive'
      ? ` → ${oneLine(to ?? '', 200)}`
      : action === 'delete'
        ? ` → a snapshot${ref === undefined ? '' : ` (${ref})`}, then away`
        : '';
  const state = !applied ? '' : done ? `${paint.good('done')}  ` : `${paint.bad('not done')}  `;
  return [
    `  ${state}${oneLine(path, 200)}${where}`,
    paint.faint(`      ${oneLine(what, 200)}`),
    ...(why === undefined ? [] : [`      ${oneLine(why, 400)}`]),
  ];
}
