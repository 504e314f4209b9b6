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
