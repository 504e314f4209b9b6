import type { CompanionRule } from '../../rule.ts';

/** How many perspectives the gates of a macro plan's workflow have. */
const GATES: ReadonlyMap<string, number> = new Map([
  ['design', 8],
  ['macro-plan', 8],
  ['pr-plan', 10],
  ['pr-code', 10],
  ['pr-docs', 7],
  ['h-design', 5],
  ['h-code', 5],
  ['h-findings', 10],
]);

/** CV-03: a perspective that was not taken found nothing, which is not the same as nothing being wrong. */
export const allPerspectives: CompanionRule<'convergence'> = {
  id: 'CV-03',
  name: 'all-perspectives',
  about: 'A round of a convergence review lacks a perspective that its gate has or that another round took.',
  severity: 'error',
  fix: 'none',
  kind: 'convergence',
  *check({ source, detail: { gate = '', rounds = [] } }) {
    const wanted = GATES.get(gate.toLowerCase()) ?? 0;
    const known = namesOf(new Set(rounds.flatMap(({ perspectives }) => perspectives?.value ?? [])), wanted);
    for (const { number, perspectives } of rounds) {
      if (perspectives === undefined) continue;
      const { value, start, end } = perspectives;
      const taken = new Set(value);
      const missing = known.filter((one) => !taken.has(one));
      const count = Math.max(wanted, known.length);
      if (taken.size >= count) continue;
      const which = missing.length === 0 ? '' : `: ${missing.slice(0, 10).join(', ')}`;
      yield {
        span: source.span(start, end),
        message: `Round ${number} took ${taken.size} of ${count} perspectives; ${count - taken.size} missing${which}.`,
        hint: 'Run the whole round again with every perspective; a missing one is not a clean one.',
      };
    }
  },
};

/** Every id that some round has, and those between that numbered ids (`PC-1` …) imply. */
function namesOf(taken: ReadonlySet<string>, wanted: number): readonly string[] {
  const prefixes = new Set([...taken].map((id) => /^(.{0,40}?)[1-9]\d?$/.exec(id)?.[1]));
  const [prefix] = prefixes;
  if (prefixes.size !== 1 || prefix === undefined || wanted === 0) return [...taken];
  const implied = Array.from({ length: wanted }, (_, at) => `${prefix}${at + 1}`);
  return [...new Set([...implied, ...taken])];
}
