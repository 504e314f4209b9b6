import { err, ok, type Result } from '../base/result.ts';
import { commandToRun } from './commands.ts';
import { compile, type Compiled, unitsOf } from './compile.ts';
import { detectKind, isHandStyle } from './detect.ts';
import type { Draft } from './draft.ts';
import { outlineHash } from './hash.ts';
import { readFunctionalPlan } from './kinds/functional/read.ts';
import { readImplementationPlan } from './kinds/implementation/read.ts';
import { readMacroPlan } from './kinds/macro/read.ts';
import { readMasterPlan } from './kinds/master/read.ts';
import { readMicroPlan } from './kinds/micro/read.ts';
import { readPhasedPlan } from './kinds/phased.ts';
import { readTaskPlan } from './kinds/task.ts';
import { lintDraft, type LintOptions } from './lint.ts';
import { boxesOf, type Outline, outlineOf } from './markdown/outline.ts';
import { sectionsOf } from './markdown/sections.ts';
import { Source } from './markdown/source.ts';
import type { Box, Plan, PlanKind, UnknownPlan } from './model.ts';
import type { Reading } from './read.ts';
import { refuses } from './rules/registry.ts';
import { termsOf } from './terms-of.ts';

export interface ParseOptions extends LintOptions {
  /** Name of the document's file: the title when the document states none. */
  readonly fileName: string;
  /** The kind to read it as, whatever it says itself. */
  readonly kind?: PlanKind | undefined;
  /** Nobody asks what is wrong with it, for it was approved: no rule is run, and there are no findings. */
  readonly approved?: boolean;
  /** The document cut into blocks, where the caller has done that already. */
  readonly outline?: Outline;
}

/**
 * Reads a plan. Never throws, whatever the text; linear in its length. A document of no kind is the error case, with
 * findings that say what came near; a plan with mistakes is a plan with findings, and {@link isRunnable} says whether
 * they are such that it must not be run.
 */
export function parsePlan(source: string, options: ParseOptions): Result<Plan, UnknownPlan> {
  const read = readDraft(source, options.kind, options.outline);
  if (!read.ok) return read;
  const { draft, compiled } = read.value;
  return ok({
    kind: draft.kind,
    title: draft.title || titleFromName(options.fileName),
    slug: draft.outline.frontMatter.slug,
    sha256: outlineHash(draft.outline),
    context: draft.context,
    units: unitsOf(draft, compiled.tasks),
    edges: compiled.edges,
    gates: compiled.gates,
    requirements: draft.requirements,
    criteria: draft.criteria,
    verify: draft.verify.map(commandToRun),
    boxes: draft.boxes,
    ...termsOf(draft, compiled),
    findings: options.approved === true ? [] : lintDraft(draft, compiled, options),
  });
}

/** Reads a document by the grammar of its kind and resolves its needs; no rule is run. */
export function readDraft(
  source: string,
  kind?: PlanKind,
  outline: Outline = outlineOf(new Source(source)),
): Result<{ readonly draft: Draft; readonly compiled: Compiled }, UnknownPlan> {
  const detected = detectKind(outline, kind);
  if ('unknown' in detected) return err(detected.unknown);
  const draft = withBoxesOf(draftOf(detected.kind, { outline, sections: sectionsOf(outline) }, kind), outline);
  return ok({ draft, compiled: compile(draft) });
}

/**
 * The draft without boxes that are none to the hash of a plan: in broken documents a reader may take for a box what stands in a
 * paragraph, and ticking it would be a change of the text that was approved.
 */
function withBoxesOf(draft: Draft, outline: Outline): Draft {
  const known = new Set(boxesOf(outline, 0, outline.blocks.length).map(({ mark }) => mark.start));
  const isBox = ({ mark }: Box): boolean => known.has(mark.start);
  if (draft.boxes.every(isBox) && draft.units.every(({ boxes }) => boxes.every(isBox))) return draft;
  const units = draft.units.map((unit) => ({ ...unit, boxes: unit.boxes.filter(isBox) }));
  return { ...draft, units, boxes: draft.boxes.filter(isBox) };
}

function draftOf(kind: PlanKind, reading: Reading, asked: PlanKind | undefined): Draft {
  const { outline } = reading;
  switch (kind) {
    case 'phased':
      return readPhasedPlan(reading);
    case 'master':
      return readMasterPlan(reading);
    case 'task':
      return readTaskPlan(reading, asked === 'task' || outline.frontMatter.kind !== undefined || isHandStyle(outline));
    case 'implementation':
      return readImplementationPlan(reading);
    case 'functional':
      return readFunctionalPlan(reading);
    case 'macro':
      return readMacroPlan(reading);
    case 'micro':
      return readMicroPlan(reading);
  }
}

/** Whether nothing in the plan forbids running it: errors of form and taste do not, for a person approves the plan. */
export function isRunnable(plan: Plan): boolean {
  return plan.findings.every((one) => one.severity !== 'error' || !refuses(one.rule));
}

function titleFromName(fileName: string): string {
  const name = fileName.split(/[/\\]/).at(-1) ?? '';
  return name.replace(/\.(?:md|markdown)$/i, '') || 'plan';
}
