import { baseName } from '../base/path.ts';
import { parseJson } from '../formats/json.ts';
import { readFrontMatter } from '../plan/markdown/front-matter.ts';
import { outlineOf } from '../plan/markdown/outline.ts';
import { Source } from '../plan/markdown/source.ts';
import { readBundle } from './bundle/read.ts';
import { isConvergence } from './convergence/read.ts';
import type { CompanionKind } from './kinds.ts';

/** Names that git gives to messages that are being written. */
const MESSAGES: ReadonlySet<string> = new Set(['COMMIT_EDITMSG', 'MERGE_MSG', 'SQUASH_MSG']);
const BUNDLE = /\.bundle\.(?:md|markdown|ya?ml)$/i;
/** Tools keep other documents there too. */
const BUNDLES = /(?:^|\/)\.agents\/bundles\/(?!(?:index|readme)\.)[^/]{1,300}\.(?:md|markdown|ya?ml)$/i;
const STATES = /(?:^|\/)convergence-state\/[^/]{1,300}\.json$/i;
const TYPE = /^(?:research|plan|implementation)$/i;
const TYPE_LINE = /^bundle_type:\s{0,9}["']?(?:research|plan|implementation)\b/im;
/** Characters in which a bundle has said what it is. */
const HEAD = 20_000;
/** Larger JSON is not looked into: a state has a few hundred lines. */
const MOST_JSON = 4 * 1024 * 1024;

/**
 * Which companion of plans a document is, by its name or by what only such a document says; `undefined` in doubt, for a plan
 * must never be taken for one.
 */
export function companionKindOf(path: string, text: string): CompanionKind | undefined {
  if (MESSAGES.has(baseName(path))) return 'commit';
  if (/^\uFEFF?\s{0,99}\{/.test(text.slice(0, 120))) {
    if (STATES.test(path)) return 'convergence';
    const root = text.length > MOST_JSON ? undefined : parseJson(text);
    return root !== undefined && !('message' in root) && isConvergence(root) ? 'convergence' : undefined;
  }
  // Front matter is never as long: a plan of megabytes is not read twice.
  const head = new Source(text.slice(0, HEAD));
  const { kind, entries } = readFrontMatter(head);
  // Whoever says what kind it is has said it.
  if (kind !== undefined) return kind === 'bundle' ? 'bundle' : undefined;
  const named = BUNDLE.test(path) || (BUNDLES.test(path) && saysType(head));
  const compressed = ['original_tokens', 'compressed_tokens', 'compression_ratio'].filter((key) => entries.has(key));
  if (named || compressed.length > 1 || TYPE.test(entries.get('bundle_type')?.value ?? '')) return 'bundle';
  return /\.ya?ml$/i.test(path) && TYPE_LINE.test(head.shadow) ? 'bundle' : undefined;
}

/** Whether a document says what type of bundle it is, in front matter, YAML or a line of its head. */
function saysType(head: Source): boolean {
  return readBundle(outlineOf(head)).type !== undefined;
}
