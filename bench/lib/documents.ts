import type { PlanKind } from '../../src/core/plan/model.ts';
import { functional, macro, master, micro } from './documents-contracts.ts';
import { implementation, phased, task } from './documents-tasks.ts';
import { Chance } from './chance.ts';

/** Writes a plan of one kind with so many units. The same chance gives the same text. */
export type Writer = (units: number, chance: Chance) => string;

const WRITERS: Readonly<Record<PlanKind, Writer>> = { phased, master, task, implementation, functional, macro, micro };

/** A document as it is measured. */
export interface Written {
  readonly text: string;
  readonly units: number;
}

/** A dense plan of one kind of about so many bytes: every section of the kind is there, and all of them grow with it. */
export function documentOf(kind: PlanKind, bytes: number, seed = 7): Written {
  const write = WRITERS[kind];
  const each = write(40, new Chance(seed)).length - write(20, new Chance(seed)).length;
  const units = Math.max(2, Math.round((bytes / each) * 20));
  return { text: write(units, new Chance(seed)), units };
}

/** A plan of one kind with a few units. */
export function smallDocument(kind: PlanKind, units: number, seed: number): string {
  return WRITERS[kind](units, new Chance(seed));
}
