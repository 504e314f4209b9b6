import { describe, expect, test } from 'vitest';
import { foldLaneTold, laneNews } from '../../../src/core/run/lane-limits.ts';
import { hasRoom } from '../../../src/core/run/lane-windows.ts';
import { emptyState, type RunState } from '../../../src/core/run/state.ts';
import { laneLine, laneRows } from '../../../src/core/views/lane-row.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const HOUR = 3_600_000;

/** What is told is folded, as the log would. */
function tell(state: RunState, used: number | undefined, resetsAt: number | undefined, window = 'five_hour'): boolean {
  const news = laneNews(state, 'claude', [
    {
      window,
      by: 'event',
      ...(used === undefined ? {} : { used }),
      ...(resetsAt === undefined ? {} : { resetsAt }),
    },
  ]);
  if (news !== undefined) foldLaneTold(state, news, NOW);
  return news !== undefined;
}

describe('what is known of the limits of an account', () => {
  test('is what was told last: how much, until when, how that is known and since when', () => {
    const state = emptyState();
    expect(tell(state, 92.04, NOW + HOUR)).toBe(true);
    expect(state.lanes['claude']?.windows).toEqual({
      five_hour: { used: 92, resetsAt: NOW + HOUR, by: 'event', seen: NOW },
    });
    const [row] = laneRows(state);
    expect(row && laneLine(row, NOW, () => '3s')).toBe(
      'claude: five_hour 8 % left until 2026-11-21 13:00 UTC (told 3s ago)',
    );
    // Once the window began anew, nobody knows what is left of it.
    expect(row && laneLine(row, NOW + HOUR, () => '3s')).toBe('');
  });

  test('is written down only when it is new: five points, another end, a limit that is reached', () => {
    const state = emptyState();
    tell(state, 90, NOW + HOUR);
    expect(tell(state, 94.9, NOW + HOUR + 1000)).toBe(false);
    expect(tell(state, 95, NOW + HOUR)).toBe(true);
    expect(tell(state, 99, NOW + HOUR)).toBe(false);
    expect(tell(state, 100, NOW + HOUR)).toBe(true);
    expect(tell(state, 100, NOW + 2 * HOUR)).toBe(true);
    expect(tell(state, undefined, NOW + 2 * HOUR)).toBe(true);
    expect(tell(state, undefined, NOW + 2 * HOUR)).toBe(false);
  });

  test('has amounts, too: credits are told again when a twentieth of them is gone', () => {
    const state = emptyState();
    const credits = (left: string): boolean => {
      const news = laneNews(state, 'codex', [{ window: 'credits', left, by: 'event' }]);
      if (news !== undefined) foldLaneTold(state, news, NOW);
      return news !== undefined;
    };
    expect(['20', '19.5', '18.9', '0', '0', 'unlimited'].map(credits)).toEqual([true, false, true, true, false, true]);
    credits('12.5');
    const [row] = laneRows(state);
    expect(row && laneLine(row, NOW, () => '3s')).toBe('codex: credits 12.5 left (told 3s ago)');
  });

  test('holds no more windows than any vendor has, whatever a program makes up', () => {
    const state = emptyState();
    const told = Array.from({ length: 30 }, (_, i) => ({ window: `w${i}`, used: 1, by: 'event' as const }));
    const news = laneNews(state, 'claude', told);
    expect(news?.windows).toHaveLength(8);
    expect(laneNews(state, 'claude', [{ window: '__proto__', used: 1, by: 'event' }])?.windows).toHaveLength(1);
  });

  test('says of an account that is as good as used up that it has no room, until its window begins anew', () => {
    const state = emptyState();
    const room = (now: number): boolean => hasRoom(state.lanes['claude']?.windows, now);
    expect(room(NOW)).toBe(true);
    tell(state, 97, NOW + HOUR);
    expect(room(NOW)).toBe(true);
    tell(state, 100, NOW + HOUR);
    expect(room(NOW)).toBe(false);
    expect(room(NOW + HOUR)).toBe(true);
  });
});
