import type { Chance } from './chance.ts';

const NOUNS = ['ledger', 'queue', 'cache', 'parser', 'index', 'session', 'import', 'report', 'schedule', 'gateway'];
const VERBS = ['read', 'write', 'merge', 'split', 'check', 'rename', 'move', 'retry', 'measure', 'describe'];
const REST = [
  'the empty case',
  'a second reader',
  'every currency',
  'late arrivals',
  'old files',
  'two writers at once',
];
const FOLDERS = ['api', 'core', 'io', 'store', 'views', 'jobs'];

/** `1` to `count`. */
export function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}

export function noun(chance: Chance): string {
  return chance.pick(NOUNS);
}

/** An order, as titles of tasks are: `Merge the ledger for late arrivals`. */
export function order(chance: Chance): string {
  const verb = chance.pick(VERBS);
  return `${verb[0]?.toUpperCase()}${verb.slice(1)} the ${noun(chance)} for ${chance.pick(REST)}`;
}

/** A sentence with a code span, and now and then emphasis, a link or a time. */
export function sentence(chance: Chance): string {
  const form = chance.whole(0, 4);
  const what = noun(chance);
  const rest = chance.pick(REST);
  if (form === 0) return `The \`${what}\` must ${chance.pick(VERBS)} ${rest} before the ${noun(chance)} is opened.`;
  if (form === 1)
    return `Keep the **${what}** as it is, and ${chance.pick(VERBS)} only ${rest}, see [above](#${what}).`;
  if (form === 2) return `When the ${what} fails, \`${what}.close()\` is called within ${chance.whole(1, 90)} ms.`;
  if (form === 3) return `It does not ${chance.pick(VERBS)} ${rest}; the *${noun(chance)}* does (${what} first).`;
  return `At most ${chance.whole(2, 400)} of them ${chance.pick(VERBS)} ${rest}, as \`src/${what}/index.ts\` says.`;
}

export function sentences(count: number, chance: Chance): string {
  return numbers(count)
    .map(() => sentence(chance))
    .join(' ');
}

/** A path that belongs to unit `n`, so that units share few of them. */
export function path(n: number, chance: Chance): string {
  return `src/${chance.pick(FOLDERS)}/${noun(chance)}-${n}.ts`;
}

/** Up to `most` numbers below `n`, near to it more often than not. */
export function earlier(n: number, most: number, chance: Chance): number[] {
  const found = new Set<number>();
  for (let left = chance.whole(0, most); left > 0 && n > 1; left--)
    found.add(chance.next() < 0.7 ? chance.whole(Math.max(1, n - 8), n - 1) : chance.whole(1, n - 1));
  return [...found].sort((a, b) => a - b);
}

/** A fence of code with some lines. */
export function code(language: string, lines: number, chance: Chance): string {
  const body = numbers(lines).map(
    (n) => `  const ${noun(chance)}${n} = await ${noun(chance)}.${chance.pick(VERBS)}(${n});`,
  );
  return `\`\`\`${language}\n${body.join('\n')}\n\`\`\``;
}
