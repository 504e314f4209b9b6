/** A whole number below the one given. */
export type Random = (below: number) => number;

/** The same numbers for the same seed. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

const ODD = [
  '\0',
  '\r',
  '\uFEFF',
  '\u2028',
  '\uD800',
  '\u200b',
  '\t',
  '`',
  '|',
  '[',
  ']',
  '*',
  '#',
  '\\',
  '<!--',
  '-->',
  '```',
  '> ',
  '[ ]',
  '…',
  '🔴',
];

const MUTATIONS: readonly ((text: string, random: Random) => string)[] = [
  function dropLine(text, random) {
    const lines = text.split('\n');
    lines.splice(random(lines.length), 1 + random(3));
    return lines.join('\n');
  },
  function doubleLine(text, random) {
    const lines = text.split('\n');
    const at = random(lines.length);
    lines.splice(at, 0, ...lines.slice(at, at + 1 + random(4)));
    return lines.join('\n');
  },
  function swapSections(text, random) {
    const parts = text.split(/^(?=#{1,6} )/m);
    const a = random(parts.length);
    const b = random(parts.length);
    [parts[a], parts[b]] = [parts[b] as string, parts[a] as string];
    return parts.join('');
  },
  function cutTable(text, random) {
    const bars = [...text.matchAll(/\|/g)].map(({ index }) => index);
    if (bars.length === 0) return text.slice(0, random(text.length));
    const at = bars[random(bars.length)] as number;
    return text.slice(0, at) + text.slice(at + 1 + random(30));
  },
  function oddBytes(text, random) {
    let odd = text;
    for (let n = random(5); n >= 0; n--) {
      const at = random(odd.length + 1);
      odd = odd.slice(0, at) + (ODD[random(ODD.length)] as string) + odd.slice(at + random(3));
    }
    return odd;
  },
  (text) => text.replace(/\r?\n/g, '\r\n'),
  (text) => text.replace(/\r?\n/g, '\r'),
  (text) => `\uFEFF${text}`,
  function cutOff(text, random) {
    return text.slice(0, random(text.length));
  },
  function headOff(text, random) {
    return text.slice(random(text.length));
  },
  function otherLevels(text, random) {
    const marks = '#'.repeat(1 + random(6));
    return text.replace(/^#{1,6}(?= )/gm, (own) => (random(3) === 0 ? marks : own));
  },
  function indented(text, random) {
    const lines = text.split('\n');
    const from = random(lines.length);
    const lead = ['  ', '    ', '> ', '- ', '\t', '1. '][random(6)] as string;
    return lines.map((one, i) => (i >= from && i < from + 12 ? lead + one : one)).join('\n');
  },
  function otherNumbers(text, random) {
    return text.replace(/\d+/g, (number) => (random(8) === 0 ? String(random(1_000_000_000)) : number));
  },
  function otherMarks(text, random) {
    return text.replace(/[*`_|[\](){}:—-]/g, (mark) => (random(25) === 0 ? (ODD[random(ODD.length)] as string) : mark));
  },
];

/** A text with one to three damages. */
export function mutate(text: string, random: Random): string {
  let mutated = text;
  for (let n = random(3); n >= 0; n--)
    mutated = (MUTATIONS[random(MUTATIONS.length)] as (typeof MUTATIONS)[number])(mutated, random);
  return mutated;
}
