import { boxesOf } from '../../markdown/outline.ts';
import { textIn } from '../../markdown/text.ts';
import type { Rule } from '../rule.ts';
import { PHASES_OF } from './parts.ts';

/** PP-16: a plan is done when nothing in it is open, whatever form a box has. */
export const openWhenDone: Rule<'phased' | 'master'> = {
  id: 'PP-16',
  name: 'unchecked-on-done',
  about: 'A plan that is said to be done has an open box.',
  severity: 'error',
  fix: 'none',
  kinds: PHASES_OF,
  *check({ draft, stage }) {
    if (stage !== 'done') return;
    const { outline } = draft;
    const { source, logs } = outline;
    const inLog = (at: number): boolean => {
      const before = logs.findLast(({ start }) => start <= at);
      return before !== undefined && at < before.end;
    };
    const hint = 'Tick it when it is done, or take it out of the plan.';
    for (const { ticked, mark } of boxesOf(outline, 0, outline.blocks.length)) {
      if (ticked || inLog(mark.start)) continue;
      const line = source.text
        .slice(mark.end + 1, source.lineEnd(mark.end))
        .trim()
        .slice(0, 60);
      yield { span: mark, message: `The plan is done, but "${line}" is open.`, hint };
    }
    for (const { text, start } of textIn(outline, 0, outline.blocks.length)) {
      const glyph = /^(?:#{1,6}\s+)?[^\p{L}\p{N}\n]{0,8}?([⏳❌⬜🔴])/u.exec(text);
      if (glyph === null || inLog(start)) continue;
      const at = start + glyph[0].length - (glyph[1] as string).length;
      const message = `The plan is done, but "${text.slice(glyph[0].length).trim().slice(0, 60)}" is open.`;
      yield { span: source.span(at, start + glyph[0].length), message, hint };
    }
  },
};
