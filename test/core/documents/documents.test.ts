import { describe, expect, test } from 'vitest';
import { openBoxes } from '../../../src/core/documents/boxes.ts';
import { nextFor, readDocument, stateOf } from '../../../src/core/documents/document.ts';
import { logLine, statusIn, withLogLine, withStatusAndLog } from '../../../src/core/documents/edits.ts';
import { checkPlanSlug, identity, slugOfPlace, titleOfSlug } from '../../../src/core/documents/naming.ts';
import { noticeLines } from '../../../src/core/documents/notice.ts';
import {
  approvalOf,
  approvalsIn,
  doubtsIn,
  entryName,
  entryText,
  NO_RECORD,
  nextNumber,
  type RecordEntry,
  readRecord,
} from '../../../src/core/documents/record.ts';
import { readHookInput, readVisit, seenAgain, visitText } from '../../../src/core/documents/visits.ts';
import { planHash } from '../../../src/core/plan/hash.ts';
import { outlineOf } from '../../../src/core/plan/markdown/outline.ts';
import { Source } from '../../../src/core/plan/markdown/source.ts';

const LINE = '- 2026-01-31 09:30 — Approved by ann@host';
const outline = (text: string) => outlineOf(new Source(text));

describe('the status line', () => {
  test.each([
    ['---\nkind: task\nstatus: draft\n---\n# A\n', '---\nkind: task\nstatus: approved\n---\n# A\n'],
    ['---\nstatus: "Draft" # ours\nkind: task\n---\n# A\n', '---\nstatus: "approved" # ours\nkind: task\n---\n# A\n'],
    ['---\nkind: task\nstatus:\n---\n# A\n', '---\nkind: task\nstatus: approved\n---\n# A\n'],
    ['---\nkind: task\nstatus: # draft\n---\n# A\n', '---\nkind: task\nstatus: approved # draft\n---\n# A\n'],
    ['---\nkind: task\n---\n# A\n', '---\nkind: task\nstatus: approved\n---\n# A\n'],
    ['---\r\nkind: task\r\n---\r\n# A\r\n', '---\r\nkind: task\r\nstatus: approved\r\n---\r\n# A\r\n'],
    ['# A\n\n**Status:** In review — see Bob\n', '# A\n\n**Status:** approved — see Bob\n'],
    ['# A\n\n**Status:** ⏳ Draft (v3)\n', '# A\n\n**Status:** approved (v3)\n'],
    ['# A\n\nStatus: ready for implementation, soon\n', '# A\n\nStatus: approved, soon\n'],
    ['# A\n\n**Status:** whatever\n', '# A\n\n**Status:** approved\n'],
    ['# A\n\nText.\n', '# A\n\n**Status:** approved\n\nText.\n'],
    ['A\n===\n\nText.\n', 'A\n===\n\n**Status:** approved\n\nText.\n'],
    ['Text.\n', '**Status:** approved\n\nText.\n'],
    ['\uFEFFText.\n', '\uFEFF**Status:** approved\n\nText.\n'],
  ])('%j', (before, after) => {
    const changed = withStatusAndLog(before, 'approved', LINE);
    const nl = before.includes('\r\n') ? '\r\n' : '\n';
    expect(changed).toBe(`${after.trimEnd()}${nl}${nl}## Log${nl}${nl}${LINE}${nl}`);
    expect(statusIn(outline(changed))?.value).toBe('approved');
    // Later changes of it are no change of what was approved.
    const later = withStatusAndLog(changed, 'in-progress', LINE.replace('Approved', 'Started'));
    expect(planHash(later)).toBe(planHash(changed));
    expect(statusIn(outline(later))?.value).toBe('in-progress');
  });
});

describe('the log', () => {
  test.each([
    ['# A\n\n## Log\n', `# A\n\n## Log\n\n${LINE}\n`],
    ['# A\n\n## Log', `# A\n\n## Log\n\n${LINE}\n`],
    ['# A\n\n## Log\n\n- one\n', `# A\n\n## Log\n\n- one\n${LINE}\n`],
    ['# A\n\n## Log\n\n- one', `# A\n\n## Log\n\n- one\n${LINE}\n`],
    ['# A\r\n\r\n## Log\r\n\r\n- one\r\n\r\n## B\r\n', `# A\r\n\r\n## Log\r\n\r\n- one\r\n${LINE}\r\n\r\n## B\r\n`],
    ['# A\n\n## Log\n\nSome words.\n', `# A\n\n## Log\n\nSome words.\n\n${LINE}\n`],
    ['# A\n\n```\n## Log\n```\n', `# A\n\n\`\`\`\n## Log\n\`\`\`\n\n## Log\n\n${LINE}\n`],
    ['', `## Log\n\n${LINE}\n`],
  ])('%j', (before, after) => {
    expect(withLogLine(before, LINE)).toBe(after);
  });

  test('a prompt is one line of it, whatever it holds', () => {
    const line = logLine('created', '2026-01-31T09:30:00.000Z', 'agent:x', 'Say "hi"\r\n## Log\n```\n<!-- \u001b[31mx');
    expect(line).toBe(`- 2026-01-31 09:30 — Created (prompt: "Say 'hi' ## Log ''' <! -- x") by agent:x`);
    expect(logLine('done', '2026-01-31T09:30:00.000Z', 'a@b', ' ')).toBe('- 2026-01-31 09:30 — Done by a@b');
    expect(logLine('created', '2026-01-31T09:30:00.000Z', 'a@b', 'x'.repeat(900)).length).toBeLessThan(280);
  });
});

describe('names', () => {
  test('slugs, titles, places', () => {
    expect(checkPlanSlug('a-1-b').ok).toBe(true);
    expect(checkPlanSlug('A b')).toMatchObject({ ok: false, error: { instead: 'a-b' } });
    expect(titleOfSlug('auth-system')).toBe('Auth system');
    expect(slugOfPlace('docs/plans/auth/plan.md')).toBe('auth');
    expect(slugOfPlace('.claude/plans/drafts/2026-01-31_09-30_auth.md')).toBe('auth');
    expect(slugOfPlace('plan.md')).toBe('plan');
  });

  test('identities', () => {
    expect(identity(undefined, 'ann', 'host')).toEqual({ ok: true, value: 'ann@host' });
    expect(identity('', 'Ann Example', '')).toEqual({ ok: true, value: 'Ann-Example@localhost' });
    expect(identity('agent:x', 'ann', 'host')).toEqual({ ok: true, value: 'agent:x' });
    for (const bad of ['a b', 'a\nb', '-x', 'x'.repeat(81)]) expect(identity(bad, 'ann', 'host').ok).toBe(false);
  });
});

describe('the record', () => {
  const entry = (more: Partial<RecordEntry> = {}): RecordEntry => ({
    event: 'approved',
    at: '2026-01-31T09:30:00.000Z',
    by: 'ann@host',
    sha256: 'a'.repeat(64),
    ...more,
  });
  const file = (number: number, one: RecordEntry, chance = '00000000') => ({
    name: entryName(number, one.event, chance),
    text: entryText(one),
  });

  test('is read as it was written, in order', () => {
    const created = entry({ event: 'created', prompt: 'Say "hi"\n' });
    const record = readRecord([file(2, entry()), file(1, created), { name: '.DS_Store', text: '' }]);
    expect(record.problems).toEqual([]);
    expect(record.entries).toMatchObject([
      { ...created, number: 1 },
      { ...entry(), number: 2 },
    ]);
    expect(nextNumber(record)).toBe(3);
    expect(nextNumber(NO_RECORD)).toBe(1);
  });

  test('the newest approval holds, and those beside it; clocks do not matter', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((letter) => letter.repeat(64)) as [string, string, string];
    const record = readRecord([
      file(1, entry({ sha256: a, at: '2030-01-01T00:00:00.000Z' })),
      file(2, entry({ sha256: b }), '00000001'),
      file(2, entry({ sha256: c }), '00000002'),
    ]);
    expect(approvalsIn(record).map(({ sha256 }) => sha256)).toEqual([b, c]);
    expect(approvalOf(record, a)).toBeUndefined();
    expect(approvalOf(record, c)).toMatchObject({ number: 2 });
  });

  test.each([
    ['', 'it is no JSON'],
    ['<<<<<<< HEAD\n{', 'conflict'],
    ['[]', 'no JSON object'],
    ['{}', 'no schema'],
    ['{"schema":2}', 'newer'],
    [entryText(entry()).replace('approved', 'praised'), 'not known'],
    [entryText(entry({ event: 'done' })), 'its name says approved'],
    [entryText(entry({ at: 'today' })), 'no time'],
    [entryText(entry({ by: '' })), '"by" is missing'],
    [entryText(entry({ sha256: 'x' })), 'no hash'],
    [entryText(entry()).replace('\n}', ',"prompt":1}'), 'no text'],
  ])('what cannot be read is a problem, and makes older approvals uncertain: %j', (text, message) => {
    const record = readRecord([file(1, entry()), { name: entryName(2, 'approved', '00000000'), text }]);
    expect(record.problems[0]?.message).toContain(message);
    expect(doubtsIn(record)).toHaveLength(1);
    expect(doubtsIn(readRecord([file(3, entry()), { name: entryName(2, 'approved', '00000000'), text }]))).toEqual([]);
    expect(nextNumber(record)).toBe(3);
  });
});

describe('a document as far as its life goes', () => {
  const text = (status: string): string =>
    `---\nkind: phased\nslug: a\nstatus: ${status}\n---\n# A plan\n\n## [x] Phase 1 of 1: One\n\n- [ ] open\n\n## Log\n\n- [ ] no box\n`;
  const approved = (of: string) =>
    readRecord([
      {
        name: entryName(1, 'approved', '00000000'),
        text: entryText({ event: 'approved', at: '2026-01-31T09:30:00.000Z', by: 'ann@host', sha256: planHash(of) }),
      },
    ]);

  test.each([
    ['draft', 'draft', 'masterplan approve a'],
    ['In review', 'in-review', 'masterplan approve a'],
    ['approved', 'approved', 'masterplan start a'],
    ['paused', 'suspended', 'masterplan start a'],
    ['in-progress', 'in-progress', 'masterplan done a'],
  ])('%s', (status, state, type) => {
    const document = readDocument('docs/plans/a/plan.md', text(status), { record: approved(text('draft')) });
    expect(document).toMatchObject({ kind: 'phased', slug: 'a', title: 'A plan', boxes: { done: 1, all: 2 } });
    expect(stateOf(document)).toBe(state);
    expect(nextFor(document, 'a').type).toBe(type);
  });

  test('changed after approval, or approved by a word alone', () => {
    const other = readDocument('a.md', text('in-progress'), { record: approved('# Other\n') });
    expect([stateOf(other), nextFor(other, 'a').type]).toEqual(['changed', 'masterplan approve a']);
    const word = readDocument('a.md', text('approved'), { record: NO_RECORD });
    expect(nextFor(word, 'a')).toEqual({ type: 'masterplan approve a', why: 'nothing says who approved it' });
  });

  test('without a status: all ticked is done, else what is said elsewhere, else a draft', () => {
    const read = (body: string, status?: 'approved') =>
      readDocument('b.md', `# Plan: B\n\n${body}`, { record: NO_RECORD, status }).status;
    expect([read('- [x] one\n'), read('- [ ] one\n'), read(''), read('', 'approved')]).toEqual([
      'done',
      'draft',
      'draft',
      'approved',
    ]);
  });
});

test('marks are boxes: ticking one is no change of what was approved', () => {
  const before =
    '# A\n\n- ⏳ one\n\n| T | s |\n|---|---|\n| 1 | ⬜ |\n\nWorks ⏳ later.\n\n## [-] Gone\n\n- [] odd\n- [](link)\n';
  const after = before.replace('- ⏳', '- ✅').replace('⬜', '☑️');
  expect(planHash(after)).toBe(planHash(before));
  expect(planHash(before.replace('Works ⏳', 'Works ✅'))).not.toBe(planHash(before));
  expect(openBoxes(outline(before)).map(({ span, text }) => [span.line, text])).toEqual([
    [3, 'one'],
    [7, ''],
    [11, 'Gone'],
    [13, 'odd'],
  ]);
  expect(openBoxes(outline(after)).map(({ span }) => span.line)).toEqual([11, 13]);
});

describe('notices and visits', () => {
  const plan = (slug: string, title = slug) => ({
    slug,
    title,
    state: 'draft' as const,
    next: { type: `masterplan approve ${slug}` },
  });

  test('a few lines', () => {
    expect(noticeLines([], 0)).toEqual([]);
    expect(noticeLines([], 1)).toEqual([
      'masterplan: 1 document cannot be read as a plan. All of them: masterplan list',
    ]);
    expect(noticeLines([plan('a-b', 'A b')], 0)).toEqual([
      'masterplan: 1 plan is pending here.',
      '- draft: a-b — next: masterplan approve a-b',
    ]);
    const many = noticeLines(
      Array.from({ length: 900 }, (_, n) => plan(`p${n}`, `Ti\u001b[31mtle\n${n}`)),
      2,
    );
    expect(many).toHaveLength(6);
    expect(many[1]).toBe('- draft: p0 (Title 0) — next: masterplan approve p0');
    expect(many[5]).toBe('896 more. 2 documents cannot be read as a plan. All of them: masterplan list');
  });

  test('what a hook says', () => {
    expect(readHookInput('{"session_id":"s","cwd":"/a"}')).toEqual({ name: 's', cwd: '/a' });
    expect(readHookInput('null')).toEqual({ name: undefined, cwd: undefined });
  });

  test('a visit is read as it was written, and remembers when it began', () => {
    const first = seenAgain(undefined, 's', '2026-01-01', ['a.md']);
    const second = seenAgain(readVisit(visitText(first)), 's', '2026-01-02', ['a.md', 'b.md']);
    expect(readVisit(visitText(second))).toEqual({
      name: 's',
      firstSeen: '2026-01-01',
      lastSeen: '2026-01-02',
      plans: {
        'a.md': { firstSeen: '2026-01-01', lastSeen: '2026-01-02' },
        'b.md': { firstSeen: '2026-01-02', lastSeen: '2026-01-02' },
      },
    });
    for (const bad of [
      '',
      '{}',
      '{"schema":1}',
      '{"schema":1,"session":"s","first_seen":"a","last_seen":"b","plans":{"x":7}}',
    ])
      expect(readVisit(bad)?.plans ?? {}).toEqual({});
  });
});
