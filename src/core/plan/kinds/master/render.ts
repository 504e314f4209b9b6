import { annotationsIn } from '../../annotations.ts';
import { applyEdits } from '../../markdown/edits.ts';
import { blockFrom, outlineOf } from '../../markdown/outline.ts';
import { everySection, type Section, sectionsOf } from '../../markdown/sections.ts';
import { Source } from '../../markdown/source.ts';
import type { Portable, PortableUnit } from '../../portable.ts';
import { headOf, inertText, pathSpan, phaseBody, phaseTitle, promises, withFulfils } from '../phased/write.ts';
import { verifyBlocks } from '../task-render.ts';
import { BRIEF_LABELS, fixedBox } from './brief.ts';
import { ORCHESTRATION_KEY, OVERVIEW_KEY, partOf, STANDARDS_KEY, TESTING_KEY } from './keys.ts';
import { labelledIn, stretchesIn } from './labelled.ts';
import type { BriefPart } from './model.ts';
import { pathsIn } from './owned.ts';

/**
 * Writes a plan as a document of kind `master`: the unit that all others wait for is Phase 0, every other one a module.
 * Needs, scopes, verify commands and criteria read back the same; agents and estimates have no place.
 */
export function renderMaster(plan: Portable): string {
  const foundation = foundationOf(plan.units);
  const modules = plan.units.filter((unit) => unit !== foundation);
  const numbers = new Map<string, number>();
  if (foundation !== undefined) numbers.set(foundation.id, 0);
  modules.forEach(({ id }, i) => numbers.set(id, numbers.get(id) ?? i + 1));
  const { lead, tail } = contextParts(plan);
  const parts: string[] = [...headOf('master', plan.title), ...lead];
  if (foundation !== undefined) {
    parts.push(`## ${phaseTitle(foundation, 0, undefined)}`, ...phaseBody(foundation, 1).blocks);
  }
  modules.forEach((unit, i) => {
    const needs = [...new Set(unit.needs.flatMap((id) => numbers.get(id) ?? []))].sort((a, b) => a - b);
    parts.push(`## ${phaseTitle(unit, i + 1, modules.length)}`, ...brief(unit, needs, foundation !== undefined));
  });
  if (modules.length > 0) parts.push('## Dependencies & parallelization', orchestration(modules, numbers, foundation));
  parts.push(...tail);
  if (plan.units.length > 0) parts.push('## Verification', ...verifyBlocks(plan.verify, BOXES, '- [ ] '));
  return `${parts.join('\n\n')}\n`;
}

const BOXES = [
  'All modules are implemented and merged',
  'Integration tests pass between the modules',
  'E2E tests pass for the journeys that matter',
];

/** The unit that every other one waits for, directly or through others, and that is no brief itself. */
function foundationOf(units: readonly PortableUnit[]): PortableUnit | undefined {
  if (units.length < 2) return units[0]?.id === 'P0' ? units[0] : undefined;
  const first = units.find(({ needs, planFirst }) => needs.length === 0 && planFirst === undefined);
  if (first === undefined) return undefined;
  const reached = new Set([first.id]);
  const followers = new Map<string, string[]>();
  for (const { id, needs } of units)
    for (const need of needs) followers.set(need, [...(followers.get(need) ?? []), id]);
  const open = [first.id];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const next of followers.get(id) ?? []) {
      if (reached.has(next)) continue;
      reached.add(next);
      open.push(next);
    }
  }
  return units.every(({ id }) => reached.has(id)) ? first : undefined;
}

function brief(unit: PortableUnit, needs: readonly number[], founded: boolean): readonly string[] {
  const written = writtenParts(withFulfils(unit));
  const dependsOn =
    needs.length > 0 ? needs.map((number) => `Phase ${number}`).join(', ') : founded ? 'Phase 0' : 'None';
  const files = unit.scope.map(pathSpan).filter((one) => one !== undefined);
  // Paths in a scope section are the module's own, unless its files are listed.
  const speaks = files.length === 0 && namesPaths(written.scope ?? '');
  const provides = written.provides ?? '[types, functions, endpoints that others may use]';
  const data = [written.data ?? '', files.length > 0 ? `- **Files**: ${files.join(', ')}` : ''].filter(
    (one) => one !== '',
  );
  const decisions = [written.decisions ?? '', speaks ? (written.scope ?? '') : ''].filter((one) => one !== '');
  const scope =
    speaks || written.scope === undefined ? '[What this module does, and what is not in scope]' : written.scope;
  const own = unit.criteria.some((text) => fixedBox(text) === 'implemented')
    ? []
    : ['Module is implemented and its tests pass'];
  return [
    '### Scope',
    scope,
    '### Interfaces',
    `- **Provides**: ${provides}\n- **Depends on**: ${dependsOn}`,
    '### Data & state',
    ...(data.length > 0 ? data : ['None.']),
    '### Key design decisions',
    ...(decisions.length > 0 ? decisions : ['- [A choice that its agent must follow, and why]']),
    '### Complexities & edge cases',
    written.complexities ?? '- [What is hard, risky or easily forgotten]',
    '### Verification',
    ...verifyBlocks(
      unit.verify,
      [...unit.criteria, ...own, 'Merged back into the base branch'],
      unit.done ? '- [x] ' : '- [ ] ',
    ),
  ];
}

type Written = Partial<Record<Exclude<BriefPart, 'interfaces' | 'verification'> | 'provides', string>>;

/** The parts of a brief that a body has already, as headings; all else is its scope. */
function writtenParts(body: string): Written {
  const outline = outlineOf(new Source(`\n${body}`));
  const { source } = outline;
  const heads = [...everySection(sectionsOf(outline))].filter(({ key }) => partOf(key) !== undefined);
  const texts = new Map<BriefPart, string[]>([['scope', [source.text.slice(0, heads[0]?.heading.start)]]]);
  const written: Written = {};
  heads.forEach(({ key, heading }, i) => {
    const part = partOf(key) as BriefPart;
    const end = heads[i + 1]?.heading.start ?? source.text.length;
    if (part === 'interfaces') {
      const blocks = outline.blocks.slice(heading.block + 1, blockFrom(outline, end));
      const said = labelledIn(source, blocks, [
        ['provides', /^(?:provides?|exposes?|exports?)$/i],
        ['depends', /^depends on$/i],
      ]);
      const provides = said
        .filter(({ name }) => name === 'provides')
        .flatMap(({ stretches }) => stretches.map(({ text }) => text));
      if (provides.length > 0) written.provides = provides.join(', ').replace(/\s+/g, ' ').trim();
    } else if (part !== 'verification')
      texts.set(part, [...(texts.get(part) ?? []), source.text.slice(heading.end, end)]);
  });
  for (const part of ['scope', 'data', 'decisions', 'complexities'] as const) {
    const text = inertPart((texts.get(part) ?? []).join('\n\n'), part);
    if (text !== '') written[part] = text;
  }
  return written;
}

/** Markdown that opens no part of a brief, no phase and no list of files. */
function inertPart(text: string, part: BriefPart): string {
  const inert = inertText(text, 3, (key) => partOf(key) !== undefined);
  const outline = outlineOf(new Source(`\n${inert}`));
  const files = part === 'data' && annotationsIn(outline, 0, outline.blocks.length).some(({ key }) => key === 'files');
  if (files) return inert.replace(/^/gm, '> ');
  // An ellipsis in front of a label makes text of it.
  const labels = labelledIn(outline.source, outline.blocks, BRIEF_LABELS).map(({ start }) => {
    const at = start + (/^#{1,6}[ \t]{0,9}/.exec(outline.source.shadow.slice(start, start + 16))?.[0].length ?? 0);
    return { start: at, end: at, text: '… ' };
  });
  return applyEdits(outline.source.text, labels).text.slice(1);
}

function namesPaths(text: string): boolean {
  const { source, blocks } = outlineOf(new Source(`\n${text}`));
  return pathsIn(source, stretchesIn(source, blocks)).length > 0;
}

function orchestration(
  modules: readonly PortableUnit[],
  numbers: ReadonlyMap<string, number>,
  foundation: PortableUnit | undefined,
): string {
  const lines = foundation === undefined ? [] : ['- **Sequential**: Phase 0 → then all others'];
  const free: number[] = [];
  for (const { id, needs } of modules) {
    const number = numbers.get(id);
    const others = [...new Set(needs.flatMap((need) => numbers.get(need) ?? []))].filter(
      (one) => one > 0 && one !== number,
    );
    if (others.length > 0)
      lines.push(`- **Sequential**: Phase ${number} after ${others.map((one) => `Phase ${one}`).join(' and ')}`);
    else free.push(number as number);
  }
  if (free.length > 1) lines.push(`- **Parallel**: Phases ${free.join(', ')} can run in parallel`);
  if (free.length === 1 && foundation === undefined) lines.push(`- **Note**: Phase ${free[0]} waits for nothing`);
  return lines.join('\n');
}

/** The lead sections, and those of them that a master plan has behind its modules; who waits for whom is written anew. */
function contextParts(plan: Portable): { readonly lead: readonly string[]; readonly tail: readonly string[] } {
  const outline = outlineOf(new Source(`\n${plan.context}`));
  const { text } = outline.source;
  const cuts = sectionsOf(outline)
    .flatMap((section) => (section.heading.level === 1 ? [section, ...section.children] : [section]))
    .filter(({ key }) => [ORCHESTRATION_KEY, STANDARDS_KEY, TESTING_KEY].some((pattern) => pattern.test(key)));
  let rest = '';
  let from = 0;
  const tail: string[] = [];
  for (const { heading, end, key } of cuts) {
    rest += text.slice(from, heading.start);
    from = end;
    if (!ORCHESTRATION_KEY.test(key)) tail.push(inertText(text.slice(heading.start, end), 1));
  }
  rest += text.slice(from);
  const more = promises(plan);
  const overview = (sections: readonly Section[]): boolean =>
    [...everySection(sections)].some(({ key }) => OVERVIEW_KEY.test(key));
  if (overview(sectionsOf(outlineOf(new Source(rest))))) {
    return { lead: [inertText(rest, 1), ...(more.length > 0 ? ['## What is promised', ...more] : [])], tail };
  }
  const lead = [inertText(rest, 2), ...more].filter((part) => part !== '');
  return { lead: ['## System Overview', ...(lead.length > 0 ? lead : ['[What the system is for]'])], tail };
}
