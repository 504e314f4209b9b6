import { newlineOf } from '../newline.ts';
import type { Rule } from '../rule.ts';

const AFTER_APPROVAL: ReadonlySet<string | undefined> = new Set(['approved', 'in-progress', 'suspended', 'done']);

/** GEN-017: who made and approved a plan stands in its log; here nothing does. Only phased and master plans keep one. */
export const missingLog: Rule<'phased' | 'master'> = {
  id: 'GEN-017',
  name: 'missing-log',
  about: 'A plan is approved, but its log does not say that it was created and approved.',
  severity: 'warning',
  fix: 'auto',
  kinds: ['phased', 'master'],
  *check({ draft, facts }) {
    const { status, outline } = draft;
    if (!AFTER_APPROVAL.has(status?.value) && facts.approved === undefined) return;
    const { source, logs } = outline;
    const log = logs[0];
    const text = logs.map(({ start, end }) => source.shadow.slice(start, end)).join('\n');
    const gone = (['Created', 'Approved'] as const).filter(
      (word) => !new RegExp(String.raw`\b${word}\b`, 'i').test(text),
    );
    if (gone.length === 0) return;
    const nl = newlineOf(source);
    const entries = gone.map((word) => `- ${word}`).join(nl);
    const start = log?.start ?? status?.span.start ?? 0;
    const place = log === undefined ? source.text.length : source.text.slice(0, log.end).trimEnd().length;
    const tail = log === undefined ? source.text.slice(source.text.trimEnd().length) : '';
    const lead =
      log === undefined
        ? `${tail.includes('\n') ? nl : nl + nl}## Log${nl}${nl}`
        : /^[-*+]/.test(text.trimEnd().split('\n').at(-1) ?? '')
          ? nl
          : nl + nl;
    yield {
      span: source.span(start, log === undefined ? source.lineEnd(start) : source.lineEnd(log.start)),
      message:
        log === undefined
          ? 'This plan is approved, but has no log.'
          : `The log does not say: ${gone.join(', ').toLowerCase()}.`,
      hint: 'Add a line for each, such as `- 2026-01-31 09:30 — Approved by ann@host`.',
      fix: {
        kind: 'auto',
        title: 'Add the entries, without a date',
        edits: [{ start: place, end: place, text: `${lead}${entries}${log === undefined ? nl : ''}` }],
      },
    };
  },
};
