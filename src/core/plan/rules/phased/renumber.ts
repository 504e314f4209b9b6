import type { Edit } from '../../../base/finding.ts';
import type { Draft } from '../../draft.ts';
import { phasesIn } from '../../kinds/master/mentions.ts';
import { textIn } from '../../markdown/text.ts';

/** Edits that make every mention of a phase follow its new number; `undefined` when a mention would change its meaning. */
export function renumberMentions(draft: Draft, numbers: ReadonlyMap<number, number>): readonly Edit[] | undefined {
  const { outline, units } = draft;
  const heads = new Set(units.map(({ start }) => start));
  const targets = new Set(numbers.values());
  const edits: Edit[] = [];
  const logs = outline.logs.values();
  let log = logs.next().value;
  for (const { text, start } of textIn(outline, 0, outline.blocks.length)) {
    while (log !== undefined && log.end <= start) log = logs.next().value;
    if (heads.has(start) || (log !== undefined && log.start <= start)) continue;
    for (const mention of phasesIn(text)) {
      for (const match of text.slice(mention.start, mention.end).matchAll(/\d+/g)) {
        const number = Number(match[0]);
        const to = numbers.get(number);
        // It names a phase that is not there, and would name another one afterwards.
        if (to === undefined && targets.has(number)) return undefined;
        if (to === undefined || to === number) continue;
        const at = start + mention.start + match.index;
        edits.push({ start: at, end: at + match[0].length, text: String(to) });
      }
    }
  }
  return edits;
}
