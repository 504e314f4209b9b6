import type { PortableUnit } from '../plan/portable.ts';

/** A unit while it is read: needs are added until all are known. */
export interface Building extends Omit<PortableUnit, 'needs' | 'criteria' | 'verify' | 'scope'> {
  readonly needs: Set<string>;
  readonly scope: string[];
  readonly verify: string[];
  readonly criteria: string[];
}

/** A unit with nothing but an id and a title. */
export function building(id: string, title: string, fields: Partial<Building> = {}): Building {
  return {
    id,
    title,
    group: undefined,
    body: '',
    needs: new Set(),
    scope: [],
    verify: [],
    criteria: [],
    criterionIds: [],
    requirementIds: [],
    agent: undefined,
    estimate: undefined,
    done: false,
    planFirst: undefined,
    ...fields,
  };
}

/** The units as they go into a plan: needs in document order, none of a unit on itself. */
export function built(units: readonly Building[]): readonly PortableUnit[] {
  const at = new Map(units.map((unit, i) => [unit.id, i]));
  return units.map((unit) => ({
    ...unit,
    scope: [...new Set(unit.scope)],
    needs: [...unit.needs]
      .filter((need) => need !== unit.id && at.has(need))
      .sort((a, b) => (at.get(a) as number) - (at.get(b) as number)),
  }));
}

/** Units in an order in which each comes after its needs, document order otherwise; those on a circle stay last. */
export function inNeedOrder(units: readonly PortableUnit[]): readonly PortableUnit[] {
  const at = new Map(units.map((unit, i) => [unit.id, i]));
  const open = units.map((unit) => new Set(unit.needs.filter((need) => at.has(need) && need !== unit.id)).size);
  const waiting: number[][] = units.map(() => []);
  units.forEach((unit, i) => {
    for (const need of new Set(unit.needs)) {
      const from = at.get(need);
      if (from !== undefined && from !== i) waiting[from]?.push(i);
    }
  });
  // Document order as far as the needs allow it: a unit goes out as soon as its last need has.
  const order: number[] = [];
  const out = new Set<number>();
  const put = (first: number): void => {
    const stack = [first];
    while (stack.length > 0) {
      const i = stack.pop() as number;
      if (out.has(i) || (open[i] as number) > 0) continue;
      out.add(i);
      order.push(i);
      for (const next of waiting[i] as number[]) {
        open[next] = (open[next] as number) - 1;
        // Those before the cursor have been passed over already and go out now; the others wait for their turn.
        if (next < first) stack.push(next);
      }
    }
  };
  units.forEach((_, i) => put(i));
  const rest = units.map((_, i) => i).filter((i) => !out.has(i));
  return [...order, ...rest].map((i) => units[i] as PortableUnit);
}
