import type { Fix } from '../../../base/finding.ts';
import type { Draft } from '../../draft.ts';
import { blockFrom } from '../../markdown/outline.ts';
import type { Rule } from '../rule.ts';
import { lineEndOf, PHASES_OF } from './parts.ts';

/** PP-15: lines of the log are added at the end of the document, so the log is its last section. */
export const logPosition: Rule<'phased' | 'master'> = {
  id: 'PP-15',
  name: 'log-position',
  about: 'The log is not the last section, or holds more than lines of a log.',
  severity: 'warning',
  fix: 'auto',
  kinds: PHASES_OF,
  *check({ draft }) {
    const { outline } = draft;
    const { source, logs } = outline;
    const last = logs.at(-1);
    if (last === undefined) return;
    const span = source.span(last.start, source.lineEnd(last.start));
    if (/\S/.test(source.shadow.slice(last.end))) {
      const message = 'Sections stand behind the log, where new lines of it are added.';
      yield { span, message, hint: 'Make `## Log` the last section.', fix: moved(draft, last) };
    }
    for (const { start, end } of logs) {
      const from = blockFrom(outline, start) + 1;
      const stray = outline.blocks
        .slice(from, blockFrom(outline, end))
        .find(({ kind }) => kind !== 'list' && kind !== 'html' && kind !== 'rule');
      if (stray === undefined) continue;
      const where = source.span(stray.start, Math.min(stray.end, source.lineEnd(stray.start)));
      const message = 'This is no line of a log: nothing below `## Log` is read as plan.';
      yield { span: where, message, hint: 'Move it in front of the log.' };
    }
  },
};

function moved({ outline }: Draft, { start, end }: { readonly start: number; readonly end: number }): Fix {
  const { source } = outline;
  const eol = lineEndOf(source);
  const log = source.text.slice(start, end).trimEnd();
  const kept = source.text.trimEnd().length;
  const edits = [
    { start, end, text: '' },
    { start: kept, end: source.text.length, text: `${eol}${eol}${log}${eol}` },
  ];
  return { kind: 'auto', title: 'Move the log to the end', edits };
}
