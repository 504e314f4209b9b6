import { describe, expect, test } from 'vitest';
import { planHash, tick } from '../../../src/core/plan/hash.ts';
import { PLAN_KINDS } from '../../../src/core/plan/model.ts';
import { type Document, OWN, readSoundly, REAL } from './documents.ts';

// Ten thousand damaged documents, the same ones every time. What is asserted is in readSoundly: nothing is thrown, and
// everything that was read stands where it says. Most are small, so that the whole takes seconds.

type Random = (below: number) => number;

function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

const ODD = [
  '\0',
  '\r',
  '\uFEFF',
  '\u2028',
  '\uD800',
  '\u200b',
  '\t',
  '`',
  '|',
  '[',
  ']',
  '*',
  '#',
  '\\',
  '<!--',
  '-->',
  '```',
  '> ',
  '[ ]',
  '…',
  '🔴',
];

const MUTATIONS: readonly ((text: string, random: Random) => string)[] = [
  function dropLine(text, random) {
    const lines = text.split('\n');
    lines.splice(random(lines.length), 1 + random(3));
    return lines.join('\n');
  },
  function doubleLine(text, random) {
    const lines = text.split('\n');
    const at = random(lines.length);
    lines.splice(at, 0, ...lines.slice(at, at + 1 + random(4)));
    return lines.join('\n');
  },
  function swapSections(text, random) {
    const parts = text.split(/^(?=#{1,6} )/m);
    const a = random(parts.length);
    const b = random(parts.length);
    [parts[a], parts[b]] = [parts[b] as string, parts[a] as string];
    return parts.join('');
  },
  function cutTable(text, random) {
    const bars = [...text.matchAll(/\|/g)].map(({ index }) => index);
    if (bars.length === 0) return text.slice(0, random(text.length));
    const at = bars[random(bars.length)] as number;
    return text.slice(0, at) + text.slice(at + 1 + random(30));
  },
  function oddBytes(text, random) {
    let odd = text;
    for (let n = random(5); n >= 0; n--) {
      const at = random(odd.length + 1);
      odd = odd.slice(0, at) + (ODD[random(ODD.length)] as string) + odd.slice(at + random(3));
    }
    return odd;
  },
  (text) => text.replace(/\r?\n/g, '\r\n'),
  (text) => text.replace(/\r?\n/g, '\r'),
  (text) => `\uFEFF${text}`,
  function cutOff(text, random) {
    return text.slice(0, random(text.length));
  },
  function headOff(text, random) {
    return text.slice(random(text.length));
  },
  function otherLevels(text, random) {
    const marks = '#'.repeat(1 + random(6));
    return text.replace(/^#{1,6}(?= )/gm, (own) => (random(3) === 0 ? marks : own));
  },
  function indented(text, random) {
    const lines = text.split('\n');
    const from = random(lines.length);
    const lead = ['  ', '    ', '> ', '- ', '\t', '1. '][random(6)] as string;
    return lines.map((one, i) => (i >= from && i < from + 12 ? lead + one : one)).join('\n');
  },
  function otherNumbers(text, random) {
    return text.replace(/\d+/g, (number) => (random(8) === 0 ? String(random(1_000_000_000)) : number));
  },
  function otherMarks(text, random) {
    return text.replace(/[*`_|[\](){}:—-]/g, (mark) => (random(25) === 0 ? (ODD[random(ODD.length)] as string) : mark));
  },
];

function mutate(text: string, random: Random): string {
  let mutated = text;
  for (let n = random(3); n >= 0; n--)
    mutated = (MUTATIONS[random(MUTATIONS.length)] as (typeof MUTATIONS)[number])(mutated, random);
  return mutated;
}

function survive(documents: readonly Document[], count: number, seed: number): void {
  for (let i = 0; i < count; i++) {
    const random = randomFrom(seed + i);
    const { path, text } = documents[random(documents.length)] as Document;
    // A window of a long document, from the beginning of a line.
    const from = text.length > 6000 && random(3) > 0 ? text.indexOf('\n', random(text.length - 3000)) + 1 : 0;
    const mutated = mutate(text.slice(from, from + 6000), random);
    const kind = random(3) === 0 ? PLAN_KINDS[random(PLAN_KINDS.length)] : undefined;
    try {
      const plan = readSoundly(mutated, kind);
      if (plan !== undefined && i % 10 === 0) {
        const boxes = plan.units.flatMap((unit) => unit.boxes);
        expect(planHash(tick(mutated, boxes))).toBe(planHash(mutated));
      }
    } catch (error) {
      const shown = JSON.stringify(mutated.slice(0, 3000));
      throw new Error(`${path}, mutation ${seed + i}, kind ${kind ?? 'as it says'}: ${String(error)}\n${shown}`, {
        cause: error,
      });
    }
  }
}

describe('damaged documents are read', () => {
  const small = OWN.filter(({ text }) => text.length < 8000);
  test.each([0, 1, 2, 3])('of this project, part %d', (part) => {
    survive(small, 1000, part * 100_000);
  });

  test.skipIf(REAL.length === 0).each([0, 1])('of others, part %d', (part) => {
    survive(REAL, 1000, 5_000_000 + part * 100_000);
  });

  test.skipIf(REAL.length > 0)('of this project, for want of real ones', () => {
    survive(small, 2000, 5_000_000);
  });
});

describe('documents of a size or depth that nobody means are read, by every kind', () => {
  const TASK = '# T\n\n### Task 1: x\n\n**Files:** `a`\n\n';
  test.each([
    ['a line of 1 MB', `${TASK}${'word '.repeat(200_000)}`],
    ['a line of 1 MB of brackets', `${TASK}${'['.repeat(500_000)}${']'.repeat(500_000)}`],
    ['a line of 1 MB of marks', `${TASK}${'**a:** `x` '.repeat(90_000)}`],
    ['lists inside lists', `${TASK}${'- '.repeat(100_000)}x`],
    ['quotes inside quotes', `${TASK}${'>'.repeat(300_000)} x`],
    ['a table of 5,000 rows', `${TASK}| a | b |\n|---|---|\n${'| T1 | [ ] |\n'.repeat(5_000)}`],
    ['a table of 5,000 columns', `${TASK}|${' a |'.repeat(5_000)}\n|${'---|'.repeat(5_000)}\n|${' b |'.repeat(5_000)}`],
    ['5,000 headings', `${TASK}${'## [ ] Phase 1 of 2: x\n'.repeat(5_000)}`],
    ['5,000 boxes inside each other in pairs', `${TASK}${'- [x] a\n  - [ ] b\n'.repeat(2_500)}`],
    ['comments that never end', `${TASK}${'<!-- masterplan-disable '.repeat(10_000)}`],
    ['comments in code', `${TASK}${'`<!-- masterplan-disable TK-10 '.repeat(5_000)}-->`],
    ['ids without end', `${TASK}${'FR-1-2-3, BC-9 and WS-4; '.repeat(10_000)}`],
    ['ellipses without end', `${TASK}${'...\n\n'.repeat(10_000)}`],
    ['placeholders without end', `${TASK}${'[some words here] '.repeat(12_000)}`],
  ])('%s', (_, text) => {
    for (const kind of PLAN_KINDS) readSoundly(text, kind);
  });
});
