import { describe, expect, test } from 'vitest';
import {
  type Autonomy,
  AUTONOMIES,
  GATE_KINDS,
  type GateFacts,
  type GateKind,
  gateOpens,
  reviewBounds,
} from '../../../src/core/run/autonomy.ts';

/** What happens at a gate: `ask`, or what goes on by itself. */
type Cell = 'ask' | 'pass' | 'fix' | 'climb';
const row = <K extends GateKind>(kind: K, facts: GateFacts[K], gated: Cell, loose: Cell, full: Cell) => ({
  kind,
  facts,
  cells: { gated, loose, full },
  call: (autonomy: Autonomy) => gateOpens(kind, autonomy, facts),
});
const review = (severity: 'high' | 'medium' | 'low', more: Partial<GateFacts['review']> = {}): GateFacts['review'] => ({
  severity,
  askFrom: 'medium',
  fixes: 0,
  budget: 2,
  ...more,
});

const TABLE = [
  row('scope-overlap', { live: true }, 'ask', 'ask', 'ask'),
  row('scope-overlap', { live: false }, 'pass', 'pass', 'pass'),
  row('scope-overlap', {}, 'ask', 'ask', 'ask'),
  row('slug-collision', { live: true }, 'ask', 'ask', 'ask'),
  row('slug-collision', { live: false }, 'pass', 'pass', 'pass'),
  row('interview', {}, 'ask', 'ask', 'pass'),
  row('spec', { review: 'passed' }, 'ask', 'ask', 'pass'),
  row('spec', { review: 'failed' }, 'ask', 'ask', 'pass'),
  row('spec', { review: 'passed', aggressive: true }, 'ask', 'pass', 'pass'),
  row('spec', { review: 'off', aggressive: true }, 'ask', 'ask', 'pass'),
  row('spec', { review: 'failed', aggressive: true }, 'ask', 'ask', 'pass'),
  row('spec', { aggressive: true }, 'ask', 'ask', 'pass'),
  row('plan', { clean: true, review: 'passed' }, 'ask', 'pass', 'pass'),
  row('plan', { clean: true, review: 'off' }, 'ask', 'pass', 'pass'),
  row('plan', { clean: true, review: 'missing' }, 'ask', 'ask', 'ask'),
  row('plan', { clean: true, review: 'failed' }, 'ask', 'ask', 'ask'),
  row('plan', { clean: true }, 'ask', 'ask', 'ask'),
  row('plan', { clean: false, review: 'passed' }, 'ask', 'ask', 'ask'),
  row('plan', { review: 'passed' }, 'ask', 'ask', 'ask'),
  row('subplan', { clean: true }, 'ask', 'pass', 'pass'),
  row('subplan', { clean: false }, 'ask', 'ask', 'ask'),
  row('subplan', {}, 'ask', 'ask', 'ask'),
  row('subplan', { clean: true, policy: 'ask' }, 'ask', 'ask', 'ask'),
  row('subplan', { clean: true, policy: 'if-clean' }, 'pass', 'pass', 'pass'),
  row('subplan', { clean: false, policy: 'if-clean' }, 'ask', 'ask', 'ask'),
  row('subplan', { clean: false, policy: 'always' }, 'pass', 'pass', 'pass'),
  row('continue', {}, 'ask', 'pass', 'pass'),
  row('routing', {}, 'ask', 'pass', 'pass'),
  row('routing', { confirm: true }, 'ask', 'pass', 'pass'),
  row('routing', { confirm: false }, 'pass', 'pass', 'pass'),
  row('result', { verified: true }, 'ask', 'pass', 'pass'),
  row('result', { verified: true, look: true }, 'ask', 'pass', 'ask'),
  row('result', { verified: false }, 'ask', 'ask', 'ask'),
  row('result', {}, 'ask', 'ask', 'ask'),
  row('review', review('low'), 'pass', 'pass', 'pass'),
  row('review', review('low', { askFrom: 'low' }), 'ask', 'pass', 'pass'),
  row('review', review('medium'), 'ask', 'pass', 'pass'),
  row('review', review('medium', { askFrom: 'high' }), 'pass', 'pass', 'pass'),
  row('review', review('high'), 'ask', 'fix', 'fix'),
  row('review', review('high', { fixes: 1 }), 'ask', 'ask', 'fix'),
  row('review', review('high', { fixes: 2 }), 'ask', 'ask', 'ask'),
  row('review', review('high', { budget: 0 }), 'ask', 'ask', 'ask'),
  row('review', review('high', { askFrom: 'never' }), 'fix', 'fix', 'fix'),
  row('review', review('high', { askFrom: 'never', fixes: 2 }), 'ask', 'ask', 'ask'),
  row('blocker', { rungs: 0, of: 4 }, 'ask', 'climb', 'climb'),
  row('blocker', { rungs: 1, of: 4 }, 'ask', 'climb', 'climb'),
  row('blocker', { rungs: 2, of: 4 }, 'ask', 'ask', 'climb'),
  row('blocker', { rungs: 4, of: 4 }, 'ask', 'ask', 'ask'),
  row('blocker', { rungs: 1, of: 1 }, 'ask', 'ask', 'ask'),
  row('assumption', {}, 'ask', 'ask', 'ask'),
  row('open-question', {}, 'ask', 'ask', 'ask'),
  row('validation', { passed: true }, 'pass', 'pass', 'pass'),
  row('validation', { passed: false }, 'ask', 'ask', 'ask'),
  row('validation', {}, 'ask', 'ask', 'ask'),
  row('budget', {}, 'ask', 'ask', 'ask'),
  row('permission', {}, 'ask', 'ask', 'ask'),
  row('finish', {}, 'ask', 'ask', 'ask'),
  row('external-write', {}, 'ask', 'ask', 'ask'),
  row('discard', {}, 'ask', 'ask', 'ask'),
];

describe.each(AUTONOMIES)('under %s', (autonomy) => {
  test.each(TABLE.map((one) => [one.kind, JSON.stringify(one.facts), one.cells[autonomy], one.call] as const))(
    '%s %s: %s',
    (_kind, _facts, cell, call) => {
      const verdict = call(autonomy);
      expect(verdict.opens ? verdict.does : 'ask').toBe(cell);
      // What opens says by which policy; what asks says why.
      expect(verdict.opens ? verdict.policy : verdict.why).not.toBe('');
    },
  );
});

test('the table has every kind', () => {
  expect([...new Set(TABLE.map(({ kind }) => kind))].sort()).toEqual([...GATE_KINDS].sort());
});

test.each([
  ['gated', 'medium', 2, { hold: 'medium', rounds: 1 }],
  ['gated', 'low', 4, { hold: 'low', rounds: 1 }],
  ['gated', 'never', 2, { hold: 'high', rounds: 3 }],
  ['loose', 'medium', 2, { hold: 'high', rounds: 2 }],
  ['loose', 'medium', 0, { hold: 'high', rounds: 1 }],
  ['full', 'medium', 2, { hold: 'high', rounds: 3 }],
  ['full', 'low', 4, { hold: 'high', rounds: 5 }],
] as const)('%s, asked from %s on, %i fixes, in rounds', (autonomy, askFrom, fixes, bounds) => {
  expect(reviewBounds(autonomy, askFrom, fixes)).toEqual(bounds);
});
