import type { ImportedBundle } from '../../../app/imports/bundle.ts';
import type { Discovery } from '../../../app/imports/discover.ts';
import { oneLine } from '../../../core/base/text.ts';
import { counted } from '../../words.ts';
import type { Paint } from '../paint.ts';

/** Candidates that are shown; `--json` has them all. */
const SHOWN = 40;

/** What became of each task, on what evidence, and what to type next. */
export function renderImportedBundle(made: ImportedBundle, paint: Paint): string[] {
  const { status, title, from, schema, bundle, slug, tasks } = made;
  if (status === 'unchanged')
    return [`unchanged  ${oneLine(from)} was imported as ${bundle}`, `  next: masterplan status ${slug}`];
  const verb = status === 'written' ? paint.good('imported') : 'would import';
  const out = [
    `${verb}  ${paint.strong(oneLine(title))}  ${oneLine(from)}${schema === undefined ? '' : ` (schema ${schema})`}`,
    `  ${bundle}: ${counted(tasks.length, 'task')}${made.over ? ', over' : ''}, on ${made.base.branch} at ${made.base.commit.slice(0, 12)}`,
  ];
  for (const { task, title: what, verdict, evidence, against, by } of tasks) {
    const word = {
      done: paint.good('done'),
      waived: 'waived',
      possibly_done: paint.warn('possibly done'),
      not_done: 'not done',
    }[verdict];
    out.push(`  ${task}  ${word}  ${oneLine(what, 80)}${by === undefined ? '' : ` (${oneLine(by)} says so)`}`);
    for (const one of evidence)
      out.push(paint.faint(`      ${one.signal}: ${oneLine(one.what, 200)}, ${oneLine(one.where, 120)}`));
    for (const one of against) out.push(paint.faint(`      against it: ${oneLine(one, 200)}`));
  }
  for (const remark of made.remarks) out.push(`  ${oneLine(remark, 400)}`);
  const possible = tasks.filter(({ verdict }) => verdict === 'possibly_done').map(({ task }) => task);
  if (possible.length > 0 && !made.over)
    out.push(
      '',
      `Possibly done is worked on again, and its agent is told what was found. What you know to be done: --done ${possible.join(',')}${status === 'written' ? ' --slug <another name>' : ''}`,
    );
  if (status === 'dry-run') return [...out, '', 'nothing was written'];
  return [...out, '', made.over ? `next: masterplan status ${slug}` : `next: masterplan run ${slug}`];
}

/** What there is to import. */
export function renderDiscovery({ candidates, notes }: Discovery, paint: Paint): string[] {
  const out =
    candidates.length === 0
      ? ['nothing to import was found']
      : [`${counted(candidates.length, 'thing')} could be imported; nothing was written:`];
  for (const one of candidates.slice(0, SHOWN)) {
    out.push(
      '',
      `${paint.strong(oneLine(one.from, 120))}  ${one.kind}  ${paint.faint(oneLine(one.title, 100))}`,
      one.imported === undefined ? `  becomes ${oneLine(one.becomes, 200)}` : `  was imported as ${one.imported}`,
    );
    if (one.imported === undefined) out.push(`  ${oneLine(one.type, 300)}`);
  }
  if (candidates.length > SHOWN) out.push('', `… and ${candidates.length - SHOWN} more: --json has them all`);
  if (notes.length > 0) out.push('', ...notes.map((note) => oneLine(note, 500)));
  return out;
}
