import type { ValidateReport } from '../../../app/api.ts';
import { oneLine } from '../../../core/base/text.ts';
import { counted } from '../../words.ts';
import type { Paint } from '../paint.ts';

/** Which logs and bundles are whole, and what is wrong with the others. */
export function renderValidation({ runs }: ValidateReport, paint: Paint): string[] {
  if (runs.length === 0) return ['No run here yet: nothing to validate.'];
  const out: string[] = [];
  for (const { slug, ok, events, findings } of runs) {
    const verdict = ok ? paint.good('ok') : paint.bad('not whole');
    out.push(`${paint.strong(oneLine(slug))}  ${verdict}  ${counted(events, 'event')}`);
    for (const { severity, file, line, message, hint } of findings) {
      const word = severity === 'error' ? paint.bad('error') : paint.warn('warning');
      out.push(`  ${oneLine(file)}${line > 0 ? `:${line}` : ''}: ${word}: ${oneLine(message, 1000)}`);
      if (hint !== '') out.push(`    hint: ${oneLine(hint, 1000)}`);
    }
  }
  return out;
}
