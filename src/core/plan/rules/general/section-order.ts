import type { Draft } from '../../draft.ts';
import type { SectionSpec } from '../../kinds/section-spec.ts';
import { sectionSpecsOf } from '../../kinds/vocabulary.ts';
import { everySection, type Section } from '../../markdown/sections.ts';
import { PLAN_KINDS } from '../../model.ts';
import type { Rule } from '../rule.ts';

/** GEN-008: the sections of a plan stand in another order than plans of its kind have them in. */
export const sectionOrder: Rule = {
  id: 'GEN-008',
  name: 'section-order',
  about: 'Sections stand in another order than plans of this kind have them in.',
  severity: 'info',
  fix: 'suggest',
  kinds: PLAN_KINDS,
  *check({ draft }) {
    const known = knownSections(draft);
    const kept = longestOrdered(known.map(({ place }) => place));
    const { source } = draft.outline;
    for (const [i, { section, spec, place }] of known.entries()) {
      if (kept.has(i)) continue;
      const before = known.find((other, at) => kept.has(at) && other.place > place);
      const target = before ?? known.findLast((_, at) => kept.has(at));
      if (target === undefined) continue;
      const at = before === undefined ? target.section.end : target.section.heading.start;
      const { start } = section.heading;
      const text = source.text.slice(start, section.end);
      const where = `${before === undefined ? 'behind' : 'before'} "${target.section.title}"`;
      yield {
        span: source.span(start, section.heading.end),
        message: `"${section.title}" usually stands ${where}.`,
        hint: 'Whoever reads many plans finds things faster where they always are.',
        ...(at > start && at < section.end
          ? {}
          : {
              fix: {
                kind: 'suggest' as const,
                title: `Move "${spec.title}" ${where}`,
                edits: [
                  { start, end: section.end, text: '' },
                  { start: at, end: at, text: text.endsWith('\n') ? text : `\n\n${text}` },
                ],
              },
            }),
      };
    }
  },
};

interface Known {
  readonly section: Section;
  readonly spec: SectionSpec;
  /** Position of the section among those of the kind. */
  readonly place: number;
}

/** The document's sections that the kind knows, each once, of the level that most of them have. */
function knownSections(draft: Draft): readonly Known[] {
  const specs = sectionSpecsOf(draft);
  const found: Known[] = [];
  const taken = new Set<number>();
  for (const section of everySection(draft.sections)) {
    const place = specs.findIndex(({ key }, i) => !taken.has(i) && key.test(section.key));
    if (place < 0) continue;
    taken.add(place);
    found.push({ section, spec: specs[place] as SectionSpec, place });
  }
  const levels = new Map<number, number>();
  for (const { section } of found) levels.set(section.heading.level, (levels.get(section.heading.level) ?? 0) + 1);
  const usual = [...levels].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0]?.[0];
  return found.filter(({ section }) => section.heading.level === usual);
}

/** Positions of a longest part of a list that is in order. Kinds have a few dozen sections at most. */
function longestOrdered(list: readonly number[]): ReadonlySet<number> {
  const best = list.map(() => ({ length: 1, before: -1 }));
  let last = -1;
  list.forEach((value, i) => {
    for (let j = 0; j < i; j++) {
      const { length } = best[j] as { length: number };
      const mine = best[i] as { length: number; before: number };
      if ((list[j] as number) < value && length + 1 > mine.length) best[i] = { length: length + 1, before: j };
    }
    if (last < 0 || (best[i] as { length: number }).length > (best[last] as { length: number }).length) last = i;
  });
  const kept = new Set<number>();
  for (let i = last; i >= 0; i = (best[i] as { before: number }).before) kept.add(i);
  return kept;
}
