import { fieldOf } from '../../kinds/macro/model.ts';
import type { Rule } from '../rule.ts';
import { isEmpty, saysNone, speaksOf } from './shared.ts';

/** Pull requests and blocks are compared pair by pair; no plan has more of them than this. */
const MOST = 60;

const WORD = /[\p{L}\p{N}]{2,60}/gu;

/** Names such as "StepStore", by which one block and no other is known. */
function marksOf(names: readonly string[]): readonly (readonly string[])[] {
  const own = names.map((name) => [...new Set(name.slice(0, 200).match(WORD))]);
  const count = new Map<string, number>();
  for (const word of own.flat()) count.set(word, (count.get(word) ?? 0) + 1);
  return own.map((words) => words.filter((word) => /\p{Ll}\p{Lu}/u.test(word) && count.get(word) === 1));
}

/** MA-16: pull requests change building blocks, and building blocks come from pull requests. */
export const blockMap: Rule<'macro'> = {
  id: 'MA-16',
  name: 'pr-block-map',
  about:
    'A pull request changes a building block that the concept model does not have, or a block is changed by none (a warning).',
  severity: 'error',
  fix: 'none',
  kinds: ['macro'],
  *check({ detail }) {
    const blocks = detail.blocks.slice(0, MOST);
    if (blocks.length === 0) return;
    const touched = new Set<string>();
    const marks = marksOf(blocks.map(({ name }) => name));
    let stated = 0;
    for (const pull of detail.pulls.slice(0, MOST)) {
      const field = fieldOf(pull, 'block');
      if (field === undefined || isEmpty(field.text)) continue;
      stated++;
      const text = field.text.slice(0, 1000);
      if (/\ball (?:building )?blocks\b/i.test(text)) for (const { name } of blocks) touched.add(name);
      const words = new Set(text.match(WORD));
      const named = blocks.filter(({ name }, i) => speaksOf(text, name) || marks[i]?.some((word) => words.has(word)));
      for (const { name } of named) touched.add(name);
      if (named.length > 0 || saysNone(text)) continue;
      const message = `"${text.split('\n')[0]?.slice(0, 80)}" names no building block of the concept model.`;
      yield {
        span: field.span,
        message,
        hint: `The concept model has: ${blocks
          .slice(0, 7)
          .map(({ name }) => name)
          .join(', ')}.`,
      };
    }
    if (stated === 0) return;
    for (const { name, span } of blocks) {
      if (touched.has(name)) continue;
      const message = `No pull request changes building block "${name.slice(0, 60)}".`;
      yield {
        severity: 'warning',
        span,
        message,
        hint: 'Name it below Building Block Change of the pull request that brings it, or leave it out.',
      };
    }
  },
};
