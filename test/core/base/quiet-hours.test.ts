import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseQuietHours, quietUntil } from '../../../src/core/base/quiet-hours.ts';

const at = (text: string): number => Date.parse(`2030-03-04T${text}:00Z`);
const hours = (text: string) => {
  const parsed = parseQuietHours(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
};

describe('quiet hours', () => {
  test.each([
    ['22:00-07:00', '23:30', 0, Date.parse('2030-03-05T07:00:00Z')],
    ['22:00-07:00', '06:59', 0, at('07:00')],
    ['22:00-07:00', '07:00', 0, undefined],
    ['22:00-07:00', '21:59', 0, undefined],
    ['12:00–13:00', '12:00', 0, at('13:00')],
    ['20:00 to 24:00', '23:59', 0, Date.parse('2030-03-05T00:00:00Z')],
    // In Tokyo it is 23:30 when it is 14:30 in Greenwich.
    ['22:00-07:00', '14:30', 540, at('22:00')],
    ['22:00-07:00', '03:30', -300, at('12:00')],
  ])('%s at %s UTC, %s minutes ahead', (text, time, offset, until) => {
    expect(quietUntil(hours(text), at(time), () => offset)).toBe(until);
  });

  test('end by the clock on the wall, also when it is put forward or back in the night', () => {
    const change = Date.parse('2030-03-31T01:00:00Z');
    const forward = (at: number): number => (at < change ? 60 : 120);
    const back = (at: number): number => (at < change ? 120 : 60);
    const [evening, end] = [Date.parse('2030-03-30T22:00:00Z'), (hour: string) => Date.parse(`2030-03-31T${hour}:00Z`)];
    expect(quietUntil(hours('22:00-07:00'), evening, forward)).toBe(end('05:00'));
    expect(quietUntil(hours('22:00-07:00'), evening, back)).toBe(end('06:00'));
    expect(quietUntil(hours('22:00-07:00'), change + 1, forward)).toBe(end('05:00'));
    // Half past two is left out: it is over when the clock is put forward. Shown twice, the first one ends it.
    expect(quietUntil(hours('22:00-02:30'), evening, forward)).toBe(change);
    expect(quietUntil(hours('22:00-02:30'), change - 60_000, forward)).toBe(change);
    expect(quietUntil(hours('22:00-02:30'), evening, back)).toBe(change - 1_800_000);
  });

  test.each(['', '22-7', '25:00-07:00', '22:00-24:30', '22:60-07:00', '07:00-07:00', '00:00-24:00'])(
    '%j is none',
    (text) => {
      expect(parseQuietHours(text).ok).toBe(false);
    },
  );

  test('end exactly, whenever the clock is put forward or back', () => {
    const minute = fc.nat(1439);
    const near = fc.integer({ min: -1440, max: 1440 });
    fc.assert(
      fc.property(minute, minute, near, fc.constantFrom(-60, -30, 30, 60, 120), (from, to, minutes, shift) => {
        fc.pre(from !== to);
        const change = Date.parse('2030-03-31T01:00:00Z');
        const clock = (at: number): number => (at < change ? 0 : shift);
        const now = change + minutes * 60_000 + 17;
        const until = quietUntil({ from, to }, now, clock);
        if (until === undefined) return;
        expect(until).toBeGreaterThan(now);
        expect(quietUntil({ from, to }, until, clock)).toBeUndefined();
        expect(quietUntil({ from, to }, until - 1, clock)).toBe(until);
      }),
    );
  });

  test('end within a day, and not a moment later is quiet', () => {
    const minute = fc.nat(1439);
    const now = fc.integer({ min: 0, max: 4e12 });
    fc.assert(
      fc.property(minute, minute, now, fc.integer({ min: -840, max: 840 }), (from, to, at, offset) => {
        fc.pre(from !== to);
        const until = quietUntil({ from, to }, at, () => offset);
        if (until === undefined) return;
        expect(until).toBeGreaterThan(at);
        expect(until - at).toBeLessThanOrEqual(86_400_000);
        expect(quietUntil({ from, to }, until, () => offset)).toBeUndefined();
        expect(quietUntil({ from, to }, until - 1, () => offset)).toBe(until);
      }),
    );
  });
});
