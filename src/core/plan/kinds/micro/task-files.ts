import type { Annotation } from '../../annotations.ts';
import type { DraftPath } from '../../draft-parts.ts';
import { readFiles } from '../../files.ts';
import type { Source } from '../../markdown/source.ts';
import type { Finding } from '../../../base/finding.ts';
import type { FileUse, MicroFile } from './model.ts';

/** What a task says about its files. */
export interface TaskFiles {
  readonly files: readonly MicroFile[];
  readonly paths: readonly DraftPath[];
  readonly none: boolean;
  readonly remarks: readonly Finding[];
}

const LABELS: readonly (readonly [RegExp, FileUse | undefined])[] = [
  [/^(?:files? )?to create$|^files? to (?:create|add)$|^(?:create|creates|new files?|created files?)$/, 'create'],
  [/^files? to (?:modify|change|edit|update|touch)$|^(?:modify|modifies|modified files?|changed files?)$/, 'modify'],
  [/^test files?$|^files? to test$/, 'test'],
  [/^files? to (?:delete|remove)$|^(?:delete|deletes|deleted files?)$/, 'delete'],
];

/** Whether a label opens a list of files, and what the task does to them as far as the label says. */
export function fileLabel({ key, label, value }: Annotation): { readonly use: FileUse | undefined } | undefined {
  if (key === 'files') return { use: undefined };
  // `**Test:** \`a_test.go\`` names a file; otherwise the key holds the test itself.
  if (/^tests?$/.test(label))
    return /^\s*`[^`\s()]{1,300}[/.][^`\s()]{1,300}`\s*(?:\([^()]*\))?\s*$/.test(value) ? { use: 'test' } : undefined;
  const found = LABELS.find(([pattern]) => pattern.test(label));
  return found === undefined ? undefined : { use: found[1] };
}

/** Reads one list of files with what is done to each. */
export function readTaskFiles(source: Source, annotation: Annotation, usual: FileUse | undefined): TaskFiles {
  const read = readFiles(source, annotation);
  const paths = read.paths.filter(({ text }) => !isCode(text));
  const files: MicroFile[] = [];
  let line = -1;
  let from = annotation.at;
  let use: FileUse | undefined;
  let inherited = usual;
  for (const { text, span } of paths) {
    const start = source.lineStart(span.start);
    if (start !== line) {
      // A bullet such as `- Create:` stands above those that it speaks of.
      inherited = groupUse(source.shadow.slice(Math.max(from, start - 2000), start)) ?? inherited;
      line = start;
      from = Math.max(from, start);
      use = undefined;
    }
    use = noted(source, span.end) ?? useIn(source.shadow.slice(Math.max(from, span.start - 400), span.start)) ?? use;
    files.push({ path: text, use: use ?? inherited, span });
    from = span.end;
  }
  return { files, paths, none: read.none, remarks: read.remarks };
}

/** A call (`Route()`) or a command (`go test ./...`) in a list of files is none. */
function isCode(text: string): boolean {
  return (
    text.endsWith('()') ||
    /^(?:go|npm|npx|pnpm|yarn|pytest|cargo|make|python3?|bash|sh|git|docker|node|uv|tox)\s/.test(text) ||
    /\s-{1,2}\w|&&/.test(text)
  );
}

const WORDS =
  /\b(create[sd]?|new|adds?|modif(?:y|ies|ied)|updates?|edits?|changes?|tests?|deletes?|removes?|moves?|renames?)\b/gi;

function useIn(text: string): FileUse | undefined {
  // What stands in parentheses is a note on the path before.
  let found: FileUse | undefined;
  for (const match of text.replace(/\([^()]*\)/g, ' ').matchAll(WORDS)) found = useOf(match[1] as string);
  return found;
}

function groupUse(text: string): FileUse | undefined {
  const lines = text.split('\n').filter((one) => one.trim() !== '');
  const last = lines.at(-1);
  if (last === undefined || last.includes('`') || !/:[\s*_]*$/.test(last)) return undefined;
  return useIn(last);
}

function noted(source: Source, end: number): FileUse | undefined {
  return /^\s{0,3}[(—–-]{1,2}\s?(?:new|create)\b/i.test(source.shadow.slice(end, end + 20)) ? 'create' : undefined;
}

function useOf(word: string): FileUse {
  const lower = word.toLowerCase();
  if (/^(?:create|new|add)/.test(lower)) return 'create';
  if (lower.startsWith('test')) return 'test';
  return /^(?:delete|remove)/.test(lower) ? 'delete' : 'modify';
}

/** Whether a path is that of a test, by its name. */
export function isTestPath(path: string): boolean {
  return /(?:^|[/_.-])(?:tests?|specs?|testdata|__tests__|fixtures)(?:[/_.-]|$)/i.test(path) || /Test\.\w+$/.test(path);
}

/** Whether a path holds prose or examples: nothing that a test could fail on first. */
export function isDocsPath(path: string): boolean {
  return /\.(?:md|mdx|markdown|rst|txt|adoc)$/i.test(path) || /(?:^|\/)(?:docs?|documentation|examples?)\//i.test(path);
}
