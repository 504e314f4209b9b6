import type { DraftUnit } from '../draft.ts';
import { codeSpan } from '../kinds/task-inert.ts';
import { renderTask } from '../kinds/task-render.ts';
import { renderAs } from '../kinds/templates.ts';
import { readDraft } from '../parse.ts';
import type { Portable, PortableUnit } from '../portable.ts';
import type { Document } from './document.ts';

/** What a new task is to say. */
export interface NewUnit {
  readonly id: string;
  readonly title: string;
  readonly needs: readonly string[];
  readonly scope: readonly string[];
  readonly verify: readonly string[];
  readonly text: string;
}

/** What may stand below the head of a new unit, in the forms that plans of a kind have; likeliest first. */
export function* bodiesOf(document: Document, like: DraftUnit, unit: NewUnit): Generator<string> {
  const { kind } = document.draft;
  const item = /^(\s*)(?:[-*+]|\d{1,9}[.)])(\s+)/.exec(document.text.slice(like.start, like.end));
  if (item !== null) {
    yield itemBody(unit, ' '.repeat(item[0].length));
    return;
  }
  const level = levelOf(document.text, like);
  for (const [as, render] of [
    [kind, (plan: Portable) => renderAs(kind, plan)],
    ['task', renderTask],
  ] as const) {
    const plan = renderedPlan(unit);
    const text = render(plan);
    const read = readDraft(text, as);
    const made = read.ok ? read.value.draft.units.at(-1) : undefined;
    if (made === undefined) continue;
    const body = withSteps(document, withLevels(text.slice(made.heading.end, made.end), level - levelOf(text, made)));
    yield withoutStubs(body);
    yield body;
  }
}

/** Without the fields that only a template would fill in: nobody would, in a run that is under way. */
function withoutStubs(body: string): string {
  return body.replace(/^[ \t]*(?:[-*+][ \t]+)?(?:\*\*[^*\n]{1,60}\*\*:?)?[ \t]*`?\[[^\]\n]{2,200}\]`?[ \t]*\n/gm, '');
}

/** Numbered steps go on where those of the plan end. */
export function withSteps({ draft }: Document, body: string): string {
  let next = draft.units.reduce((sum, { phase }) => sum + (phase?.steps.length ?? 0), 0);
  if (next === 0) return body;
  return body.replace(/^(#{2,6}[ \t]+\[[ xX]\][ \t]+)\d+(?=\.[ \t])/gm, (_, lead: string) => `${lead}${(next += 1)}`);
}

function levelOf(text: string, { heading }: DraftUnit): number {
  return /^#+/.exec(text.slice(heading.start, heading.end))?.[0].length ?? 0;
}

/** Headings that many levels further down, code left alone. */
function withLevels(body: string, by: number): string {
  let fenced = false;
  return body
    .split('\n')
    .map((line) => {
      if (/^\s*(?:```|~~~)/.test(line)) fenced = !fenced;
      const marks = fenced ? undefined : /^#{1,6}(?=\s)/.exec(line)?.[0];
      return marks === undefined
        ? line
        : '#'.repeat(Math.min(6, Math.max(1, marks.length + by))) + line.slice(marks.length);
    })
    .join('\n');
}

function renderedPlan({ id, title, needs, scope, verify, text }: NewUnit): Portable {
  const nothing = { group: undefined, criteria: [], criterionIds: [], requirementIds: [] };
  const more = { agent: undefined, estimate: undefined, done: false, planFirst: undefined };
  const stub = (other: string): PortableUnit => ({
    ...nothing,
    ...more,
    id: other,
    title: `Task ${other}`,
    body: 'It.',
    needs: [],
    scope: [],
    verify: [],
  });
  const unit = { ...nothing, ...more, id, title, body: text === '' ? `${title}.` : text, needs, scope, verify };
  const units = [...needs.map(stub), unit];
  return { title: 'Plan', context: '', units, requirements: [], criteria: [], verify: [] };
}

/** Keys as bullets of an item. */
function itemBody({ needs, scope, verify, text, title }: NewUnit, indent: string): string {
  const lines = [
    ...(scope.length === 0 ? [] : [`**Files:** ${scope.map(codeSpan).join(', ')}`]),
    `**Needs:** ${needs.join(', ') || 'none'}`,
    ...(verify.length === 0 ? [] : [`**Verify:** ${verify.map(codeSpan).join(', ')}`]),
  ];
  const words = (text === '' ? `${title}.` : text).replace(/\n(?=[^\n])/g, `\n${indent}`);
  return `\n${lines.map((line) => `${indent}- ${line}`).join('\n')}\n\n${indent}${words}\n`;
}
