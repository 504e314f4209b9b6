import { isPlaceholder } from '../../commands.ts';
import { linesOfSection } from '../../kinds/implementation/lists.ts';
import { outlineOf } from '../../markdown/outline.ts';
import { sectionNamed, sectionsOf } from '../../markdown/sections.ts';
import { Source } from '../../markdown/source.ts';
import type { Rule } from '../rule.ts';
import { telling, titleSpan } from './shared.ts';

/** The share of a question's words that a plan which answers it or repeats it holds. */
const ANSWERED = 0.6;

/** IS-19: a question that the research left open, and the plan as well. */
export const openQuestions: Rule<'implementation'> = {
  id: 'IS-19',
  name: 'open-questions',
  about: 'A question that the research left open is neither answered nor repeated in the plan.',
  severity: 'warning',
  fix: 'none',
  kinds: ['implementation'],
  *check({ draft, facts }) {
    if (facts.source === undefined) return;
    const known = telling(draft.outline.source.shadow);
    for (const question of questionsOf(facts.source.slice(0, 400_000))) {
      const words = telling(question);
      let shared = 0;
      for (const word of words) if (known.has(word)) shared++;
      if (words.size === 0 || shared / words.size >= ANSWERED) continue;
      const message = `The research leaves open: "${question.slice(0, 120)}". The plan does not speak of it.`;
      yield { span: titleSpan(draft), message, hint: 'Answer it in a decision, or list it under `## Open Questions`.' };
    }
  },
};

function questionsOf(text: string): readonly string[] {
  const outline = outlineOf(new Source(text));
  const section = sectionNamed(sectionsOf(outline), /^(?:open|unresolved|remaining) (?:questions?|issues)\b/);
  if (section !== undefined) {
    return linesOfSection(outline, section)
      .filter(({ box, text: line }) => box?.ticked !== true && !isPlaceholder(line))
      .map((line) => line.text)
      .slice(0, 200);
  }
  // A research bundle is YAML: `open_questions:` and a list.
  const lines = text.split('\n');
  const at = lines.findIndex((line) => /^\s{0,8}open_questions:\s*$/.test(line));
  const found: string[] = [];
  for (let i = at + 1; at >= 0 && i < lines.length && found.length < 200; i++) {
    const item = /^\s{0,12}-\s+(?:question:\s*)?["']?([^"'\n]{3,500})/.exec(lines[i] as string);
    if (item !== null) found.push((item[1] as string).trim());
    else if (
      /^\s{0,8}[A-Za-z_]+:/.test(lines[i] as string) &&
      !/^\s+(?:impact|need_answer_by):/.test(lines[i] as string)
    )
      break;
  }
  return found;
}
