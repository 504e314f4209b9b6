import type { Span } from '../../../base/finding.ts';
import type { Draft } from '../../draft.ts';
import { pieces } from '../../markdown/inline.ts';
import { textIn } from '../../markdown/text.ts';
import { isPath } from './files.ts';

/** More identifiers than this no rule asks about. */
const MOST = 2_000;

/** An identifier in backticks, and where. */
export interface NamedSymbol {
  /** The last part of it, without the marks of a call: what a repository is searched for. */
  readonly name: string;
  readonly written: string;
  readonly span: Span;
}

const SYMBOL = /^(?:[A-Za-z_]\w{0,60}(?:\.|::)){0,3}([A-Za-z_]\w{1,80})(\(\))?$/;

/** The identifiers that a plan names in prose; places where files and facts are listed are left out. */
export function symbolsNamed(draft: Draft<'macro'>): readonly NamedSymbol[] {
  const { outline, detail } = draft;
  const files = new Set(draft.units.flatMap(({ paths }) => paths.map(({ text }) => text)));
  const left = [detail.sections.recon, detail.sections.frozen].flatMap((section) =>
    section === undefined ? [] : [section],
  );
  const inventories = detail.pulls.flatMap(({ fields }) =>
    fields.filter(({ name }) => name === 'files' || name === 'cli'),
  );
  const found: NamedSymbol[] = [];
  let next = 0;
  for (const { text, start } of textIn(outline, 0, outline.blocks.length)) {
    if (found.length >= MOST) break;
    if (!text.includes('`')) continue;
    if (left.some(({ heading, end }) => start >= heading.start && start < end)) continue;
    while (next < inventories.length && (inventories[next]?.end ?? 0) <= start) next++;
    for (const piece of pieces(text)) {
      const code = piece.code ? piece.text.trim() : '';
      const match = SYMBOL.exec(code);
      if (match === null || files.has(code) || (isPath(code) && !/[A-Z]/.test(code))) continue;
      const name = match[1] as string;
      // A lone word may be anything; two humps, an underscore or a call are an identifier.
      if (match[2] === undefined && !/[a-z\d][A-Z]|[A-Z]{2}[a-z]/.test(name)) continue;
      const at = start + piece.start;
      const inventory = inventories[next];
      if (inventory !== undefined && at >= inventory.start && at < inventory.end) continue;
      found.push({ name, written: code, span: outline.source.span(at, start + piece.end) });
    }
  }
  return found;
}

/** The identifiers that MA-12 and MA-30 want looked up in the repository, once each. */
export function wantedSymbols(draft: Draft<'macro'>): readonly string[] {
  const names = new Set(draft.detail.frozen.flatMap((one) => one.names));
  for (const { name } of symbolsNamed(draft)) names.add(name);
  return [...names].slice(0, MOST);
}
