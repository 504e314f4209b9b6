import type { Finding } from '../../../base/finding.ts';
import { append } from '../../append.ts';
import { annotationsIn } from '../../annotations.ts';
import { readVerification, readVerify, type Verification } from '../../commands.ts';
import type { DraftPath } from '../../draft-parts.ts';
import { readFiles } from '../../files.ts';
import { plainText, withoutComments } from '../../markdown/inline.ts';
import { blockFrom, boxesOf, type Heading, type Outline } from '../../markdown/outline.ts';
import type { Box } from '../../model.ts';
import { EXCLUDED_KEY, partOf } from './keys.ts';
import { type Labelled, labelledIn, type Labels, sentencesOf, type Stretch, stretchesIn } from './labelled.ts';
import { mentionsIn, type Mention, type Titles } from './mentions.ts';
import { type BriefPart, type Dependency, type Module, type Name, type Owned, type Part } from './model.ts';
import { namesIn, ownedIn, pathsIn } from './owned.ts';

/** Where a module stands, before its brief is read. */
export type Place = Pick<Module, 'unit' | 'number' | 'total' | 'title' | 'heading' | 'start' | 'end'>;

/** A module's brief as read, with what its task is made of. */
export interface Brief {
  readonly module: Module;
  readonly checks: Pick<Verification, 'commands' | 'criteria'>;
  readonly boxes: readonly Box[];
}

const PART_LABELS: Labels<BriefPart> = [
  ['scope', /^(?:scope|responsibilities)$/i],
  ['interfaces', /^(?:public )?interfaces?$/i],
  ['data', /^data(?: (?:and|&) state)?$/i],
  ['decisions', /^key (?:design )?decisions$/i],
  ['complexities', /^(?:complexities(?: (?:and|&) edge cases)?|edge cases)$/i],
  ['verification', /^verification$/i],
];

const INTERFACE_LABELS: Labels<'provides' | 'depends'> = [
  ['provides', /^(?:provides?|exposes?|exports?|offers|produces|provided interfaces?)$/i],
  ['depends', /^(?:depends on|depends|dependenc(?:y|ies)|requires?|consumes?|needs|uses|required interfaces?)$/i],
];

/** Parts of a scope or data section that speak of what is another module's. */
const FOREIGN_LABELS: Labels<'foreign'> = [
  [
    'foreign',
    /^(?:files?|(?:explicitly )?(?:not in|out of|outside) scope|not included|excludes|excluded|non-goals|reads?(?: from)?|read-only|uses|accesses|interacts with|shared|does not own)$/i,
  ],
];

/** Every label that means something in a brief. */
export const BRIEF_LABELS: Labels<string> = [...PART_LABELS, ...INTERFACE_LABELS, ...FOREIGN_LABELS];

/** Reads the brief of one module. `keys` are the keys of the document's sections by their heading. */
export function readBrief(
  outline: Outline,
  place: Place,
  keys: ReadonlyMap<Heading, string>,
  titles: Titles,
  remarks: Finding[],
): Brief {
  const { source } = outline;
  const from = place.heading.block + 1;
  const to = blockFrom(outline, place.end);
  const blocks = outline.blocks.slice(from, to);
  const { parts, excluded } = partsOf(outline, place, keys, from, to);
  const foreign = [...excluded];
  for (const { start, stretches } of labelledIn(source, blocks, FOREIGN_LABELS)) {
    const last = stretches.at(-1);
    if (last !== undefined) foreign.push({ start, end: last.start + last.text.length });
  }
  const own = (part: Part | undefined): readonly Stretch[] =>
    part === undefined ? [] : cutAway(stretchesOf(outline, part), foreign);
  const owns: readonly Owned[] = ownedIn(source, own(parts.data));
  const paths: DraftPath[] = [];
  const annotations = annotationsIn(outline, from, to);
  for (const annotation of annotations) {
    if (annotation.key !== 'files') continue;
    const files = readFiles(source, annotation);
    append(paths, files.paths);
    append(remarks, files.remarks);
  }
  // Files that are listed are the whole scope; without a list, what the text calls the module's own.
  if (paths.length === 0) {
    append(paths, pathsIn(source, own(parts.scope)));
    for (const { kind, text, span } of owns) if (kind === 'path') paths.push({ text, span });
  }
  const checking = parts.verification;
  const checks: { commands: Verification['commands']; criteria: string[] } = { commands: [], criteria: [] };
  const boxes: Box[] = place.heading.box === undefined ? [] : [place.heading.box];
  if (checking?.heading !== undefined) {
    const read = readVerification(source, checking.blocks);
    checks.commands = read.commands;
    append(checks.criteria, read.criteria);
    append(remarks, read.remarks);
    append(boxes, boxesOf(outline, checking.heading.block + 1, blockFrom(outline, checking.end)));
  } else {
    for (const annotation of annotations) {
      if (annotation.key !== 'verify') continue;
      const read = readVerify(source, annotation);
      checks.commands = [...checks.commands, ...read.commands];
      append(checks.criteria, read.criteria);
      append(remarks, read.remarks);
    }
    append(boxes, boxesOf(outline, from, to));
  }
  const labels = labelledIn(source, blocks, INTERFACE_LABELS);
  return {
    module: {
      ...place,
      parts,
      labels,
      provides: labels.filter(({ name }) => name === 'provides').flatMap((label) => provided(outline, label)),
      dependencies: labels
        .filter(({ name }) => name === 'depends')
        .flatMap(({ stretches }) => stretches.flatMap((stretch) => dependenciesIn(outline, stretch, titles))),
      owns,
      paths,
    },
    checks: { commands: checks.commands, criteria: withoutFixed(checks.criteria, checks.commands.length) },
    boxes,
  };
}

/** Criteria without the two boxes of every module; where nothing else says when it is done, "implemented" does. */
function withoutFixed(criteria: readonly string[], commands: number): readonly string[] {
  const own = criteria.filter((text) => fixedBox(text) === undefined);
  return own.length > 0 || commands > 0 ? own : criteria.filter((text) => fixedBox(text) !== 'merged');
}

/** Which of the two boxes that every module has this sentence is: its work, or its merge. */
export function fixedBox(text: string): 'implemented' | 'merged' | undefined {
  const words = text.slice(0, 200);
  if (/\bmerged?\b/i.test(words) && words.length < 80) return 'merged';
  const whole =
    /^(?:the |this )?(?:module|phase|feature|code)?(?: is| fully)*\s?(?:implemented|complete|built|done)\b/i;
  return whole.test(words) && /\btests?\b/i.test(words) && words.length < 80 ? 'implemented' : undefined;
}

function partsOf(
  outline: Outline,
  { heading, end }: Place,
  keys: ReadonlyMap<Heading, string>,
  from: number,
  to: number,
): { parts: Partial<Record<BriefPart, Part>>; excluded: { start: number; end: number }[] } {
  const parts: Partial<Record<BriefPart, Part>> = {};
  const excluded: { start: number; end: number }[] = [];
  const inside: Heading[] = [];
  for (let i = heading.index + 1; i < outline.headings.length; i++) {
    const one = outline.headings[i] as Heading;
    if (one.start >= end) break;
    inside.push(one);
  }
  inside.forEach((one, i) => {
    const key = keys.get(one) ?? '';
    const part = partOf(key);
    if (part === undefined && !EXCLUDED_KEY.test(key)) return;
    let stop = end;
    for (let next = i + 1; next < inside.length; next++) {
      const other = inside[next] as Heading;
      if (other.level > one.level && partOf(keys.get(other) ?? '') === undefined) continue;
      stop = other.start;
      break;
    }
    if (part === undefined) excluded.push({ start: one.start, end: stop });
    else parts[part] ??= headedPart(outline, one, stop);
  });
  for (const { name, start, stretches } of labelledIn(outline.source, outline.blocks.slice(from, to), PART_LABELS)) {
    const last = stretches.at(-1);
    if (parts[name] !== undefined || last === undefined) continue;
    parts[name] = { start, end: last.start + last.text.length, heading: undefined, blocks: [], filled: true };
  }
  return { parts, excluded };
}

function headedPart(outline: Outline, heading: Heading, end: number): Part {
  const { source } = outline;
  const blocks = outline.blocks.slice(heading.block + 1, blockFrom(outline, end));
  const filled = blocks.some((block) =>
    block.kind === 'html'
      ? /\S/.test(source.shadow.slice(block.start, block.end).replace(/<!--[^]*?(?:-->|$)/g, ''))
      : block.kind !== 'rule' && block.kind !== 'heading',
  );
  return { start: heading.start, end, heading, blocks, filled };
}

function stretchesOf({ source }: Outline, part: Part): readonly Stretch[] {
  if (part.heading !== undefined) return stretchesIn(source, part.blocks);
  return [{ text: withoutComments(source.shadow.slice(part.start, part.end)), start: part.start, ordered: false }];
}

/** Stretches without those that begin inside a part that speaks of others. */
function cutAway(
  stretches: readonly Stretch[],
  foreign: readonly { start: number; end: number }[],
): readonly Stretch[] {
  if (foreign.length === 0) return stretches;
  const sorted = [...foreign].sort((a, b) => a.start - b.start);
  const kept: Stretch[] = [];
  let next = 0;
  for (const stretch of stretches) {
    while (next < sorted.length && (sorted[next] as { end: number }).end <= stretch.start) next++;
    const cut = sorted[next];
    if (cut === undefined || cut.start >= stretch.start + stretch.text.length) kept.push(stretch);
    else if (cut.start > stretch.start)
      kept.push({ ...stretch, text: stretch.text.slice(0, cut.start - stretch.start) });
  }
  return kept;
}

function provided({ source }: Outline, { stretches }: Labelled): readonly Name[] {
  return stretches.flatMap(({ text, start }) => namesIn(source, text, start));
}

const OUTSIDE =
  /\b(?:existing|external(?:ly)?|third[- ]party|packages?|librar(?:y|ies)|frameworks?|stdlib|standard library|built-?in|sdk|environment|env vars?|vendor(?:ed)?|upstream|current(?:ly)?|already|legacy|runtime|platform|browser|npm|pip|cargo|operating system|repository)\b/i;
const NEGATED = /\b(?:not|no longer|without|independent(?:ly)? of|instead of|rather than|except)\b[^,;.]{0,60}$/i;
const NOTHING = /^\s*[*_(]*(?:none|nothing|n\/a|no (?:other|phases?|modules?|dependenc)\w*|[-—–]+)(?:[\s).,;:*_]|$)/i;

/** Reads one line of a `Depends on`: the things it names, each with the phases that are said to provide it. */
function dependenciesIn({ source }: Outline, { text, start }: Stretch, titles: Titles): readonly Dependency[] {
  if (NOTHING.test(text) && !/phase\s+[1-9]/i.test(text)) return [];
  const outside = OUTSIDE.test(text);
  const found: (Dependency & { heads: boolean; phases: readonly number[] })[] = [];
  for (const piece of partsAtCommas(text)) {
    const names = namesIn(source, piece.text, start + piece.start);
    const mentions = mentionsIn(piece.text, titles).filter(({ start: at }) => !NEGATED.test(piece.text.slice(0, at)));
    const plain = plainText(piece.text);
    if (plain === '') continue;
    const from = piece.start + piece.text.length - piece.text.trimStart().length;
    const span = source.span(start + from, start + piece.start + piece.text.trimEnd().length);
    const phases = [...new Set(mentions.flatMap(({ numbers }) => (numbers === 'others' ? [] : numbers)))];
    const heads = mentions.length > 0 && isHead(piece.text, mentions[0] as Mention);
    found.push({ text: plain, span, phases, names, outside, heads });
  }
  return inherited(found, text);
}

/** `Phase 1: …`, `Phase 1's …`, `Phase 1 — …`: what follows is of this phase too. */
function isHead(text: string, { start, end }: Mention): boolean {
  return (
    /^[\s*_]*$/.test(text.slice(0, start)) && /^[\s*_]*(?:[:—–-]|['’]s\b|provides\b)/.test(text.slice(end, end + 20))
  );
}

/** `` `User`, `Token` from Phase 1 `` and `` Phase 1: `User`, `Token` ``: names without a phase take that of their list. */
function inherited(found: readonly (Dependency & { readonly heads: boolean })[], line: string): readonly Dependency[] {
  const from = /\b(?:from|of|in|by|via|through)\s+(?:the\s+)?(?:phases?|modules?)\b/i.test(line);
  const result: Dependency[] = [];
  let head: readonly number[] | undefined;
  let next: readonly number[] | undefined;
  const tails = found.map(() => undefined as readonly number[] | undefined);
  for (let i = found.length - 1; i >= 0; i--) {
    const { phases } = found[i] as Dependency;
    if (phases.length > 0) next = phases;
    tails[i] = from ? next : undefined;
  }
  found.forEach(({ heads, ...one }, i) => {
    if (one.phases.length > 0) head = heads ? one.phases : undefined;
    const phases = one.phases.length > 0 ? one.phases : (head ?? tails[i] ?? []);
    result.push({ ...one, phases });
  });
  return result;
}

/** Cuts at semicolons, sentence ends and commas outside parentheses and code. */
function partsAtCommas(text: string): readonly { readonly text: string; readonly start: number }[] {
  const found: { text: string; start: number }[] = [];
  for (const sentence of sentencesOf(text)) {
    let depth = 0;
    let code = false;
    let from = 0;
    const cut = (to: number): void => {
      found.push({ text: sentence.text.slice(from, to), start: sentence.start + from });
      from = to + 1;
    };
    for (let i = 0; i < sentence.text.length; i++) {
      const char = sentence.text[i];
      if (char === '`') code = !code;
      else if (code) continue;
      else if (char === '(') depth++;
      else if (char === ')') depth = Math.max(0, depth - 1);
      // `Phases 1, 2 and 3` is one thing.
      else if (
        depth === 0 &&
        (char === ';' || (char === ',' && !/^\s{0,3}(?:and\s{1,3})?#?\d/.test(sentence.text.slice(i + 1, i + 12))))
      )
        cut(i);
    }
    cut(sentence.text.length);
  }
  return found;
}
