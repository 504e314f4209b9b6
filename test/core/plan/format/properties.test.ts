import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatText } from '../../../../src/core/plan/format/format.ts';
import { meaningOf, meansTheSame } from '../../../../src/core/plan/format/meaning.ts';
import { applyEdits } from '../../../../src/core/plan/markdown/edits.ts';
import { outlineOf } from '../../../../src/core/plan/markdown/outline.ts';
import { Source } from '../../../../src/core/plan/markdown/source.ts';
import { fencesIn } from '../../../../src/core/plan/markdown/text.ts';
import type { PlanKind } from '../../../../src/core/plan/model.ts';
import { type Document, OWN, REAL } from '../documents.ts';
import { document, kind as anyKind } from '../generated.ts';
import { mutate, randomFrom } from '../mutated.ts';
import { runs } from '../../../runs.ts';
import { worked } from '../../../worked.ts';

/** What formatting may change: blanks, line ends, and the marks of headings, boxes, lists, tables and labels. */
function words(text: string): string {
  return text.replace(/[\s|:*_#=.)+—–-]+/g, '').toLowerCase();
}

function check(text: string, kind: PlanKind | undefined): void {
  const formatted = formatText(text, kind);
  if (!formatted.ok) return;
  const { value } = formatted;
  const again = formatText(value.text, kind);
  expect(again.ok && again.value.text, 'formatted twice').toBe(value.text);
  const before = meaningOf(text, kind);
  expect(before.ok && meansTheSame(before.value, meaningOf(value.text, kind)), 'means the same').toBe(true);
  expect(value.kind).toBe(before.ok ? before.value.kind : undefined);
  // Short labels of tasks are spelt out.
  const spelt = (one: string): string =>
    words(one)
      .replace(/needs|depends|dependency|deps/g, 'needs')
      .replace(/verifycommands?/g, 'verify')
      .replace(/files?/g, 'file');
  expect(spelt(value.text)).toBe(spelt(text));
  expect(codeOf(value.text)).toEqual(codeOf(text));
  if (/\r\n/.test(text) && !/(?<!\r)\n/.test(text)) expect(value.text).not.toMatch(/(?<!\r)\n/);
  if (!text.includes('\r')) expect(value.text).not.toContain('\r');
}

function codeOf(text: string): readonly string[] {
  const outline = outlineOf(new Source(text));
  const ends = text.includes('\r');
  return [...fencesIn(outline, 0, outline.blocks.length)].map(({ start, end }) => {
    const code = text.slice(start, end);
    return ends ? code.replace(/\r\n/g, '\n').trimEnd() : code.trimEnd();
  });
}

const SEED = 20_260_101;

describe('formatting', () => {
  test('documents that nobody wrote: twice is once, the meaning stays, no word is lost', () => {
    fc.assert(fc.property(document, anyKind, check), { seed: SEED, numRuns: runs(480) });
  });

  test.each([
    ['this project', OWN],
    ['others', REAL],
  ])('documents of %s', (_, documents) => {
    for (const { path, text } of documents) guarded(path, text, undefined);
  });

  test.each([0, 1, 2, 3])('damaged documents, part %d', (part) => {
    const small = OWN.filter(({ text }) => text.length < 8000);
    for (let i = 0; i < 125; i++) {
      const random = randomFrom(part * 100_000 + i);
      const { path, text } = small[random(small.length)] as Document;
      guarded(`${path}, mutation ${part * 100_000 + i}`, mutate(text, random), undefined);
    }
  });

  test('changes stand apart from what stays', () => {
    const text = '---\nkind: task\n---\n# Plan: A\n### Task 1: B\nWords  and words.\n* [X] c\n';
    const formatted = formatText(text);
    expect(formatted.ok && formatted.value).toMatchObject({
      text: '---\nkind: task\n---\n\n# Plan: A\n\n### Task 1: B\n\nWords  and words.\n\n- [x] c\n',
    });
    expect(applyEdits(text, []).text).toBe(text);
  });

  test('a long document is formatted in a time that grows with it', () => {
    const task = (n: number): string => `### Task ${n} — Words\n**deps**: none\n* [X] a  \n* b\n\n\na|b\n-|-\n1|2\n\n`;
    const of = (count: number): string =>
      `# Plan: x\n\n${Array.from({ length: count }, (_, i) => task(i + 1)).join('')}`;
    const time = (text: string): number => {
      const start = worked();
      expect(formatText(text, 'task')).toMatchObject({ ok: true });
      return worked() - start;
    };
    time(of(200));
    const small = Math.max(20, Math.min(time(of(500)), time(of(500))));
    expect(time(of(4000))).toBeLessThan(small * 8 * 6);
  });
});

function guarded(path: string, text: string, kind: PlanKind | undefined): void {
  try {
    check(text, kind);
  } catch (error) {
    throw new Error(`${path}: ${String(error)}\n${JSON.stringify(text.slice(0, 2000))}`, { cause: error });
  }
}
