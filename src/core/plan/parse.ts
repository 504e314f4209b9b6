import type { Finding } from '../base/finding.ts';
import { err, ok, type Result } from '../base/result.ts';
import { compile, unitsOf } from './compile.ts';
import { detectKind, isHandStyle } from './detect.ts';
import { outlineHash } from './hash.ts';
import { readPhasedPlan } from './kinds/phased.ts';
import { readTaskPlan } from './kinds/task.ts';
import type { Plan, PlanKind, UnknownPlan } from './model.ts';
import { outlineOf } from './outline.ts';
import { checkRules } from './rules/registry.ts';
import { Source } from './source.ts';

export interface ParseOptions {
  /** Name of the document's file: the title when the document states none. */
  readonly fileName: string;
  /** The kind to read it as, whatever it says itself. */
  readonly kind?: PlanKind | undefined;
}

/**
 * Reads a plan. Never throws, whatever the text; linear in its length. A document of no kind that this release runs is
 * the error case, with findings that say what came near; a plan with mistakes is a plan whose findings hold errors, and
 * must not be run.
 */
export function parsePlan(source: string, options: ParseOptions): Result<Plan, UnknownPlan> {
  const outline = outlineOf(new Source(source));
  const detected = detectKind(outline, options.kind);
  if ('unknown' in detected) return err(detected.unknown);
  const { kind } = detected;
  const draft =
    kind === 'phased'
      ? readPhasedPlan(outline)
      : readTaskPlan(
          outline,
          options.kind === 'task' || outline.frontMatter.kind !== undefined || isHandStyle(outline),
        );
  const compiled = compile(draft);
  const findings = [...draft.remarks, ...compiled.findings, ...checkRules(draft, compiled)];
  return ok({
    kind,
    title: draft.title || titleFromName(options.fileName),
    slug: outline.frontMatter.slug,
    sha256: outlineHash(outline),
    context: draft.context,
    units: unitsOf(draft, compiled.tasks),
    verify: draft.verify.map((command) => command.run),
    boxes: draft.boxes,
    findings: inOrder(findings),
  });
}

/** Whether nothing in the plan forbids running it. */
export function isRunnable(plan: Plan): boolean {
  return plan.findings.every((one) => one.severity !== 'error');
}

function titleFromName(fileName: string): string {
  const name = fileName.split(/[/\\]/).at(-1) ?? '';
  return name.replace(/\.(?:md|markdown)$/i, '') || 'plan';
}

/** A rule that fires more often than this on one document has made its point. */
const MAX_FINDINGS = 50;

/** In document order, and of each rule only the first few: the last one kept says how many more there are. */
function inOrder(findings: readonly Finding[]): readonly Finding[] {
  const sorted = [...findings].sort(
    (a, b) => a.span.start - b.span.start || (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0),
  );
  const counts = new Map<string, number>();
  const kept: Finding[] = [];
  const last = new Map<string, number>();
  for (const one of sorted) {
    const key = `${one.rule} ${one.severity}`;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    if (count <= MAX_FINDINGS) last.set(key, kept.push(one) - 1);
  }
  for (const [key, at] of last) {
    const more = (counts.get(key) as number) - MAX_FINDINGS;
    const one = kept[at] as Finding;
    if (more > 0) kept[at] = { ...one, message: `${one.message} (${more} more like this.)` };
  }
  return kept;
}
