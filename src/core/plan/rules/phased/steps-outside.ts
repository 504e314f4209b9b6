import type { Edit, Fix } from '../../../base/finding.ts';
import type { Draft } from '../../draft.ts';
import type { Block } from '../../markdown/blocks.ts';
import { blockFrom, boxAt, type Heading, itemStart } from '../../markdown/outline.ts';
import type { Rule } from '../rule.ts';
import { FILES, lineEndOf } from './parts.ts';

const STEPS = /^(?:implementation )?steps:?$/i;

/** PP-03: steps outside every phase are nobody's work; a plan of nothing but steps is one phase. */
export const stepsOutside: Rule<'phased'> = {
  id: 'PP-03',
  name: 'single-phase-still-phased',
  about: 'Steps stand outside every phase: a plan of one phase still says "Phase 1 of 1".',
  severity: 'error',
  fix: 'auto',
  kinds: ['phased'],
  *check({ draft, detail }) {
    const { headings, source } = draft.outline;
    if (detail.loose !== undefined) {
      const span = source.span(detail.loose.start, detail.loose.end);
      const message = 'The steps stand under no phase; they are read as phase 1 of 1.';
      yield {
        span,
        message,
        hint: 'Write `## [ ] Phase 1 of 1: Title` above them.',
        fix: wrapped(draft, detail.loose),
      };
      return;
    }
    let next = 0;
    for (const heading of headings) {
      while (next < draft.units.length && (draft.units[next]?.start ?? 0) <= heading.start) next++;
      if (next > 0 && heading.start < (draft.units[next - 1]?.end ?? 0)) continue;
      if (!STEPS.test(heading.title) && !(heading.box !== undefined && /^\d+\./.test(heading.title))) continue;
      const span = source.span(heading.start, heading.end);
      const message = `"${heading.title.slice(0, 60)}" stands outside every phase and is not run.`;
      yield { span, message, hint: 'Put it under a phase: `## [ ] Phase 1 of 1: Title`.' };
    }
  },
};

function wrapped(draft: Draft, loose: Heading): Fix {
  const { outline } = draft;
  const { source } = outline;
  const unit = draft.units[0];
  const end = unit?.end ?? loose.end;
  const eol = lineEndOf(source);
  const title = (unit?.title ?? '').replace(/\s+/g, ' ').slice(0, 200) || 'Steps';
  const phase = `## [ ] Phase 1 of 1: ${title}`;
  const edits: Edit[] = STEPS.test(loose.title)
    ? [{ start: loose.start, end: loose.end, text: phase }]
    : [{ start: loose.start, end: loose.start, text: `${phase}${eol}${eol}` }];
  let headed = false;
  for (const { title: words, level, start, end: stop, index } of outline.headings) {
    if (start < loose.start || start >= end) continue;
    const isStep = /^(?:step\s+)?\d{1,6}[.):]/i.test(words);
    headed ||= isStep;
    if (index === loose.index && !isStep) continue;
    const marks = /^#{1,6}/.exec(source.shadow.slice(start, stop))?.[0].length;
    if (marks === undefined || level > 2 || !(isStep || FILES.test(words))) continue;
    // A step that begins the plan has the phase's own edit in front of it.
    if (index === loose.index) edits[0] = { start, end: start + marks, text: `${phase}${eol}${eol}###` };
    else edits.push({ start, end: start + marks, text: '###' });
  }
  if (!headed) {
    let number = 1;
    for (const block of outline.blocks.slice(loose.block + 1, blockFrom(outline, end))) {
      if (block.kind === 'heading') break;
      if (block.kind !== 'list') continue;
      for (const item of block.children) edits.push(...asHeading(draft, item, number++, eol));
    }
  }
  return { kind: 'auto', title: 'Put the steps under "Phase 1 of 1"', edits };
}

/** `- [ ] Do this` becomes `### [ ] 1. Do this`, and what stands below it moves to the left. */
function asHeading(draft: Draft, item: Block, number: number, eol: string): readonly Edit[] {
  const { source } = draft.outline;
  const text = itemStart(source, item);
  const box = boxAt(source, text);
  const from = box === undefined ? text : Math.min(text + 4, item.end);
  const indent = text - item.start;
  const edits: Edit[] = [
    { start: item.start, end: from, text: `${eol}### [${box?.ticked === true ? 'x' : ' '}] ${number}. ` },
  ];
  for (let at = source.lineEnd(item.start) + 1; at < item.end; at = source.lineEnd(at) + 1) {
    const blanks = /^[ \t]*/.exec(source.shadow.slice(at, at + indent))?.[0].length ?? 0;
    const first = at === source.lineEnd(item.start) + 1;
    const gap = first && /\S/.test(source.shadow.slice(at, source.lineEnd(at))) ? eol : '';
    if (blanks > 0 || gap !== '') edits.push({ start: at, end: at + blanks, text: gap });
  }
  return edits;
}
