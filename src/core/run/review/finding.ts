import { sha256 } from '../../base/sha256.ts';

/** How bad what a reviewer found is, worst first. */
export const SEVERITIES = ['high', 'medium', 'low'] as const;
export type Severity = (typeof SEVERITIES)[number];

/**
 * Where a finding is: `open`; `fixed`; `disputed` by the implementer; `withdrawn` by the reviewer; `refuted`: its own check
 * passes; `parked`: low, new and outside of what changed, so that it holds nobody up.
 */
export const FATES = ['open', 'fixed', 'disputed', 'withdrawn', 'refuted', 'parked'] as const;
export type Fate = (typeof FATES)[number];

/** What the command of a finding said when we ran it ourselves on the tree; `not-run`: it could not be, or must not. */
export type Shown = 'fails' | 'passes' | 'not-run';

/** What a reviewer says is wrong, as it stands in its digest. */
export interface Claim {
  readonly severity: Severity;
  /** Path in the repository; empty: the change as a whole. */
  readonly file: string;
  readonly line: number | null;
  /** Name of the function, class or section that it is in. */
  readonly symbol: string | null;
  /** `correctness`, `security` …: a word of the reviewer's. */
  readonly category: string;
  readonly claim: string;
  /** What would show it, in words. */
  readonly check: string | null;
  /** The same as a shell command that exits with another code than 0 while the finding is true. */
  readonly check_command: string | null;
  /** Id of the earlier finding that this is. */
  readonly same_as: string | null;
}

/** A finding with its identity and what became of it. */
export interface ReviewFinding {
  /** Ours: `F1`, counted through all rounds of a task. */
  readonly id: string;
  readonly fingerprint: string;
  readonly severity: Severity;
  readonly file: string;
  readonly line: number | null;
  /** The definition that it stands in, as the file has it; empty where there is none. */
  readonly symbol: string;
  readonly category: string;
  readonly claim: string;
  readonly check: string | null;
  readonly check_command: string | null;
  /** The rounds in which it was first and last named. */
  readonly since: number;
  readonly round: number;
  readonly fate: Fate;
  /** Whether it keeps the change from landing. */
  readonly holds: boolean;
  /** Why it does not hold though one could think so, or what else has to be told of it. */
  readonly note?: string;
  readonly shown?: Shown;
  /** What the implementer says against it. */
  readonly argument?: string;
  /** What the reviewer said to it last. */
  readonly answer?: string;
}

/** What the file has where a claim points: found out by us, because line numbers move and reviewers reword. */
export interface Anchor {
  /** The line itself, blanks aside; empty where there is none. */
  readonly text: string;
  /** The nearest line at or above it that begins a definition. */
  readonly symbol: string;
}

export const NO_ANCHOR: Anchor = { text: '', symbol: '' };

/** Text that stays the same when it is indented or broken in another way. */
function squeezed(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** `./src/a.ts:12` and `b/src/a.ts` name `src/a.ts`. */
export function plainFile(file: string): string {
  return file
    .trim()
    .replace(/^`|`$/g, '')
    .replace(/:\d+(?:[-:]\d+)?$/, '')
    .replace(/^(?:\.\/)+/, '');
}

/** What a line in a file stands on. `line` counts from 1. */
export function anchorIn(content: string, line: number | null): Anchor {
  if (line === null || line < 1) return NO_ANCHOR;
  const lines = content.split('\n');
  const at = Math.min(line, lines.length) - 1;
  const text = squeezed(lines[at] ?? '');
  // As git finds the heading of a hunk: the nearest line that begins, unindented, with a letter.
  for (let above = at; above >= 0 && at - above < 2000; above--) {
    if (/^[A-Za-z_$#]/.test(lines[above] ?? '')) return { text, symbol: squeezed(lines[above] ?? '').slice(0, 120) };
  }
  return { text, symbol: '' };
}

/** Words that tell what a claim is about: no numbers, no places, nothing short. */
function wordsOf(claim: string): Set<string> {
  const words = claim.toLowerCase().match(/[\p{L}_][\p{L}\p{N}_]{2,}/gu) ?? [];
  return new Set(words.filter((word) => !DULL.has(word)));
}

const DULL = new Set(
  'the and for that this with not are was has have does should would could when then than from into line lines file here there its will can may must'.split(
    ' ',
  ),
);

/** How much two claims are about the same, 0 to 1: the part of the shorter one's words that the other has, too. */
export function likeness(a: string, b: string): number {
  const [one, other] = [wordsOf(a), wordsOf(b)];
  const shorter = Math.min(one.size, other.size);
  if (shorter === 0) return squeezed(a) === squeezed(b) ? 1 : 0;
  let common = 0;
  for (const word of one) if (other.has(word)) common++;
  return common / shorter;
}

/** Twelve hex digits that stay when the place of a finding moves or its words change: file, kind, and what stands there. */
export function fingerprintOf(claim: Pick<Claim, 'file' | 'category' | 'symbol' | 'claim'>, anchor: Anchor): string {
  const place =
    anchor.text !== ''
      ? anchor.text
      : claim.symbol !== null
        ? squeezed(claim.symbol)
        : [...wordsOf(claim.claim)].sort().join(' ');
  return sha256(JSON.stringify([plainFile(claim.file), claim.category.trim().toLowerCase(), place])).slice(0, 12);
}

/** The earlier finding that a claim is about, if there is one among `known`: named, or the same place, or the same words. */
export function sameFinding(
  claim: Claim,
  fingerprint: string,
  anchor: Anchor,
  known: readonly ReviewFinding[],
): ReviewFinding | undefined {
  const named = known.find(({ id }) => id === claim.same_as);
  if (named !== undefined) return named;
  const file = plainFile(claim.file);
  const alike = (one: ReviewFinding): number => likeness(one.claim, claim.claim);
  // One line may hold two faults of one kind: the place alone is not enough where the words have nothing in common.
  const same = known.find((one) => one.fingerprint === fingerprint && alike(one) >= 0.2);
  if (same !== undefined) return same;
  const category = claim.category.trim().toLowerCase();
  const symbol = anchor.symbol || squeezed(claim.symbol ?? '');
  const near = known
    .filter((one) => one.file === file)
    .map((one) => ({
      one,
      alike: alike(one),
      near: symbol !== '' && one.symbol === symbol && one.category === category,
    }))
    .filter(({ alike: by, near: close }) => by >= (close ? 0.35 : 0.6))
    .sort((a, b) => b.alike - a.alike);
  return near[0]?.one;
}
