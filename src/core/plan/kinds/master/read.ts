import type { Finding } from '../../../base/finding.ts';
import { append } from '../../append.ts';
import { readVerification } from '../../commands.ts';
import { contextOf, MAX_CONTEXT } from '../../context.ts';
import type { Draft, DraftGate, DraftNeeds, DraftUnit, RuleEdge } from '../../draft.ts';
import type { IdGrammar } from '../../id-grammar.ts';
import { blockFrom, type Heading, type Outline, sectionOf } from '../../markdown/outline.ts';
import { everySection, type Section } from '../../markdown/sections.ts';
import { newDraft, type Reading } from '../../read.ts';
import { type PhaseHeading, phaseHeading, readPhase } from '../phased.ts';
import { readGlobal, titleOf } from '../task.ts';
import { type Brief, type Place, readBrief } from './brief.ts';
import { ORCHESTRATION_KEY, OVERVIEW_KEY, partOf, STANDARDS_KEY, TESTING_KEY, VERIFICATION_KEY } from './keys.ts';
import { type Titles, titlesOf } from './mentions.ts';
import type { Dependency, MasterDetail, Module, Orchestration } from './model.ts';
import { readOrchestration } from './orchestration.ts';

/** Reads a document as a plan of kind `master`: Phase 0 a task of its own, every module a brief that waits for it. */
export function readMasterPlan(reading: Reading): Draft<'master'> {
  const { outline, sections } = reading;
  const remarks: Finding[] = [];
  const phases = outline.headings.flatMap((heading) => moduleHeading(heading) ?? []);
  const keys = new Map<Heading, string>();
  for (const section of everySection(sections)) keys.set(section.heading, section.key);
  const titles = titlesOf(phases.filter(({ number }) => number > 0));
  const foundation = phases.findIndex(({ number }) => number === 0);
  const briefs: Brief[] = [];
  const units = phases.map((phase, unit): DraftUnit => {
    const next = phases[unit + 1]?.heading;
    if (unit === foundation) return readPhase(outline, phase, next, remarks);
    const brief = readBrief(outline, placeOf(outline, phase, unit, next, keys), keys, titles, remarks);
    briefs.push(brief);
    return unitOf(brief);
  });
  const modules = briefs.map(({ module }) => module);
  const outside = sectionsOutside(sections, units);
  const orchestration = orchestrationOf(outline, outside, phases, titles);
  const needs = needsOf(modules, orchestration);
  const needed = units.map((unit, i) => ({ ...unit, needs: needs.get(i) ?? [] }));
  const { verify, boxes } = readGlobal(outline, needed, remarks);
  const detail: MasterDetail = {
    overview: named(outside, OVERVIEW_KEY),
    foundation: foundation < 0 ? undefined : foundation,
    modules,
    orchestration,
    standards: named(outside, STANDARDS_KEY),
    testing: named(outside, TESTING_KEY),
    verification: outside.findLast(({ key }) => VERIFICATION_KEY.test(key)),
  };
  const edges: readonly RuleEdge[] =
    foundation < 0 ? [] : modules.map(({ unit }) => ({ from: foundation, to: unit, why: 'foundation' }));
  return newDraft(
    'master',
    reading,
    {
      units: needed,
      order: 'none',
      ids: PHASE_IDS,
      edges,
      gates: gatesOf(outline, detail, needed),
      title: titleOf(outline).replace(/^master plan\s*[:—–-]\s+|\s+[—–-]\s+master plan$/gi, ''),
      context: contextWith(outline, phases[0]?.heading, detail, remarks),
      verify,
      boxes,
      remarks,
    },
    detail,
  );
}

/** How the units of a master plan are named: `Phase 2`, `Module 2`, `P2`. */
export const PHASE_IDS: IdGrammar = {
  pattern: String.raw`(?:phases?|modules?|p)?\s*#?\d{1,6}`,
  normalise: (text) => {
    const match = /(\d{1,6})$/.exec(text.trim());
    return match === null ? undefined : `P${Number(match[1])}`;
  },
};

const MODULE = /^module\s+#?(\d{1,6})(?:\s+(?:of|\/)\s+(\d{1,6})|\/(\d{1,6}))?\s*(?:(?:[:—–-]|\.(?!\d))\s*|$)(.*)$/i;

/** The phase that a heading opens; `Module 2 of 4: Title` is read too. */
function moduleHeading(heading: Heading): PhaseHeading | undefined {
  const phase = phaseHeading(heading);
  if (phase !== undefined || heading.level > 3) return phase;
  const match = MODULE.exec(heading.title.slice(0, 2000));
  if (match === null) return undefined;
  const total = match[2] ?? match[3];
  const number = Number(match[1]);
  return {
    heading,
    number,
    total: total === undefined ? undefined : Number(total),
    title: (match[4] as string).trim() || `Module ${number}`,
  };
}

function placeOf(
  outline: Outline,
  { heading, number, total, title }: PhaseHeading,
  unit: number,
  next: Heading | undefined,
  keys: ReadonlyMap<Heading, string>,
): Place {
  const limit = next?.start ?? outline.source.text.length;
  let { end } = sectionOf(outline, heading, limit);
  // Parts of a brief that stand as high as the module's own heading are still its parts; the last `## Verification` is not.
  for (let i = heading.index + 1; i < outline.headings.length; i++) {
    const one = outline.headings[i] as Heading;
    if (one.start >= limit) break;
    if (one.start < end) continue;
    const part = partOf(keys.get(one) ?? '');
    if (one.log || one.level < heading.level || part === undefined) break;
    if (part === 'verification' && (next === undefined || end === heading.end)) break;
    end = sectionOf(outline, one, limit).end;
  }
  return { unit, number, total, title, heading, start: heading.start, end };
}

function unitOf({ module, checks, boxes }: Brief): DraftUnit {
  const { number, total, title, heading, start, end, paths } = module;
  return {
    id: `P${number}`,
    unit: `module:${number}`,
    title,
    heading,
    start,
    end,
    wave: undefined,
    needs: [],
    group: undefined,
    paths,
    verify: checks.commands,
    criteria: checks.criteria,
    nonCommitting: false,
    agent: undefined,
    estimate: undefined,
    boxes,
    phase: {
      number,
      total,
      steps: [],
      hasFiles: paths.length > 0,
      hasVerification: module.parts.verification !== undefined,
    },
    planFirst: 'phased',
  };
}

/** Sections that are no part of a unit, in document order. */
function sectionsOutside(sections: readonly Section[], units: readonly DraftUnit[]): readonly Section[] {
  const found: Section[] = [];
  let next = 0;
  for (const section of everySection(sections)) {
    while (next < units.length && (units[next] as DraftUnit).end <= section.heading.start) next++;
    if (next < units.length && (units[next] as DraftUnit).start <= section.heading.start) continue;
    found.push(section);
  }
  return found;
}

function named(sections: readonly Section[], key: RegExp): Section | undefined {
  return sections.find((section) => section.heading.level > 1 && key.test(section.key));
}

function orchestrationOf(
  outline: Outline,
  outside: readonly Section[],
  phases: readonly PhaseHeading[],
  titles: Titles,
): Orchestration | undefined {
  const section = named(outside, ORCHESTRATION_KEY);
  if (section === undefined) return undefined;
  return readOrchestration(
    outline,
    section,
    phases.map(({ number }) => number),
    titles,
  );
}

/** Needs by the position of the unit that has them: what briefs depend on, and what the document says is sequential. */
function needsOf(
  modules: readonly Module[],
  orchestration: Orchestration | undefined,
): ReadonlyMap<number, readonly DraftNeeds[]> {
  const byNumber = new Map<number, Module>();
  for (const module of modules) if (!byNumber.has(module.number)) byNumber.set(module.number, module);
  const provider = providers(modules);
  const needs = new Map<number, DraftNeeds[]>();
  const add = (to: Module, numbers: readonly number[], span: DraftNeeds['span']): void => {
    // Phase 0 comes before every module by the rule of the kind.
    const known = numbers.filter((number) => number > 0 && byNumber.has(number));
    if (known.length === 0) return;
    const list = needs.get(to.unit);
    const need = { text: known.map((number) => `P${number}`).join(', '), span };
    if (list === undefined) needs.set(to.unit, [need]);
    else list.push(need);
  };
  for (const module of modules) {
    for (const dependency of module.dependencies) {
      add(module, [...dependency.phases, ...namedProviders(dependency, provider, module.number)], dependency.span);
    }
  }
  for (const { before, after, span } of orchestration?.sequential ?? []) {
    for (const number of after) {
      const module = byNumber.get(number);
      if (module !== undefined)
        add(
          module,
          before.filter((one) => one !== number),
          span,
        );
    }
  }
  return needs;
}

/** Numbers of the modules that provide a name, by the name's key. */
export function providers(modules: readonly Module[]): ReadonlyMap<string, ReadonlySet<number>> {
  const found = new Map<string, Set<number>>();
  for (const { number, provides } of modules) {
    for (const { key } of provides) {
      const known = found.get(key);
      if (known === undefined) found.set(key, new Set([number]));
      else known.add(number);
    }
  }
  return found;
}

/** The modules that provide what a dependency names, when it does not say itself which phase it means. */
function namedProviders(
  { phases, names }: Dependency,
  provider: ReadonlyMap<string, ReadonlySet<number>>,
  own: number,
): readonly number[] {
  if (phases.length > 0) return [];
  return names.flatMap(({ key }) => {
    const known = provider.get(key) ?? provider.get(key.slice(0, Math.max(0, key.lastIndexOf('.'))));
    // A name that two modules provide is MS-08's: nobody knows which one is meant.
    return known?.size === 1 && !known.has(own) ? [...known] : [];
  });
}

/** What every agent of a module reads beside its brief: the lead sections, the shared rules, who waits for whom. */
function contextWith(
  outline: Outline,
  first: Heading | undefined,
  { orchestration, standards, testing }: MasterDetail,
  remarks: Finding[],
): string {
  let context = contextOf(outline, first, remarks);
  const shared = [orchestration?.section, standards, testing]
    .filter((section) => section !== undefined)
    .filter(({ heading }) => first !== undefined && heading.start > first.start)
    .sort((a, b) => a.heading.start - b.heading.start);
  for (const { heading, end } of shared) {
    const text = outline.source.text.slice(heading.start, end).trimEnd();
    if (context.length + text.length + 2 > MAX_CONTEXT) continue;
    context += context === '' ? text : `\n\n${text}`;
  }
  return context;
}

function gatesOf(outline: Outline, { verification }: MasterDetail, units: readonly DraftUnit[]): readonly DraftGate[] {
  if (verification === undefined || units.length === 0) return [];
  const { heading, from, end } = verification;
  const criteria: string[] = [];
  append(criteria, readVerification(outline.source, outline.blocks.slice(from, blockFrom(outline, end))).criteria);
  return [
    {
      id: 'verification',
      kind: 'verify',
      title: 'All modules together',
      after: units.map((_, i) => i),
      before: [],
      criteria,
      onFail: undefined,
      span: outline.source.span(heading.start, heading.end),
    },
  ];
}
