import type { DraftUnit } from './draft.ts';

/** The number of the wave that a unit is in: as a line or table says, by the heading above it, or by its id (`W2-T1`). */
export function waveOf(unit: DraftUnit): number | undefined {
  if (unit.declaredWave !== undefined) return unit.declaredWave;
  const match = /^wave\s+#?(\d{1,6})\b/i.exec(unit.wave ?? '') ?? /^W(\d{1,6})-T\d/i.exec(unit.id);
  return match === null ? undefined : Number(match[1]);
}

/**
 * The waves of all units, when each of them is in one: then a wave begins when the one before it is finished. Where
 * parallel groups are named, those say what runs together, and headings of waves are chapters.
 */
export function wavesOf(units: readonly DraftUnit[]): readonly number[] | undefined {
  if (units.some(({ group }) => group !== undefined)) return undefined;
  const waves = units.map(waveOf);
  return units.length > 0 && !waves.includes(undefined) ? (waves as readonly number[]) : undefined;
}

/** Where two waves multiply to more needs than this, the first unit of the later one stands for the rest of it. */
const MAX_NEEDS = 100_000;

/** Needs by waves, as positions: each unit waits for all of the wave before its own. */
export function waveNeeds(waves: readonly number[]): readonly (readonly number[])[] {
  const members = new Map<number, number[]>();
  waves.forEach((wave, i) => {
    const list = members.get(wave);
    if (list === undefined) members.set(wave, [i]);
    else list.push(i);
  });
  const needs: (readonly number[])[] = waves.map(() => []);
  let before: readonly number[] = [];
  for (const [, list] of [...members].sort(([a], [b]) => a - b)) {
    const first = list[0] as number;
    const each = list.length * before.length <= MAX_NEEDS;
    for (const i of list) needs[i] = each || i === first ? before : [first];
    before = list;
  }
  return needs;
}
