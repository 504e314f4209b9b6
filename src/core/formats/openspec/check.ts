import type { ForeignFile, Placed } from '../format.ts';
import { fileName, folderOf, type Line, linesIn } from '../lines.ts';
import { Problems } from '../problem.ts';

/**
 * Checks an OpenSpec change as `openspec validate <change>` does, from the files of its folder: deltas with requirements
 * that say SHALL or MUST and have scenarios, no name twice or in two sections that exclude each other, declared
 * capabilities with their delta, boxes and numbers of its tasks. Paths are relative to the folder, or end in it. Rules with
 * an error are those that it refuses for; warnings go further. Linear; never throws.
 */
export function checkOpenSpecChange(files: readonly ForeignFile[]): readonly Placed[] {
  let known = CHECKED.get(files);
  if (known === undefined) CHECKED.set(files, (known = check(files)));
  return known;
}

/** A change is read and judged in one go, and reading it says what is wrong as well. */
const CHECKED = new WeakMap<readonly ForeignFile[], readonly Placed[]>();

function check(files: readonly ForeignFile[]): readonly Placed[] {
  const problems = new Problems();
  const deltas = files.filter(
    (file) => /(?:^|\/)specs\/(?:.+\/)?spec\.md$/.test(file.path) && !/(?:^|\/)openspec\/specs\//.test(file.path),
  );
  let count = 0;
  for (const file of deltas) count += checkDelta(file, problems);
  const [anchor] = [...files.filter((file) => fileName(file.path) === 'proposal.md'), ...files];
  const skips = files.some(
    (file) => fileName(file.path) === '.openspec.yaml' && /^skip_specs:\s*true\b/m.test(file.text),
  );
  if (count === 0 && anchor !== undefined && !skips)
    problems.add(
      anchor,
      { start: 0, end: 0 },
      'OS-01',
      'error',
      'The change has no delta.',
      'Write specs/<capability>/spec.md with "## ADDED Requirements" and "### Requirement: …".',
    );
  for (const file of files) {
    if (fileName(file.path) === 'proposal.md') checkProposal(file, deltas, problems);
    if (fileName(file.path) === 'tasks.md') checkTasks(file, problems);
  }
  return problems.found;
}

type Section = 'added' | 'modified' | 'removed' | 'renamed';

interface Block {
  readonly name: string;
  readonly line: Line;
  readonly lines: Line[];
}

interface Found {
  readonly present: Map<Section, Line>;
  readonly added: Block[];
  readonly modified: Block[];
  readonly removed: Block[];
  readonly renamed: { readonly from: Named; readonly to: Named }[];
}

interface Named {
  readonly name: string;
  readonly line: Line;
}

const HEADER = /^###\s*Requirement:\s*(.+?)\s*$/i;
const BULLET = /^\s*-\s*`?###\s*Requirement:\s*(.+?)`?\s*$/i;
const FROM = /^\s*-?\s*FROM:\s*`?###\s*Requirement:\s*(.+?)`?\s*$/i;
const TO = /^\s*-?\s*TO:\s*`?###\s*Requirement:\s*(.+?)`?\s*$/i;

function checkDelta(file: ForeignFile, problems: Problems): number {
  const lines = linesIn(file.text);
  const found = readDelta(file, lines, problems);
  const { added, modified, removed, renamed, present } = found;
  const say = (line: Line, rule: string, severity: Placed['severity'], message: string, hint: string): void =>
    problems.add(file, line, rule, severity, message, hint);
  const count = added.length + modified.length + removed.length + renamed.length;
  const first = lines[0] as Line;
  if (count === 0) {
    if (present.size === 0)
      say(
        first,
        'OS-02',
        'error',
        'There is no section of deltas.',
        'Begin one with "## ADDED Requirements", or move the file out of specs/.',
      );
    else
      for (const [section, line] of present)
        say(
          line,
          'OS-03',
          'error',
          `"${section.toUpperCase()} Requirements" has no requirement.`,
          'Write "### Requirement: <name>" below it.',
        );
  }
  for (const [word, blocks] of [
    ['ADDED', added],
    ['MODIFIED', modified],
  ] as const)
    for (const block of blocks) checkRequirement(word, block, say);
  for (const block of removed) {
    const text = block.lines
      .map((line) => line.text)
      .join('\n')
      .trim();
    if (text !== '' && !/\*\*Reason:?\*\*/i.test(text))
      say(
        block.line,
        'OS-13',
        'warning',
        `REMOVED "${cut(block.name)}" gives no reason.`,
        'Write "**Reason**: …" and "**Migration**: …".',
      );
    else if (text !== '' && !/\*\*Migration:?\*\*/i.test(text))
      say(
        block.line,
        'OS-13',
        'warning',
        `REMOVED "${cut(block.name)}" says nothing of migration.`,
        'Write "**Migration**: …".',
      );
  }
  const sets = {
    ADDED: unique('ADDED', added, say),
    MODIFIED: unique('MODIFIED', modified, say),
    REMOVED: unique('REMOVED', removed, say),
    FROM: unique(
      'RENAMED FROM',
      renamed.map(({ from }) => from),
      say,
    ),
    TO: unique(
      'RENAMED TO',
      renamed.map(({ to }) => to),
      say,
    ),
  };
  const both = (a: 'ADDED' | 'MODIFIED' | 'REMOVED', b: 'ADDED' | 'MODIFIED' | 'REMOVED'): void => {
    for (const [name, one] of sets[b])
      if (sets[a].has(name))
        say(one.line, 'OS-08', 'error', `"${cut(one.name)}" is both in ${a} and in ${b}.`, 'Keep it in one of them.');
  };
  both('MODIFIED', 'REMOVED');
  both('ADDED', 'MODIFIED');
  both('ADDED', 'REMOVED');
  for (const { from, to } of renamed) {
    const old = sets.MODIFIED.get(from.name);
    if (old !== undefined)
      say(
        old.line,
        'OS-09',
        'error',
        `MODIFIED names "${cut(from.name)}", which is renamed to "${cut(to.name)}".`,
        'Use the new name.',
      );
    const taken = sets.ADDED.get(to.name);
    if (taken !== undefined)
      say(
        taken.line,
        'OS-09',
        'error',
        `"${cut(to.name)}" is added, and something else is renamed to it.`,
        'Choose another name for one of them.',
      );
  }
  checkPurpose(file, lines, found, problems);
  return count;
}

type Say = (line: Line, rule: string, severity: Placed['severity'], message: string, hint: string) => void;

function readDelta(file: ForeignFile, lines: readonly Line[], problems: Problems): Found {
  const found: Found = { present: new Map(), added: [], modified: [], removed: [], renamed: [] };
  let section: Section | undefined;
  let block: Block | undefined;
  let from: Named | undefined;
  for (const line of lines) {
    const heading = line.hidden ? null : /^##\s+(.+?)\s*$/.exec(line.text);
    if (heading !== null) {
      const word = /^(added|modified|removed|renamed) requirements$/i.exec(heading[1] as string)?.[1]?.toLowerCase() as
        | Section
        | undefined;
      section = word;
      block = undefined;
      if (from !== undefined)
        problems.add(
          file,
          from.line,
          'OS-10',
          'error',
          `"${cut(from.name)}" is renamed to nothing.`,
          'Write "- TO: `### Requirement: <new name>`" below it.',
        );
      from = undefined;
      if (word !== undefined) found.present.set(word, line);
      else if (/^(?:added|modified|removed|renamed)\b/i.test(heading[1] as string))
        problems.add(
          file,
          line,
          'OS-04',
          'warning',
          `"## ${cut(heading[1] as string)}" is no section of deltas and is ignored.`,
          'Write "## ADDED Requirements", MODIFIED, REMOVED or RENAMED.',
        );
      continue;
    }
    if (section === undefined) continue;
    if (section === 'renamed') {
      const [old, fresh] = line.hidden
        ? [null, null]
        : [FROM.exec(line.text.slice(0, 2000)), TO.exec(line.text.slice(0, 2000))];
      if (old !== null) {
        if (from !== undefined)
          problems.add(
            file,
            from.line,
            'OS-10',
            'error',
            `"${cut(from.name)}" is renamed to nothing.`,
            'Write "- TO: …" below it.',
          );
        from = { name: (old[1] as string).trim(), line };
      } else if (fresh !== null) {
        if (from === undefined)
          problems.add(
            file,
            line,
            'OS-10',
            'error',
            'A new name without the old one.',
            'Write "- FROM: `### Requirement: <old name>`" above it.',
          );
        else found.renamed.push({ from, to: { name: (fresh[1] as string).trim(), line } });
        from = undefined;
      }
      continue;
    }
    const header = line.hidden
      ? null
      : (HEADER.exec(line.text.slice(0, 2000)) ??
        (section === 'removed' ? BULLET.exec(line.text.slice(0, 2000)) : null));
    if (header !== null) {
      block = { name: (header[1] as string).trim(), line, lines: [] };
      found[section].push(block);
      continue;
    }
    if (!line.hidden && /^###(?!#)/.test(line.text)) {
      problems.add(
        file,
        line,
        'OS-04',
        'warning',
        `"${cut(line.text)}" is no heading of a requirement and is ignored.`,
        'Write "### Requirement: <name>".',
      );
    }
    block?.lines.push(line);
  }
  if (from !== undefined)
    problems.add(
      file,
      from.line,
      'OS-10',
      'error',
      `"${cut(from.name)}" is renamed to nothing.`,
      'Write "- TO: …" below it.',
    );
  return found;
}

function checkRequirement(word: string, { name, line, lines }: Block, say: Say): void {
  const body: string[] = [];
  const metadata: string[] = [];
  let scenarios = 0;
  let inBody = true;
  const near: Line[] = [];
  for (const one of lines) {
    if (one.hidden) continue;
    const { text } = one;
    if (/^####\s+/.test(text)) scenarios++;
    else if (/^(?:#{2,3}|#{5,6})\s*Scenario\b/i.test(text) || /^\s*(?:[-*+]\s+)?\*\*Scenario\b/i.test(text))
      near.push(one);
    if (/^#{1,6}\s/.test(text)) inBody = false;
    if (!inBody || text.trim() === '') continue;
    if (/^\*\*[^*]+\*\*:/.test(text.trim())) metadata.push(text.trim());
    else body.push(text.trim());
  }
  const text = (body.length > 0 ? body : metadata).join('\n');
  if (text === '' && !/\b(?:SHALL|MUST)\b/.test(name))
    say(
      line,
      'OS-05',
      'error',
      `${word} "${cut(name)}" has no text.`,
      'Write what the system SHALL do below the heading.',
    );
  else if (text !== '' && !/\b(?:SHALL|MUST)\b/.test(text)) {
    const hint = /\b(?:SHALL|MUST)\b/.test(name)
      ? 'The heading does not count: say it in the text below.'
      : 'Write "The system SHALL …".';
    say(line, 'OS-06', 'error', `${word} "${cut(name)}" says neither SHALL nor MUST.`, hint);
  }
  if (text.length > 500)
    say(line, 'OS-14', 'info', `${word} "${cut(name)}" has ${text.length} characters.`, 'Consider cutting it in two.');
  if (scenarios === 0) {
    const wrong = near[0];
    say(
      wrong ?? line,
      'OS-07',
      'error',
      `${word} "${cut(name)}" has no scenario.`,
      'Write "#### Scenario: <name>" with exactly four "#", and "- **WHEN** …", "- **THEN** …" below it.',
    );
  }
}

function unique(where: string, all: readonly Named[], say: Say): ReadonlyMap<string, Named> {
  const names = new Map<string, Named>();
  for (const one of all) {
    if (names.has(one.name))
      say(one.line, 'OS-08', 'error', `"${cut(one.name)}" is twice in ${where}.`, 'Keep one of them.');
    else names.set(one.name, one);
  }
  return names;
}

// A new capability says what it is for; only its Purpose makes a file one.
function checkPurpose(file: ForeignFile, lines: readonly Line[], found: Found, problems: Problems): void {
  const at = lines.findIndex((line) => !line.hidden && /^##\s+Purpose\s*$/i.test(line.text));
  if (at < 0) return;
  const heading = lines[at] as Line;
  const text: string[] = [];
  for (const line of lines.slice(at + 1)) {
    if (!line.hidden && /^#{1,2}\s/.test(line.text)) break;
    if (!line.hidden) text.push(line.text.trim());
  }
  const purpose = text.join(' ').trim();
  const sections = [...found.present.values()];
  if (sections.some((section) => section.start < heading.start))
    problems.add(file, heading, 'OS-11', 'warning', 'The purpose stands behind the deltas.', 'Put "## Purpose" first.');
  if (/^(?:TBD|TODO)(?=\s*(?:$|[:\-–—.,;()[\]{}]))/i.test(purpose))
    problems.add(
      file,
      heading,
      'OS-12',
      'warning',
      'The purpose is not written yet.',
      'Say in a sentence or two what the capability is for.',
    );
  else if (purpose.length < 50)
    problems.add(
      file,
      heading,
      'OS-12',
      'warning',
      `The purpose has ${purpose.length} of 50 characters.`,
      'Say in a sentence or two what the capability is for.',
    );
}

function checkProposal(file: ForeignFile, deltas: readonly ForeignFile[], problems: Problems): void {
  const have = new Set(deltas.map((delta) => fileName(folderOf(delta.path))));
  let inside = false;
  let counts = false;
  for (const line of linesIn(file.text)) {
    if (line.hidden) continue;
    if (/^##\s+(?!#)/.test(line.text)) {
      inside = /^##\s+Capabilities\s*$/i.test(line.text);
      counts = false;
      continue;
    }
    if (!inside) continue;
    const label =
      /^###\s+(.+)$/.exec(line.text)?.[1] ??
      /^\s*[-*]\s+\*\*\s*((?:New|Modified|Removed)\s+Capabilities)\s*\*\*/i.exec(line.text)?.[1];
    if (label !== undefined) {
      counts = /\b(?:New|Modified)\s+Capabilities\b/i.test(label);
      continue;
    }
    const id = counts ? /^\s*[-*]\s+.*?`([^`]{1,200})`/.exec(line.text)?.[1]?.trim() : undefined;
    if (id === undefined) continue;
    if (!/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(id))
      problems.add(
        file,
        line,
        'OS-15',
        'warning',
        `The capability "${cut(id)}" is not in kebab-case.`,
        'Write lower-case words with hyphens.',
      );
    else if (!have.has(id))
      problems.add(
        file,
        line,
        'OS-15',
        'error',
        `The capability "${id}" has no delta.`,
        `Write specs/${id}/spec.md, or take it out of the proposal.`,
      );
  }
}

function checkTasks(file: ForeignFile, problems: Problems): void {
  const lines = linesIn(file.text).filter((line) => !line.hidden);
  const boxed = lines.filter((line) => /^\s*[-*+]\s+\[[ xX]\]/.test(line.text));
  const bare = lines.find((line) => /^\s*(?:[-*+]|\d+[.)])\s+\S/.test(line.text));
  if (boxed.length === 0 && bare !== undefined)
    problems.add(
      file,
      bare,
      'OS-16',
      'warning',
      'The tasks have no boxes, so there is nothing to tick.',
      'Write "- [ ] 1.1 Description".',
    );
  const seen = new Map<string, number>();
  const grouped = lines.some((line) => /^ {0,3}##[ \t]+\d+\.(?:[ \t]|$)/.test(line.text));
  let group: string | undefined;
  for (const line of lines) {
    if (/^ {0,3}##(?!#)/.test(line.text)) group = /^ {0,3}##[ \t]+0*(\d+)\.(?:[ \t]|$)/.exec(line.text)?.[1];
    const id = grouped ? /^\s*[-*+]\s+\[[ xX]\]\s+(\d+(?:\.\d+)+[A-Za-z]*)(?=\s|$)/.exec(line.text)?.[1] : undefined;
    if (id === undefined) continue;
    const own = /^0*(\d+)/.exec(id)?.[1];
    if (group !== undefined && own !== group)
      problems.add(
        file,
        line,
        'OS-17',
        'warning',
        `Task ${id} stands in group ${group}.`,
        `Move it to group ${own ?? ''}, or number it anew.`,
      );
    if (seen.has(id))
      problems.add(file, line, 'OS-17', 'warning', `Task ${id} is there twice.`, 'Number one of them anew.');
    seen.set(id, line.start);
  }
}

function cut(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}
