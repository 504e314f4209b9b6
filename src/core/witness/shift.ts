import type { Assertion } from './assertions.ts';
import { literalsOf } from './assertions.ts';
import type { Leave } from './leave.ts';
import type { Source } from './units.ts';

/** What the programs of a change, tests aside, say otherwise than before: which numbers and texts went, and which came. */
export interface Shift {
  /** The old values are on the old side of a limit that the task speaks of and the source moved, and the new ones as far from the new limit. */
  limits(lost: readonly string[], gained: readonly string[]): boolean;
  /** Each number became another one by what the task names and the source brought: plus, minus or times it. */
  computed(lost: readonly string[], gained: readonly string[]): boolean;
  /** A text that the task names stood in the source, and stands nowhere in it any more. */
  withdrawn(literals: readonly string[]): boolean;
  /** A number of things became another one as the task adds or removes, and the source has as many more or fewer texts. */
  counted(one: Assertion, lost: readonly string[], gained: readonly string[]): boolean;
}

const NUMBER = /^-?\d+(?:\.\d+)?$/;
/** How far from a limit tests try it. */
const BESIDE = 1;

/** What the source moved. `isCheck`: paths whose words are the tests' own. */
export function shiftOf(
  before: ReadonlyMap<string, Source>,
  after: ReadonlyMap<string, Source>,
  isCheck: (path: string) => boolean,
  leave: Leave,
): Shift {
  const read = (side: ReadonlyMap<string, Source>): Set<string> =>
    new Set([...side.values()].filter(({ path }) => !isCheck(path)).flatMap(({ masked }) => literalsOf(masked.code)));
  const [old, now] = [read(before), read(after)];
  const gone = [...old].filter((literal) => !now.has(literal));
  const come = [...now].filter((literal) => !old.has(literal));
  const moves = gone
    .filter((literal) => NUMBER.test(literal))
    .flatMap((from) =>
      come
        .filter((to) => NUMBER.test(to) && leave.places(to).length > 0)
        .map((to) => [Number(from), Number(to)] as const),
    );
  const brought = come
    .filter((literal) => NUMBER.test(literal) && leave.places(literal).length > 0)
    .map(Number)
    .filter((value) => value !== 0 && Math.abs(value) !== 1);
  return {
    limits: (lost, gained) =>
      !leave.fixed &&
      lost.length > 0 &&
      lost.length === gained.length &&
      moves.some(([from, to]) =>
        lost.every((literal, i) => {
          const off = size(literal) - from;
          return Math.abs(off) <= BESIDE && size(gained[i] as string) - to === off;
        }),
      ),
    computed: (lost, gained) =>
      !leave.fixed &&
      lost.length > 0 &&
      lost.length === gained.length &&
      [...lost, ...gained].every((literal) => NUMBER.test(literal)) &&
      brought.some((by) =>
        lost.every((literal, i) =>
          [Number(literal) + by, Number(literal) - by, Number(literal) * by].some(
            (value) => Math.abs(value - Number(gained[i])) < 1e-9,
          ),
        ),
      ),
    withdrawn: (literals) => {
      const texts = literals.filter((literal) => isText(literal));
      return (
        !leave.fixed &&
        leave.removal &&
        texts.length > 0 &&
        texts.every(
          (literal) =>
            old.has(literal) &&
            !now.has(literal) &&
            leave.matches(new RegExp(String.raw`(?<!\w)${escaped(literal.slice(1, -1))}(?!\w)`, 'i')),
        )
      );
    },
    counted: ({ text }, lost, gained) => {
      const [had, has] = [Number(lost[0]), Number(gained[0])];
      if (leave.fixed || lost.length !== 1 || gained.length !== 1 || !Number.isInteger(had) || !Number.isInteger(has))
        return false;
      if (!/(?:size|length|count|\blen\b|number)/i.test(text)) return false;
      const texts = (has < had ? gone : come).filter(isText).length;
      const asked = has < had ? leave.removal : leave.matches(/\b(?:add|new|another|offer|support|introduc)\w*/i);
      return asked && has !== had && texts > 0 && texts >= Math.abs(has - had);
    },
  };
}

function isText(literal: string): boolean {
  return literal.startsWith("'") && literal.length > 3;
}

/** What a limit is about: a number itself, or how long a text is. */
function size(literal: string): number {
  return literal.startsWith("'") ? literal.length - 2 : Number(literal);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
