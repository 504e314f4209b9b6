import type { Rule } from '../rule.ts';
import { changesSince } from './approved.ts';
import { insert } from './shared.ts';

/** MA-28: an approved plan lives on, but whoever approved it must be able to see what became of it. */
export const revisionNote: Rule<'macro'> = {
  id: 'MA-28',
  name: 'revision-note',
  about: 'Guarantees have changed since the plan was approved, and no dated revision note says so.',
  severity: 'error',
  fix: 'stub',
  kinds: ['macro'],
  *check({ draft, detail, facts }) {
    const changes = changesSince(draft, facts);
    if (changes === undefined || changes.dated > 0) return;
    const ids = [
      ...changes.altered.map(({ is }) => is.id),
      ...changes.added.map(({ id }) => id),
      ...changes.removed.map(({ id }) => id),
    ];
    if (ids.length === 0) return;
    const { source } = draft.outline;
    const { revisions } = detail.sections;
    const first = changes.altered[0]?.is.span ?? changes.added[0]?.span;
    const line = `- YYYY-MM-DD: [why ${ids.slice(0, 8).join(', ')} changed]`;
    const body = revisions === undefined ? source.shadow : source.shadow.slice(revisions.heading.start, revisions.end);
    const at = (revisions?.heading.start ?? 0) + body.replace(/\s+(?:-{3,}\s*)?$/, '').length;
    const list = /^\s*[-*+] /.test(body.trimEnd().split('\n').at(-1) ?? '');
    const text = revisions === undefined ? `\n\n## Revision Notes\n\n${line}` : `${list ? '\n' : '\n\n'}${line}`;
    yield {
      span: first ?? source.span(0, source.lineEnd(0)),
      message: `${ids.slice(0, 8).join(', ')} changed since the plan was approved, and no dated revision note says why.`,
      hint: 'Add a line with date and reason below Revision Notes.',
      fix: { kind: 'stub', title: 'Add a revision note', edits: [insert(draft, at, text)] },
    };
  },
};
