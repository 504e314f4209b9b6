import type { Edit } from '../../../base/finding.ts';
import { newlineOf } from '../../../plan/rules/newline.ts';
import type { CompanionRule } from '../../rule.ts';
import { type CommitMessage, type CommitSection, type Line, SECTIONS, type SectionName } from '../read.ts';

/** What is to be written in each section. */
const WORDS: Readonly<Record<SectionName, string>> = {
  Context: '[why this was needed]',
  Solution: '[what was done, and how]',
  Learning: '[what was learned that holds elsewhere]',
  Impact: '[what it is good for, and for whom]',
};
const UNFILLED = /^(?:\[[^\]]{1,200}\]|\{[^}]{1,200}\}|\.{3}|…|TODO|TBD)[.:]?$/i;
const NOTHING_LEARNED: ReadonlySet<SectionName> = new Set(['Learning', 'Impact']);

/** CM-02: what the diff cannot say is said here or nowhere. */
export const commitSections: CompanionRule<'commit'> = {
  id: 'CM-02',
  name: 'commit-sections',
  about:
    'The body of a commit message lacks one of the sections Context, Solution, Learning and Impact, or leaves it unfilled.',
  severity: 'error',
  fix: 'stub',
  kind: 'commit',
  *check({ source, detail }) {
    const { subject, sections, generated, losesHeadings, lost } = detail;
    if (generated || subject === undefined) return;
    const has = (among: readonly { readonly name: SectionName }[], name: SectionName): boolean =>
      among.some((one) => one.name === name);
    for (const { name, line } of lost) {
      if (has(sections, name)) continue;
      const text = `${/n\/a/i.test(line.text) ? 'N/A ' : ''}${name}:`;
      yield {
        span: source.span(line.start, line.end),
        message: `Git will strip the heading of the section ${name}: it begins with #.`,
        hint: `Write \`${text}\`, or let git use another mark: \`git config core.commentChar ';'\`.`,
        fix: { kind: 'auto', title: `Write ${text}`, edits: unmarked(line) },
      };
    }
    const missing = SECTIONS.filter((name) => !has(sections, name) && !has(lost, name));
    if (missing.length > 0) {
      const how = losesHeadings
        ? `Write \`${missing[0]}:\` at the beginning of a line; git strips lines that begin with #.`
        : `Write \`## ${missing[0]}\` and what belongs there.`;
      const none = missing.filter((name) => NOTHING_LEARNED.has(name));
      yield {
        span: source.span(subject.start, subject.end),
        message: `The body lacks ${missing.length === 1 ? 'the section' : 'the sections'} ${inWords(missing)}.`,
        hint: none.length > 0 ? `${how} \`N/A ${none[0]}\` says that there is nothing to say.` : how,
        fix: {
          kind: 'stub',
          title: `Add ${inWords(missing)}`,
          edits: stubs(detail, subject, missing, newlineOf(source)),
        },
      };
    }
    for (const { name, none, heading, content } of sections) {
      if (none || content.some(({ text }) => !UNFILLED.test(text.slice(0, 300)))) continue;
      const { start, end } = content[0] ?? heading;
      yield {
        span: source.span(start, end),
        message: content.length === 0 ? `The section ${name} is empty.` : `The section ${name} is not filled in.`,
        hint: `Write ${WORDS[name].slice(1, -1)}${NOTHING_LEARNED.has(name) ? ', or N/A' : ''}.`,
      };
    }
  },
};

/** Takes the marks away; a heading of nothing but its name gets a colon in their place. */
function unmarked({ start, end, text }: Line): readonly Edit[] {
  const marks = /^#{1,6}[ \t]{0,9}/.exec(text)?.[0].length ?? 0;
  const bare: Edit = { start, end: start + marks, text: '' };
  return text.includes(':') ? [bare] : [bare, { start: end, end, text: ':' }];
}

function inWords(names: readonly SectionName[]): string {
  return names.length === 1 ? (names[0] as string) : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** Each missing section behind the one that comes before it; those that come first, before the one that follows. */
function stubs(
  { sections, last, losesHeadings }: CommitMessage,
  subject: Line,
  missing: readonly SectionName[],
  newline: string,
): readonly Edit[] {
  const stub = (name: SectionName): string =>
    losesHeadings ? `${name}: ${WORDS[name]}` : `## ${name}${newline}${WORDS[name]}`;
  const behind = new Map<number, string>();
  const before = new Map<number, string>();
  for (const name of missing) {
    const place = SECTIONS.indexOf(name);
    const previous = sections.findLast((one) => SECTIONS.indexOf(one.name) < place);
    const next = sections.find((one) => SECTIONS.indexOf(one.name) > place);
    if (previous === undefined && next !== undefined) {
      const at = next.heading.start;
      before.set(at, `${before.get(at) ?? ''}${stub(name)}${newline}${newline}`);
    } else {
      const at = previous === undefined ? (last ?? subject).end : endOf(previous);
      behind.set(at, `${behind.get(at) ?? ''}${newline}${newline}${stub(name)}`);
    }
  }
  return [...behind, ...before].map(([at, text]) => ({ start: at, end: at, text }));
}

function endOf({ heading, content }: CommitSection): number {
  return Math.max(heading.end, content.at(-1)?.end ?? 0);
}
