import { addToCell, reachability, spanAt } from './shared.ts';
import type { Rule } from '../rule.ts';

/** FP-20: a stream says that it runs in parallel with another that does not say so. */
export const parallelSymmetric: Rule<'functional'> = {
  id: 'FP-20',
  name: 'parallel-symmetric',
  about: 'A stream says that it runs in parallel with another that does not say so.',
  severity: 'warning',
  fix: 'auto',
  kinds: ['functional'],
  *check({ draft, detail, compiled }) {
    const { streams } = detail;
    const reach = reachability(streams, compiled.edges);
    if (reach === undefined) return;
    const at = new Map(streams.map(({ id }, i) => [id, i]));
    for (const [i, stream] of streams.entries()) {
      for (const { id } of stream.parallel) {
        const j = at.get(id) ?? -1;
        const other = streams[j];
        if (other === undefined || j === i || other.parallel.some((one) => one.id === stream.id)) continue;
        // Where one waits for the other, FP-21 says that they are not parallel at all.
        if (reach[i]?.has(j) === true || reach[j]?.has(i) === true) continue;
        const cell = other.parallelCell;
        const message = `${stream.id} says that it runs in parallel with ${id}; ${id} does not say so.`;
        const hint = `Name ${stream.id} in "Parallel With" of ${id}.`;
        const fix =
          cell === undefined
            ? {}
            : { fix: { kind: 'auto' as const, title: `Name ${stream.id}`, edits: [addToCell(cell, stream.written)] } };
        yield { span: spanAt(draft, cell ?? other.head), message, hint, ...fix };
      }
    }
  },
};
