import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../src/core/base/finding.ts';
import { fixText } from '../../../src/core/plan/fix.ts';
import { planHash, tick } from '../../../src/core/plan/hash.ts';
import { applyEdits } from '../../../src/core/plan/markdown/edits.ts';
import type { PlanKind } from '../../../src/core/plan/model.ts';
import { parsePlan } from '../../../src/core/plan/parse.ts';
import { checkCovered, OWN, readSoundly, REAL } from './documents.ts';
import { document, kind } from './generated.ts';
import { runs } from '../../runs.ts';

const SEED = 20_260_101;

function lint(text: string, asked: PlanKind | undefined): readonly Finding[] {
  const parsed = parsePlan(text, { fileName: 'x.md', ...(asked === undefined ? {} : { kind: asked }) });
  return parsed.ok ? parsed.value.findings : parsed.error.findings;
}

function checkFixes(text: string, asked: PlanKind | undefined): void {
  const fixed = fixText(text, (one) => lint(one, asked));
  expect(fixText(fixed.text, (one) => lint(one, asked)).text).toBe(fixed.text);
  for (const { fix, rule } of lint(text, asked)) {
    if (fix === undefined) continue;
    const edits = fix.edits.toSorted((a, b) => a.start - b.start);
    const after = applyEdits(text, edits).text;
    let before = 0;
    let at = 0;
    for (const edit of edits) {
      const kept = text.slice(before, edit.start);
      if (after.slice(at, at + kept.length) !== kept) expect.fail(`${rule} changes what stands before its edit`);
      at += kept.length + edit.text.length;
      before = edit.end;
    }
    if (after.slice(at) !== text.slice(before)) expect.fail(`${rule} changes what stands behind its edits`);
  }
}

function checkTicks(text: string, asked: PlanKind | undefined): void {
  const plan = readSoundly(text, asked);
  if (plan === undefined) return;
  const boxes = [...plan.boxes, ...plan.units.flatMap((unit) => unit.boxes)];
  const marks = new Set(boxes.map(({ mark }) => mark.start));
  const ticked = tick(text, boxes);
  expect(ticked).toHaveLength(text.length);
  for (let i = 0; i < text.length; i++) {
    if (ticked[i] !== text[i] && !(marks.has(i) && text[i] === ' ' && ticked[i] === 'x')) {
      expect.fail(`ticking changed ${JSON.stringify(text[i])} at ${i}`);
    }
  }
  expect(planHash(ticked)).toBe(planHash(text));
  expect(plan.sha256).toBe(planHash(text));
}

const RUNS = { seed: SEED, numRuns: runs(150) };

describe('of documents that nobody wrote', () => {
  test('everything read stands where it says, for every kind', () => {
    fc.assert(
      fc.property(document, kind, (text, asked) => void readSoundly(text, asked)),
      { ...RUNS, numRuns: runs(600) },
    );
  });

  test('blocks and sections cover the text', () => {
    fc.assert(fc.property(document, checkCovered), RUNS);
  });

  test('mending changes nothing but what it says, and nothing the second time', () => {
    fc.assert(fc.property(document, kind, checkFixes), RUNS);
  });

  test('ticking changes marks alone, and no hash', () => {
    fc.assert(fc.property(document, kind, checkTicks), RUNS);
  });
});

describe.each([
  ['this project', OWN],
  ['others', REAL],
])('of the documents of %s', (_, documents) => {
  test.skipIf(documents.length === 0)('all of this holds too', () => {
    for (const { path, text } of documents) {
      try {
        readSoundly(text);
        checkCovered(text);
        checkTicks(text, undefined);
        checkFixes(text, undefined);
      } catch (error) {
        throw new Error(`${path}: ${String(error)}`, { cause: error });
      }
    }
  });
});

test.each(OWN.filter(({ text }) => !/^(?:```|~~~|<|\s*[-*+] ?<)/m.test(text)).map(({ path, text }) => [path, text]))(
  'a log and a status change no hash: %s',
  (_, text) => {
    const hash = planHash(text);
    const end = text.includes('\r\n') ? '\r\n' : '\n';
    const last = [...text.matchAll(/^#{1,2} .*$/gm)].at(-1)?.[0].trim();
    const lines = [
      text.trimEnd(),
      '',
      ...(last === '## Log' ? [] : ['## Log', '']),
      '- 2026-05-05 10:00 — Approved',
      '',
    ];
    if (last === '## Log' || !text.includes('## Log')) expect(planHash(lines.join(end))).toBe(hash);
    for (const words of ['approved', 'in-progress', '✅ done']) {
      expect(planHash(text.replace(/^(\*\*Status:\*\* ).*?(\r?)$/m, `$1${words}$2`))).toBe(hash);
      expect(planHash(text.replace(/^(---\r?\n(?:[^\n]*\n)*?status: ).*?(\r?\n[^]*?---)/, `$1${words}$2`))).toBe(hash);
    }
  },
);
