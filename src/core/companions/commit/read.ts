import type { Source } from '../../plan/markdown/source.ts';

/** The sections of a message's body, in their order. */
export const SECTIONS = ['Context', 'Solution', 'Learning', 'Impact'] as const;
export type SectionName = (typeof SECTIONS)[number];

/** A stretch of the message. */
export interface Line {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface CommitSection {
  readonly name: SectionName;
  readonly heading: Line;
  /** Said to have nothing to say: `## N/A Learning`. */
  readonly none: boolean;
  /** What stands in it: behind the colon of its heading and on the lines below, each without blanks around it. */
  readonly content: readonly Line[];
}

/** A commit message as git will keep it: without the lines that it strips. */
export interface CommitMessage {
  readonly subject: Line | undefined;
  /** Each once: the first of a name. */
  readonly sections: readonly CommitSection[];
  /** The last line of subject or body before the trailers (`Signed-off-by: …`). */
  readonly last: Line | undefined;
  /** Words of git, not of a person: a merge, a revert, or what `rebase --autosquash` melts away. */
  readonly generated: boolean;
  /** Git will strip every line that begins with `#`, Markdown headings too: the message is being edited by a person. */
  readonly losesHeadings: boolean;
  /** The headings of sections that will be lost. */
  readonly lost: readonly { readonly name: SectionName; readonly line: Line }[];
}

const SCISSORS = /^(\S{1,8}) -{8,40} ?>8 ?-{8,40}$/;
const ASKED = /^(\S) Please enter the (?:commit )?message/;
const GENERATED =
  /^(?:Merge (?:branch|branches|commit|commits|tag|tags|pull request|remote-tracking)\b|Revert "|Reapply "|(?:fixup|squash|amend)! )/;
const HEADING =
  /^(?:#{1,6}[ \t]{1,9})?(?:\*\*|__)?(n\/a[ \t:–—-]{1,5})?(context|solution|learnings?|impact)(?:[ \t]{1,5}\(?(n\/a)\)?)?(?:\*\*|__)?[ \t]{0,9}(:|$)(?:\*\*|__)?/i;
const TRAILER = /^[A-Za-z][\w-]{0,60}: \S/;

/**
 * Reads a commit message, as git hands it to a `commit-msg` hook: lines of git's comment character and what stands below the
 * scissors line are no part of it. A Markdown heading of the second level or below is kept although it begins with `#`,
 * unless git's own words in the message say that it will be stripped.
 */
export function readCommit(source: Source): CommitMessage {
  const losesHeadings = source.shadow.includes("with '#' will be ignored");
  const { lines, stripped } = linesOf(source, losesHeadings);
  const first = lines.findIndex(({ text }) => text !== '');
  const subject = first < 0 ? undefined : lines[first];
  const body = first < 0 ? [] : lines.slice(first + 1);
  const own = body.slice(0, bodyLength(body));
  return {
    subject,
    sections: sectionsIn(own),
    last: own.findLast(({ text }) => text !== '') ?? subject,
    generated: subject !== undefined && GENERATED.test(subject.text.slice(0, 200)),
    losesHeadings,
    lost: stripped.flatMap((line) => {
      const match = losesHeadings ? HEADING.exec(line.text.slice(0, 200)) : null;
      const name = match === null ? undefined : nameOf(match[2] as string);
      return name === undefined || !line.text.startsWith('##') ? [] : [{ name, line }];
    }),
  };
}

function linesOf(
  source: Source,
  losesHeadings: boolean,
): { readonly lines: readonly Line[]; readonly stripped: readonly Line[] } {
  const { shadow } = source;
  const all: Line[] = [];
  let comment = '#';
  for (let start = 0; start <= shadow.length;) {
    const end = source.lineEnd(start);
    const line = shadow.slice(start, Math.min(end, start + 200));
    const scissors = SCISSORS.exec(line.trimEnd());
    comment = scissors?.[1] ?? ASKED.exec(line)?.[1] ?? comment;
    if (scissors !== null) break;
    const raw = shadow.slice(start, end);
    const text = raw.trim();
    const from = start + (raw.length - raw.trimStart().length);
    all.push({ start: text === '' ? start : from, end: text === '' ? start : from + text.length, text });
    start = end + 1;
  }
  const heading = comment === '#' && !losesHeadings ? /^#{2,6}[ \t]/ : undefined;
  const kept = (text: string): boolean => !text.startsWith(comment) || heading?.test(text.slice(0, 10)) === true;
  return { lines: all.filter(({ text }) => kept(text)), stripped: all.filter(({ text }) => !kept(text)) };
}

/** How many lines stand before the trailers: the last paragraph, when every line of it is one. */
function bodyLength(body: readonly Line[]): number {
  let end = body.length;
  while (end > 0 && (body[end - 1] as Line).text === '') end--;
  let start = end;
  while (start > 0 && (body[start - 1] as Line).text !== '') start--;
  const last = body.slice(start, end);
  const trailers = last.every(({ text }) => TRAILER.test(text.slice(0, 100)) && !HEADING.test(text.slice(0, 100)));
  return trailers ? start : end;
}

function sectionsIn(body: readonly Line[]): readonly CommitSection[] {
  const found: (CommitSection & { readonly content: Line[] })[] = [];
  for (const line of body) {
    const match = HEADING.exec(line.text.slice(0, 200));
    const name = match === null ? undefined : nameOf(match[2] as string);
    if (match === null || name === undefined) {
      if (line.text !== '') found.at(-1)?.content.push(line);
      continue;
    }
    const rest = line.text.slice(match[0].length);
    const text = rest.trim();
    const start = line.start + match[0].length + (rest.length - rest.trimStart().length);
    const content = text === '' ? [] : [{ start, end: start + text.length, text }];
    found.push({ name, heading: line, none: match[1] !== undefined || match[3] !== undefined, content });
  }
  // A name that comes twice goes on with its first section.
  return SECTIONS.flatMap((name) => {
    const [head, ...more] = found.filter((one) => one.name === name);
    return head === undefined ? [] : [{ ...head, content: [head, ...more].flatMap(({ content }) => content) }];
  });
}

function nameOf(word: string): SectionName | undefined {
  const plain = word.toLowerCase().replace(/s$/, '');
  return SECTIONS.find((name) => name.toLowerCase() === plain);
}
