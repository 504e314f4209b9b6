import { err, ok, type Result } from '../../base/result.ts';
import { outlineOf } from '../../plan/markdown/outline.ts';
import { Source } from '../../plan/markdown/source.ts';
import type { PlanKind } from '../../plan/model.ts';
import { itemsOf, signsOf, type SpecSection, type SpecSigns } from './shape.ts';

/** Bytes that a spec may have. */
export const SPEC_LIMIT = 1024 * 1024;

/** What a spec must say, and the headings under which it may. */
const SECTIONS: readonly { readonly name: string; readonly as: RegExp; readonly empty?: true }[] = [
  { name: 'Intent', as: /\b(?:intent|goals?|purpose|why)\b/i },
  { name: 'Scope boundary', as: /\bscope\b|\bboundar(?:y|ies)\b/i },
  { name: 'Requirements', as: /\brequirements?\b/i },
  { name: 'Assumptions', as: /\bassumptions?\b/i, empty: true },
  { name: 'Open decisions', as: /\bopen\b|\bdecisions?\b/i, empty: true },
];

export interface Spec {
  readonly title: string;
  readonly signs: SpecSigns;
  /** What is remarkable, but does not refuse it. */
  readonly remarks: readonly string[];
}

/** Reads a spec. The error case is what to tell its author, one remark a line. */
export function readSpec(source: string): Result<Spec, readonly string[]> {
  const problems: string[] = [];
  const remarks: string[] = [];
  const sections = sectionsOf(source);
  if (source.trim() === '') return err(['it is empty']);
  const title = sections.find(({ level }) => level === 1)?.heading ?? '';
  if (title === '') problems.push('it has no title: begin with `# <title>`');
  for (const { name, as, empty } of SECTIONS) {
    const found = sections.filter(({ heading, level }) => level > 1 && as.test(heading));
    const text = found.map((one) => one.text).join('\n');
    if (found.length === 0) problems.push(`it has no section "## ${name}"`);
    else if (text.trim() === '' && empty !== true) problems.push(`line ${found[0]?.line ?? 1}: "${name}" says nothing`);
  }
  const placeholder = /\[(?:TODO|TBD|[A-Z][^\]\n]{0,80}\.\.\.)\]|\bTODO\b|\bTBD\b/.exec(strip(source));
  if (placeholder !== null)
    problems.push(`line ${lineAt(source, source.indexOf(placeholder[0]))}: "${placeholder[0]}" is a placeholder`);
  const copied = TEMPLATE_LINES.find((line) => source.includes(line));
  if (copied !== undefined)
    problems.push(`line ${lineAt(source, source.indexOf(copied))}: "${copied}" is what the form says`);
  const signs = signsOf(strip(source), sections);
  if (signs.requirements === 0) problems.push('it states no requirement: one list item each under "## Requirements"');
  const open = sections.find(({ heading }) => /\bopen\b/i.test(heading));
  const left = open === undefined ? 0 : itemsOf(open.text);
  if (left > 0) remarks.push(`${left} ${left === 1 ? 'decision is' : 'decisions are'} open`);
  return problems.length > 0 ? err(problems) : ok({ title, signs, remarks });
}

/** Sentences of the form that say what belongs there: left standing, they say nothing of this topic. */
const TEMPLATE_LINES = [
  'What is to be true at the end, for whom, and why.',
  '- In: what may change.',
  '- Out: what stays as it is.',
  'one sentence that can be checked.',
  'names, where the work falls into several',
  'how many, where it is delivered in several',
  'names, where several share it',
  'What was taken for granted, and by whom.',
  'What nobody has decided yet, and who should.',
];

function sectionsOf(source: string): readonly SpecSection[] {
  const { headings } = outlineOf(new Source(source));
  const whole = strip(source);
  return headings.map(({ title, level, start, end }, i) => {
    const next = headings.slice(i + 1).find((one) => one.level <= level);
    const text = whole.slice(end, next?.start ?? source.length).replace(/^ {0,3}#.*$/gm, '');
    return { heading: title.trim(), level, line: lineAt(source, start), text };
  });
}

/** The text with fences and comments blanked, its length unchanged. */
function strip(source: string): string {
  const blank = (text: string): string => text.replace(/[^\n]/g, ' ');
  return source
    .replace(/^( {0,3})(`{3,}|~{3,})[^\n]*\n[\s\S]*?^ {0,3}\2[^\n]*$/gm, blank)
    .replace(/<!--[\s\S]*?-->/g, blank);
}

function lineAt(source: string, at: number): number {
  return source.slice(0, Math.max(0, at)).split('\n').length;
}

/** Requirements up to which one list of tasks says all. */
const FEW = 4;

/** The kind of plan that a piece of work calls for, and why. */
export function kindFor({ modules, pullRequests, roles, requirements }: SpecSigns): {
  readonly kind: PlanKind;
  readonly why: string;
} {
  if (modules > 1) return { kind: 'master', why: `it has ${modules} modules` };
  if (pullRequests > 1) return { kind: 'macro', why: `it is delivered as ${pullRequests} pull requests` };
  if (roles > 1 && requirements > 0) return { kind: 'functional', why: `${roles} roles share its requirements` };
  if (requirements > FEW) return { kind: 'phased', why: `it has ${requirements} requirements` };
  return { kind: 'task', why: `it has ${requirements} ${requirements === 1 ? 'requirement' : 'requirements'}` };
}

/** What a spec looks like. */
export function specTemplate(title: string): string {
  return `# ${title}

## Intent

What is to be true at the end, for whom, and why.

## Scope boundary

- In: what may change.
- Out: what stays as it is.

## Requirements

- FR-1: one sentence that can be checked. (role: backend)

## Shape

- Modules: names, where the work falls into several
- Pull requests: how many, where it is delivered in several
- Roles: names, where several share it

## Assumptions

- What was taken for granted, and by whom.

## Open decisions

- What nobody has decided yet, and who should.
`;
}
