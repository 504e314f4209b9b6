import { oneLine } from '../../base/text.ts';
import { type Complexity, PRESETS } from '../complexity.ts';
import type { Question } from './model.ts';

/** A question as an agent proposes it. */
export interface Proposed {
  readonly question: string;
  readonly options: readonly string[];
  /** Its words, or its number among the options, from 1. */
  readonly recommended?: string | number | null | undefined;
  readonly why?: string | null | undefined;
}

/** What has to be known of any piece of work; asked where an agent asks too little. */
const STANDARD: readonly Proposed[] = [
  {
    question: 'How far does it reach?',
    options: ['only what the topic names', 'also what has to change with it', 'as far as it takes'],
    why: 'the scope boundary: what is outside of it is not touched',
  },
  {
    question: 'How is it known to be done?',
    options: ['the existing checks and new tests pass', 'a person tries it', 'the existing checks pass'],
    why: 'every task is verified by commands',
  },
  {
    question: 'May what others use be changed?',
    options: ['no: interfaces and files stay compatible', 'yes, with a migration', 'yes'],
    why: 'decides what has to be kept working meanwhile',
  },
  {
    question: 'What matters most, where not all can be had?',
    options: ['that it is right', 'that it is small', 'that it is quick', 'that it is done soon'],
    why: 'settles questions that nobody foresaw',
  },
  {
    question: 'May dependencies be added?',
    options: ['none', 'small ones, with a reason', 'whatever helps'],
    why: 'agents would otherwise decide that for themselves',
  },
  {
    question: 'How is it delivered?',
    options: ['as one branch', 'as several pull requests', 'module by module'],
    why: 'decides what kind of plan is written',
  },
  {
    question: 'What happens to what it replaces?',
    options: ['it is removed', 'it stays, marked as old', 'there is nothing to replace'],
    why: 'leftovers are work, too',
  },
  {
    question: 'What is documented?',
    options: ['what users see', 'what users see and why it is so', 'nothing'],
    why: 'documents are part of the work or they are not',
  },
];

/** Characters of a question and of an option. */
const LONG = 400;
const SHORT = 160;

/**
 * The interview: what an agent proposes, at most as many as the complexity allows, filled up with standard questions where it
 * proposes too few. Every question has two to four options, the recommended one first.
 */
export function interviewOf(proposed: readonly Proposed[], complexity: Complexity): readonly Question[] {
  const [least, most] = PRESETS[complexity].questions;
  const seen = new Set<string>();
  const asked: Omit<Question, 'id'>[] = [];
  const add = (one: Proposed, limit: number): void => {
    if (asked.length >= limit) return;
    const question = oneLine(one.question, LONG).trim();
    const key = question.toLowerCase();
    if (question === '' || seen.has(key)) return;
    const options = optionsOf(one);
    if (options.length < 2) return;
    seen.add(key);
    asked.push({ question, options, why: oneLine(one.why ?? '', LONG).trim() });
  };
  for (const one of proposed) add(one, most);
  for (const one of STANDARD) add(one, least);
  return asked.map((one, i) => ({ id: `Q${i + 1}`, ...one }));
}

/** The recommended one first; one that is not among them joins them. */
function optionsOf({ options, recommended }: Proposed): readonly string[] {
  const named = options.includes(String(recommended ?? '')) ? undefined : numberOf(recommended);
  const first = named === undefined ? String(recommended ?? '') : (options[named - 1] ?? '');
  const words = [first, ...options].map((one) => oneLine(one, SHORT).trim()).filter((one) => one !== '');
  const all = [...new Set(words)].slice(0, 4);
  // A question that leaves nothing to choose is asked with a way out.
  return all.length === 1 ? [...all, 'otherwise: say how with --note'] : all;
}

/** The number of an option, where that is what was said; one that no option has recommends none. */
function numberOf(recommended: Proposed['recommended']): number | undefined {
  if (typeof recommended === 'number') return recommended;
  return /^[1-8]$/.test(recommended?.trim() ?? '') ? Number(recommended) : undefined;
}

/** An answer that nobody has to be asked for. */
export interface GivenAnswer {
  readonly answer: string;
  /** Nobody gave it to this very question. */
  readonly assumed: boolean;
  readonly how: string;
}

/** The answer that was given beforehand to a question: by its id, its words, or for all (`*`); `undefined`: none. */
export function givenAnswer(question: Question, given: Readonly<Record<string, string>>): GivenAnswer | undefined {
  const wanted = question.question.toLowerCase();
  const same = (key: string): boolean =>
    key.toLowerCase() === question.id.toLowerCase() || key.trim().toLowerCase() === wanted;
  const key = Object.keys(given).find(same);
  const how = 'given beforehand';
  if (key !== undefined) return { answer: chosen(question, given[key] as string), assumed: false, how };
  return given['*'] === undefined ? undefined : { answer: chosen(question, given['*']), assumed: true, how };
}

/** What an answer means: an option by its words or its number, `recommended`, or an answer in other words. */
export function chosen({ options }: Pick<Question, 'options'>, said: string): string {
  const words = said.trim();
  const at = /^[1-4]$/.test(words) ? Number(words) - 1 : undefined;
  if (at !== undefined && options[at] !== undefined) return options[at];
  if (/^(?:recommended|default)$/i.test(words)) return options[0] ?? words;
  return options.find((one) => one.toLowerCase() === words.toLowerCase()) ?? words;
}
