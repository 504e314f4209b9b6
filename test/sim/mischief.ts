import type { Gate } from '../../src/core/run/state.ts';
import type { Dice } from './dice.ts';
import type { Faults } from './scenario.ts';

/*
 * What seeds of the second generation have to bear besides: clocks that jump again and again, disks that are full for one kind of file,
 * people who step in at the worst moment, and answers that come late, twice or for another question.
 */

export interface Mischief {
  /** When the clock on the wall is set, and how far it is from the truth then. */
  readonly clocks: readonly { readonly at: number; readonly by: number }[];
  /** When there is no room for files whose path says this. */
  readonly full: readonly { readonly at: number; readonly ms: number; readonly kind: RegExp }[];
  /** What somebody does to the repository between two steps of one deed of masterplan. */
  readonly traps: readonly {
    readonly label: string;
    readonly count: number;
    readonly what: Faults['meddling'][number]['what'];
  }[];
  /** Chance that a person changes the plan in the moment in which an agent ends. */
  readonly untimely: number;
  /** Chance that an answer comes late, twice, or for another question. */
  readonly answers: number;
}

const KINDS: readonly RegExp[] = [
  /events\.jsonl/,
  /\/lock/,
  /\/evidence\//,
  /\/attempts\//,
  /state\.yml|snapshot/,
  /\/(?:inbox|replies)\//,
  /\/(?:worktrees|checkouts|scratch)\//,
  /leases/,
  /objects/,
];

/** Steps in the middle of a landing, and of taking work over. */
const MOMENTS = ['publish:objects', 'publish:ref', 'publish:done', 'collect:objects', 'collect:ref', 'checkout:done'];

const MEDDLING = ['forward', 'forward', 'rewind', 'delete', 'base-forward', 'worktree', 'dirty'] as const;

/** What one seed has to bear. */
export function mischiefOf(dice: Dice): Mischief {
  const some = <T>(chance: number, make: () => T): T[] =>
    dice.chance(chance) ? Array.from({ length: dice.whole(1, 3) }, make) : [];
  return {
    clocks: some(0.25, () => ({
      at: dice.spread(10, 20_000),
      by: dice.pick([-90_000_000, -3_600_000, -5000, -50, 0, 5000, 3_600_000, 90_000_000]),
    })),
    full: some(0.2, () => ({ at: dice.spread(1, 12_000), ms: dice.spread(10, 20_000), kind: dice.pick(KINDS) })),
    traps: some(0.2, () => ({ label: dice.pick(MOMENTS), count: dice.whole(1, 6), what: dice.pick(MEDDLING) })),
    untimely: dice.chance(0.3) ? 0.15 : 0,
    answers: dice.chance(0.5) ? 0.3 : 0,
  };
}

/** An answer that is sent besides the one that a person means. */
export interface Stray {
  readonly answer: string;
  readonly asked?: number;
  readonly about?: string;
  /** Milliseconds after the right one; before it when there are none. */
  readonly after: number;
  /** It is for another question than the one that is open, and must not be taken. */
  readonly wrong: boolean;
}

/** Gates whose answers are bound to what lies elsewhere, or to nothing that may be said twice. */
const SINGLE = /^(?:finish|plan|spec|continue|tampered|branch)$|^(?:amend|interview|attached):/;

/** What somebody else answers to the question, if anybody does. */
export function strayAnswer({ id, options, opened }: Gate, chance: number, dice: Dice): Stray | undefined {
  if (chance === 0 || SINGLE.test(id) || !dice.chance(chance)) return undefined;
  const harmless = options.filter((one) => one !== 'cancel' && one !== 'block' && one !== 'fail');
  if (harmless.length === 0) return undefined;
  const answer = dice.pick(harmless);
  switch (dice.whole(0, 3)) {
    case 0:
      return { answer, about: '0000000', after: 0, wrong: true };
    case 1:
      return { answer, asked: opened - 1000, after: 0, wrong: true };
    default:
      return { answer, asked: opened, after: dice.spread(0.5, 20_000), wrong: false };
  }
}
