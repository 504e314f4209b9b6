import { reachability, spanAt } from './shared.ts';
import type { Rule } from '../rule.ts';

/** FP-21: streams are said to be parallel although one waits for the other, or could be and are not said to be. */
export const parallelValid: Rule<'functional'> = {
  id: 'FP-21',
  name: 'parallel-valid',
  about: 'Streams are said to be parallel although one waits for the other, or could be and are not said to be.',
  severity: 'error',
  fix: 'auto',
  kinds: ['functional'],
  *check({ draft, detail, compiled }) {
    const { streams } = detail;
    const reach = reachability(streams, compiled.edges);
    if (reach === undefined || streams.every(({ parallel }) => parallel.length === 0)) return;
    const at = new Map(streams.map(({ id }, i) => [id, i]));
    const apart = (i: number, j: number): boolean => reach[i]?.has(j) !== true && reach[j]?.has(i) !== true;
    for (const [i, stream] of streams.entries()) {
      const cell = stream.parallelCell;
      if (cell === undefined || reach[i]?.has(i) === true) continue;
      const said = new Set(stream.parallel.map(({ id }) => at.get(id) ?? -1));
      const wrong = stream.parallel.filter(({ id }) => at.has(id) && !apart(i, at.get(id) as number));
      const span = spanAt(draft, cell);
      const right = streams.flatMap(({ written }, j) => (j !== i && apart(i, j) ? [written] : []));
      const fix = {
        kind: 'auto' as const,
        title: 'List the streams that are independent',
        edits: [{ start: cell.start, end: cell.end, text: right.join(', ') || '—' }],
      };
      const [first] = wrong;
      if (first !== undefined) {
        const message = `${stream.id} is said to run in parallel with ${first.id}, but one waits for the other.`;
        yield { span, message, hint: `Write ${right.join(', ') || '—'}.`, fix };
        continue;
      }
      // Pairs of which only the other one speaks are FP-20's.
      const silent = streams.filter(
        (other, j) => j !== i && apart(i, j) && !said.has(j) && !other.parallel.some(({ id }) => id === stream.id),
      );
      if (silent.length === 0) continue;
      const message = `${stream.id} could run in parallel with ${silent
        .map(({ id }) => id)
        .slice(0, 6)
        .join(', ')}, but does not say so.`;
      yield { severity: 'warning', span, message, hint: `Write ${right.join(', ')}.`, fix };
    }
  },
};
