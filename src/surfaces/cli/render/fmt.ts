import type { FormatAnswer } from '../../../app/fmt.ts';
import { oneLine } from '../../../core/base/text.ts';
import { counted } from '../../words.ts';
import type { Paint } from '../paint.ts';

/** What formatting did: each file that changed or was left alone, and a sum. */
export function renderFormat({ files, skipped }: FormatAnswer, dry: boolean, command: string, paint: Paint): string[] {
  const out: string[] = [];
  for (const { file, fixed, left } of files) {
    const name = paint.strong(oneLine(file));
    if (left !== undefined)
      out.push(`${name}: left alone: ${oneLine(left.message, 400)}`, `  hint: ${oneLine(left.hint, 400)}`);
    else if (fixed !== undefined)
      out.push(`${name}: ${counted(fixed.edits, 'edit')}${fixed.written ? '' : ' would be made'}`);
  }
  const changed = files.filter(({ fixed }) => fixed !== undefined).length;
  const others = skipped === 0 ? '' : `; ${counted(skipped, 'other document')} skipped`;
  if (files.length === 0) out.push(`no plans found${others}`);
  else if (changed === 0) {
    const fine = files.filter(({ left }) => left === undefined).length;
    out.push(`${counted(fine, 'plan')} in canonical form${others}`);
  } else {
    const type = dry ? `: ${paint.type(command)}` : '';
    out.push(`${changed} of ${counted(files.length, 'plan')} ${dry ? 'would be ' : ''}formatted${type}${others}`);
  }
  return out;
}
