import type { Edit } from '../../base/finding.ts';
import { keyOf } from '../annotations.ts';
import type { DraftUnit } from '../draft.ts';
import { codeSpan, inertLine, oneLine } from '../kinds/task-inert.ts';
import { verifyBlocks } from '../kinds/task-render.ts';
import { applyEdits } from '../markdown/edits.ts';
import type { Document } from './document.ts';

/*
 * Ways in which one thing that a unit says can be written otherwise, likeliest first. Documents say the same in many forms; whoever asks
 * reads each of these texts again and takes the first that says what is wanted, so that none of them has to be right.
 */

function edited(document: Document, ...edits: readonly Edit[]): string {
  return applyEdits(document.text, edits).text;
}

/** Where a line begins and ends, without its line end. */
function lineAt(text: string, at: number): { readonly start: number; readonly end: number } {
  const start = text.lastIndexOf('\n', at - 1) + 1;
  const end = text.indexOf('\n', at);
  return { start, end: end < 0 ? text.length : end };
}

/** A key line of its own: below the heading, or above the first key that is there, in its form. */
function* withKey(document: Document, unit: DraftUnit, keys: readonly string[], value: string): Generator<string> {
  const { text } = document;
  const beside = [...unit.needs, ...unit.paths, ...unit.verify]
    .map(({ span }) => span)
    .filter((span) => isWithin(unit, span))
    .toSorted((a, b) => a.start - b.start);
  for (const key of keys) {
    for (const span of beside) {
      const line = lineAt(text, span.start);
      const form = /^(\s*(?:[-*+]\s+)?)(\*\*|__|)([A-Za-z][\w -]{0,30})(:\*\*|:__|\*\*:|__:|:)/.exec(
        text.slice(line.start, line.end),
      );
      if (form === null || keyOf(form[3] as string) === 'other' || line.start <= unit.heading.start) continue;
      const added = `${form[1]}${form[2]}${key}${form[4]} ${value}\n`;
      yield edited(document, { start: line.start, end: line.start, text: added });
    }
    const { end } = lineAt(text, Math.max(unit.heading.start, unit.heading.end - 1));
    if (text[unit.heading.start] === '#') yield edited(document, { start: end, end, text: `\n\n**${key}:** ${value}` });
    const item = /^(\s*)(?:[-*+]|\d{1,9}[.)])(\s+)/.exec(text.slice(lineAt(text, unit.start).start, unit.end));
    if (item !== null) {
      const indent = ' '.repeat(item[0].length);
      yield edited(document, { start: end, end, text: `\n${indent}- **${key}:** ${value}` });
      yield edited(document, { start: end, end, text: `\n${indent}- ${key}: ${value}` });
    }
  }
}

/** Whether a stretch is part of the text of a unit below its head. */
function isWithin(unit: DraftUnit, { start, end }: { readonly start: number; readonly end: number }): boolean {
  return start >= unit.start && end <= unit.end && start !== unit.heading.start;
}

/** How ids may be written in a need: `T3` or `Task 3`, `PR-2` or `PR 2`; first as others of this plan are. */
export function spelled(document: Document, ids: readonly string[]): readonly string[] {
  if (ids.length === 0) return ['none', 'None', '—'];
  const said = document.draft.units.flatMap(({ needs }) =>
    needs.map(({ span }) => document.text.slice(span.start, span.end)),
  );
  const list = (spell: (id: string) => string): string => ids.map(spell).join(', ');
  const plain = list((id) => id);
  const words = list((id) =>
    id
      .replace(/^T(?=\d)/, 'Task ')
      .replace(/^PR-(?=\d)/, 'PR ')
      .replace(/^P(?=\d)/, 'Phase '),
  );
  const isWords = /\b(?:task|pr|phase)\s+\d/i.test(said.join(' ')) && !/\b(?:T|P|PR-)\d/.test(said.join(' '));
  return [...new Set(isWords ? [words, plain] : [plain, words])];
}

/** Texts in which a unit declares these needs. */
export function* withNeeds(document: Document, unit: DraftUnit, ids: readonly string[]): Generator<string> {
  const own = unit.needs.filter(({ span }) => isWithin(unit, span));
  // What a diagram or a sentence says of it stands for others, too: the unit says its own, and goes first.
  if (own.length < unit.needs.length) {
    const [one, ...rest] = own.map((need) => valueOf(document, need));
    for (const value of spelled(document, ids)) {
      if (one === undefined) yield* withKey(document, unit, ['Depends On', 'Needs'], value);
      else yield edited(document, { ...one, text: value }, ...rest.map((each) => ({ ...each, text: 'none' })));
    }
  }
  const [first, ...others] = unit.needs.map((need) => valueOf(document, need));
  for (const value of spelled(document, ids)) {
    if (first === undefined) yield* withKey(document, unit, ['Needs', 'Depends on'], value);
    else {
      const rest = others.map((one) => ({ ...one, text: 'none' }));
      yield edited(document, { ...first, text: value }, ...rest);
    }
  }
}

/** Where the value of a need stands: its span may begin with the key, and its text with blanks. */
export function valueOf({ text }: Document, { span }: DraftUnit['needs'][number]): { start: number; end: number } {
  const stands = text.slice(span.start, span.end);
  const key = /^\s*(?:[-*+]\s+)?(?:\*\*|__)?[A-Za-z][\w -]{0,30}(?::\*\*|:__|\*\*:|__:|:)\s*/.exec(stands)?.[0] ?? '';
  const lead = key === '' ? (/^\s*/.exec(stands)?.[0] ?? '') : key;
  const start = span.start + lead.length;
  return { start, end: Math.max(start, endOf(stands, span.start)) };
}

function endOf(value: string, start: number): number {
  return start + value.trimEnd().length;
}

/** A stretch together with the marks of code around it. */
function whole(
  text: string,
  { start, end }: { readonly start: number; readonly end: number },
): { start: number; end: number } {
  while (text[start - 1] === '`' && text[end] === '`') {
    start--;
    end++;
  }
  return { start, end };
}

/** Whether nothing but lists and code stands between the first and the last of some stretches: prose is never written over. */
function isOneStretch(text: string, spans: readonly { readonly start: number; readonly end: number }[]): boolean {
  const [from, to] = [spans[0]?.start ?? 0, spans.reduce((end, span) => Math.max(end, span.end), 0)];
  let fenced = false;
  let at = lineAt(text, from).start;
  for (const line of text.slice(at, to).split('\n')) {
    const end = at + line.length;
    const holds = spans.some((span) => span.start <= end && span.end >= at);
    const mark = /^\s*(?:```|~~~)/.test(line);
    if (mark) fenced = !fenced;
    if (!holds && !mark && !fenced && line.trim() !== '' && !/^\s*(?:[-*+]|\d{1,9}[.)])\s/.test(line)) return false;
    at = end + 1;
  }
  return true;
}

/** Texts in which a unit names these paths as its files. */
export function* withScope(document: Document, unit: DraftUnit, paths: readonly string[]): Generator<string> {
  const { text } = document;
  const code = paths.map(codeSpan);
  const line = code.join(', ') || 'none';
  if (unit.paths.length === 0) {
    yield* withKey(document, unit, ['Files'], line);
    const { end } = lineAt(text, Math.max(unit.heading.start, unit.heading.end - 1));
    const bullets = code.map((one) => `- ${one}`).join('\n');
    const level = /^#+/.exec(text.slice(unit.heading.start, unit.heading.end))?.[0].length ?? 2;
    if (code.length > 0)
      yield edited(document, { start: end, end, text: `\n\n${'#'.repeat(level + 1)} Files\n\n${bullets}` });
    return;
  }
  const there = unit.paths.map(({ span }) => whole(text, span)).toSorted((a, b) => a.start - b.start);
  if (!isOneStretch(text, there)) return;
  const from = there[0] as { start: number; end: number };
  const to = there.at(-1) as { start: number; end: number };
  const one = lineAt(text, from.start);
  const last = lineAt(text, to.start);
  // A list of files: what stays keeps its line, word for word.
  const bullet = /^(\s*[-*+]\s+)/.exec(text.slice(one.start, one.end));
  if (bullet !== null && code.length > 0) {
    const verb =
      /^\s*[-*+]\s+(\*{0,2})(?:create|modify|test|delete|add|update|new|edit)(\*{0,2}:\*{0,2}|\*\*:?)\s*/i.exec(
        text.slice(one.start, one.end),
      );
    const lines = paths.map((path) => {
      const kept = unit.paths.find((known) => known.text === path);
      if (kept !== undefined) {
        const at = lineAt(text, kept.span.start);
        return text.slice(at.start, at.end);
      }
      return `${bullet[1]}${verb === null ? '' : `${verb[1]}Modify${verb[2]} `}${codeSpan(path)}`;
    });
    yield edited(document, { start: one.start, end: last.end, text: [...new Set(lines)].join('\n') });
    yield edited(document, { start: one.start, end: last.end, text: code.map((each) => bullet[1] + each).join('\n') });
  }
  yield edited(document, { start: from.start, end: to.end, text: line });
  yield edited(document, { start: from.start, end: last.end, text: line });
  for (const value of [line, paths.join(', ') || 'none'])
    yield edited(document, { start: from.start, end: last.end, text: value });
}

/** Texts in which these commands verify a unit. */
export function* withVerify(document: Document, unit: DraftUnit, commands: readonly string[]): Generator<string> {
  const { text } = document;
  const only = commands.length === 1 ? codeSpan(commands[0] as string) : undefined;
  const bullets = verifyBlocks(commands, [], '- ').join('\n\n');
  const boxes = verifyBlocks(commands, [], '- [ ] ').join('\n\n');
  const fence = `\`\`\`sh\n${commands.join('\n')}\n\`\`\``;
  const { end } = lineAt(text, Math.max(unit.heading.start, unit.heading.end - 1));
  if (unit.verify.length === 0) {
    yield* withKey(document, unit, ['Verify', 'Tests'], commands.map(codeSpan).join(', '));
    // A section of it that says so far only what must be true.
    for (const { start, end: to, title } of document.draft.outline.headings)
      if (start > unit.heading.start && start < unit.end && /^(?:verification|validation|tests?)\b/i.test(title))
        for (const list of [boxes, bullets])
          yield edited(document, {
            start: to,
            end: to,
            text: `${text.slice(to - 1, to) === '\n' ? '' : '\n'}\n${list}`,
          });
    if (text[unit.heading.start] !== '#') return;
    const level = /^#+/.exec(text.slice(unit.heading.start, unit.heading.end))?.[0].length ?? 2;
    yield edited(document, { start: end, end, text: `\n\n**Verify:**\n\n${bullets}` });
    yield edited(document, { start: end, end, text: `\n\n${'#'.repeat(level + 1)} Verification\n\n${boxes}` });
    return;
  }
  const spans = unit.verify.map(({ span }) => whole(text, span)).toSorted((a, b) => a.start - b.start);
  if (!isOneStretch(text, spans)) {
    yield* withCommandLines(document, spans, commands);
    return;
  }
  const from = spans[0] as { start: number; end: number };
  const to = spans.reduce((a, b) => (a.end > b.end ? a : b));
  const first = lineAt(text, from.start);
  const last = lineAt(text, Math.max(from.start, to.end - 1));
  if (only !== undefined) yield edited(document, { start: from.start, end: to.end, text: only });
  else if (from.start >= first.start && to.end <= first.end)
    for (const between of [', ', '; ', ' and '])
      yield edited(document, { start: from.start, end: to.end, text: commands.map(codeSpan).join(between) });
  const whatStands = text.slice(first.start, last.end);
  if (whatStands.includes('```') || whatStands.includes('~~~')) {
    yield edited(document, { start: first.start, end: last.end, text: fence });
  } else {
    // A fence around what was read.
    const open = lineAt(text, Math.max(0, first.start - 1));
    const close = lineAt(text, Math.min(text.length, last.end + 1));
    if (/^\s*(?:```|~~~)/.test(text.slice(open.start, open.end)))
      yield edited(document, { start: open.start, end: close.end, text: fence });
  }
  const form = /^(\s*[-*+]\s+(?:\[[ xX]\]\s+)?)/.exec(text.slice(first.start, first.end));
  if (form !== null) {
    const mark = (form[1] as string).replace(/\[[xX]\]/, '[ ]');
    yield edited(document, { start: first.start, end: last.end, text: verifyBlocks(commands, [], mark).join('\n') });
  }
  yield* withCommandLines(document, spans, commands);
  yield edited(document, { start: first.start, end: last.end, text: bullets });
  for (const end of ['', '\n'])
    yield edited(document, { start: first.start, end: last.end, text: `**Verify:**\n\n${bullets}${end}` });
  yield edited(document, { start: first.start, end: last.end, text: fence });
}

/** Other commands on the lines of the old ones; what stands on lines between them stays. */
function* withCommandLines(
  document: Document,
  spans: readonly { readonly start: number; readonly end: number }[],
  commands: readonly string[],
): Generator<string> {
  const { text } = document;
  const lines = [...new Map(spans.map(({ start }) => lineAt(text, start)).map((line) => [line.start, line])).values()];
  const [first, ...others] = lines;
  if (first === undefined) return;
  if (!others.every(({ start, end }) => isCommandAlone(text.slice(start, end)))) return;
  const whole = text.slice(first.start, first.end);
  const form = isCommandAlone(whole) ? /^(\s*(?:[-*+]|\d{1,9}[.)])\s+(?:\[[ xX]\]\s+)?)/.exec(whole)?.[1] : undefined;
  const gone = others.map(({ start, end }) => ({ start, end: Math.min(text.length, end + 1), text: '' }));
  const marks = form?.replace(/\[[xX]\]/, '[ ]');
  if (marks !== undefined)
    yield edited(document, { ...first, text: verifyBlocks(commands, [], marks).join('\n') }, ...gone);
  const inside = spans.filter(({ start }) => start >= first.start && start <= first.end);
  const [from, to] = [inside[0]?.start ?? first.start, inside.at(-1)?.end ?? first.end];
  // In a block of code, or among the words of a line.
  if (marks === undefined && !whole.includes('`'))
    yield edited(document, { ...first, text: commands.join('\n') }, ...gone);
  yield edited(document, { start: from, end: to, text: commands.map(codeSpan).join(', ') }, ...gone);
}

/** Whether a line says nothing but that a command proves it. */
function isCommandAlone(line: string): boolean {
  const rest = line
    .replace(/^\s*(?:[-*+]|\d{1,9}[.)])?\s+(?:\[[ xX]\]\s+)?/, '')
    .replace(/^(?:\*\*|__)?(?:tests?|verify|verification|validation|run|command)(?::\*\*|:__|\*\*:|__:|:)/i, '')
    .replace(/(`+)[^`].*?\1/g, '');
  return line.includes('`')
    ? /^[\s,;.&]*(?:(?:and|passes|pass|is green|exits with 0)[\s,;.]*)*$/i.test(rest)
    : !/^\s*(?:[-*+]|\d{1,9}[.)])\s/.test(line);
}

/** Head lines of a unit with another title and, if asked for, another id. */
export function* headsOf(
  document: Document,
  { heading, id, title }: DraftUnit,
  to: { readonly id: string; readonly title: string },
): Generator<string> {
  const line = document.text.slice(heading.start, heading.end);
  const bare = line.replace(/\[[xX]\]/, '[ ]').replace(/[ \t]+[—–-][ \t]+✅.*$/, '');
  // The title as it stands there may be marked up, or have more behind it.
  const at = bare.lastIndexOf(title);
  if (at < 0 && bare.startsWith('#')) {
    // Its title stands elsewhere: the head gets one of its own.
    const number = to.id === id ? bare : renumbered(bare, id, to.id);
    if (number !== undefined && /\d[\])]?\s*$/.test(number))
      yield `${number.trimEnd()}: ${inertLine(oneLine(to.title))}`;
  }
  const lead = at < 0 ? /^(.*?(?:[:—–]|\d[.)])\s*(?:\*\*)?\s*)\S/.exec(bare)?.[1] : bare.slice(0, at);
  if (lead === undefined) return;
  const tail = at < 0 ? '' : bare.slice(at + title.length);
  const renamed = to.id === id ? lead : renumbered(lead, id, to.id);
  if (renamed === undefined) return;
  const written = inertLine(oneLine(to.title));
  yield `${renamed}${written}${tail}`;
  if (tail !== '') yield `${renamed}${written}`;
}

/** The beginning of a head line with another id where one stood; the last number of an id is what tells units apart. */
export function renumbered(lead: string, from: string, to: string): string | undefined {
  const [was, is] = [/(\d+)[a-z]?$/i.exec(from), /(\d+)$/.exec(to)];
  if (was === null || is === null) return undefined;
  const known = lead.toLowerCase().lastIndexOf(from.toLowerCase());
  if (known >= 0) return lead.slice(0, known) + to + lead.slice(known + from.length);
  // The second number of `Phase 4 of 4` counts all of them.
  const numbers = [...lead.matchAll(/(?<!\bof )\b(?<=[^\d]|^)\d+|(?<=[A-Za-z])\d+/g)].filter(
    ([digits]) => Number(digits) === Number(was[1]),
  );
  const last = numbers.at(-1);
  if (last === undefined) return undefined;
  const digits = (is[1] as string).padStart(last[0].startsWith('0') ? last[0].length : 0, '0');
  return lead.slice(0, last.index) + digits + lead.slice(last.index + last[0].length);
}

/** Texts in which a unit has another title. */
export function* withTitle(document: Document, unit: DraftUnit, title: string): Generator<string> {
  for (const head of headsOf(document, unit, { id: unit.id, title }))
    yield edited(document, { start: unit.heading.start, end: unit.heading.end, text: head });
}

/** The text without a unit. */
export function* withoutUnit(document: Document, unit: DraftUnit): Generator<string> {
  const from = lineAt(document.text, unit.start).start;
  yield edited(document, { start: from, end: unit.end, text: '' });
  const line = lineAt(document.text, Math.max(unit.start, unit.end - 1));
  yield edited(document, { start: from, end: Math.min(document.text.length, line.end + 1), text: '' });
}

/** The text with a section of its own put behind a unit. */
export function* withSection(document: Document, behind: DraftUnit, section: string): Generator<string> {
  const { text } = document;
  const end = behind.end;
  const item = text[lineAt(text, behind.start).start] !== '#' && /^\s*(?:[-*+]|\d{1,9}[.)])\s/.test(section);
  const before = text.slice(0, end);
  const gap = item ? '\n' : before.endsWith('\n\n') ? '' : before.endsWith('\n') ? '\n' : '\n\n';
  const tight = item && before.endsWith('\n') ? '' : gap;
  const after = item ? (text[end] === '\n' || end === text.length ? '' : '\n') : end === text.length ? '\n' : '\n\n';
  yield edited(document, { start: end, end, text: `${tight}${section.trimEnd()}${after}` });
}

/** The text with a section of its own put in front of a unit. */
export function* withSectionBefore({ text, ...rest }: Document, before: DraftUnit, section: string): Generator<string> {
  const { start } = lineAt(text, before.start);
  yield edited({ text, ...rest }, { start, end: start, text: `${section.trimEnd()}\n\n` });
}

/** The text with words put at the end of a unit. */
export function* withMore(document: Document, unit: DraftUnit, more: string): Generator<string> {
  const until = unit.start + document.text.slice(unit.start, unit.end).trimEnd().length;
  const rest = document.text.slice(until, unit.end);
  yield edited(document, { start: until, end: until, text: `\n\n${more}${rest === '' ? '\n' : ''}` });
  const item = /^(\s*)(?:[-*+]|\d{1,9}[.)])(\s+)/.exec(
    document.text.slice(lineAt(document.text, unit.start).start, unit.end),
  );
  if (item !== null) {
    const indent = ' '.repeat(item[0].length);
    const inside = more.replace(/^(?=[^\n])/gm, indent);
    yield edited(document, { start: until, end: until, text: `\n\n${inside}` });
  }
}

/** The text with words put in front of what a unit says, below its head and keys. */
export function* withLead(document: Document, unit: DraftUnit, words: string): Generator<string> {
  const { text } = document;
  if (text[unit.heading.start] !== '#') {
    yield* withMore(document, unit, words);
    return;
  }
  const { end } = lineAt(text, Math.max(unit.heading.start, unit.heading.end - 1));
  yield edited(document, { start: end, end, text: `\n\n${words}` });
  yield* withMore(document, unit, words);
}

/** The text with what its heads say of the number of all units, `Phase 2 of 7`, brought to what it is now. */
export function* withTotals(document: Document, more: number): Generator<string> {
  const edits: Edit[] = [];
  for (const { heading } of document.draft.units) {
    const total = /^(#{1,6}[^\n]{0,20}\bphase \d{1,6} of )(\d{1,6})\b/i.exec(
      document.text.slice(heading.start, heading.end),
    );
    if (total === null) continue;
    const start = heading.start + (total[1] as string).length;
    const length = (total[2] as string).length;
    edits.push({ start, end: start + length, text: String(Number(total[2]) + more) });
  }
  yield edited(document, ...edits);
}
