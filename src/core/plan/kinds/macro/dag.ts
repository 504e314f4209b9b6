import { plainText } from '../../markdown/inline.ts';
import type { Outline } from '../../markdown/outline.ts';
import { fencesIn, textIn } from '../../markdown/text.ts';
import { drawnArrows, type DrawnArrow, mermaidArrows } from './diagram.ts';
import { type MacroIds, mentionsIn } from './ids.ts';
import { ownTables } from './parts.ts';
import type { Arrow } from './model.ts';

/** More arrows than this no reader of a plan has checked. */
const MAX_ARROWS = 20_000;

/** The arrows that a stretch of the document draws, lists in tables or says in sentences. Ids are those that the plan means. */
export function arrowsOf(outline: Outline, from: number, to: number, ids: MacroIds): readonly Arrow[] {
  const found: Arrow[] = [];
  const { source } = outline;
  const add = (one: string, other: string, start: number, end: number): void => {
    const first = ids.meant(one);
    const second = ids.meant(other);
    if (first !== second && found.length < MAX_ARROWS)
      found.push({ from: first, to: second, span: source.span(start, end) });
  };
  const drawn = (arrows: readonly DrawnArrow[], start: number): void => {
    for (const arrow of arrows)
      add(
        arrow.from,
        arrow.to,
        start + arrow.at,
        Math.max(start + arrow.at, Math.min(source.lineEnd(start + arrow.at), start + arrow.end)),
      );
  };
  for (const fence of fencesIn(outline, from, to)) {
    const text = source.shadow.slice(fence.start, fence.end);
    const body = text.indexOf('\n') + 1;
    const mermaid =
      /^mermaid/i.test(fence.language) || /^\s*(?:graph|flowchart)\s+(?:TD|TB|LR|RL|BT)\b/.test(fence.code);
    if (mermaid) drawn(mermaidArrows(text.slice(body)), fence.start + body);
    else if (fence.language === '' || /^(?:text|txt|ascii|plain|dag|diagram)/i.test(fence.language))
      drawn(drawnArrows(text.slice(body)), fence.start + body);
  }
  for (const { text, start } of textIn(outline, from, to)) {
    if (!/\d/.test(text) || isTable(text)) continue;
    let at = 0;
    for (const line of text.split('\n')) {
      if (/(?:→|⟶|➜|▶|-{1,2}>|=>|←)/.test(line)) drawn(drawnArrows(line), start + at);
      else
        for (const { from: one, to: other } of sentenceArrows(line))
          add(one, other, start + at, start + at + line.length);
      at += line.length + 1;
    }
  }
  for (const table of ownTables(outline, from, to)) {
    const needs = table.columns.findIndex((name) =>
      /^(?:depends on|dependenc(?:y|ies)|needs|prerequisites?|blocked by|requires|after)\b/.test(name),
    );
    const opens = table.columns.findIndex((name) => /^(?:blocks|unlocks|enables|before|required by)\b/.test(name));
    const unit = Math.max(
      0,
      table.columns.findIndex((name) => /^(?:prs?|pull request|wp|work package|unit|worktree|id)\b/.test(name)),
    );
    if (needs < 0 && opens < 0) continue;
    for (const row of table.rows) {
      const own = mentionsIn(row.cells[unit]?.text ?? '')[0]?.id;
      if (own === undefined) continue;
      for (const { id } of needs === unit ? [] : mentionsIn(row.cells[needs]?.text ?? ''))
        add(id, own, row.start, row.end);
      for (const { id } of opens === unit ? [] : mentionsIn(row.cells[opens]?.text ?? ''))
        add(own, id, row.start, row.end);
    }
  }
  return found;
}

function isTable(text: string): boolean {
  return /^\s*\|/.test(text) && /\n[ \t]*\|?[ \t]*:?-/.test(text.slice(0, 4000));
}

const VERB =
  /\b(?:(?:strictly\s+)?depends?\s+(?:only\s+)?on|requires?|needs?|builds?\s+on|(?:is|are)\s+blocked\s+by|must\s+follow|follows?|comes?\s+after|starts?\s+(?:only\s+)?after|waits?\s+for|merges?\s+after)\b/i;
const LEADS =
  /\b(?:must\s+(?:merge|land|come)\s+before|must\s[^.;]{1,80}?\bbefore|blocks|unlocks|enables|comes\s+before|precedes)\b/i;
const TURN = /\b(?:but|while|whereas|which|because|since|parallel|independent(?:ly)?|not|no)\b/i;

/** "PR 3 and PR 4 depend on PR 1", "after PR 1, PR 2 and PR 3 can start", "PR 1 unlocks PR 2". */
export function sentenceArrows(line: string): readonly { readonly from: string; readonly to: string }[] {
  if (!VERB.test(line) && !LEADS.test(line) && !/\bafter\b/i.test(line)) return [];
  const found: { from: string; to: string }[] = [];
  for (const sentence of plainText(line.slice(0, 20_000)).split(/[.;](?=\s|$)|\s[—–]\s/)) {
    const text = sentence.slice(0, 600);
    const verb = VERB.exec(text);
    const leads = LEADS.exec(text);
    const after = /^\s*(?:\d{1,3}[.)]\s+)?(?:once|after)\s+([^,:]{1,160}?)(?:,|:)\s*(.{1,300})$/i.exec(text);
    if (verb !== null) add(ids(text.slice(verb.index + verb[0].length)), ids(text.slice(0, verb.index)));
    else if (leads !== null) add(ids(text.slice(0, leads.index)), ids(text.slice(leads.index + leads[0].length)));
    else if (after !== null) add(ids(after[1] as string), ids(after[2] as string, true));
  }
  return found;

  function add(from: readonly string[], to: readonly string[]): void {
    for (const one of from)
      for (const other of to) if (one !== other && found.length < 400) found.push({ from: one, to: other });
  }
  // Only what stands before a turn of the sentence: "depends on PR 1 but not on PR 2".
  function ids(part: string, parallel = false): readonly string[] {
    const turn = parallel ? -1 : part.search(TURN);
    const said = turn < 0 ? part : part.slice(0, turn);
    return mentionsIn(said.replace(/\([^()]{0,200}\)/g, ' ')).map(({ id }) => id);
  }
}
