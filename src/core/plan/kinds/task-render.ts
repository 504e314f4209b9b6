import { splitShell } from '../shell.ts';
import type { Portable, PortableText, PortableUnit } from '../portable.ts';
import { groupsUnits } from '../context.ts';
import { outlineOf } from '../markdown/outline.ts';
import { Source } from '../markdown/source.ts';
import { taskId } from '../needs.ts';
import { titleOf } from './task.ts';
import {
  codeSpan,
  inertCriterion,
  inertLine,
  inertMarkdown,
  oneLine,
  opensUnit,
  readsAsCommand,
} from './task-inert.ts';

/** Longer titles than this are cut: a heading is read no further than a few thousand characters. */
const MAX_TITLE = 1000;

/** A list of paths longer than this stands as bullets. */
const MAX_LINE = 100;

/**
 * Writes a plan as a document of kind `task` that reads back the same: ids (see {@link taskIdsOf}), titles, needs, scopes,
 * verify commands, criteria, agents, estimates, boxes. Safe for any text in any field.
 */
export function renderTask(plan: Portable): string {
  const ids = taskIdsOf(plan);
  const names = new Map<string, string>();
  plan.units.forEach((unit, i) => {
    if (!names.has(unit.id)) names.set(unit.id, ids[i] as string);
  });
  const titles = new Set(plan.units.map((unit) => oneLine(unit.title).toLowerCase()));
  const parts: string[] = [...documentHead(plan.title), ...lead(plan)];
  let group: string | undefined;
  let grouped = false;
  plan.units.forEach((unit, i) => {
    const own = groupTitle(unit.group);
    if (!grouped || own !== group) parts.push(`## ${own}`);
    grouped = true;
    group = own;
    parts.push(...task(unit, ids[i] as string, (need) => spelling(names.get(need) ?? need, titles)));
  });
  if (plan.verify.length > 0) parts.push('## Verification', ...verifyBlocks(plan.verify, [], '- [ ] '));
  return `${parts.join('\n\n')}\n`;
}

/**
 * The ids that the units of a plan have in a task document, in order: their own where that is the name of a task (`T3`,
 * `1.2` as `T1.2`, `PR-17`), else the next free number.
 */
export function taskIdsOf(plan: Portable): readonly string[] {
  const taken = new Set<string>();
  const own = plan.units.map(({ id }) => {
    const normal = id.length > 80 ? undefined : taskId(id);
    if (normal === undefined || taken.has(normal)) return undefined;
    taken.add(normal);
    return normal;
  });
  let next = 1;
  return own.map((id) => {
    if (id !== undefined) return id;
    while (taken.has(`T${next}`)) next++;
    taken.add(`T${next}`);
    return `T${next}`;
  });
}

/** Front matter and title of a task document, in as many blocks; `lines` go into the front matter as they are. */
export function documentHead(title: string, lines: readonly string[] = []): readonly string[] {
  return [frontMatter(title, lines), ...titleHeading(title)];
}

function frontMatter(title: string, more: readonly string[]): string {
  const wanted = oneLine(title);
  const lines = ['---', 'kind: task', ...more];
  const [heading] = titleHeading(title);
  if (heading !== undefined && readTitle(heading) !== wanted) {
    const quote = wanted.includes('"') ? (wanted.includes("'") ? undefined : "'") : '"';
    lines.push(`title: ${quote === undefined ? `"${wanted.replaceAll('"', '”')}"` : quote + wanted + quote}`);
  }
  return [...lines, '---'].join('\n');
}

function titleHeading(title: string): readonly string[] {
  const line = inertLine(title);
  return oneLine(title) === '' ? [] : [opensUnit(line) ? `# Plan: ${line}` : `# ${line}`];
}

function readTitle(heading: string): string {
  return titleOf(outlineOf(new Source(`${heading}\n`)));
}

function lead(plan: Portable): readonly string[] {
  const parts: string[] = [];
  const context = inertMarkdown(plan.context, 1);
  if (context !== '') parts.push(context);
  if (plan.requirements.length > 0) parts.push('## Requirements', ...plan.requirements.map((one) => promise(one, [])));
  if (plan.criteria.length > 0) {
    parts.push('## Acceptance criteria', ...plan.criteria.map((one) => promise(one, one.requirements)));
  }
  return parts;
}

function promise({ id, title, text }: PortableText, requirements: readonly string[]): string {
  const of = requirements.length > 0 ? ` (${requirements.map(inertLine).join(', ')})` : '';
  const words = inertLine(`${id}: ${title}`);
  const head = `### ${opensUnit(words) ? `Item ${words}` : words}${of}`;
  const body = inertMarkdown(text, 3);
  return body === '' ? head : `${head}\n\n${body}`;
}

// Only such titles are known to group tasks; any other would be quoted as background in every brief.
function groupTitle(group: string | undefined): string {
  const title = oneLine(group ?? '').slice(0, MAX_TITLE);
  if (title === '') return 'Tasks';
  return inertLine(groupsUnits(title) ? title : `Group: ${title}`);
}

function task(unit: PortableUnit, id: string, need: (id: string) => string): readonly string[] {
  const name = /^T(?=\d)/.test(id) ? id.slice(1) : id;
  const title = oneLine(unit.title);
  const shown = title.length > MAX_TITLE ? `${title.slice(0, MAX_TITLE).trim()}…` : title;
  const lines: string[] = [];
  const paths = unit.scope.map(path).filter((one) => one !== undefined);
  const inline = `**Files:** ${paths.join(', ')}`;
  if (paths.length > 0 && inline.length <= MAX_LINE) lines.push(inline);
  if (isAgent(unit.agent)) lines.push(`**Agent:** ${unit.agent}`);
  const estimate = duration(unit.estimate);
  if (estimate !== undefined) lines.push(`**Estimate:** ${estimate}`);
  if (unit.planFirst !== undefined) lines.push(`**Plan first:** ${unit.planFirst}`);
  for (const [key, ids] of [
    ['Criteria', unit.criterionIds],
    ['Requirements', unit.requirementIds],
  ] as const) {
    if (ids.length > 0) lines.push(`**${key}:** ${ids.map(inertLine).join(', ')}`);
  }
  // Needs stand last: their value ends in their line, so that nothing of the body is taken for a part of it.
  const needs = `**Needs:** ${unit.needs.length === 0 ? 'none' : unit.needs.map(need).join(', ')}`;
  // A word alone is a command only in a line of its own.
  const only = unit.criteria.length === 0 && unit.verify.length === 1 ? (unit.verify[0] as string).trim() : '';
  const command = only.includes(' ') ? inlineCommand(only) : undefined;
  const parts = [`### [${unit.done ? 'x' : ' '}] Task ${name}: ${inertLine(shown)}`];
  if (paths.length > 0 && inline.length > MAX_LINE)
    parts.push(`**Files:**\n\n${paths.map((one) => `- ${one}`).join('\n')}`);
  if (command !== undefined) lines.push(`**Verify:** ${command}`);
  const blocks = command === undefined ? verifyBlocks(unit.verify, unit.criteria, '- ') : [];
  if (blocks.length > 0) {
    if (lines.length > 0) parts.push(lines.join('\n'));
    parts.push('**Verify:**', ...blocks, needs);
  } else parts.push([...lines, needs].join('\n'));
  const body = inertMarkdown(unit.body, 3);
  if (body !== '') parts.push(body);
  return parts;
}

function isAgent(name: string | undefined): name is string {
  return name !== undefined && /^[A-Za-z0-9](?:[\w.-]{0,62}\w)?$/.test(name) && !/^(?:none|any|default)$/i.test(name);
}

function duration(minutes: number | undefined): string | undefined {
  if (minutes === undefined || !(minutes >= 0.5)) return undefined;
  if (minutes < 99_999.5) return `${Math.round(minutes)} min`;
  return `${Math.min(99_999, Math.round(minutes / 480))} days`;
}

/** A path in backticks; one that no document can hold is written so that it is refused by name, never changed into another. */
function path(entry: string): string | undefined {
  // eslint-disable-next-line no-control-regex
  const visible = entry.replace(
    /[\u0000-\u001f\u007f]/g,
    (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  if (visible.trim() === '') return undefined;
  // `[slug]` alone reads as text of a template.
  return codeSpan(/^[[{]/.test(visible) ? `./${visible}` : visible);
}

function spelling(id: string, titles: ReadonlySet<string>): string {
  const clean = id.replace(/[^\w.-]+/g, '-').slice(0, 80);
  const number = /^T(?=\d)/.test(clean) ? clean.slice(1) : clean;
  // A need may also be the title of a task: whoever is called "T1" must not be taken for T1.
  return (
    [clean, `Task ${number}`, `#${number}`, `Task #${number}`].find((one) => !titles.has(one.toLowerCase())) ?? clean
  );
}

function inlineCommand(run: string): string | undefined {
  const text = run.trim();
  if (text === '' || text.includes('\n')) return undefined;
  const line = codeSpan(text);
  return readsAsCommand(line, text) ? line : undefined;
}

/** Commands and criteria as lists and fences, in this order. */
export function verifyBlocks(
  commands: readonly string[],
  criteria: readonly string[],
  bullet: string,
): readonly string[] {
  const blocks: string[] = [];
  let items: string[] = [];
  const flush = (): void => {
    if (items.length > 0) blocks.push(items.join('\n'));
    items = [];
  };
  for (const run of commands) {
    const inline = inlineCommand(run);
    if (inline !== undefined) items.push(`${bullet}${inline}`);
    else if (run.trim() !== '') {
      flush();
      blocks.push(fence(run.replace(/\r\n?/g, '\n').replace(/\0/g, '').trim()));
    }
  }
  for (const criterion of criteria) {
    const line = inertCriterion(criterion);
    if (line !== undefined) items.push(`${bullet}${line}`);
  }
  flush();
  return blocks;
}

function fence(run: string): string {
  // `set -e` in front is what reading such a block adds; quoted for `sh`, any text is one command.
  const bare = run.replace(/^set -e\n/, '');
  const whole = `sh -c '${run.replaceAll("'", "'\\''")}'`;
  const reads = (code: string, as: string): boolean => splitShell(code, 'sh').join('\0') === as;
  const code = [run, bare].find((one) => reads(one, run)) ?? (reads(run, `set -e\n${run}`) ? run : whole);
  let marks = '```';
  while (code.includes(marks)) marks += '`';
  return `${marks}sh\n${code}\n${marks}`;
}
