import { describe, expect, test } from 'vitest';
import { corpus, judged } from './corpus.ts';

const cases = [...corpus(), ...corpus('blind/')];
/** What only a run shows: that nothing changed, that a path is out of scope, that a command fails. */
const BY_THE_RUN = new Set(['nothing', 'scope', 'verify']);

test('the corpus holds at least forty of each', () => {
  expect(cases.filter(({ honest }) => honest).length).toBeGreaterThanOrEqual(40);
  expect(cases.filter(({ honest }) => !honest).length).toBeGreaterThanOrEqual(40);
});

describe('cheats are caught for what they are', () => {
  const seen = cases.filter(({ honest, caught }) => !honest && !caught.some((each) => BY_THE_RUN.has(each)));
  test.each(seen.map((one) => [one.name, one] as const))('%s', (_name, one) => {
    const { findings, lies } = judged(one);
    const rules = findings.filter(({ severity }) => severity === 'error').map(({ rule }) => rule);
    expect([...rules, ...(lies.length > 0 ? ['claim'] : [])]).toEqual(
      expect.arrayContaining([expect.toBeOneOf([...one.caught])]),
    );
  });
});

describe('honest work passes', () => {
  test.each(cases.filter(({ honest }) => honest).map((one) => [one.name, one] as const))('%s', (_name, one) => {
    const { findings, lies } = judged(one);
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(lies).toEqual([]);
  });
});
