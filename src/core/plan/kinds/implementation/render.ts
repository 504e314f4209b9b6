import type { Portable, PortableUnit } from '../../portable.ts';
import { outlineOf } from '../../markdown/outline.ts';
import { sectionsOf } from '../../markdown/sections.ts';
import { Source } from '../../markdown/source.ts';
import { annotationsIn } from '../../annotations.ts';
import type { Edit } from '../../../base/finding.ts';
import { applyEdits } from '../../markdown/edits.ts';
import { codeSpan, inertCriterion, inertLine, inertMarkdown, oneLine } from '../task-inert.ts';
import { taskIdsOf, verifyBlocks } from '../task-render.ts';
import { LABELS } from './fields.ts';
import { readImplementationPlan } from './read.ts';

/**
 * Writes a plan as an implementation specification that reads back with the same ids (see {@link taskIdsOf}), titles, needs,
 * scopes, verify commands and criteria. Prose that would be read as part of the plan is quoted.
 */
export function renderImplementation(plan: Portable): string {
  const ids = taskIdsOf(plan);
  const open = write(plan, ids, prose);
  return holds(open, plan, ids) ? open : write(plan, ids, quoted);
}

type Prose = (text: string, level: number) => string;

function write(plan: Portable, ids: readonly string[], asProse: Prose): string {
  const names = new Map<string, string>();
  plan.units.forEach((unit, i) => {
    if (!names.has(unit.id)) names.set(unit.id, ids[i] as string);
  });
  const title = oneLine(plan.title).slice(0, 1000);
  const parts = [
    '---\nkind: implementation\n---',
    `# Implementation Specification: ${title === '' ? 'Plan' : inertLine(title)}`,
  ];
  const context = asProse(plan.context, 2);
  parts.push('## Context', context === '' ? '[Why this is done]' : context);
  if (plan.requirements.length > 0) {
    parts.push('## Requirements');
    for (const { id, title: name, text } of plan.requirements) {
      parts.push(`### ${inertLine(`${id}: ${name}`)}`);
      const body = asProse(text, 3);
      if (body !== '') parts.push(body);
    }
  }
  parts.push('## Tasks');
  let group: string | undefined;
  let number = 0;
  plan.units.forEach((unit, i) => {
    if (unit.group !== undefined && unit.group !== group) {
      number++;
      const name = oneLine(unit.group).replace(/^(?:phase|wave|stage)\s+#?\d{1,6}\s*[:.—–-]?\s*/i, '');
      parts.push(`### Phase ${number}: ${name === '' ? `Part ${number}` : inertLine(name.slice(0, 500))}`);
    }
    group = unit.group;
    parts.push(...task(unit, ids[i] as string, (need) => reference(names.get(need) ?? need), asProse));
  });
  if (plan.criteria.length > 0) {
    const lines = plan.criteria.map(({ id, title: name, text }) => {
      const said = [oneLine(name), oneLine(text)].filter((one) => one !== '');
      const words = said[1]?.startsWith(said[0] as string) === true ? (said[1] as string) : said.join(': ');
      return `- [ ] ${inertLine(`${id}: ${words}`)}`;
    });
    parts.push('## Acceptance Criteria', '### Functional Requirements', lines.join('\n'));
  }
  if (plan.verify.length > 0) parts.push('## Verification', ...verifyBlocks(plan.verify, [], '- [ ] '));
  return `${parts.join('\n\n')}\n`;
}

function task(unit: PortableUnit, id: string, need: (id: string) => string, asProse: Prose): readonly string[] {
  const title = oneLine(unit.title);
  const shown = title.length > 1000 ? `${title.slice(0, 1000).trim()}…` : title;
  const name = /^T(?=\d)/.test(id) ? id.slice(1) : id;
  const parts = [`#### [${unit.done ? 'x' : ' '}] Task ${name}: ${inertLine(shown)}`];
  const paths = unit.scope.map(path).filter((one) => one !== undefined);
  if (paths.length > 0) parts.push(`**Files:**\n\n${paths.map((one) => `- ${one}`).join('\n')}`);
  const checks = verifyBlocks(unit.verify, [], '- ');
  if (checks.length > 0) parts.push('**Verify:**', ...checks);
  const criteria = unit.criteria.map(inertCriterion).filter((one) => one !== undefined);
  if (criteria.length > 0) parts.push('**Acceptance:**', withoutLabels(criteria.map((one) => `- ${one}`).join('\n')));
  const lines: string[] = [];
  if (unit.agent !== undefined && /^[A-Za-z0-9](?:[\w.-]{0,62}\w)?$/.test(unit.agent))
    lines.push(`**Agent:** ${unit.agent}`);
  if (unit.estimate !== undefined && unit.estimate >= 0.5 && unit.estimate < 99_999.5) {
    lines.push(`**Estimate:** ${Math.round(unit.estimate)} min`);
  }
  if (unit.planFirst !== undefined) lines.push(`**Plan first:** ${unit.planFirst}`);
  if (unit.criterionIds.length > 0) lines.push(`**Criteria:** ${unit.criterionIds.map(inertLine).join(', ')}`);
  if (unit.requirementIds.length > 0) lines.push(`**Requirements:** ${unit.requirementIds.map(inertLine).join(', ')}`);
  lines.push(`**Depends on:** ${unit.needs.length === 0 ? 'None' : unit.needs.map(need).join(', ')}`);
  parts.push(lines.join('\n'));
  const body = asProse(unit.body, 4);
  if (body !== '') parts.push(body);
  return parts;
}

function reference(id: string): string {
  return /^T\d/.test(id) ? `Task ${id.slice(1)}` : id.replace(/[^\w.-]+/g, '-').slice(0, 80);
}

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

function prose(text: string, level: number): string {
  return withoutLabels(inertMarkdown(text, level));
}

/** Markdown in which nothing is read as a field of a task. */
function withoutLabels(inert: string): string {
  const outline = outlineOf(new Source(`\n${inert}`));
  const edits: Edit[] = [];
  // Labels that only this kind reads: `Tests:`, `Acceptance:`.
  for (const { label, at, start, section } of annotationsIn(outline, 0, outline.blocks.length, LABELS)) {
    if (section || !LABELS.has(label)) continue;
    const colon = outline.source.shadow.lastIndexOf(':', start - 1);
    if (colon > at) edits.push({ start: colon, end: colon, text: '\\' });
  }
  return applyEdits(outline.source.text, edits).text.slice(1);
}

function quoted(text: string): string {
  const clean = text
    .replace(/\r\n?/g, '\n')
    .replace(/\0/g, '\uFFFD')
    .replace(/\uFEFF/g, '')
    .trim();
  return clean === ''
    ? ''
    : clean
        .split('\n')
        .map((line) => (line === '' ? '>' : `> ${line}`))
        .join('\n');
}

/** Whether a text reads as the plan that it was written of. */
function holds(text: string, plan: Portable, ids: readonly string[]): boolean {
  const outline = outlineOf(new Source(text));
  const { units, detail } = readImplementationPlan({ outline, sections: sectionsOf(outline) });
  return (
    detail.form === 'specification' &&
    units.length === plan.units.length &&
    units.every((unit, i) => {
      const wanted = plan.units[i] as PortableUnit;
      return (
        unit.id === ids[i] &&
        unit.needs.length === 1 &&
        unit.paths.length === wanted.scope.filter((entry) => path(entry) !== undefined).length &&
        unit.verify.length === wanted.verify.filter((run) => run.trim() !== '').length &&
        unit.criteria.length === wanted.criteria.filter((one) => oneLine(one) !== '').length
      );
    })
  );
}
