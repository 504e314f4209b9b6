import { slugify } from '../../base/slug.ts';

/** Letters of a run's name that is made from a topic. */
const LONG = 48;
/** Words that say nothing of what a topic is about. */
const FILLER =
  /^(?:a|an|and|as|at|be|by|can|for|from|in|into|is|it|its|of|on|or|our|should|so|that|the|their|this|to|we|with)$/;
/** Share of common words from which on two topics are taken for one. */
const ALIKE = 0.6;

/** The name of the run of a topic: its first words that say something. */
export function slugOfTopic(topic: string): string | undefined {
  const words = wordsOf(topic);
  let slug = '';
  for (const word of words) {
    const longer = slug === '' ? word : `${slug}-${word}`;
    if (slug !== '' && longer.length > LONG) break;
    slug = longer;
  }
  return slugify(slug.slice(0, 64)) ?? slugify(topic);
}

/** Whether two topics are about the same: the share of their words that they have in common. */
export function isAlike(one: string, other: string): boolean {
  const a = new Set(wordsOf(one));
  const b = new Set(wordsOf(other));
  if (a.size === 0 || b.size === 0) return false;
  const common = [...a].filter((word) => b.has(word)).length;
  return common / (a.size + b.size - common) >= ALIKE;
}

/** Whether a topic names a run: every word of it is in the run's name or title. */
export function names(topic: string, slug: string, title: string): boolean {
  const there = new Set([...wordsOf(title), ...wordsOf(slug.replaceAll('-', ' '))]);
  const words = wordsOf(topic);
  return words.length > 0 && words.every((word) => there.has(word));
}

function wordsOf(text: string): string[] {
  const words = text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .split(' ')
    .filter((word) => word !== '');
  const telling = words.filter((word) => !FILLER.test(word));
  return telling.length > 0 ? telling : words;
}
