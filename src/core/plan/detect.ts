import { finding } from './draft.ts';
import { PLAN_KINDS, type NearKind, type PlanKind, type UnknownPlan } from './model.ts';
import { type Heading, type Outline, sectionOf } from './markdown/outline.ts';
import { SPEC_SECTIONS, workSigns } from './kinds/implementation/signs.ts';
import { microSigns } from './kinds/micro/signs.ts';
import { phaseHeading } from './kinds/phased.ts';
import { areAnnotated, numberedHeadings, taskHeading } from './kinds/task.ts';
import { listedTasks } from './kinds/task-list.ts';

/** The kind of a document, or what it lacks to be of one. */
export type Detected = { readonly kind: PlanKind } | { readonly unknown: UnknownPlan };

interface Sign {
  readonly kind: PlanKind;
  /** What is looked for, as a person would say it. */
  readonly what: string;
  /** 0 when absent; a kind needs 4 altogether. */
  readonly weight: number;
  readonly seen: boolean;
}

/** How much must be seen of a kind for a document to be of that kind. */
const ENOUGH = 4;

const NAMES: ReadonlyMap<string, PlanKind> = new Map<string, PlanKind>([
  ['phased', 'phased'],
  ['plan+', 'phased'],
  ['simple', 'phased'],
  ['task', 'task'],
  ['tasks', 'task'],
  ['task-plan', 'task'],
  ['masterplan', 'task'],
  ['master', 'master'],
  ['plan+master', 'master'],
  ['implementation', 'implementation'],
  ['impl-spec', 'implementation'],
  ['functional', 'functional'],
  ['macro', 'macro'],
  ['micro', 'micro'],
  ['micro-compact', 'micro'],
]);

/** Decides what kind of plan a document is: the caller's word wins, then the front matter, then the signs in the text. */
export function detectKind(outline: Outline, asked: PlanKind | undefined): Detected {
  if (asked !== undefined) return { kind: asked };
  const { kind: stated, kindSpan } = outline.frontMatter;
  if (stated !== undefined && kindSpan !== undefined) {
    const kind = NAMES.get(stated.toLowerCase());
    if (kind !== undefined) return { kind };
    const message = `The front matter asks for kind "${stated.slice(0, 40)}", which does not exist.`;
    const hint = `Write one of: ${PLAN_KINDS.join(', ')}.`;
    return { unknown: { near: [], findings: [finding('KIND-01', 'error', kindSpan, message, hint)] } };
  }
  const near = nearKinds(signsOf(outline));
  const best = near[0];
  if (best !== undefined && best.score >= ENOUGH) return { kind: best.near.kind };
  return {
    unknown: unknownKind(
      outline,
      near.map((one) => one.near),
    ),
  };
}

/** Whether a document without `Task 3:` headings counts `### 4. x` headings as tasks. */
export function isHandStyle(outline: Outline): boolean {
  const numbered = numberedHeadings(outline);
  return numbered.length > 0 && areAnnotated(outline, numbered, 0.5);
}

function signsOf(outline: Outline): readonly Sign[] {
  const { headings, source } = outline;
  const titles = headings.map((heading) => heading.title);
  const has = (pattern: RegExp): boolean => titles.some((title) => pattern.test(title.slice(0, 300)));
  const text = source.shadow;
  const phases = headings.flatMap((heading) => phaseHeading(heading) ?? []);
  const tasks = headings.flatMap((heading) => taskHeading(heading) ?? []);
  const boxed = phases.some(({ heading, total }) => heading.box !== undefined || total !== undefined);
  const annotated = areAnnotated(outline, tasks, 0);
  const pulls = titles.filter((title) => /^(?:PR|WP|pull request|work package)[ -]?#?\d/i.test(title)).length;
  const macro =
    (pulls > 0 || has(/building block|^pr series|^pr plan/i)) && /Building Block|Extension Type/i.test(text);
  const series = has(
    /^(?:[A-Z][.)]\s+)?(?:PR|pull request) (?:series|plan|sequence)\b|^(?:[A-Z][.)]\s+)?work packages$/i,
  );
  const modelled = [/concept model/i, /risk register/i, /dependency (?:dag|graph)/i, /frozen interfaces?/i];
  const micro = microSigns(outline);
  const { contracts } = micro;
  const functional = has(/^FR-\d/i);
  const implementation = has(/^implementation spec(?:ification)?\b/i);
  const spec = specificationSigns(outline);
  const foundation = phases.find(
    ({ number, title, heading }) => number === 0 && (heading.box !== undefined || /scaffold|foundation/i.test(title)),
  );
  const briefs = hasBriefs(
    outline,
    phases.map(({ heading }) => heading),
  );
  // A plan of steps may begin with a phase 0 as well; modules have none.
  const master =
    foundation !== undefined &&
    tasks.length === 0 &&
    !phases.some(({ number, heading }) => number > 0 && hasSteps(outline, heading));
  const steps = phases.length === 0 && tasks.length === 0 && has(/^(?:implementation )?steps:?$/i);
  const worktrees = titles.filter((title) => /^worktree \d/i.test(title)).length > 1;
  const work = workSigns(outline);
  // What has units of another kind is not made a specification by an order of work.
  const plain = pulls === 0 && !contracts && !functional && tasks.length === 0 && !steps;
  const sign = (kind: PlanKind, what: string, weight: number, seen: boolean): Sign => ({ kind, what, weight, seen });
  return [
    sign('phased', 'headings such as `## [ ] Phase 1 of 2: Title`', boxed ? 4 : 3, phases.length > 0),
    sign(
      'phased',
      'steps such as `### [ ] 1. Title`',
      1,
      headings.some(({ title, box }) => box !== undefined && /^\d+\./.test(title)),
    ),
    sign(
      'phased',
      '`### Files` and `### Verification` in each phase',
      1,
      phases.length > 0 && has(/^files$/i) && has(/^verification$/i),
    ),
    sign('task', 'headings such as `### Task 1: Title`', annotated ? 6 : 4, tasks.length > 0 && !contracts),
    sign(
      'task',
      'numbered headings with `**Files:**`, `**Needs:**` or `**Verify:**` lines',
      4,
      tasks.length === 0 && phases.length === 0 && isHandStyle(outline),
    ),
    sign(
      'task',
      'tasks in lists such as `- **T1 — Title** (files)` below headings of waves',
      4,
      tasks.length === 0 && !contracts && listedTasks(outline).length > 0,
    ),
    sign('task', '`**Files:**` and `**Verify:**` lines', 1, /\*\*(?:Files|Verify|Verification):?\*\*/.test(text)),
    sign(
      'phased',
      '`## Steps` with `## Files` and `## Verification`',
      steps && has(/^files$/i) ? 4 : 3,
      steps && hasOwnSteps(outline),
    ),
    sign('phased', '`## Verification` behind the steps', 1, steps && has(/^verification$/i)),
    sign('master', '`## [ ] Phase 0: Scaffolding`', 7, master),
    sign('master', '`### Scope` and `### Interfaces` in each module', 7, briefs),
    sign(
      'master',
      '`# Master Plan` or `## System Overview`',
      2,
      has(/^master plan\b|\bmaster plan$|^system overview$/i),
    ),
    sign('implementation', '`# Implementation Specification: Title`', 8, implementation),
    sign(
      'implementation',
      '`## Acceptance Criteria` and `## Tasks`',
      3,
      has(/^(?:acceptance|success) criteria$/i) && spec.tasks,
    ),
    sign('implementation', '`## Tasks` with phases of numbered tasks', 4, spec.phased),
    sign(
      'implementation',
      'two or more of `## Risks & Mitigation`, `## Rollback Plan`, `## Design Decisions`, `## Estimated Effort` and `## Approval`',
      2,
      spec.sections,
    ),
    sign(
      'implementation',
      'task groups, or `## Issues` with an `## Execution Order` of waves',
      6,
      work.groups ||
        (has(/^(?:issues|beads|work items)$/i) && (has(/^execution order$/i) || has(/^conformance checks?$/i))),
    ),
    sign(
      'implementation',
      'items of work such as `### Feature 1: Title` or `### 1. Title` below `## Work Items`',
      work.plan ? 5 : 4,
      plain && work.items,
    ),
    sign('implementation', '`## Implementation Order` with numbered steps', work.plan ? 4 : 2, plain && work.order),
    sign(
      'implementation',
      'a table of tasks with what each depends on, below `## Tasks`',
      4,
      plain && phases.length === 0 && work.table,
    ),
    sign('implementation', 'waves such as `### Wave 1: Title` with files of their own', 4, plain && work.waves),
    sign('functional', '`### FR-1: Name` requirements', 4, functional),
    sign(
      'functional',
      '`## Work Streams`',
      3,
      has(/^(?:[\dA-Z]{1,3}[.):] ?)?(?:[a-z]{1,20}[- ]){0,2}work ?streams?$/i),
    ),
    sign('functional', 'streams named `WS-1`', 2, /^[ \t]{0,3}(?:\||#{2,4} ).{0,200}\bWS-\d/m.test(text)),
    sign(
      'functional',
      '`## SE Verification Contract`, `## Test Mandate` or `## Review Contract`',
      3,
      has(/(?:verification|review) contract$|test mandate$/i),
    ),
    sign('functional', 'criteria such as `### AC-1: Title (FR-1)`', 1, has(/^AC-\d.{0,200}\(N?FR-\d/i)),
    sign('macro', 'pull requests (`PR 1`) with a building block and an extension type', 7, macro),
    sign('macro', '`### PR 1: Title` below a section such as `## PR Series`', 4, pulls > 1 && (series || !contracts)),
    sign(
      'macro',
      'two of concept model, risk register, dependency DAG and frozen interfaces',
      3,
      pulls > 0 && modelled.filter(has).length > 1,
    ),
    sign('macro', 'pull requests in parallel worktrees (`### Worktree 1: …`)', 5, worktrees),
    sign(
      'micro',
      'behavioural contracts (`BC-1`) and tasks',
      micro.series ? 3 : 8,
      contracts && (tasks.length > 0 || micro.lineTasks),
    ),
    sign('micro', 'a title that calls it a micro plan', 5, micro.titled),
    sign('micro', 'behavioural contracts', 1, contracts),
    sign(
      'micro',
      'three of behavioural contracts, deviation log, review guide, test matrix and sanity checklist',
      micro.series ? 1 : 4,
      micro.sections,
    ),
    sign('micro', '`## Part 1: Design Validation` to `## Part 3: Quality Assurance`', 8, micro.layout),
    sign('micro', '`**The problem today:**` and `**What this PR adds:**`', 8, micro.header),
  ];
}

/** What is seen of a specification: a section of tasks, numbered tasks in its phases, and sections that only it has. */
function specificationSigns({ headings, blocks, source }: Outline): {
  readonly tasks: boolean;
  readonly phased: boolean;
  readonly sections: boolean;
} {
  const at = headings.findIndex(({ title, level }) => level > 1 && SPEC_TASKS.test(title));
  const section = headings[at];
  let phased = false;
  for (let i = at + 1; section !== undefined && i < headings.length; i++) {
    const heading = headings[i] as Heading;
    if (heading.level <= section.level) break;
    const below = blocks[heading.block + 1];
    phased ||=
      heading.box === undefined &&
      /^phase \d/i.test(heading.title) &&
      below?.kind === 'list' &&
      /^\d{1,6}[.)][ \t]+\*\*/.test(source.shadow.slice(below.start, below.start + 20));
  }
  const seen = SPEC_SECTIONS.filter((words) => headings.some(({ title }) => words.test(title.slice(0, 300))));
  return { tasks: section !== undefined, phased, sections: seen.length >= 2 };
}

const SPEC_TASKS = /^(?:implementation )?(?:tasks?|task (?:breakdown|list))$/i;

/** Whether at least half of the modules are briefs: a scope and what they provide or depend on. */
function hasBriefs(outline: Outline, phases: readonly Heading[]): boolean {
  let briefs = 0;
  phases.forEach((phase, i) => {
    const end = phases[i + 1]?.start ?? outline.source.text.length;
    let scope = false;
    let interfaces = false;
    for (let at = phase.index + 1; at < outline.headings.length; at++) {
      const { title, start } = outline.headings[at] as Heading;
      if (start >= end) break;
      scope ||= /^(?:scope|responsibilities)\b/i.test(title);
      interfaces ||= /^(?:public |module )?interfaces?\b/i.test(title);
    }
    if (scope && interfaces) briefs++;
  });
  return briefs > 0 && briefs * 3 >= phases.length;
}

/** Whether a numbered step with a box stands in the section of this heading. */
function hasSteps(outline: Outline, phase: Heading): boolean {
  for (let at = phase.index + 1; at < outline.headings.length; at++) {
    const { title, level, box } = outline.headings[at] as Heading;
    if (level <= phase.level) return false;
    if (box !== undefined && /^(?:step\s+)?\d+[.):]/i.test(title)) return true;
  }
  return false;
}

/** Whether `## Steps` holds steps: numbered headings or a list. */
function hasOwnSteps(outline: Outline): boolean {
  const heading = outline.headings.find(({ title }) => /^(?:implementation )?steps:?$/i.test(title));
  if (heading === undefined || areAnnotated(outline, numberedHeadings(outline), 0.5)) return false;
  const { from, to } = sectionOf(outline, heading, outline.source.text.length);
  const numbered = outline.headings.some(
    ({ title, start }) => start > heading.start && /^(?:step\s+)?\d+[.):]/i.test(title),
  );
  return numbered || outline.blocks.slice(from, to).some(({ kind }) => kind === 'list');
}

function nearKinds(signs: readonly Sign[]): readonly { near: NearKind; score: number }[] {
  const kinds = [...new Set(signs.map((sign) => sign.kind))];
  const scored = kinds.map((kind) => {
    const mine = signs.filter((sign) => sign.kind === kind);
    const found = mine.filter((sign) => sign.seen);
    return {
      near: {
        kind,
        found: found.map((sign) => sign.what),
        missing: mine.filter((sign) => !sign.seen).map((sign) => sign.what),
      },
      score: found.reduce((sum, sign) => sum + sign.weight, 0),
    };
  });
  return scored.filter(({ score }) => score > 0).sort((a, b) => b.score - a.score);
}

function unknownKind(outline: Outline, near: readonly NearKind[]): UnknownPlan {
  if (isWide(outline.source.text)) {
    const message = 'This document is UTF-16, and not UTF-8: as it stands, nothing in it can be read.';
    const hint = 'Save it as UTF-8: iconv -f UTF-16 -t UTF-8 <file> > <new-file>';
    return { near: [], findings: [finding('KIND-01', 'error', outline.source.span(0, 1), message, hint)] };
  }
  const best = near.slice(0, 2).map(({ kind, found, missing }) => {
    return `near to ${kind} (has ${found.join(', ')}${missing.length > 0 ? `; lacks ${missing.join(', ')}` : ''})`;
  });
  const message =
    best.length > 0
      ? `This document is no plan of a known kind; it comes ${best.join(', and ')}.`
      : 'This document is no plan of a known kind: it has neither tasks nor phases nor any other unit of work.';
  const hint =
    'Write tasks as `### Task 1: Title`, or phases as `## [ ] Phase 1 of 2: Title`; `kind: task` in front matter or `--kind task` settles doubts.';
  return { near, findings: [finding('KIND-01', 'error', firstLine(outline), message, hint)] };
}

/** Whether a text was written in two bytes a letter, and read as if in one: between its letters stand zeros. */
function isWide(text: string): boolean {
  const begin = text.slice(0, 1000);
  let zeros = 0;
  for (const letter of begin) if (letter === '\0') zeros++;
  return zeros >= begin.length / 4 && begin.length > 3;
}

function firstLine({ source }: Outline) {
  const start = Math.max(0, source.shadow.search(/\S/));
  return source.span(start, source.lineEnd(start));
}
