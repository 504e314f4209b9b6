import { mentionsIn } from './ids.ts';

const WORDS: ReadonlyMap<string, number> = new Map(
  ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'].map((word, i) => [word, i]),
);
const COUNT =
  /(?<!(?:prs?|wps?|gh|pull requests?|work packages?)[\s-]{0,2}#?)(?<![\w.])(?:(\d{1,4}(?:\.\d{1,3})?)\+?\s{0,2}(?:-|–|—|to)\s{0,2})?(\d{1,4}(?:\.\d{1,3})?|½|half an?|zero|one|two|three|four|five|six|seven|eight|nine|ten)\+?\s{1,3}(?:(?:full|extra|additional|more|rework|whole|follow-up)\s{1,2}){0,2}(?:prs?|pull requests?|wps?|work packages?)\b(?![\s-]{0,2}#?\d)/gi;
const NONE =
  /^\W{0,4}(?:trivial|none|nothing|negligible|minimal|free|no (?:rework|cost|additional|extra)|zero|0\b)|\b0 (?:additional|extra) cost\b|\btrivial\b|\bnegligible\b|\bno additional cost\b/i;

/**
 * Pull requests of rework that a cell states: `1 PR`, `2–3 PRs` (the higher), `PR 3–5 rework` (three of them), `All WP1–WP4`
 * (four), `trivial` (0). `all` is how many pull requests the plan has, for "all PRs". `undefined` when it states none.
 */
export function costOf(text: string, all: number): number | undefined {
  const said = text.slice(0, 2000);
  let highest: number | undefined;
  for (const match of said.matchAll(COUNT)) {
    const value = Math.max(numberOf(match[1]), numberOf(match[2]));
    highest = Math.max(highest ?? 0, value);
  }
  if (highest !== undefined) return highest;
  if (
    /\b(?:all|every|entire|whole)\b[^.\d]{0,30}\b(?:prs?|pull requests?|wps?|work packages?|series)\b(?![\s-]{0,2}#?\d)/i.test(
      said,
    )
  )
    return all;
  const named = new Set(mentionsIn(said).map(({ id }) => id));
  if (NONE.test(said)) return 0;
  if (named.size > 0) return named.size;
  // A bare number in a column whose name says pull requests.
  const bare = /^\W{0,4}(?:(\d{1,3}(?:\.\d)?)\s{0,2}(?:-|–|to)\s{0,2})?(\d{1,3}(?:\.\d)?)\+?\W{0,4}$/.exec(said);
  return bare === null ? undefined : Math.max(numberOf(bare[1]), numberOf(bare[2]));
}

function numberOf(text: string | undefined): number {
  if (text === undefined) return 0;
  if (text === '½' || /^half/i.test(text)) return 0.5;
  return WORDS.get(text.toLowerCase()) ?? Number(text);
}
