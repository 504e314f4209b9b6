import type { Finding } from '../../../base/finding.ts';
import { type Annotation, annotationsAmong, type Key, type Vocabulary } from '../../annotations.ts';
import { append } from '../../append.ts';
import { isPlaceholder, readVerify } from '../../commands.ts';
import { type DraftNeeds, type DraftUnit, finding } from '../../draft.ts';
import type { DraftCommand, DraftPath } from '../../draft-parts.ts';
import { readFiles } from '../../files.ts';
import type { Block } from '../../markdown/blocks.ts';
import { plainText, withoutComments } from '../../markdown/inline.ts';
import { boxAt, itemStart, type Outline } from '../../markdown/outline.ts';
import type { Source } from '../../markdown/source.ts';
import { type PlanKind, PLAN_KINDS } from '../../model.ts';
import { effortOf, middle } from './effort.ts';
import type { Effort, Field, FieldRole } from './model.ts';

const ROLES: ReadonlyMap<string, FieldRole> = new Map<string, FieldRole>([
  ['files', 'files'],
  ['file', 'files'],
  ['files to modify', 'files'],
  ['files to create', 'files'],
  ['files to create/modify', 'files'],
  ['files affected', 'files'],
  ['affected files', 'files'],
  ['target files', 'files'],
  ['scope', 'files'],
  ['changes', 'changes'],
  ['change', 'changes'],
  ['add', 'changes'],
  ['adds', 'changes'],
  ['remove', 'changes'],
  ['update', 'changes'],
  ['logic', 'changes'],
  ['store', 'changes'],
  ['action', 'changes'],
  ['actions', 'changes'],
  ['implementation', 'changes'],
  ['details', 'changes'],
  ['description', 'changes'],
  ['what', 'changes'],
  ['tests', 'tests'],
  ['test', 'tests'],
  ['testing', 'tests'],
  ['test plan', 'tests'],
  ['test strategy', 'tests'],
  ['testing strategy', 'tests'],
  ['validation', 'tests'],
  ['validate', 'tests'],
  ['verify', 'verify'],
  ['verification', 'verify'],
  ['depends on', 'needs'],
  ['depends', 'needs'],
  ['dependencies', 'needs'],
  ['dependency', 'needs'],
  ['deps', 'needs'],
  ['needs', 'needs'],
  ['blocked by', 'needs'],
  ['prerequisites', 'needs'],
  ['after', 'needs'],
  ['estimate', 'estimate'],
  ['est', 'estimate'],
  ['estimated', 'estimate'],
  ['estimated time', 'estimate'],
  ['estimated effort', 'estimate'],
  ['estimated hours', 'estimate'],
  ['effort', 'estimate'],
  ['time', 'estimate'],
  ['time estimate', 'estimate'],
  ['size', 'estimate'],
  ['acceptance', 'criteria'],
  ['acceptance criteria', 'criteria'],
  ['done when', 'criteria'],
  ['criteria', 'other'],
  ['requirements', 'other'],
  ['plan first', 'other'],
  ['success criteria', 'criteria'],
  ['definition of done', 'criteria'],
]);

/** What the readers of annotations share out by key. */
const KEY_ROLES: Readonly<Partial<Record<Key, FieldRole>>> = {
  files: 'files',
  needs: 'needs',
  estimate: 'estimate',
  verify: 'verify',
};

/** Labels that count at the beginning of a line without being bold. */
export const LABELS: Vocabulary = new Set(ROLES.keys());

/** Everything that the fields of one task say. */
export interface Values {
  readonly fields: Field[];
  readonly paths: DraftPath[];
  readonly verify: DraftCommand[];
  readonly criteria: string[];
  readonly needs: DraftNeeds[];
  estimate: Effort | undefined;
  agent: string | undefined;
  nonCommitting: boolean;
  readonly criterionIds: string[];
  readonly requirementIds: string[];
  planFirst: PlanKind | undefined;
}

/** Nothing said yet. */
export function noValues(): Values {
  return {
    fields: [],
    paths: [],
    verify: [],
    criteria: [],
    needs: [],
    estimate: undefined,
    agent: undefined,
    nonCommitting: false,
    criterionIds: [],
    requirementIds: [],
    planFirst: undefined,
  };
}

/** What a unit has only where its fields state it. */
export function restOf(values: Values): Pick<DraftUnit, 'criterionIds' | 'requirementIds' | 'planFirst'> {
  const { criterionIds, requirementIds, planFirst } = values;
  return {
    ...(criterionIds.length === 0 ? {} : { criterionIds }),
    ...(requirementIds.length === 0 ? {} : { requirementIds }),
    ...(planFirst === undefined ? {} : { planFirst }),
  };
}

/** The role of a field with this label. */
export function roleOf({ label, key }: Pick<Annotation, 'label' | 'key'>): FieldRole {
  return ROLES.get(label) ?? KEY_ROLES[key] ?? 'other';
}

/** Reads the fields among the blocks of one task: bullets and lines such as `Files:`, `Tests:`, `**Depends on:**`. */
export function readFields(outline: Outline, blocks: readonly Block[], remarks: Finding[]): Values {
  const values = noValues();
  for (const annotation of annotationsAmong(outline, blocks, LABELS)) {
    readField(outline, annotation, values, remarks);
  }
  append(values.criteria, headedCriteria(outline, blocks));
  return values;
}

function readField(outline: Outline, annotation: Annotation, into: Values, remarks: Finding[]): void {
  const { source } = outline;
  const role = roleOf(annotation);
  const { label, value, start } = annotation;
  const text = [plainText(value), ...annotation.following.map((block) => plainText(blockText(source, block)))]
    .join(' ')
    .trim();
  const span = source.span(annotation.at, Math.max(annotation.at, start + value.length));
  const last = annotation.following.at(-1);
  into.fields.push({ role, label, text: text.slice(0, 20_000), span, end: last?.end ?? span.end });
  const plain = plainText(value);
  switch (role) {
    case 'files': {
      const files = readFiles(source, annotation);
      append(into.paths, files.paths);
      into.nonCommitting ||= files.none;
      append(remarks, files.remarks);
      return;
    }
    case 'needs':
      if (isPlaceholder(plain)) unfilled(source, annotation, plain, remarks);
      else into.needs.push({ text: value.trim() === '' ? listed(text) : value, span });
      return;
    case 'tests':
    case 'verify': {
      const read = readVerify(source, annotation);
      for (const command of read.commands) {
        if (isRunnable(command.run)) into.verify.push(command);
        else if (read.criteria.length === 0 || plain === '') into.criteria.push(`${command.run} passes`);
      }
      append(into.criteria, read.criteria);
      append(remarks, read.remarks);
      return;
    }
    case 'criteria':
      append(into.criteria, sentencesOf(source, annotation));
      return;
    case 'estimate':
      if (isPlaceholder(plain)) unfilled(source, annotation, plain, remarks);
      else into.estimate ??= effortOf(source, value, start);
      return;
    case 'changes':
    case 'other':
      if (label === 'criteria' || label === 'requirements') {
        append(
          label === 'criteria' ? into.criterionIds : into.requirementIds,
          plain.slice(0, 20_000).match(CODE) ?? [],
        );
      }
      if (label === 'plan first')
        into.planFirst = PLAN_KINDS.find((kind) => kind === /^[a-z]+/i.exec(plain)?.[0].toLowerCase());
      if (annotation.key === 'agent') into.agent = /^[A-Za-z0-9][\w.-]{0,63}(?=$|[\s,(])/.exec(plain)?.[0];
      if (annotation.key === 'non-committing') into.nonCommitting = /^(?:true|yes|ok)\b/i.test(plain);
  }
}

/** Expected minutes of a unit. */
export function minutesOf(effort: Effort | undefined): number | undefined {
  return effort === undefined ? undefined : middle(effort);
}

function unfilled(source: Source, { value, start }: Annotation, plain: string, remarks: Finding[]): void {
  const span = source.span(start, start + value.length);
  const message = `${plain.slice(0, 60)} is text of a template, not a value.`;
  remarks.push(finding('GEN-001', 'warning', span, message, 'Fill it in, or remove the line.'));
}

const CODE = /[A-Z]{1,6}-\d[\w-]{0,20}/g;

/** Criteria that stand below a heading of their own inside a unit. */
function headedCriteria(outline: Outline, blocks: readonly Block[]): readonly string[] {
  const found: string[] = [];
  let inside = false;
  for (const block of blocks) {
    if (block.kind === 'heading') {
      const title = outline.source.shadow.slice(block.start, block.end).slice(0, 80);
      inside = /^#{1,6}\s+(?:acceptance|success) criteria\W*$/i.test(title.trim());
    } else if (inside && block.kind === 'list')
      append(found, sentencesOf(outline.source, { value: '', following: [block] }));
  }
  return found;
}

const ALONE = /^(?:make|true|tox|nox|pytest|vitest|jest|ctest|tsc|eslint|mypy|just|rake|rspec|phpunit|rubocop)$/;

/** A lone word in backticks behind `Tests:` names a test or a file far more often than a program. */
export function isRunnable(run: string): boolean {
  return /\s/.test(run) || ALONE.test(run) || /^\.{1,2}\//.test(run) || /\.(?:sh|bash)$/.test(run);
}

/** The text of a block and what is inside it, without markers. */
export function blockText(source: Source, block: Block): string {
  return withoutComments(source.shadow.slice(block.start, block.end)).replace(
    /^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?/gm,
    '',
  );
}

function listed(text: string): string {
  return text.replace(/\s+(?=(?:task|issue|group|phase)\s)/gi, ', ');
}

const GLYPHS = /^(?:\s|✅|☑|✔|❌|⬜|⏳|🔴|🟡|🟢|🚧|\u{fe0f}|\[[ xX]\]\s)+/u;

/** A sentence without the tick, glyph or box in front of it. */
export function withoutGlyph(text: string): string {
  return text.replace(GLYPHS, '').trim();
}

/** The sentences of a list of criteria: those of the value, of the bullets below it, of their bullets. */
export function sentencesOf(source: Source, { value, following }: Pick<Annotation, 'value' | 'following'>): string[] {
  const found: string[] = [];
  const plain = withoutGlyph(plainText(value));
  if (plain !== '' && !isPlaceholder(plain)) found.push(plain);
  for (const block of following) itemSentences(source, block, found);
  return found;
}

function itemSentences(source: Source, block: Block, found: string[]): void {
  if (block.kind === 'paragraph') {
    const text = withoutGlyph(plainText(blockText(source, block)));
    if (text !== '' && !isPlaceholder(text)) found.push(text);
    return;
  }
  if (block.kind !== 'list') return;
  for (const item of block.children) {
    const [first, ...rest] = item.children;
    const from = itemStart(source, item);
    const at = boxAt(source, from) === undefined ? from : from + 3;
    const text = first?.kind === 'paragraph' ? withoutComments(source.shadow.slice(at, first.end)) : '';
    const plain = withoutGlyph(plainText(text));
    if (plain !== '' && !isPlaceholder(plain)) found.push(plain);
    for (const child of rest) itemSentences(source, child, found);
  }
}
