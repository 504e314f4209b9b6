import type { WitnessFinding } from './change.ts';
import { short } from './change.ts';
import type { Unit } from './units.ts';

/** A sentence of a task that has to be true in the end. */
export interface Wanted {
  /** Such as `AC-3`; empty where the text gives none. */
  readonly id: string;
  readonly text: string;
}

const WITH_ID =
  /^[ \t]*(?:[-*+]|\d+[.)]|\|)[ \t]*(?:\[[ xX]\][ \t]*)?(?:\*\*|`)?((?:AC|BC|EC|FR|NFR|BR|TC|SC)-?[\d][\w.-]*)(?:\*\*|`)?[ \t]*(?:[:.|—–-]|\*\*:?)[ \t]*([^\n]+)/gm;
const HEAD =
  /^[ \t]*(?:#{1,6}[ \t]*|\*\*)?(?:acceptance(?: criteria)?|criteria|done when|definition of done|success criteria)(?:\*\*)?[ \t]*:?(?:\*\*)?[ \t]*$/i;

/** The criteria that the text of a task states: those with an id, and the list below a heading that says so. */
export function criteriaIn(text: string): Wanted[] {
  const found = [...text.matchAll(WITH_ID)].map(([, id = '', words = '']): Wanted => ({
    id,
    text: words.replace(/\s*\|\s*$/, '').trim(),
  }));
  let inside = false;
  for (const line of text.split('\n')) {
    if (HEAD.test(line)) inside = true;
    else if (/^#{1,6}\s|^\*\*/.test(line)) inside = false;
    const [, words] = /^[ \t]*(?:[-*+]|\d+[.)])[ \t]+(?:\[[ xX]\][ \t]*)?(.+)$/.exec(line) ?? [];
    if (inside && words !== undefined && !found.some((one) => one.id !== '' && words.includes(one.id)))
      found.push({ id: '', text: words.trim() });
  }
  return found.slice(0, 100);
}

/** Criteria that neither a verify command nor a test shows: by their id, by a command in them, or by what they speak of. */
export function unproven(text: string, commands: readonly string[], tests: readonly Unit[]): WitnessFinding[] {
  const said = tests
    .filter(({ kind }) => kind === 'test')
    .map(({ name, code }) => ({ text: `${name}\n${code}`, words: new Set(wordsOf(`${name} ${code}`)) }));
  return criteriaIn(text).flatMap(({ id, text: sentence }): WitnessFinding[] => {
    const own = [...sentence.matchAll(/`([^`]+)`/g)].map(([, command = '']) => command);
    if (own.some((command) => commands.some((each) => each.includes(command)))) return [];
    if (id !== '' && (commands.some((each) => each.includes(id)) || said.some((one) => one.text.includes(id))))
      return [];
    const words = wordsOf(sentence);
    if (words.length > 0 && said.some((one) => words.filter((word) => one.words.has(word)).length * 2 >= words.length))
      return [];
    const what = `no test and no command shows ${id === '' ? '' : `${id}: `}${short(sentence)}`;
    return [{ rule: 'unproven', severity: 'warning', path: 'the task', what }];
  });
}

const EMPTY = new Set([
  'that',
  'with',
  'from',
  'when',
  'then',
  'this',
  'must',
  'should',
  'will',
  'have',
  'been',
  'each',
  'every',
  'into',
  'than',
  'only',
  'also',
  'given',
  'shall',
  'which',
  'they',
  'their',
  'there',
  'does',
  'test',
  'tests',
  'returns',
  'return',
]);

/** What a text speaks of: the beginnings of its longer words. */
export function wordsOf(text: string): string[] {
  const words =
    text
      .replace(/([a-z])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .match(/[a-z]{4,}|\d{2,}/g) ?? [];
  return [...new Set(words.filter((word) => !EMPTY.has(word)).map((word) => word.slice(0, 5)))];
}
