import { outlineOf } from '../../markdown/outline.ts';
import { Source } from '../../markdown/source.ts';
import { tablesIn } from '../../markdown/tables.ts';
import type { Portable, PortableUnit } from '../../portable.ts';
import { codeSpan, inertLine, inertMarkdown, oneLine, readsAsCommand } from '../task-inert.ts';
import { namedPull, withoutStatus } from './entries.ts';
import { macroId } from './ids.ts';
import { fieldsIn } from './parts.ts';
import { fieldName, PLAIN_FIELDS } from './vocabulary.ts';

/** Longer titles than this are cut. */
const MAX_TITLE = 300;

/**
 * Writes a plan as a document of kind `macro`: every unit a pull request, with placeholders for what only a macro plan says.
 * It reads back with the same ids (see {@link macroIdsOf}), needs, scopes, verify commands and criteria.
 */
export function renderMacro(plan: Portable): string {
  const ids = macroIdsOf(plan);
  const names = new Map<string, string>();
  plan.units.forEach((unit, i) => {
    if (!names.has(unit.id)) names.set(unit.id, ids[i] as string);
  });
  const title = oneLine(plan.title).slice(0, MAX_TITLE) || '[title]';
  const { summary, recon } = leadOf(plan.context);
  const parts = ['---\nkind: macro\n---', `# ${inertLine(title)}`];
  parts.push('## A) Executive Summary', summary || '[What is added, why, and how it fits in: under 15 lines]');
  parts.push('## B) High-Level Objectives and Model Scoping', '### Objectives');
  const aims = plan.requirements.map(({ id, title: words }, i) => `${i + 1}. ${inertLine(`${id}: ${words}`)}`);
  while (aims.length < 3) aims.push(`${aims.length + 1}. [what is possible afterwards]`);
  parts.push(aims.join('\n'));
  parts.push(
    '### Non-Goals',
    '- [what stays as it is, on purpose]',
    '### Analysis Questions',
    '1. [what this work helps to find out]',
    '### Model Scoping',
    SCOPING,
  );
  parts.push(
    '## C) Concept Model',
    BLOCK,
    '## D) Architectural Evolution',
    '[From what it is today to what it becomes]',
    '## E) PR Series',
  );
  plan.units.forEach((unit, i) => parts.push(...pull(plan, unit, ids[i] as string, names)));
  parts.push('## G) Dependency DAG', drawn(plan, ids, names), '## H) Risk Register', RISKS);
  parts.push(
    '## I) Cross-Cutting Infrastructure',
    '[tests, documents, CI: each with the pull request that does it]',
    '## K) Design Bug Prevention',
    '- [ ] [what has gone wrong before, and how this plan prevents it]',
  );
  if (recon !== '') parts.push('## L) Repository Recon', recon);
  if (plan.verify.length > 0) parts.push('## Verification', commands(plan.verify));
  return `${parts.join('\n\n')}\n`;
}

/** How many lines an executive summary has at most. */
const SUMMARY = 14;

/** As much of a context as a summary may hold; the rest is what was found out before. */
function leadOf(context: string): { readonly summary: string; readonly recon: string } {
  const all = quoted(context, 2);
  const lines = all.split('\n');
  if (lines.length <= SUMMARY) return { summary: all, recon: '' };
  const blocks = outlineOf(new Source(all)).blocks;
  // One quote is cut at its empty lines, everything else between blocks.
  const cuts = all.startsWith('>')
    ? [...all.matchAll(/\n>[ \t]*\n/g)].map(({ index }) => index)
    : blocks
        .slice(1)
        .filter(({ kind }) => kind !== 'list')
        .map(({ start }) => start);
  const at = cuts.findLast((cut) => all.slice(0, cut).trimEnd().split('\n').length <= SUMMARY);
  if (at === undefined) return { summary: '', recon: all };
  return {
    summary: all.slice(0, at).trim(),
    recon: all
      .slice(at)
      .replace(/^\n>[ \t]*(?=\n)/, '')
      .trim(),
  };
}

const SCOPING =
  '| Component | Modeled | Simplified | Omitted | Justification |\n|---|---|---|---|---|\n| [part] | [as in reality] | [more simply] | [left out] | [why] |';
const BLOCK =
  '**1. [Name of a building block]** — [its one responsibility]\n\n- **Observes:** [what it reads]\n- **Controls:** [what it decides]\n- **Owns:** [what state only it changes]\n- **Invariants:** [what always holds]\n- **Events:** [what it produces and consumes]\n- **Extension friction:** [how many files one more variant takes]';
const RISKS =
  '| Decision | Assumption | Validation Method | Cost if Wrong | Gate |\n|---|---|---|---|---|\n| [decision] | [what must be true] | [how it is checked] | [pull requests of rework] | [before which pull request] |';

/** The ids that the units have in a macro plan, in order: their own where that is the name of a pull request, else the next free number. */
export function macroIdsOf(plan: Portable): readonly string[] {
  const taken = new Set<string>();
  const own = plan.units.map(({ id }) => {
    const normal = id.length > 40 ? undefined : macroId(id);
    if (normal === undefined || taken.has(normal) || namedPull(`${spelling(normal)}: x`)?.id !== normal)
      return undefined;
    taken.add(normal);
    return normal;
  });
  // A number alone must name one unit: people write `#17` for `PR 17`.
  const numbers = new Set([...taken].map((id) => id.slice(3)));
  let next = 1;
  return own.map((id) => {
    if (id !== undefined) return id;
    while (numbers.has(String(next))) next++;
    numbers.add(String(next));
    return `PR-${next}`;
  });
}

function spelling(id: string): string {
  if (id.startsWith('GH-')) return `#${id.slice(3)}`;
  return id.startsWith('WT-') ? `Worktree ${id.slice(3)}` : id.replace('-', ' ');
}

function pull(plan: Portable, unit: PortableUnit, id: string, names: ReadonlyMap<string, string>): readonly string[] {
  const words = oneLine(unit.title);
  const title = inertLine(words.length > MAX_TITLE ? `${words.slice(0, MAX_TITLE).trim()}…` : words) || id;
  const status = unit.done && !withoutStatus(title).done ? ' — ✅ COMPLETED' : '';
  const known = new Set(unit.criteria.map((text) => /^\s*([A-Z]{2,4}-[\w-]{1,40}):/.exec(text)?.[1]));
  const promised = plan.criteria.filter((one) => unit.criterionIds.includes(one.id) && !known.has(one.id));
  const guarantees = [
    ...unit.criteria,
    ...promised.map(({ id: own, title: words2, text }) => `${own}: ${oneLine(text) || words2}`),
  ]
    .map((text) => inertLine(text))
    .filter((text) => text !== '' && text !== '``');
  const needs = [...new Set(unit.needs.flatMap((need) => names.get(need) ?? []))].map(spelling);
  const paths = unit.scope.map((entry) => codeSpan(entry));
  const lines = [
    '- **Extension Type:** [policy template, subsystem module, backend swap or tier composition]',
    '- **Building Block Change:** [which block of the concept model it adds or changes]',
    '- **Motivation:** [why now, and why on its own]',
    '- **Scope:** [what is in, and what is out]',
    ...(guarantees.length === 0 ? [] : ['- **Behavioral Guarantees:**', ...guarantees.map((text) => `  - ${text}`)]),
    `- **Depends On:** ${needs.length === 0 ? 'none' : needs.join(', ')}`,
    ...(paths.length === 0 ? [] : [`- **Files Changed:** ${paths.join(', ')}`]),
    ...(unit.agent === undefined || !/^[A-Za-z0-9](?:[\w.-]{0,62}\w)?$/.test(unit.agent)
      ? []
      : [`- **Agent:** ${unit.agent}`]),
    ...(unit.estimate === undefined || !(unit.estimate >= 0.5) || unit.estimate > 99_999
      ? []
      : [`- **Estimate:** ${Math.round(unit.estimate)} min`]),
    '- **Test Categories:** [what is tested, and how]',
    '- **Documentation Updates:** [which documents, or none]',
  ];
  const parts = [`### ${spelling(id)}: ${title}${status}`, lines.join('\n')];
  if (unit.verify.length > 0) parts.push('**Verify:**', commands(unit.verify));
  const body = quoted(unit.body, 3);
  if (body !== '') parts.push(body);
  return parts;
}

/** Markdown in which nothing can be read as part of the plan: as it is where that is so, else in a block quote. */
function quoted(text: string, level: number): string {
  const tame = inertMarkdown(text, level);
  if (tame === '' || tame.startsWith('>')) return tame;
  const outline = outlineOf(new Source(`\n${tame}\n`));
  const read = fieldsIn(outline, 0, outline.blocks.length, { name: fieldName, plain: PLAIN_FIELDS });
  const risky =
    /\bBC-|\bAC-|^\W{0,4}tier\s*[12]/im.test(tame) ||
    outline.headings.length > 0 ||
    tablesIn(outline, 0, outline.blocks.length).length > 0;
  if (read.length === 0 && !risky && !/^\s*\*\*\s*`/m.test(tame)) return tame;
  return tame
    .split('\n')
    .map((line) => (line === '' ? '>' : `> ${line}`))
    .join('\n');
}

function commands(verify: readonly string[]): string {
  const blocks = verify.flatMap((run): readonly string[] => {
    const text = run.replace(/\r\n?/g, '\n').replaceAll('\0', '').trim();
    if (text === '') return [];
    const line = codeSpan(text);
    if (!text.includes('\n') && readsAsCommand(line, text)) return [`- ${line}`];
    let marks = '```';
    while (text.includes(marks)) marks += '`';
    return [`${marks}sh\n${text}\n${marks}`];
  });
  return blocks.join('\n\n');
}

function drawn(plan: Portable, ids: readonly string[], names: ReadonlyMap<string, string>): string {
  const lines = plan.units.flatMap(({ needs }, i) => {
    const from = [...new Set(needs.flatMap((need) => names.get(need) ?? []))].map(spelling);
    return from.length === 0 ? [] : [`${from.join(', ')} → ${spelling(ids[i] as string)}`];
  });
  return lines.length === 0 ? 'No pull request waits for another.' : `\`\`\`text\n${lines.join('\n')}\n\`\`\``;
}
