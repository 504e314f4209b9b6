import type { Block } from '../plan/markdown/blocks.ts';
import { applyEdits } from '../plan/markdown/edits.ts';
import { readFence } from '../plan/markdown/fence.ts';
import { outlineOf } from '../plan/markdown/outline.ts';
import { Source } from '../plan/markdown/source.ts';
import type { PlanKind } from '../plan/model.ts';
import type { Portable } from '../plan/portable.ts';
import { namesPath } from '../plan/rules/functional/file-path.ts';

/** Languages of fences that say what is wanted, not how it is done. */
const NO_CODE =
  /^(?:json[c5]?|ya?ml|toml|ini|csv|tsv|md|markdown|mermaid|plantuml|dot|diff|patch|https?|env|gherkin|log|xml|ascii|text|txt|)$/i;

/**
 * A plan without what plans of a kind must not say: functional plans name no files and hold no code, macro plans hold no code
 * and no line numbers. What goes is told as a loss, for the old plan is compared with the new one.
 */
export function fitting(plan: Portable, kind: PlanKind): Portable {
  if (kind === 'functional') {
    const tell = (text: string): string => pruned(text, namesPath);
    const plain = (runs: readonly string[]): readonly string[] => runs.filter((run) => !namesPath(run));
    return {
      ...plan,
      context: tell(plan.context),
      units: plan.units.map((unit) => ({ ...unit, body: tell(unit.body), verify: plain(unit.verify) })),
      requirements: plan.requirements.map((one) => ({ ...one, text: tell(one.text) })),
      verify: plain(plan.verify),
    };
  }
  if (kind === 'macro') {
    return {
      ...plan,
      context: pruned(plan.context, () => false),
      units: plan.units.map((unit) => ({ ...unit, body: withoutLines(pruned(unit.body, () => false)) })),
    };
  }
  return plan;
}

const PLACE =
  /((?:[\w@-]\/?){1,200}\.[A-Za-z][A-Za-z0-9]{0,7})(?::\d{1,6}(?:[-–:]\d{1,6})?|#L\d{1,6}(?:-L\d{1,6})?)(?![\w.])/g;

function withoutLines(text: string): string {
  return /[:L]\d/.test(text) ? text.replace(PLACE, '$1') : text;
}

/** Markdown without code, and without the paragraphs, items and rows of tables that say what must not be said. */
function pruned(text: string, drops: (text: string) => boolean): string {
  const outline = outlineOf(new Source(text));
  const { source } = outline;
  const cuts: { start: number; end: number; text: string }[] = [];
  const cut = (start: number, end: number): void => void cuts.push({ start, end, text: '' });
  const visit = (block: Block): void => {
    const said = text.slice(block.start, block.end);
    if (block.kind === 'code' || (block.kind === 'fence' && !NO_CODE.test(readFence(source, block).language))) {
      cut(block.start, block.end);
    } else if (block.kind === 'paragraph' && said.includes('|') && said.includes('\n')) {
      for (let at = block.start; at < block.end;) {
        const end = Math.min(source.lineEnd(at) + 1, block.end);
        if (drops(text.slice(at, end))) cut(at, end);
        at = end;
      }
    } else if (block.kind === 'item') {
      const [first] = block.children;
      if (first?.kind === 'paragraph' && drops(text.slice(first.start, first.end))) {
        const behind = source.lineEnd(Math.max(block.start, block.end - 1)) + 1;
        cut(source.lineStart(block.start), Math.min(behind, text.length));
      } else for (const child of block.children) visit(child);
    } else if (block.kind === 'list' || block.kind === 'quote') {
      for (const child of block.children) visit(child);
    } else if (drops(said)) cut(block.start, block.end);
  };
  for (const block of outline.blocks) visit(block);
  return cuts.length === 0
    ? text
    : applyEdits(text, cuts)
        .text.replace(/\n[ \t]*\n(?:[ \t]*\n)+/g, '\n\n')
        .trim();
}
