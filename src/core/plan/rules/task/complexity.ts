import { plainText } from '../../markdown/inline.ts';
import type { Span } from '../../../base/finding.ts';
import type { Draft } from '../../draft.ts';
import type { Rule } from '../rule.ts';

/** TK-15: a plan that calls itself complex promises files and a word on Codex for each task. */
export const complexity: Rule<'task'> = {
  id: 'TK-15',
  name: 'high-complexity',
  about: 'A plan of high complexity has tasks without files or without a word on Codex, or no parallel groups.',
  severity: 'warning',
  fix: 'none',
  kinds: ['task'],
  *check({ draft, detail }) {
    const stated = complexityOf(draft);
    if (stated === undefined || draft.units.length === 0) return;
    const { source } = draft.outline;
    for (const [i, unit] of draft.units.entries()) {
      const lacks = [
        ...(unit.paths.length === 0 && !unit.nonCommitting ? ['**Files:**'] : []),
        ...(detail.tasks[i]?.codex === undefined && unit.agent === undefined ? ['**Codex:**'] : []),
      ];
      if (lacks.length === 0) continue;
      const span = source.span(unit.heading.start, unit.heading.end);
      const message = `${unit.id} has no ${lacks.join(' and no ')}, which every task of a plan of high complexity should have.`;
      yield { span, message, hint: `Write ${lacks.join(' and ')} below its heading.` };
    }
    if (draft.units.length > 2 && draft.units.every(({ group, needs }) => group === undefined && needs.length === 0)) {
      const message = 'The plan is of high complexity, but says nowhere what can be done at the same time.';
      yield { severity: 'info', span: stated, message, hint: 'Write **Needs:** or **Parallel-group:** in the tasks.' };
    }
  },
};

function complexityOf({ outline, header }: Draft): Span | undefined {
  const entry = outline.frontMatter.entries.get('complexity');
  if (entry !== undefined) return /^high$/i.test(entry.value) ? entry.span : undefined;
  const line = header.find(({ label }) => label === 'complexity');
  if (line === undefined || !/^high\b/i.test(plainText(line.value.slice(0, 80)))) return undefined;
  return outline.source.span(line.at, line.start + line.value.length);
}
