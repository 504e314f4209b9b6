import type { DraftUnit } from './draft.ts';

/** The number of the wave that a unit is in: as a line or table says, by the heading above it, or by its id (`W2-T1`). */
export function waveOf(unit: DraftUnit): number | undefined {
  if (unit.declaredWave !== undefined) return unit.declaredWave;
  const match = /^wave\s+#?(\d{1,6})\b/i.exec(unit.wave ?? '') ?? /^W(\d{1,6})-T\d/i.exec(unit.id);
  return match === null ? undefined : Number(match[1]);
}

/** Words by which a heading says that what stands below it may be done at once. */
const AT_ONCE = /\b(?:parallel|concurrent|simultaneous|side by side|at once|independent)/i;

/**
 * The waves of all units, when each of them is in one and the document means what runs together by it: then a wave begins when
 * the one before it is finished. Where parallel groups are named, those say what runs together, and headings of waves are
 * chapters.
 */
export function wavesOf(units: readonly DraftUnit[]): readonly number[] | undefined {
  if (units.some(({ group }) => group !== undefined)) return undefined;
  const waves = units.map(waveOf);
  return units.length > 0 && !waves.includes(undefined) ? (waves as readonly number[]) : undefined;
}

/**
 * Whether the tasks of a wave may be done at once as far as the document says. A heading with a title of its own (`Wave 1 — The
 * guard`) may be a chapter whose tasks build on each other, so it has to say more: that they are parallel, or numbers from 0 on,
 * as programs count. Lines, tables, ids (`W1-T2`) and bare headings (`Wave 1`) mean nothing else.
 */
export function runsAtOnce(units: readonly DraftUnit[]): boolean {
  const titles = units.map(({ wave }) => (wave ?? '').slice(0, 300));
  return (
    units.some(({ declaredWave, id }) => declaredWave !== undefined || /^W\d/i.test(id)) ||
    titles.some((title) => AT_ONCE.test(title) || /^wave\s+#?0\b/i.test(title)) ||
    titles.every((title) => /^wave\s+#?\d{1,6}\W*$/i.test(title))
  );
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
