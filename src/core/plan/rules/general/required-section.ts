import type { Draft } from '../../draft.ts';
import type { SectionSpec } from '../../kinds/section-spec.ts';
import { sectionSpecsOf } from '../../kinds/vocabulary.ts';
import { newlineOf } from '../newline.ts';
import { everySection, type Section } from '../../markdown/sections.ts';
import { PLAN_KINDS } from '../../model.ts';
import type { Remark, Rule } from '../rule.ts';

/** GEN-007: a section that every plan of the kind has is missing, or nothing stands below its heading. */
export const requiredSection: Rule = {
  id: 'GEN-007',
  name: 'req-section-missing',
  about: 'A section that a plan of this kind should have is missing or empty.',
  severity: 'error',
  fix: 'stub',
  kinds: PLAN_KINDS,
  *check({ draft }) {
    const specs = sectionSpecsOf(draft);
    if (specs.every(({ need }) => need === 'may')) return;
    const found = specs.map((spec) => findSection(draft, spec));
    for (const [i, spec] of specs.entries()) {
      if (spec.need === 'may') continue;
      const section = found[i];
      // Short documents say the same in a key line at the top: `**Goal:** …`.
      if (section === undefined && draft.header.some(({ label, value }) => spec.key.test(label) && value.trim() !== ''))
        continue;
      const remark =
        section === undefined
          ? missing(draft, specs, found, i)
          : isEmpty(draft, section)
            ? empty(draft, section, spec)
            : undefined;
      if (remark !== undefined)
        yield { ...remark, ...(spec.need === 'should' ? { severity: 'warning' as const } : {}) };
    }
  },
};

function findSection({ sections }: Draft, { key }: SectionSpec): Section | undefined {
  for (const section of everySection(sections)) if (key.test(section.key)) return section;
  return undefined;
}

/** Whether nothing but comments stands below the heading. */
function isEmpty({ outline }: Draft, { from, to }: Section): boolean {
  return outline.blocks
    .slice(from, to)
    .every(
      ({ kind, start, end }) =>
        kind === 'rule' ||
        (kind === 'html' &&
          /^<!--(?:(?!-->)[^])*-->\s*$/.test(outline.source.shadow.slice(start, Math.min(end, start + 2000)))),
    );
}

function missing(
  draft: Draft,
  specs: readonly SectionSpec[],
  found: readonly (Section | undefined)[],
  at: number,
): Remark {
  const { source, logs } = draft.outline;
  const spec = specs[at] as SectionSpec;
  const nl = newlineOf(source);
  const level = found.find((section) => section !== undefined && section.heading.level > 1)?.heading.level ?? 2;
  const heading = `${'#'.repeat(level)} ${spec.title}`;
  const before = found.slice(0, at).findLast((section) => section?.heading.level === level);
  const after = found.slice(at + 1).find((section) => section?.heading.level === level);
  const place = before?.end ?? after?.heading.start ?? logs[0]?.start ?? source.text.length;
  const body = `${heading}${nl}${nl}${spec.stub.replaceAll('\n', nl)}${nl}`;
  const top = source.shadow.slice(0, place);
  const gap = top.trim() === '' || /\n[ \t]*\n$/.test(top) ? '' : top.endsWith('\n') ? nl : nl + nl;
  const span =
    before === undefined ? source.span(0, source.lineEnd(0)) : source.span(before.heading.start, before.heading.end);
  return {
    span,
    message: `There is no section "${spec.title}".`,
    hint: `Write \`${heading}\`${before === undefined ? '' : ` behind "${before.title}"`}.`,
    fix: {
      kind: 'stub',
      title: `Insert a section "${spec.title}" to fill in`,
      edits: [{ start: place, end: place, text: `${gap}${body}${place < source.text.length ? nl : ''}` }],
    },
  };
}

function empty(draft: Draft, section: Section, spec: SectionSpec): Remark {
  const { source } = draft.outline;
  const nl = newlineOf(source);
  const { start, end } = section.heading;
  return {
    span: source.span(start, end),
    message: `Nothing stands in section "${section.title}".`,
    hint: 'Fill it in; if there is nothing to say, say so in a sentence.',
    fix: {
      kind: 'stub',
      title: `Insert what "${spec.title}" holds, to fill in`,
      edits: [{ start: end, end, text: `${nl}${nl}${spec.stub.replaceAll('\n', nl)}` }],
    },
  };
}
