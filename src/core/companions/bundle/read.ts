import { fencesIn } from '../../plan/markdown/text.ts';
import type { Outline } from '../../plan/markdown/outline.ts';
import type { Placed } from '../placed.ts';
import { keyedLines } from './keyed-lines.ts';
import type { BundleEntry, BundleForm, BundlePart, ContextBundle } from './model.ts';
import { sectionParts } from './sections.ts';

/** Names that the parts of bundles go by. */
export const NAMES = {
  type: ['bundle_type', 'type', 'metadata.bundle_type', 'metadata.type'],
  topic: ['topic', 'name', 'title', 'bundle_id', 'metadata.topic', 'metadata.name'],
  findings: [
    'findings_summary',
    'key_findings',
    'findings',
    'key_discoveries',
    'findings.key_discoveries',
    'discoveries',
  ],
  decisions: ['decisions', 'key_decisions', 'design_decisions', 'key_design_decisions', 'decisions_made'],
  nextActions: ['next_actions', 'next_action'],
  /** Where work is handed over, the same; elsewhere a sentence about the next phase. */
  nextSteps: ['next_steps', 'next'],
  date: ['updated', 'last_updated', 'updated_at', 'date', 'created', 'created_at'],
  original: ['original_tokens', 'metadata.original_tokens'],
  compressed: ['compressed_tokens', 'size_tokens', 'tokens', 'metadata.compressed_tokens', 'metadata.size_tokens'],
  ratio: ['compression_ratio', 'ratio', 'compression', 'metadata.compression_ratio'],
  files: ['key_files', 'context.key_files', 'metadata.key_files'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** Characters of English prose and code in a token, about. */
const CHARACTERS_PER_TOKEN = 4;

/** Reads a context bundle: YAML, Markdown with or without front matter, or Markdown around a fence of YAML. */
export function readBundle(outline: Outline): ContextBundle {
  const { source } = outline;
  const parts = new Map<string, BundlePart>();
  for (const part of partsOf(outline)) {
    const before = parts.get(part.key);
    // What says something counts, not what only names it.
    if (before === undefined || (before.value === '' && before.entries.length === 0)) parts.set(part.key, part);
  }
  const named = (names: readonly string[]): BundlePart | undefined => partNamed(parts, names);
  const [original, compressed] = [numberOf(named(NAMES.original)), numberOf(named(NAMES.compressed))];
  const type = named(NAMES.type);
  const begin = source.shadow.search(/\S/);
  const start = Math.max(0, begin);
  const form = formOf(parts);
  const next = named(NAMES.nextActions) ?? (form === 'handover' ? named(NAMES.nextSteps) : undefined);
  return {
    form,
    parts,
    type: type === undefined || type.value === '' ? undefined : placed(type, type.value.toLowerCase()),
    day: dayOf(parts),
    compressed,
    guessed: Math.round(source.text.trim().length / CHARACTERS_PER_TOKEN),
    ratio: ratioOf(original, compressed, named(NAMES.ratio)),
    findings: named(NAMES.findings),
    decisions: entriesOf(named(NAMES.decisions)),
    nextActions: entriesOf(next),
    keyFiles: pathsIn(entriesOf(named(NAMES.files))),
    head: { start, end: Math.min(source.lineEnd(start), source.text.length) },
  };
}

/** The first part that has one of the names. */
export function partNamed(parts: ContextBundle['parts'], names: readonly string[]): BundlePart | undefined {
  for (const name of names) {
    const part = parts.get(name);
    if (part !== undefined) return part;
  }
  return undefined;
}

function* partsOf(outline: Outline): Iterable<BundlePart> {
  const { source, frontMatter, blocks } = outline;
  const body = source.shadow.slice(frontMatter.end);
  yield* keyedLines(source, 0, frontMatter.end);
  if (isYaml(body)) {
    yield* keyedLines(source, frontMatter.end, source.text.length);
    return;
  }
  for (const { language, start, end, closed } of fencesIn(outline, 0, blocks.length)) {
    if (!/^(?:ya?ml)?$/i.test(language)) continue;
    const from = Math.min(source.lineEnd(start) + 1, end);
    yield* keyedLines(source, from, closed ? Math.max(from, source.lineStart(end)) : end);
  }
  yield* sectionParts(outline);
}

/** Whether the first line that is no comment is a key and none is a heading: Markdown begins otherwise. */
function isYaml(body: string): boolean {
  const head = body.slice(0, 20_000);
  const first = /^(?:[ \t]*(?:#.*|---[ \t]*)?\n)*([^\n]*)/.exec(head)?.[1] ?? '';
  return !/\n#{2,6} \S/.test(head) && /^ ?["']?[A-Za-z_][\w-]{0,60}["']?:(?:\s|$)/.test(first);
}

function formOf(parts: ContextBundle['parts']): BundleForm {
  const has = (...names: readonly string[]): boolean => names.some((name) => parts.has(name));
  if (has('bundle_type')) return 'findings';
  const signs = ['mission', 'current_state', 'next_actions'].filter((name) => parts.has(name));
  if (signs.length > 1) return 'handover';
  if (has(...NAMES.original, ...NAMES.compressed, ...NAMES.ratio)) return 'compressed';
  return has('type') && has(...NAMES.date) && !has('findings_summary') ? 'compressed' : 'findings';
}

function placed<T>({ start, end }: BundlePart, value: T): Placed<T> {
  return { value, start, end };
}

/** A part that says one thing in prose is one entry. */
function entriesOf(part: BundlePart | undefined): readonly BundleEntry[] {
  if (part === undefined || part.none) return [];
  if (part.entries.length > 0 || part.value.trim() === '') return part.entries;
  const { start, end, value } = part;
  return [{ start, end, title: value.trim(), text: value, fields: new Map() }];
}

function dayOf(parts: ContextBundle['parts']): Placed<string> | undefined {
  for (const name of NAMES.date) {
    for (const part of [parts.get(name), parts.get(`metadata.${name}`)]) {
      const day = /^\d{4}-\d{2}-\d{2}(?!\d)/.exec(part?.value ?? '')?.[0];
      if (part !== undefined && day !== undefined) return placed(part, day);
    }
  }
  return undefined;
}

/** `2,450`, `~2_400`, `2.4k tokens`. */
function numberOf(part: BundlePart | undefined): Placed<number> | undefined {
  const match = /^~?\s?(\d[\d,_]{0,15}(?:\.\d{1,6})?)\s?(k\b)?/i.exec(part?.value ?? '');
  if (part === undefined || match === null) return undefined;
  const value = Number((match[1] as string).replace(/[,_]/g, '')) * (match[2] === undefined ? 1 : 1000);
  return Number.isFinite(value) ? placed(part, value) : undefined;
}

/** From the numbers of tokens where both are stated; else as stated: `12:1`, `12x`, `1:12`, `12`. */
function ratioOf(
  original: Placed<number> | undefined,
  compressed: Placed<number> | undefined,
  stated: BundlePart | undefined,
): Placed<number> | undefined {
  if (original !== undefined && compressed !== undefined && original.value > 0 && compressed.value > 0) {
    const { start, end } = stated ?? compressed;
    return { value: original.value / compressed.value, start, end };
  }
  if (stated === undefined) return undefined;
  const match =
    /^~?\s?(\d{1,9}(?:\.\d{1,6})?)\s?(?::\s?(\d{1,9}(?:\.\d{1,6})?)|x\b|×|$)/i.exec(stated.value.trim()) ??
    /(?<![\d.])(\d{1,9}(?:\.\d{1,6})?):(1)(?![\d.])/.exec(stated.value);
  if (match === null) return undefined;
  const [left, right] = [Number(match[1]), Number(match[2] ?? 1)];
  if (!(left > 0) || !(right > 0)) return undefined;
  // Written either way round, and as the part that is left.
  return placed(stated, Math.max(left / right, right / left));
}

/** What is a path among the words that the entries begin with. */
function pathsIn(entries: readonly BundleEntry[]): readonly string[] {
  const paths = entries.slice(0, 200).flatMap(({ title, fields }) => {
    const text = fields.get('path') ?? fields.get('file') ?? title;
    const quoted = /`([^`\n]{1,300})`/.exec(text.slice(0, 1000))?.[1];
    const word = (quoted ?? text.trim().split(/\s/, 1)[0] ?? '')
      .replace(/^["']|["':,]+$/g, '')
      .replace(/:\d+(?:-\d+)?$/, '');
    const plain = word.replace(/^\.\//, '');
    return /^[\w@.][\w@./+-]{0,300}$/.test(plain) && /[./]/.test(plain) && !plain.includes('..') ? [plain] : [];
  });
  return [...new Set(paths)];
}
