import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { parseReview, type ReviewDigest, rowsIn } from '../../../../src/core/run/review/contract.ts';
import { changedLines, isChanged } from '../../../../src/core/run/review/delta.ts';
import {
  anchorIn,
  type Claim,
  fingerprintOf,
  NO_ANCHOR,
  type ReviewFinding,
  SEVERITIES,
  type Severity,
} from '../../../../src/core/run/review/finding.ts';
import { type Delta, identify, toCheck, weigh } from '../../../../src/core/run/review/judge.ts';

const claim = (fields: Partial<Claim> = {}): Claim => ({
  severity: 'medium',
  file: 'src/tax.ts',
  line: 3,
  symbol: null,
  category: 'correctness',
  claim: 'the total is rounded before the tax is added',
  check: null,
  check_command: null,
  same_as: null,
  ...fields,
});
const digest = (fields: Partial<ReviewDigest> = {}): ReviewDigest => ({
  contract_id: 'review.v1',
  verdict: 'request-changes',
  summary: 'looked at it',
  findings: [],
  earlier: [],
  rows: [],
  ...fields,
});

const FILE = [
  'import x;',
  '',
  'function total(items) {',
  '  const sum = round(items);',
  '  return sum + tax(sum);',
  '}',
  '',
];
const at = (content: string) => (one: Claim) => (one.line === null ? NO_ANCHOR : anchorIn(content, one.line));
const round = (
  known: readonly ReviewFinding[],
  said: ReviewDigest,
  options: {
    round?: number;
    delta?: Delta;
    content?: string;
    shown?: Record<string, 'fails' | 'passes' | 'not-run'>;
    hold?: Severity;
  } = {},
) => {
  const number = options.round ?? 1;
  const found = identify(known, said, number, options.delta, at(options.content ?? FILE.join('\n')));
  return weigh(found, options.shown ?? {}, number, options.delta, options.hold ?? 'medium');
};
const fates = (result: { findings: readonly ReviewFinding[] }): string[] =>
  result.findings.map(({ id, fate, holds }) => `${id} ${fate}${holds ? ' holds' : ''}`);
const TOUCHED: Delta = { lines: new Map([['src/tax.ts', [[4, 5]]]]), cut: false };
const ELSEWHERE: Delta = { lines: new Map([['src/other.ts', [[1, 9]]]]), cut: false };

describe('the identity of a finding', () => {
  test('stays when the lines above it move, and when the reviewer words it anew', () => {
    const before = round([], digest({ findings: [claim({ line: 4 })] }));
    const moved = ['// one', '// two', ...FILE].join('\n');
    const again = claim({ line: 6, claim: 'rounding of the total happens before tax is added to it' });
    const after = round(before.findings, digest({ findings: [again] }), { round: 2, delta: ELSEWHERE, content: moved });
    expect(after.findings.map(({ id, since, round: last }) => [id, since, last])).toEqual([['F1', 1, 2]]);
    expect(after.findings[0]?.fingerprint).toBe(before.findings[0]?.fingerprint);
  });

  test('stays when its own line was changed, by the function that it stands in', () => {
    const before = round([], digest({ findings: [claim({ line: 4 })] }));
    const edited = FILE.join('\n').replace('round(items)', 'Math.floor(items)');
    const again = claim({ line: 4, claim: 'total rounded before tax added, still' });
    const after = round(before.findings, digest({ findings: [again] }), { round: 2, delta: TOUCHED, content: edited });
    expect(after.findings).toHaveLength(1);
  });

  test('two faults of one line are two findings, and one fault said twice is one', () => {
    const other = claim({ line: 4, claim: 'negative amounts overflow silently' });
    const result = round([], digest({ findings: [claim({ line: 4 }), other, claim({ line: 4, severity: 'low' })] }));
    expect(result.findings.map(({ id, severity }) => [id, severity])).toEqual([
      ['F1', 'medium'],
      ['F2', 'medium'],
    ]);
  });

  test('a name that the reviewer gives counts before everything else', () => {
    const before = round([], digest({ findings: [claim({ line: 4 })] }));
    const named = claim({ file: 'src/moved.ts', line: 90, claim: 'it is here now', same_as: 'F1' });
    const after = round(before.findings, digest({ findings: [named] }), { round: 2 });
    expect(after.findings).toMatchObject([{ id: 'F1', file: 'src/moved.ts' }]);
  });

  test('does not hang on line numbers, blanks or case, whatever the file', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 20 }), { maxLength: 20 }),
        fc.nat(20),
        fc.nat(5),
        (above, line, shift) => {
          const rest = ['function f() {', '  return wrong;', '}'];
          const content = [...above.map((one) => one.replaceAll('\n', ' ')), ...rest];
          const place = content.length - 1;
          const shifted = [...Array.from({ length: shift }, () => 'x'), ...content].join('\n');
          const one = claim({ line: place });
          expect(fingerprintOf(claim({ line, category: ' Correctness' }), anchorIn(shifted, place + shift))).toBe(
            fingerprintOf(one, anchorIn(content.join('\n').replace('  return', '\treturn'), place)),
          );
        },
      ),
    );
  });
});

test('twenty-seven rounds in which the same three faults move and are worded anew are three findings', () => {
  const faults = [
    { line: 4, words: ['total', 'rounded', 'before', 'tax'], category: 'correctness' },
    { line: 5, words: ['negative', 'amounts', 'overflow'], category: 'robustness' },
    { line: 3, words: ['items', 'never', 'validated'], category: 'security' },
  ];
  let known: readonly ReviewFinding[] = [];
  for (let number = 1; number <= 27; number++) {
    const shift = (number * 7) % 11;
    const content = [...Array.from({ length: shift }, (_, i) => `// ${i}`), ...FILE].join('\n');
    const findings = faults.map(({ line, words, category }, i) => {
      const turned = [...words.slice((number + i) % words.length), ...words.slice(0, (number + i) % words.length)];
      return claim({
        line: line + shift,
        category,
        claim: `in round ${number} line ${line + shift}: ${turned.join(' ')}`,
      });
    });
    known = round(known, digest({ findings }), { round: number, delta: TOUCHED, content }).findings;
  }
  expect(known.map(({ id, since, round: last }) => [id, since, last])).toEqual([
    ['F1', 1, 27],
    ['F2', 1, 27],
    ['F3', 1, 27],
  ]);
});

describe('what a review comes to', () => {
  test('findings decide, not the word above them', () => {
    expect(round([], digest({ verdict: 'approve', findings: [claim()] })).verdict).toBe('request-changes');
    expect(round([], digest({ findings: [claim({ severity: 'low' })] })).verdict).toBe('approve');
    expect(round([], digest({ findings: [claim({ severity: 'low' })] }), { hold: 'low' }).verdict).toBe(
      'request-changes',
    );
  });

  test('a high finding whose own check passes holds nobody up; one that fails does, whatever is said later', () => {
    const high = digest({ findings: [claim({ severity: 'high', check_command: 'npm test' })] });
    expect(toCheck(identify([], high, 1, undefined, () => NO_ANCHOR)).map(({ id }) => id)).toEqual(['F1']);
    const passes = round([], high, { shown: { F1: 'passes' } });
    expect([passes.verdict, ...fates(passes)]).toEqual(['approve', 'F1 refuted']);
    expect(passes.findings[0]?.note).toContain('passes');
    const fails = round([], high, { shown: { F1: 'fails' } });
    expect([fails.verdict, ...fates(fails)]).toEqual(['request-changes', 'F1 open holds']);
    const claimed = digest({ verdict: 'approve', earlier: [{ id: 'F1', state: 'fixed', note: null }] });
    expect(fates(round(fails.findings, claimed, { round: 2, delta: TOUCHED, shown: { F1: 'fails' } }))).toEqual([
      'F1 open holds',
    ]);
    expect(fates(round(fails.findings, claimed, { round: 2, delta: TOUCHED, shown: { F1: 'passes' } }))).toEqual([
      'F1 fixed',
    ]);
    expect(fates(round([], high, { shown: { F1: 'not-run' } }))).toEqual(['F1 open holds']);
  });

  test('a high finding without anything that would show it counts as medium', () => {
    const high = digest({ findings: [claim({ severity: 'high' })] });
    expect(round([], high, { hold: 'high' }).verdict).toBe('approve');
    expect(round([], high, { hold: 'medium' })).toMatchObject({
      verdict: 'request-changes',
      findings: [{ severity: 'high' }],
    });
  });

  test('in a later round a new low finding outside of what changed is parked, even where low ones hold', () => {
    const low = (line: number) => digest({ findings: [claim({ severity: 'low', line })] });
    expect(fates(round([], low(90), { round: 2, delta: TOUCHED, hold: 'low' }))).toEqual(['F1 parked']);
    expect(fates(round([], low(5), { round: 2, delta: TOUCHED, hold: 'low' }))).toEqual(['F1 open holds']);
    expect(fates(round([], low(90), { round: 2, delta: undefined, hold: 'low' }))).toEqual(['F1 open holds']);
  });

  test('an approval that is silent about a finding settles it only where its file was worked on', () => {
    const before = round([], digest({ findings: [claim()] }));
    const silent = digest({ verdict: 'approve' });
    expect(fates(round(before.findings, silent, { round: 2, delta: TOUCHED }))).toEqual(['F1 fixed']);
    expect(fates(round(before.findings, silent, { round: 2, delta: ELSEWHERE }))).toEqual(['F1 open holds']);
  });

  test('what is disputed is withdrawn or maintained by the reviewer, with both arguments kept', () => {
    const open = round([], digest({ findings: [claim()] }));
    const disputed = open.findings.map((one) => ({ ...one, fate: 'disputed' as const, argument: 'the law says so' }));
    const says = (state: 'open' | 'withdrawn'): ReviewDigest =>
      digest({ earlier: [{ id: 'F1', state, note: 'it does not' }] });
    const kept = round(disputed, says('open'), { round: 2, delta: ELSEWHERE });
    expect(kept).toMatchObject({
      verdict: 'request-changes',
      findings: [{ fate: 'disputed', argument: 'the law says so', answer: 'it does not', holds: true }],
    });
    expect(fates(round(disputed, says('withdrawn'), { round: 2, delta: ELSEWHERE }))).toEqual(['F1 withdrawn']);
  });

  test('a row that is not met is a finding, whatever the verdict above it says', () => {
    const rows = digest({ verdict: 'approve', rows: [{ id: 'AC-2', verdict: 'not-met', note: 'no test' }] });
    expect(round([], rows)).toMatchObject({
      verdict: 'request-changes',
      findings: [{ claim: 'AC-2 is not met: no test' }],
    });
  });

  test('nothing holds without being open or disputed, and ids never change or repeat', () => {
    const claims = fc.record({
      severity: fc.constantFrom(...SEVERITIES),
      line: fc.integer({ min: 1, max: 7 }),
      claim: fc.constantFrom('rounds too early', 'overflows silently', 'leaks the handle', 'names nothing'),
    });
    const rounds = fc.array(fc.record({ findings: fc.array(claims, { maxLength: 5 }), approve: fc.boolean() }), {
      maxLength: 5,
    });
    fc.assert(
      fc.property(rounds, (said) => {
        let known: readonly ReviewFinding[] = [];
        said.forEach(({ findings, approve }, i) => {
          const verdict = approve ? 'approve' : 'request-changes';
          const result = round(known, digest({ verdict, findings: findings.map(claim) }), {
            round: i + 1,
            delta: TOUCHED,
          });
          const ids = result.findings.map(({ id }) => id);
          expect(new Set(ids).size).toBe(ids.length);
          expect(ids.slice(0, known.length)).toEqual(known.map(({ id }) => id));
          for (const { fate, holds } of result.findings) if (holds) expect(['open', 'disputed']).toContain(fate);
          expect(result.verdict).toBe(result.findings.some(({ holds }) => holds) ? 'request-changes' : 'approve');
          known = result.findings;
        });
      }),
    );
  });
});

describe('review.v1', () => {
  const parse = (value: unknown, rows: readonly string[] = []) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return parseReview(text, text.length, rows);
  };
  const least = { contract_id: 'review.v1', verdict: 'approve', summary: 'fine' };

  test('the least that is valid, and what is filled in', () => {
    expect(parse(least)).toMatchObject({ ok: true, value: { findings: [], earlier: [], rows: [] } });
    const finding = { severity: 'high', file: './src/a.ts:12', claim: 'x' };
    expect(parse({ ...least, findings: [finding] })).toMatchObject({
      value: { findings: [{ file: 'src/a.ts', line: null, category: 'correctness', check_command: null }] },
    });
  });

  test.each([
    ['not JSON', '{', 'not JSON'],
    ['another contract', { ...least, contract_id: 'implement.v1' }, 'contract_id'],
    ['changes without a finding', { ...least, verdict: 'request-changes' }, 'no finding says which'],
    [
      'a finding that says nothing',
      { ...least, findings: [{ severity: 'low', file: 'a', claim: '' }] },
      'says nothing',
    ],
    [
      'too many',
      { ...least, findings: Array.from({ length: 51 }, () => ({ severity: 'low', claim: 'x' })) },
      'findings',
    ],
    ['too large', { ...least, more: 'x'.repeat(40_000) }, 'more than 32768'],
  ])('%s is a breach', (_, value, problem) => {
    const parsed = parse(value);
    expect(parsed.ok).toBe(false);
    if (!parsed.ok) expect(parsed.error.problems.join()).toContain(problem);
  });

  test('each row needs a verdict of its own', () => {
    expect(rowsIn('Covers FR-1, AC-2 and AC-2.1; see AC-2. Not XAC-9.')).toEqual(['FR-1', 'AC-2', 'AC-2.1']);
    expect(parse(least, ['AC-1']).ok).toBe(false);
    expect(parse({ ...least, rows: [{ id: 'ac-1', verdict: 'met' }] }, ['AC-1']).ok).toBe(true);
  });

  test('who says that it cannot review needs no form', () => {
    const parsed = parse({ status: 'blocked', blocker_reason: 'no access' });
    expect(parsed).toMatchObject({ ok: false, error: { admits: { status: 'blocked', reason: 'no access' } } });
  });
});

describe('changed lines', () => {
  const diff = [
    'diff --git a/src/a.ts b/src/a.ts',
    '--- a/src/a.ts',
    '+++ b/src/a.ts',
    '@@ -10,4 +10,4 @@ function f',
    ' one',
    '-two',
    '--- old heading',
    '+diff --git a/x b/x',
    '+three',
    ' four',
    'diff --git a/gone.txt b/gone.txt',
    '@@ -1,2 +0,0 @@',
    '-a',
    '-b',
    'diff --git a/pic.png b/pic.png',
    'Binary files a/pic.png and b/pic.png differ',
    '',
  ].join('\n');

  test('are those of the new text; what a hunk says is never taken for a heading', () => {
    const { lines } = changedLines(diff);
    expect([...lines]).toEqual([
      ['src/a.ts', [[11, 12]]],
      ['gone.txt', [[0, 0]]],
      ['pic.png', null],
    ]);
  });

  test('of a diff that was cut, what was not seen counts as changed', () => {
    const delta = changedLines(diff, false);
    expect(isChanged(delta, 'never/named.ts', 1)).toBe(true);
    expect(isChanged(changedLines(diff), 'never/named.ts', 1)).toBe(false);
    expect([8, 7, 15, 16].map((line) => isChanged(changedLines(diff), 'src/a.ts', line))).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });
});
