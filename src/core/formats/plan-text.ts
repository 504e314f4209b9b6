import { boxAt, itemStart, outlineOf, sectionOf } from '../plan/markdown/outline.ts';
import { Source } from '../plan/markdown/source.ts';
import type { PlanKind } from '../plan/model.ts';
import { readDraft } from '../plan/parse.ts';
import type { Portable, PortableUnit } from '../plan/portable.ts';

/** What a plan document says, without its grammar: the other way round of rendering. Every kind of plan can be read. */
export function portableOf(text: string, kind?: PlanKind): Portable | undefined {
  const read = readDraft(text, kind);
  if (!read.ok) return undefined;
  const { draft, compiled } = read.value;
  const units = draft.units.map((unit, i): PortableUnit => {
    const task = compiled.tasks[i];
    const box = unit.heading.box;
    return {
      id: unit.id,
      title: unit.title,
      group: unit.wave === undefined || unit.wave === 'Tasks' ? undefined : unit.wave.replace(/^Group: /, ''),
      body: unitBody(text.slice(unit.start, unit.end)),
      needs: task?.needs ?? [],
      scope: task?.scope ?? [],
      verify: task?.verify ?? [],
      criteria: unit.criteria,
      criterionIds: unit.criterionIds ?? [],
      requirementIds: unit.requirementIds ?? [],
      agent: unit.agent,
      estimate: unit.estimate,
      done: box === undefined ? unit.boxes.length > 0 && unit.boxes.every((one) => one.ticked) : box.ticked,
      planFirst: unit.planFirst,
    };
  });
  return {
    title: draft.title,
    context: draft.context,
    units,
    requirements: draft.requirements.map(({ id, title }) => ({ id, title, text: '' })),
    criteria: draft.criteria.map(({ id, title, text: sentence, requirements }) => ({
      id,
      title,
      text: sentence,
      requirements,
    })),
    verify: draft.verify.map((command) => command.run),
  };
}

const FIELD =
  /^(?:[-*+]\s+)?(?:\*\*|__)(?:files?(?: touched)?|needs|depends on|deps|dependencies|blocked by|verify|verification|agent|codex|estimate|parallel-group|non-committing)\s*:?(?:\*\*|__)/i;

/** The same, written plainly; in lower case only below another. */
const PLAIN_FIELD =
  /^(?:Files?(?: touched)?|Needs|Depends on|Deps|Dependencies|Blocked by|Verify|Verification|Agent|Estimate|Parallel-group):(?=\s|$)/;
const isField = (text: string, below: boolean): boolean =>
  FIELD.test(text) || PLAIN_FIELD.test(below ? text.slice(0, 1).toUpperCase() + text.slice(1, 40) : text.slice(0, 40));

/** A unit's own text: without its heading, and without the lines that its other fields were read from. */
export function unitBody(section: string): string {
  const outline = outlineOf(new Source(section));
  const heading = outline.headings[0];
  if (heading === undefined || heading.start > 3) return section.trim();
  const { from, to } = sectionOf(outline, heading, section.length);
  const kept: string[] = [];
  let skipping = false;
  for (const block of outline.blocks.slice(from, to)) {
    const raw = section.slice(block.start, block.end);
    if (block.kind === 'paragraph' && isField(raw, false)) {
      skipping = true;
      const rest = raw.split('\n').findIndex((line, i) => i > 0 && !isField(line, true));
      if (rest > 0) kept.push(raw.split('\n').slice(rest).join('\n'));
      continue;
    }
    // The list below a field is its value, up to the first step.
    if (skipping && block.kind === 'list') {
      const step = block.children.find((item) => boxAt(outline.source, itemStart(outline.source, item)) !== undefined);
      if (step !== undefined) kept.push(section.slice(step.start, block.end));
      skipping = false;
      continue;
    }
    skipping = false;
    kept.push(raw.startsWith('>') ? raw.replace(/^> ?/gm, '') : raw);
  }
  return kept.join('\n\n').trim();
}

/**
 * The imported plan with what people changed since in the document that was made of it. `document` is the text now,
 * `rendered` the text that the import would write: what rendering cannot carry is equal in both and stays as imported.
 */
export function withChanges(imported: Portable, rendered: string, document: string): Portable | undefined {
  const before = portableOf(rendered, 'task');
  const after = portableOf(document);
  if (before === undefined || after === undefined) return undefined;
  const was = new Map(before.units.map((unit) => [unit.id, unit]));
  const full = new Map(imported.units.map((unit) => [unit.id, unit]));
  const pick = <K extends keyof PortableUnit>(
    unit: PortableUnit,
    old: PortableUnit,
    all: PortableUnit,
    key: K,
  ): PortableUnit[K] => (JSON.stringify(unit[key]) === JSON.stringify(old[key]) ? all[key] : unit[key]);
  const units = after.units.map((unit): PortableUnit => {
    const old = was.get(unit.id);
    const all = full.get(unit.id);
    if (old === undefined || all === undefined) return unit;
    return {
      ...all,
      title: pick(unit, old, all, 'title'),
      group: pick(unit, old, all, 'group'),
      body: pick(unit, old, all, 'body'),
      needs: pick(unit, old, all, 'needs'),
      scope: pick(unit, old, all, 'scope'),
      verify: pick(unit, old, all, 'verify'),
      criteria: pick(unit, old, all, 'criteria'),
      agent: pick(unit, old, all, 'agent'),
      estimate: pick(unit, old, all, 'estimate'),
      done: pick(unit, old, all, 'done'),
    };
  });
  return { ...imported, title: after.title === before.title ? imported.title : after.title, units };
}
