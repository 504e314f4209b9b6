import { oneLine } from '../base/text.ts';
import type { Portable, PortableUnit } from '../plan/portable.ts';

/** A text with a list of boxes, or with none. */
export interface Loose {
  readonly title: string;
  /** What stands above the first box; all of it, where there is none. */
  readonly lead: string;
  readonly units: readonly PortableUnit[];
}

const BOX = /^([ \t]*)[-*+][ \t]+\[( |x|X)\][ \t]+(\S.*)$/;

/**
 * Reads any Markdown with boxes as a list of tasks: the outermost boxes are the units, what stands below one is its text, the
 * heading above it its group. Boxes in code are text.
 */
export function readLoose(text: string): Loose {
  const lines = text
    .replace(/^\uFEFF/, '')
    .replace(/^---\r?\n[\s\S]*?\n---\r?\n/, '')
    .split(/\r?\n/);
  const title = oneLine(lines.find((line) => /^# \S/.test(line))?.slice(2) ?? '');
  const lead: string[] = [];
  const units: { title: string; group: string | undefined; body: string[]; done: boolean }[] = [];
  let group: string | undefined;
  let fence: string | undefined;
  let indent: number | undefined;
  let blank = false;
  for (const line of lines) {
    const mark = /^[ \t]*(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence === undefined ? mark !== undefined : mark?.startsWith(fence) === true)
      fence = fence === undefined ? mark : undefined;
    else if (fence === undefined) {
      const box = BOX.exec(line);
      const depth = box?.[1]?.replaceAll('\t', '    ').length ?? 0;
      if (box !== null && depth <= (indent ?? depth)) {
        indent = depth;
        units.push({ title: oneLine(box[3] ?? ''), group, body: [], done: box[2] !== ' ' });
        continue;
      }
      const heading = /^#{1,6}[ \t]+(\S.*)$/.exec(line)?.[1];
      if (heading !== undefined) {
        if (!line.startsWith('# ')) group = oneLine(heading);
        indent = undefined;
        if (units.length > 0) continue;
      }
    }
    // A paragraph that stands as far out as the boxes ends their list.
    const out = indent !== undefined && blank && fence === undefined && /^[ \t]*/.exec(line)?.[0].length === 0;
    if (out && line.trim() !== '' && BOX.exec(line) === null) indent = undefined;
    blank = line.trim() === '';
    const last = units.at(-1);
    // What stands apart from the list belongs to no task, and is context.
    if (last === undefined || (indent === undefined && line.trim() !== '')) lead.push(line);
    else last.body.push(line);
  }
  return {
    title,
    lead: lead
      .filter((line) => !/^# \S/.test(line))
      .join('\n')
      .trim(),
    units: units.map((one, i) => ({
      ...unit(`T${i + 1}`, one.title),
      group: one.group,
      body: dedent(one.body),
      done: one.done,
    })),
  };
}

/** A unit that says no more than its title. */
export function unit(id: string, title: string): PortableUnit {
  return {
    id,
    title,
    group: undefined,
    body: '',
    needs: [],
    scope: [],
    verify: [],
    criteria: [],
    criterionIds: [],
    requirementIds: [],
    agent: undefined,
    estimate: undefined,
    done: false,
    planFirst: undefined,
  };
}

/** A text as a plan: one task for each box; without any, one task that is planned before it is done. */
export function portableOf(loose: Loose, title: string, from: string): Portable {
  const context = [loose.lead, `Imported from ${from}.`].filter((part) => part !== '').join('\n\n');
  const whole: PortableUnit = { ...unit('T1', title), body: loose.lead, planFirst: 'task' };
  return {
    title,
    context: loose.units.length === 0 ? `Imported from ${from}.` : context,
    units: loose.units.length === 0 ? [whole] : loose.units,
    requirements: [],
    criteria: [],
    verify: [],
  };
}

function dedent(lines: readonly string[]): string {
  const text = lines.filter((line) => line.trim() !== '');
  const least = Math.min(...text.map((line) => /^[ \t]*/.exec(line)?.[0].length ?? 0));
  return lines
    .map((line) => line.slice(Number.isFinite(least) ? least : 0))
    .join('\n')
    .trim();
}
