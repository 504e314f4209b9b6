import type { Edit } from '../../../base/finding.ts';
import { applyEdits } from '../../markdown/edits.ts';
import { outlineOf } from '../../markdown/outline.ts';
import { everySection, sectionsOf } from '../../markdown/sections.ts';
import { Source } from '../../markdown/source.ts';
import type { PlanKind } from '../../model.ts';
import type { Portable, PortableText, PortableUnit } from '../../portable.ts';
import { codeSpan, inertLine, inertMarkdown, oneLine } from '../task-inert.ts';
import { verifyBlocks } from '../task-render.ts';
import { titleOf } from '../task.ts';

/** Longer titles than this are cut: a heading is read no further than a few thousand characters. */
const MAX_TITLE = 1000;

/** Front matter and title of a document, in as many blocks; `lines` go into the front matter as they are. */
export function headOf(kind: PlanKind, title: string, lines: readonly string[] = []): readonly string[] {
  const wanted = oneLine(title);
  const heading = wanted === '' ? undefined : `# ${inertLine(wanted)}`;
  const matter = ['---', `kind: ${kind}`, ...lines];
  if (heading !== undefined && titleOf(outlineOf(new Source(`${heading}\n`))) !== wanted) {
    matter.push(`title: "${wanted.replaceAll('"', '”')}"`);
  }
  return [[...matter, '---'].join('\n'), ...(heading === undefined ? [] : [heading])];
}

/** {@link inertMarkdown} in which no heading opens a phase, nor anything else that `opens` knows by its title and key. */
export function inertText(text: string, level: number, opens: (key: string) => boolean = () => false): string {
  const inert = inertMarkdown(text, level);
  const outline = outlineOf(new Source(`\n${inert}`));
  const { source } = outline;
  const edits: Edit[] = [];
  for (const { key, heading } of everySection(sectionsOf(outline))) {
    if (!/^(?:phase|module)\b|^files\b/i.test(heading.title) && !opens(key)) continue;
    // The line feed keeps a rule below from making a heading of it again.
    const words = oneLine(heading.title.replace(/[*#]/g, '')).replace(/:$/, '');
    edits.push({ start: heading.start, end: heading.end, text: words === '' ? '' : `**${inertLine(words)}**\n` });
  }
  return applyEdits(source.text, edits).text.slice(1);
}

/** `[ ] Phase 1 of 3: Title` behind the marks of its heading. */
export function phaseTitle({ done, title }: PortableUnit, number: number, total: number | undefined): string {
  const words = oneLine(title);
  const shown = words.length > MAX_TITLE ? `${words.slice(0, MAX_TITLE).trim()}…` : words;
  const of = total === undefined ? '' : ` of ${total}`;
  return `[${done ? 'x' : ' '}] Phase ${number}${of}: ${inertLine(shown) || `Phase ${number}`}`;
}

/** Units in an order in which every need comes first, else as they stand; needs that lead in a circle change nothing. */
export function inOrder(units: readonly PortableUnit[]): readonly PortableUnit[] {
  const byId = new Map(units.map((unit) => [unit.id, unit]));
  const waiting = new Map<PortableUnit, number>();
  const followers = new Map<PortableUnit, PortableUnit[]>();
  for (const unit of units) {
    const needs = new Set(unit.needs.flatMap((id) => byId.get(id) ?? []).filter((need) => need !== unit));
    waiting.set(unit, needs.size);
    for (const need of needs) followers.set(need, [...(followers.get(need) ?? []), unit]);
  }
  const place = new Map(units.map((unit, i) => [unit, i]));
  const ready = units.filter((unit) => waiting.get(unit) === 0);
  const sorted: PortableUnit[] = [];
  for (let unit = ready.shift(); unit !== undefined; unit = ready.shift()) {
    sorted.push(unit);
    for (const next of followers.get(unit) ?? []) {
      const left = (waiting.get(next) ?? 1) - 1;
      waiting.set(next, left);
      if (left > 0) continue;
      const at = ready.findIndex((other) => (place.get(other) ?? 0) > (place.get(next) ?? 0));
      ready.splice(at < 0 ? ready.length : at, 0, next);
    }
  }
  return sorted.length === units.length ? sorted : units;
}

/** A phase that is carried out as written: its steps, files and verification, without its heading. */
export function phaseBody(
  unit: PortableUnit,
  firstStep: number,
): { readonly blocks: string[]; readonly steps: number } {
  const { before, steps } = stepsOf(unit);
  const blocks: string[] = before === '' ? [] : [before];
  steps.forEach(({ title, ticked, text }, i) => {
    blocks.push(`### [${ticked || unit.done ? 'x' : ' '}] ${firstStep + i}. ${title}`);
    if (text !== '') blocks.push(text);
  });
  const files = unit.scope.map(pathSpan).filter((one) => one !== undefined);
  if (files.length > 0) blocks.push('### Files', files.map((file) => `- ${file}`).join('\n'));
  const checks = verifyBlocks(unit.verify, unit.criteria, unit.done ? '- [x] ' : '- [ ] ');
  if (checks.length > 0) blocks.push('### Verification', ...checks);
  return { blocks, steps: steps.length };
}

interface Step {
  readonly title: string;
  readonly ticked: boolean;
  readonly text: string;
}

const STEP = /^(?:step\s+)?\d{1,6}[.):]\s*/i;

/** The steps that a body has already, as headings; a body without any is one step. */
function stepsOf(unit: PortableUnit): { readonly before: string; readonly steps: readonly Step[] } {
  const body = withFulfils(unit);
  // A line feed in front keeps a rule at the top from being read as front matter.
  const outline = outlineOf(new Source(`\n${body}`));
  const text = outline.source.text;
  const heads = outline.headings.filter(({ title }) => STEP.test(title.slice(0, 200)));
  if (heads.length === 0) {
    const title = inertLine(oneLine(unit.title).slice(0, MAX_TITLE)) || 'Do it';
    return { before: '', steps: [{ title, ticked: false, text: inertText(body, 3) }] };
  }
  const steps = heads.map(({ title, box, end }, i): Step => {
    const words = oneLine(title.slice(0, MAX_TITLE).replace(STEP, ''));
    const until = heads[i + 1]?.start ?? text.length;
    return {
      title: inertLine(words) || 'Do it',
      ticked: box?.ticked === true,
      text: inertText(text.slice(end, until), 3),
    };
  });
  return { before: inertText(text.slice(0, heads[0]?.start), 3), steps };
}

/** The body of a unit, and what it is to fulfil, which these kinds have no field for. */
export function withFulfils({ body, requirementIds, criterionIds }: PortableUnit): string {
  const ids = [...requirementIds, ...criterionIds].map(oneLine).filter((id) => id !== '');
  if (ids.length === 0) return body;
  return `${body.trimEnd()}${body.trim() === '' ? '' : '\n\n'}It fulfils ${ids.map(inertLine).join(', ')}.`;
}

/** A path in backticks; one that no document can hold is written so that it is refused by name, never changed into another. */
export function pathSpan(path: string): string | undefined {
  // eslint-disable-next-line no-control-regex
  const visible = path.replace(
    /[\u0000-\u001f\u007f]/g,
    (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  if (visible.trim() === '') return undefined;
  // `[slug]` alone reads as text of a template.
  return codeSpan(/^[[{]/.test(visible) ? `./${visible}` : visible);
}

/** Requirements and criteria with ids, as lists below a lead section. */
export function promises(plan: Portable): readonly string[] {
  const list = (title: string, texts: readonly PortableText[]): readonly string[] =>
    texts.length === 0
      ? []
      : [`### ${title}`, ...texts.map(({ id, title: words, text }) => promise(`${id}: ${words}`, text))];
  return [...list('Requirements', plan.requirements), ...list('Acceptance criteria', plan.criteria)];
}

function promise(head: string, text: string): string {
  const line = `#### ${inertLine(head)}`;
  const body = inertText(text, 4);
  return body === '' ? line : `${line}\n\n${body}`;
}
