import { chmodSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Context } from '../../src/app/context.ts';
import { approvePlan } from '../../src/app/documents/approve.ts';
import { type FormatAnswer, formatPlans, type FormatRequest } from '../../src/app/fmt.ts';
import { desk } from './rig.ts';

const ROUGH = '# Plan: Lamps\n### Task 1 — Wire\n**files**: `a.txt`\n\n**Verify:** `true`\n* [X] cut\n* [ ] bent';
const FINE = '# Plan: Lamps\n\n### Task 1: Wire\n\n**Files:** `a.txt`\n\n**Verify:** `true`\n\n- [x] cut\n- [ ] bent\n';

async function fmt(
  context: Context,
  paths: readonly string[] = [],
  more: Partial<FormatRequest> = {},
): Promise<FormatAnswer> {
  const answer = await formatPlans(context, { paths, dry: false, ...more });
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value;
}

describe('formatPlans', () => {
  test('writes plans in canonical form, once', async () => {
    const one = desk({ 'plans/a.md': ROUGH, 'plans/notes.md': '* Nothing\n', 'plans/b.md': FINE });
    expect(await fmt(one.context, [], { dry: true })).toMatchObject({
      files: [
        { file: 'plans/a.md', kind: 'task', fixed: { before: ROUGH, written: false } },
        { file: 'plans/b.md', kind: 'task' },
      ],
      skipped: 1,
    });
    expect(one.read('plans/a.md')).toBe(ROUGH);
    expect((await fmt(one.context)).files[0]).toMatchObject({ fixed: { written: true }, source: FINE });
    expect(one.read('plans/a.md')).toBe(FINE);
    expect(one.read('plans/notes.md')).toBe('* Nothing\n');
    const again = await fmt(one.context);
    expect(again.files.every(({ fixed, left }) => fixed === undefined && left === undefined)).toBe(true);
  });

  test('standard input', async () => {
    const one = desk();
    expect((await fmt(one.given(ROUGH), ['-'])).files).toMatchObject([{ file: '-', source: FINE }]);
    const named = await fmt(one.given(ROUGH), ['-'], { stdinName: 'docs/x.md', dry: true });
    expect(named.files).toMatchObject([{ file: 'docs/x.md', source: FINE }]);
  });

  test('what is named and no plan is left alone, and so is what is no text', async () => {
    const one = desk({ 'notes.md': '* Nothing\n' });
    one.write('raw.md', new Uint8Array([...new TextEncoder().encode(ROUGH), 0xff]));
    const { files } = await fmt(one.context, ['notes.md', 'raw.md']);
    expect(files).toMatchObject([
      { file: 'notes.md', left: { hint: expect.any(String) } },
      { file: 'raw.md', left: { message: expect.stringContaining('UTF-8') } },
    ]);
    expect(files[0]?.kind).toBeUndefined();
    expect((await fmt(one.context, ['notes.md'], { kind: 'task' })).files[0]?.fixed).toBeDefined();
    expect(await formatPlans(one.context, { paths: ['nowhere.md'], dry: true })).toMatchObject({ ok: false });
  });

  test.skipIf(process.getuid?.() === 0)('what cannot be read is said', async () => {
    const one = desk({ 'a.md': ROUGH });
    chmodSync(one.path('a.md'), 0);
    expect(await formatPlans(one.context, { paths: ['a.md'], dry: true })).toMatchObject({ ok: false });
  });

  test('an approval holds the text that it was given for', async () => {
    const one = desk({ 'docs/plans/lamps.md': ROUGH, 'a.txt': '' });
    const approved = await approvePlan(one.context, { plan: 'docs/plans/lamps.md' });
    expect(approved).toMatchObject({ ok: true });
    const bound = one.read('docs/plans/lamps.md');
    const [left] = (await fmt(one.context, ['docs/plans/lamps.md'])).files;
    expect(left).toMatchObject({ left: { message: expect.stringContaining('approved') }, source: bound });
    expect(one.read('docs/plans/lamps.md')).toBe(bound);
  });

  test('ticks of an approved plan are written as they should be', async () => {
    const one = desk({ 'docs/plans/lamps.md': FINE, 'a.txt': '' });
    expect(await approvePlan(one.context, { plan: 'docs/plans/lamps.md' })).toMatchObject({ ok: true });
    const bound = one.read('docs/plans/lamps.md');
    const [fine] = (await fmt(one.context, ['docs/plans/lamps.md'])).files;
    one.write('docs/plans/lamps.md', bound.replace('[ ] bent', '[X] bent'));
    const [ticked] = (await fmt(one.context, ['docs/plans/lamps.md'])).files;
    expect(fine?.left).toBeUndefined();
    expect(ticked?.left).toBeUndefined();
    expect(one.read('docs/plans/lamps.md')).toBe(bound.replace('[ ] bent', '[x] bent'));
  });
});
