import type { DocumentStatus } from '../../draft.ts';
import { statusOfWords } from '../../read.ts';
import { PLAN_KINDS } from '../../model.ts';
import type { Rule } from '../rule.ts';

const WORDS: readonly DocumentStatus[] = [
  'draft',
  'in-review',
  'approved',
  'in-progress',
  'suspended',
  'done',
  'superseded',
  'abandoned',
];

/** GEN-015: a status in other words than ours. Aliases are understood; what is not understood has no effect. */
export const statusVocab: Rule = {
  id: 'GEN-015',
  name: 'status-vocab',
  about: 'The status of the document is not one of the words for it.',
  severity: 'warning',
  fix: 'auto',
  kinds: PLAN_KINDS,
  *check({ draft }) {
    const { status } = draft;
    if (status === undefined || status.text === '') return;
    const { source } = draft.outline;
    const line = source.text.slice(status.span.start, status.span.end);
    const offset = line.lastIndexOf(status.text);
    if (offset < 0) return;
    const start = status.span.start + offset;
    const span = source.span(start, start + status.text.length);
    const shown = status.text.slice(0, 40);
    const hint = `Write one of: ${WORDS.join(', ')}.`;
    if (status.value === undefined) {
      // A template's `[Draft | Approved]` is GEN-001.
      if (!/^[[{<]/.test(status.text)) yield { span, message: `"${shown}" is no status of a document.`, hint };
      return;
    }
    const words = wordsOf(status.text, status.value);
    if (words === undefined || words.text.toLowerCase().replace(/[\s_]+/g, '-') === status.value) return;
    yield {
      severity: 'info',
      span,
      message: `"${words.text}" is read as "${status.value}".`,
      hint: `Write \`${status.value}\`.`,
      fix: {
        kind: 'auto',
        title: `Write "${status.value}"`,
        edits: [{ start: start + words.start, end: start + words.end, text: status.value }],
      },
    };
  },
};

/** The words, or the mark, in a status that mean this value. */
function wordsOf(text: string, value: DocumentStatus): { text: string; start: number; end: number } | undefined {
  const head = /^[^\p{L}]{0,20}/u.exec(text)?.[0].length ?? 0;
  const run = /^[\p{L}]+(?:[ _-]+[\p{L}]+){0,5}/u.exec(text.slice(head, head + 200))?.[0] ?? '';
  // The shortest beginning that means the same; a mark before it goes.
  const marks = head > 0 && /[✅☑⏳🔴⬜❌]/u.test(text.slice(0, head)) ? 0 : head;
  for (const match of run.matchAll(/[\p{L}]+/gu)) {
    const end = match.index + match[0].length;
    if (statusOfWords(run.slice(0, end)) === value)
      return { text: text.slice(marks, head + end), start: marks, end: head + end };
  }
  return run === '' && head > 0
    ? { text: text.slice(0, head).trim(), start: 0, end: text.slice(0, head).trimEnd().length }
    : undefined;
}
