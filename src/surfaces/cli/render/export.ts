import type { ExportReport } from '../../../app/export.ts';
import { oneLine } from '../../../core/base/text.ts';
import { counted } from '../../words.ts';
import type { Paint } from '../paint.ts';

const SHOWN = 20;

/** Which files were written, and what could not be said in them. */
export function renderExport({ plan, formatTitle, givenBack, files, notes }: ExportReport, paint: Paint): string[] {
  const how = givenBack ? 'given back as' : 'written as';
  const out = [`${paint.strong(oneLine(plan))}  ${how} ${formatTitle}: ${counted(files.length, 'file')}`];
  const changed = files.filter((file) => file.status !== 'unchanged');
  for (const { path, status } of changed.slice(0, SHOWN))
    out.push(`  ${status === 'dry-run' ? 'would write' : paint.good('wrote')} ${oneLine(path)}`);
  if (changed.length > SHOWN) out.push(`  … and ${counted(changed.length - SHOWN, 'more file')}`);
  if (changed.length < files.length) out.push(`  ${files.length - changed.length} unchanged`);
  for (const note of notes.slice(0, SHOWN)) out.push(`  ${paint.warn('note')} ${oneLine(note, 1000)}`);
  if (notes.length > SHOWN) out.push(`  … and ${counted(notes.length - SHOWN, 'more note')}: --json has them all`);
  return out;
}

/** The same for programs. */
export function exportJson(report: ExportReport): unknown {
  return report;
}
