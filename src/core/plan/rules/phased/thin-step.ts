import { isPathWord } from '../../kinds/phased/paths.ts';
import { pieces } from '../../markdown/inline.ts';
import { fencesIn } from '../../markdown/text.ts';
import type { Rule } from '../rule.ts';
import { PHASES_OF, writtenPhases, type WrittenStep, writtenSteps } from './parts.ts';

const FEW_WORDS = 20;
const MANY_STEPS = 30;

/** PP-10: steps that say too little for an agent that knows nothing else, or too many of them. */
export const thinStep: Rule<'phased' | 'master'> = {
  id: 'PP-10',
  name: 'thin-step',
  about: 'A step says too little (fewer than 20 words, or no file), or there are more than 30 of them.',
  severity: 'warning',
  fix: 'none',
  kinds: PHASES_OF,
  *check({ draft }) {
    for (const one of writtenSteps(draft)) {
      const { step } = one;
      const words = wordsOf(one);
      const { code, files } = codeOf(draft.outline, one);
      const name = step.number === undefined ? `"${step.title.slice(0, 40)}"` : `Step ${step.number}`;
      const hint = 'Say what is done, why, and in which files; show the code where it is not obvious.';
      if (words + code < FEW_WORDS) {
        const message = words + code === 0 ? `${name} is nothing but a title.` : `${name} has ${words + code} words.`;
        yield { span: step.span, message, hint };
      } else if (code === 0 && !files) yield { span: step.span, message: `${name} names no file.`, hint };
    }
    const steps = writtenPhases(draft).flatMap(({ phase }) => phase.steps);
    const last = steps[MANY_STEPS];
    if (last === undefined) return;
    const message = `The plan has ${steps.length} steps; they are too fine to be read.`;
    yield { span: last.span, message, hint: 'Join steps that only make sense together.' };
  },
};

function wordsOf({ text }: WrittenStep): number {
  return text.reduce((sum, block) => sum + (block.text.match(/[\p{L}\p{N}][^\s]*/gu)?.length ?? 0), 0);
}

function codeOf(
  outline: Parameters<typeof fencesIn>[0],
  { from, to, text }: WrittenStep,
): { readonly code: number; readonly files: boolean } {
  let code = 0;
  for (const fence of fencesIn(outline, from, to)) code += fence.code.match(/\S+/g)?.length ?? 0;
  const files = text.some(
    (block) =>
      pieces(block.text).some((piece) => piece.code && isPathWord(piece.text.trim().replace(/:\d.*$/, ''))) ||
      /(?:^|[\s(])[\w.-]{1,80}\/[\w./-]{1,200}/.test(block.text),
  );
  return { code, files };
}
