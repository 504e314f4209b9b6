import type { Running } from '../../../app/ps.ts';
import { oneLine } from '../../../core/base/text.ts';
import { duration } from '../../../core/base/time.ts';
import { size } from '../../../core/run/pressure.ts';
import type { ProcessRow } from '../../../core/views/processes.ts';
import { counted } from '../../words.ts';
import type { Paint } from '../paint.ts';

/** Processes of one row that are shown. */
const MOST = 12;

/** What runs, thing by thing with its processes, and what the machine has left. */
export function renderProcesses({ rows, machine }: Running, now: number, paint: Paint): string[] {
  const out: string[] = rows.length === 0 ? ['Nothing of masterplan runs here.'] : [];
  for (const row of rows) {
    const long = duration(Math.max(0, now - row.since));
    const use = `${size(row.memory)}, ${duration(row.cpu_ms)} of processor time`;
    const standing = row.standing === 'at-work' ? '' : `  ${paint.warn(STANDING[row.standing])}`;
    out.push(`${paint.strong(nameOf(row))}  ${oneLine(row.slug ?? '')}  for ${long}, ${use}${standing}`);
    for (const { pid, depth, command } of row.tree.slice(0, MOST))
      out.push(paint.faint(`  ${'  '.repeat(Math.min(depth, 8))}${pid}  ${oneLine(command, 100)}`));
    if (row.tree.length > MOST) out.push(paint.faint(`  and ${row.tree.length - MOST} more`));
  }
  const { memory, load, disk, places } = machine;
  const left = [
    ...(memory === null ? [] : [`${size(memory.available)} of ${size(memory.total)} of memory`]),
    ...(disk === null ? [] : [`${size(disk)} of disk`]),
    ...(load === null ? [] : [`load ${load.one.toFixed(1)} on ${counted(load.cores, 'core')}`]),
  ];
  if (left.length > 0) out.push('', paint.faint(`left: ${left.join(', ')}`));
  if (places.limit !== null || places.runs.length > 0) {
    const using = places.runs.reduce((sum, one) => sum + one.using, 0);
    const most = places.limit === null ? '' : ` of ${places.limit}`;
    out.push(paint.faint(`places for agents on this machine: ${using}${most} taken`));
    for (const one of places.runs)
      out.push(paint.faint(`  ${oneLine(one.slug)} (${one.pid}) has ${one.using}, could use ${one.wants} more`));
  }
  if (rows.some(({ standing }) => standing === 'orphan' || standing === 'unattended'))
    out.push('', `to end what nobody looks after: ${paint.type('masterplan ps --kill-orphans')}`);
  return out;
}

/** What was ended. */
export function renderEnded(rows: readonly ProcessRow[]): string[] {
  return rows.length === 0
    ? ['There was nothing to end.']
    : rows.map(
        (row) => `ended ${nameOf(row)} (process ${row.pid}${row.slug === undefined ? '' : ` of ${oneLine(row.slug)}`})`,
      );
}

const STANDING = {
  'at-work': '',
  unattended: 'unattended: nobody carries its run on',
  orphan: 'orphan: it belongs to nothing any more',
  elsewhere: 'of another repository',
} as const;

function nameOf({ what, task, attempt }: ProcessRow): string {
  return task === undefined ? what : `${oneLine(task)}${attempt === undefined ? '' : `#${attempt}`}`;
}
