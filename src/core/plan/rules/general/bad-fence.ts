import { PLAN_KINDS } from '../../model.ts';
import type { Block } from '../../markdown/blocks.ts';
import { isClosed } from '../../markdown/fence.ts';
import type { Source } from '../../markdown/source.ts';
import type { Rule } from '../rule.ts';

const UNIT_HEADING = /^ {0,3}#{1,6}[ \t]+(?:\[[ xX]?\][ \t]*)?(?:Task[ \t]|W\d+-T\d|T\d+[ \t]*[:.—–-]|Phase[ \t]+\d)/im;

const STEP_LINE =
  /^ {0,3}(?:(?:[-*+][ \t]+\[[ xX]\][ \t]+)?\*\*(?:Step[ \t]\d|(?:Verify|Verification|Commit|Lint|Files)\b[^*\n]{0,40}:)|Run:[ \t]+`)/m;

/**
 * GEN-014: a fence or comment that is not closed where its author meant it to be. When it hides headings of units, the
 * plan would run without them, so it does not run.
 */
export const badFence: Rule = {
  id: 'GEN-014',
  name: 'bad-fence',
  about: 'A code fence is never closed, so the rest of the document is code.',
  severity: 'error',
  fix: 'none',
  refuses: true,
  kinds: PLAN_KINDS,
  *check({ draft }) {
    const { source, blocks } = draft.outline;
    for (const { block, closed, what } of suspects(source, blocks)) {
      const text = source.shadow.slice(block.start, block.end);
      const hidden = UNIT_HEADING.exec(text);
      const step = hidden === null && closed && what === 'fence' ? STEP_LINE.exec(text) : null;
      if (step !== null && reopens(text)) {
        const at = block.start + step.index;
        const { line } = source.span(at, at);
        const shown = source.shadow.slice(at, Math.min(source.lineEnd(at), at + 60)).trim();
        yield {
          severity: 'warning',
          span: source.span(block.start, source.lineEnd(block.start)),
          message: `What stands from line ${line} on ("${shown}") is code, for a fence above it opens within another one.`,
          hint: 'Give the outer fence one backtick more than the inner ones.',
        };
        continue;
      }
      // A closed fence with a second opening line inside: its own closing line is probably missing.
      if (closed && (hidden === null || what !== 'fence' || !reopens(text))) continue;
      const span = source.span(block.start, source.lineEnd(block.start));
      if (hidden !== null) {
        const { line } = source.span(block.start + hidden.index, block.start + hidden.index);
        const message = `This ${what} is not closed before line ${line}, and hides ${hidden[0].trim()} … from the plan.`;
        yield { span, message, hint: closing(what) };
      } else if (!closed && what !== 'HTML block') {
        yield { span, message: `This ${what} is never closed.`, hint: closing(what), severity: 'warning' };
      }
    }
  },
};

function closing(what: string): string {
  if (what === 'HTML block') return 'Leave an empty line behind the HTML.';
  return what === 'fence' ? 'Close it with a line of as many backticks.' : 'Close it with `-->`.';
}

function* suspects(
  source: Source,
  blocks: readonly Block[],
): Iterable<{ block: Block; closed: boolean; what: string }> {
  for (const block of blocks) {
    if (block.kind === 'fence') yield { block, closed: isClosed(source, block), what: 'fence' };
    else if (block.kind === 'html') {
      const text = source.shadow.slice(block.start, block.end);
      const comment = text.startsWith('<!--');
      yield { block, closed: comment && text.includes('-->'), what: comment ? 'comment' : 'HTML block' };
    } else if (block.kind === 'list' || block.kind === 'item') yield* suspects(source, block.children);
  }
}

function reopens(text: string): boolean {
  const open = /^(`{3,}|~{3,})/.exec(text)?.[1];
  if (open === undefined) return false;
  const lines = text.split('\n').slice(1, -1);
  return lines.some((line) => line.trimStart().startsWith(open) && /^[`~]+[ \t]*[A-Za-z]/.test(line.trimStart()));
}
