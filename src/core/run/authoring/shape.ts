/* What a spec says about the shape of the work: in its form's own words, and in those that people use for it. */

/** What a spec says about the shape of the work. */
export interface SpecSigns {
  readonly requirements: number;
  readonly modules: number;
  readonly pullRequests: number;
  readonly roles: number;
}

/** A heading of a spec with what stands below it. */
export interface SpecSection {
  readonly heading: string;
  readonly level: number;
  readonly line: number;
  /** What stands between it and the next heading of its level or above, without fences. */
  readonly text: string;
}

const NUMBERS: readonly string[] = 'two three four five six seven eight nine ten eleven twelve'.split(' ');
const COUNT = String.raw`(\d{1,3}|${NUMBERS.join('|')}|several|multiple|many)`;
/** Sections that say what is not done, or what was done before. */
const ELSEWHERE =
  /\bout of scope\b|\bnon-?goals?\b|\balternatives?\b|\bbackground\b|\bhistory\b|\bcurrent state\b|\brejected\b/i;
const NEGATED = /\b(?:no|not|never|without|instead of|rather than)\b[^.\n]{0,30}$/i;
/** Roles that people put before a requirement. */
const ROLE =
  'back[- ]?end|front[- ]?end|full[- ]?stack|database|data|api|ui|ux|design|mobile|ios|android|web|observability|infra(?:structure)?|devops|ops|platform|security|qa|docs|ml';

/** List items and rows of tables of a text. */
export function itemsOf(text: string): number {
  const items = text.split('\n').filter((line) => /^ {0,3}(?:[-*+]|\d+[.)])\s+\S/.test(line));
  return (
    items.filter((line) => !/^\s*(?:[-*+]|\d+[.)])\s+(?:none|nothing)\b\.?\s*$/i.test(line)).length +
    Math.max(0, rowsOf(text).length - 1)
  );
}

function rowsOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => /^\s*\|.*\w.*\|\s*$/.test(line) && !/^\s*\|[\s:|-]+\|\s*$/.test(line));
}

/** How much of each sort a spec speaks of. `source` has its fences and comments blanked. */
export function signsOf(source: string, sections: readonly SpecSection[]): SpecSigns {
  const under = (as: RegExp): string =>
    sections
      .filter(({ heading, level }) => level > 1 && as.test(heading))
      .map(({ text }) => text)
      .join('\n');
  const requirements = under(/\brequirements?\b/i);
  const modules =
    /^(?:the )?(?:modules?|subsystems?)(?: (?:breakdown|overview|map|list))?$|^module (?:breakdown|decomposition|map|overview)$/i;
  const pulls = /^(?:the )?(?:pull requests?|prs?|merge requests?)(?: (?:series|plan|breakdown|order|list))?$/i;
  const said = sections.filter(({ heading, level }) => level > 1 && !ELSEWHERE.test(heading));
  const prose = said
    .flatMap(({ text }) => text.split('\n'))
    .filter((line) => !/^\s*[-*+]\s+\W{0,3}out\b/i.test(line))
    .join('\n');
  return {
    requirements: itemsOf(requirements) || headed(sections, /\brequirements?\b/i),
    modules: Math.max(
      named(source, 'modules?'),
      itemsOf(under(modules)) || headed(sections, modules),
      numbered(said, prose, 'module'),
      told(
        prose,
        String.raw`(?:consists? of|into|made (?:up )?of|compris\w+|organi[sz]ed (?:in|as)|built (?:as|of|from))\s+(?:[\w-]+\s+){0,2}?${COUNT}\s+(?:[\w-]+\s+){0,2}(?:modules|subsystems)\b`,
      ),
      told(prose, String.raw`\b(?:has|have|are)\s+${COUNT}\s+(?:[\w-]+\s+){0,2}(?:modules|subsystems):`),
      told(prose, String.raw`\b${COUNT}\s+(?:independent|separate|parallel)\s+(?:modules|subsystems)\b`),
    ),
    pullRequests: Math.max(
      named(source, '(?:pull requests?|prs?)'),
      itemsOf(under(pulls)) || headed(sections, pulls),
      numbered(said, prose, '(?:pr|pull request)'),
      told(prose, String.raw`\b${COUNT}\s+(?:[\w-]+\s+){0,2}(?:pull requests|PRs|merge requests)\b`),
    ),
    roles: Math.max(named(source, 'roles?'), rolesIn(requirements).size, itemsOf(under(/^roles?$/i))),
  };
}

/** The value of a line such as `- Modules: a, b and c`: how many it names. */
function named(source: string, label: string): number {
  const words = new RegExp(`^\\s*(?:[-*+]\\s+)?(?:\\*\\*)?${label}(?:\\*\\*)?\\s*:(?:\\*\\*)?\\s*(.+)$`, 'im').exec(
    source,
  );
  const value = (words?.[1] ?? '').replace(/[`*_]/g, '').trim();
  if (/^\d+\b/.test(value)) return Number.parseInt(value, 10);
  if (value === '' || /^(?:none|one|n\/a|-)\b/i.test(value)) return value === '' ? 0 : 1;
  return value.split(/\s*[,;]\s*|\s+and\s+/).filter((one) => one !== '').length;
}

/** Sections of their own below a heading, the lowest of them: `### FR-1` below "Requirements". */
function headed(sections: readonly SpecSection[], as: RegExp): number {
  const at = sections.findIndex(({ heading, level }) => level > 1 && as.test(heading));
  if (at < 0) return 0;
  const own = sections.slice(at + 1);
  const end = own.findIndex(({ level }) => level <= (sections[at] as SpecSection).level);
  const below = (end < 0 ? own : own.slice(0, end)).filter(({ text }) => text.trim() !== '');
  const lowest = Math.max(0, ...below.map(({ level }) => level));
  return below.filter(({ level }) => level === lowest).length;
}

/** Headings and list items that are numbered one after the other: `### Module 2: …`, `- PR-1: …`. */
function numbered(sections: readonly SpecSection[], prose: string, word: string): number {
  const heads = sections.map(({ heading }) => heading).join('\n');
  const found = new Set<string>();
  for (const [, number = ''] of heads.matchAll(new RegExp(`^${word}[- ]?#?(\\d{1,3})\\b`, 'gim'))) found.add(number);
  const item = new RegExp(`^ {0,3}(?:(?:[-*+]|\\d+[.)])\\s+|\\|\\s*)[\`*_]{0,3}${word}[- ]?(\\d{1,3})\\b`, 'gim');
  for (const [, number = ''] of prose.matchAll(item)) found.add(number);
  return found.size;
}

/** How many a sentence says there are, where it does not say that there are none of them. */
function told(prose: string, pattern: string): number {
  let most = 0;
  const running = prose
    .split('\n')
    .map((line) => line.trim())
    .join(' ');
  for (const found of running.matchAll(new RegExp(pattern, 'gi'))) {
    const before = found.input.slice(Math.max(0, found.index - 60), found.index);
    if (NEGATED.test(before)) continue;
    const count = (found[1] ?? '').toLowerCase();
    const at = NUMBERS.indexOf(count);
    most = Math.max(most, at >= 0 ? at + 2 : /^\d+$/.test(count) ? Number.parseInt(count, 10) : 2);
  }
  return most;
}

/** Who is to fulfil requirements: by a field, a column, a mark behind or before each. */
function rolesIn(requirements: string): ReadonlySet<string> {
  const roles = new Set<string>();
  const add = (words: string | undefined): void => {
    const plain = (words ?? '').replace(/[`*_]/g, '').trim().toLowerCase();
    if (plain !== '' && !/^(?:-|—|–|n\/a|none|any|all|tbd)$/.test(plain)) roles.add(plain);
  };
  const label = '(?:agent(?: hint)?|role|owner|team)';
  for (const [, one, other] of requirements.matchAll(
    /\((?:role|by|owner):?\s*([\w -]{2,40})\)|\[(?:role|owner):?\s*([\w -]{2,40})\]/gi,
  ))
    add(one ?? other);
  for (const [, one] of requirements.matchAll(
    new RegExp(
      `^\\s*(?:[-*+]\\s+)?(?:\\*\\*)?${label}(?:\\*\\*)?\\s*:(?:\\*\\*)?\\s*(\`?[\\w -]{2,40}\`?)\\s*$`,
      'gim',
    ),
  ))
    add(one);
  const mark = new RegExp(
    `^ {0,3}(?:[-*+]|\\d+[.)])\\s+(?:(?:\\*\\*)?[A-Z]{1,4}-\\d+\\w*(?:\\*\\*)?[:.]?\\s*)?(?:\\[(${ROLE})\\]|\\((${ROLE})\\)|(?:\\*\\*)?(${ROLE})(?:\\*\\*)?:)`,
    'gim',
  );
  for (const [, square, round, head] of requirements.matchAll(mark)) add(square ?? round ?? head);
  for (const [, one] of requirements.matchAll(new RegExp(`[\\[(](${ROLE})[\\])][.\\s]*$`, 'gim'))) add(one);
  const cells = (row: string): string[] =>
    row
      .trim()
      .replace(/^\||\|$/g, '')
      .split('|');
  let column = -1;
  for (const line of requirements.split('\n')) {
    if (!line.trimStart().startsWith('|')) column = -1;
    else if (column < 0)
      column = cells(line).findIndex((cell) => new RegExp(`^\\s*[*_]*${label}s?[*_]*\\s*$`, 'i').test(cell));
    else if (!/^\s*\|[\s:|-]+\|\s*$/.test(line)) add(cells(line)[column]);
  }
  return roles;
}
