import type { DraftUnit } from '../../draft.ts';
import type { Rule } from '../rule.ts';
import { isSpecification, unitSpan } from './shared.ts';

const VAGUE =
  /^(?:misc(?:ellaneous)?|stuff|things?|various|etc|improve(?:ments?)?|clean(?:up|-up)?|up|polish(?:ing)?|updates?|fix(?:es)?|work|changes?|code|the|and|some|other|general|final|finish(?:ing)?|touches|do|make|handle|everything|all|rest|testing|tests?|implementation|implement|refactor(?:ing)?|setup|set|it|logic|files?|system|project|feature|integration|documentation|docs|deployment|review|task|part|step|tweaks?|bugs?|better)$/i;

/** IS-21: a title that does not say what is to be done to what. */
export const vagueTask: Rule<'implementation'> = {
  id: 'IS-21',
  name: 'vague-task',
  about: 'The title of a task does not say what is done to what, or its files are no paths.',
  severity: 'warning',
  fix: 'none',
  kinds: ['implementation'],
  *check({ draft, detail }) {
    // Task groups are named after what they are about.
    if (detail.form === 'groups') return;
    for (const [i, unit] of draft.units.entries()) {
      const words = unit.title.slice(0, 300).match(/[\p{L}\p{N}][\p{L}\p{N}'_./-]*/gu) ?? [];
      if (/^\[.*\]$/.test(unit.title)) continue;
      const hint = 'Write what is done to what: `Add a RefreshToken model`.';
      if (words.length < 2 || words.every((word) => VAGUE.test(word))) {
        yield {
          span: unitSpan(draft, unit),
          message: `"${unit.title.slice(0, 60)}" does not say what is done to what.`,
          hint,
        };
      } else if (
        isSpecification(detail) &&
        lacksPaths(unit, detail.tasks[i]?.fields.find(({ role }) => role === 'files')?.text)
      ) {
        const message = `The files of ${unit.id} name no path.`;
        yield { span: unitSpan(draft, unit), message, hint: 'Write paths in backticks: `src/auth/models.ts`.' };
      }
    }
  },
};

function lacksPaths({ paths, nonCommitting }: DraftUnit, files: string | undefined): boolean {
  return files !== undefined && files !== '' && paths.length === 0 && !nonCommitting && !/^\[.*\]$/.test(files);
}
