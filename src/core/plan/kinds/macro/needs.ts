import type { DraftNeeds } from '../../draft.ts';
import { type MacroIds, mentionsIn } from './ids.ts';
import type { Statement } from './model.ts';

const NOTHING =
  /^\W{0,4}(?:none|nothing|no (?:other )?(?:prs?|pull requests?|dependenc(?:y|ies)|prerequisites?|needs)|n\/a|nil|independent|standalone|-+|[—–∅])(?=$|[\s.,;:()—–])/i;
const OTHER_WAY =
  /\b(?:parallel|independent(?:ly)? (?:of|from)|concurrent(?:ly)?|unlocks?|unblocks?|enables?|blocks|before|conflicts?|followed by|required by|needed by|optional(?:ly)?|not)\b/i;
const ELSEWHERE = /\b(?:already|merged|landed|shipped|complete[d]?|external|other plan|upstream|main)\b|✅/i;
const WORDS =
  /\b(?:all|every|each|everything)\b[^.;]{0,40}\b(?:above|before|previous|preceding|prior|earlier|prs?|pull requests)\b|\b(?:previous|preceding|prior)\s+(?:pr|pull request|one)\b|^(?:phase|wave|stage)s?\s+\d/i;

/**
 * What the entry of a pull request says that it needs, as a list that can be matched with ids: authors write sentences there
 * ("PR 2 (the store), in parallel with PR 4"). `undefined` when nothing in it is about pull requests.
 */
export function needsIn(declared: Statement, ids: MacroIds): DraftNeeds | undefined {
  const { text, span } = declared;
  const wanted: string[] = [];
  let nothing = false;
  for (const clause of withoutAsides(text.slice(0, 20_000)).split(/[;\n]|\.(?=\s|$)/)) {
    const [said = ''] = clause.split(OTHER_WAY);
    const named = mentionsIn(said);
    const before = said.trim();
    if (named.length === 0) {
      if (NOTHING.test(before)) nothing = true;
      else if (WORDS.test(before))
        wanted.push(
          before
            .replace(/\b(?:pr|pull request)\b/gi, 'task')
            .replace(/\b(?:prs|pull requests)\b/gi, 'tasks')
            .replace(/^.*?\b(?=all|every|each|previous|preceding|prior)/i, ''),
        );
      continue;
    }
    for (const { id, start, end } of named) {
      const meant = ids.meant(id);
      // A pull request of another plan that is merged is no need of this one.
      if (ids.has(meant)) wanted.push(meant);
      else if (!ELSEWHERE.test(said.slice(start, Math.min(said.length, end + 80)))) wanted.push(meant);
    }
  }
  if (wanted.length === 0) return nothing ? { text: 'none', span } : undefined;
  return { text: [...new Set(wanted)].join(', '), span };
}

// "PR 8 (which itself needs PR 6 and PR 7)" needs PR 8; what stands in parentheses explains, unless it is all there is.
function withoutAsides(text: string): string {
  const bare = text.replace(/\([^()]{0,400}\)/g, (aside) =>
    mentionsIn(aside).length > 0 ? ' '.repeat(aside.length) : aside,
  );
  return mentionsIn(bare).length > 0 ? bare : text;
}

/** The pull requests that a heading says its own work comes after: `Phase 1: Four worktrees (after #234 merges)`. */
export function needsInTitle(title: string, ids: MacroIds): readonly string[] {
  const match = /\b(?:after|depends on|needs|requires|once)\b(.{1,160})/i.exec(title);
  return match === null ? [] : ids.namedIn(match[1] as string);
}

const IN_ORDER =
  /\b(?:in (?:this |the given )?order|one after (?:the other|another)|each (?:one )?(?:depends|builds) on the previous|strictly sequential(?:ly)?)\b/i;

/**
 * What the heading above some pull requests and the text below that heading say of all of them: "These must be done in
 * order", "(Sequential)": each needs the previous one; "After PR 4, these can be developed in parallel": each needs PR 4.
 */
export function needsInIntro(
  title: string,
  intro: string,
  previous: string | undefined,
  ids: MacroIds,
): readonly string[] {
  const named: string[] = [];
  for (const line of intro.slice(0, 4000).split(/\n|(?<=[.;])\s/)) {
    const after =
      /^\W{0,3}(?:after|once)\s+([^,]{1,160}),\s*(?:all (?:of )?)?(?:these|they|the following|both|the rest)\b/i.exec(
        line,
      );
    if (after !== null) named.push(...ids.namedIn(after[1] as string));
  }
  if (previous !== undefined && (IN_ORDER.test(intro) || /[(,]\s{0,2}sequential(?:ly)?\b/i.test(title)))
    named.push(previous);
  return named;
}

/** Whether a text says that this one is merged before anything else. */
export function isFirst(text: string): boolean {
  return /\bmerge[sd]?\s+first\b|\bmust\s+(?:be\s+)?(?:merge|merged|land|landed)\s+first\b/i.test(text);
}
