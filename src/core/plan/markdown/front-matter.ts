import type { Span } from '../../base/finding.ts';
import type { Source } from './source.ts';

/** What is read of a document's front matter: the scalars of its top level; everything else in it is kept and left alone. */
export interface FrontMatter {
  readonly kind: string | undefined;
  readonly slug: string | undefined;
  readonly title: string | undefined;
  readonly kindSpan: Span | undefined;
  /** Every scalar of its top level by its key, the span being that of the whole line. */
  readonly entries: ReadonlyMap<string, { readonly value: string; readonly span: Span }>;
  /** Where `status:` lines stand, line end included: they are no part of what is approved. */
  readonly status: readonly { readonly start: number; readonly end: number }[];
  /** Offset behind the closing line; 0 without front matter. */
  readonly end: number;
}

const NONE: FrontMatter = {
  kind: undefined,
  slug: undefined,
  title: undefined,
  kindSpan: undefined,
  entries: new Map(),
  status: [],
  end: 0,
};

/** How far down the closing `---` is looked for. */
const MAX_LINES = 400;

/** Reads YAML front matter of the simplest kind: `key: scalar` lines between two `---` lines at the very top. */
export function readFrontMatter(source: Source): FrontMatter {
  const { shadow } = source;
  if (!/^ ?---[ \t]*\n[ \t]*(?:[A-Za-z_][\w-]*[ \t]*:|#|---)/.test(shadow.slice(0, 400))) return NONE;
  let { kind, slug, title, kindSpan } = NONE;
  const status: { start: number; end: number }[] = [];
  const entries = new Map<string, { value: string; span: Span }>();
  let at = shadow.indexOf('\n') + 1;
  for (let n = 0; n < MAX_LINES && at < shadow.length; n++) {
    const end = source.lineEnd(at);
    const line = shadow.slice(at, end);
    if (/^(?:---|\.\.\.)[ \t]*$/.test(line)) return { kind, slug, title, kindSpan, entries, status, end };
    const match = /^([A-Za-z_][\w-]{0,80})[ \t]*:(?:[ \t]+(.*))?$/.exec(line);
    if (match !== null) {
      const value = scalar(match[2] ?? '');
      if (value !== undefined) entries.set(match[1] as string, { value, span: source.span(at, end) });
      if (match[1] === 'kind') {
        kind = value;
        kindSpan = source.span(at, end);
      } else if (match[1] === 'slug') slug = value;
      else if (match[1] === 'title') title = value;
      else if (match[1] === 'status') status.push({ start: at, end: Math.min(end + 1, shadow.length) });
    }
    at = end + 1;
  }
  return NONE;
}

function scalar(text: string): string | undefined {
  const trimmed = text.trim();
  const quoted = /^(?:"([^"]*)"|'([^']*)')[ \t]*(?:#.*)?$/.exec(trimmed);
  const value = quoted !== null ? (quoted[1] ?? quoted[2] ?? '') : trimmed.replace(/(?:^|[ \t])#.*$/, '').trim();
  return value === '' ? undefined : value;
}
