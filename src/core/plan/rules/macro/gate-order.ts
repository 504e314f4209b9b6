import { reachability } from '../../closure.ts';
import { taskGraph, topologicalOrder } from '../../graph.ts';
import type { Rule } from '../rule.ts';

/** MA-23: a validation behind the work that it should save. */
export const gateOrder: Rule<'macro'> = {
  id: 'MA-23',
  name: 'gate-order',
  about: 'The gate of a risk stands behind pull requests that would have to be reworked.',
  severity: 'error',
  fix: 'none',
  kinds: ['macro'],
  *check({ detail, compiled }) {
    const { ids } = detail;
    const { tasks } = compiled;
    const at = new Map(tasks.map(({ id }, i) => [id, i]));
    const graph = taskGraph(tasks);
    const waits = reachability(graph, topologicalOrder(graph));
    for (const { title, costText, before, after, gate, span } of detail.risks) {
      const gates = before.length > 0 ? before : after;
      if (costText === undefined || gates.length === 0) continue;
      const reworked = ids.namedIn(costText);
      if (reworked.length === 0 || reworked.some((id) => before.includes(id))) continue;
      const late = reworked.find((id) =>
        gates.some(
          (one) =>
            waits(at.get(one) as number, at.get(id) as number) ||
            (before.length === 0 && one === id && /\bafter\b/i.test(gate ?? '')),
        ),
      );
      if (late === undefined) continue;
      const message = `"${title.slice(0, 60)}" is validated ${before.length > 0 ? 'before' : 'after'} ${gates[0]}, when ${late}, which would be reworked, is merged already.`;
      yield { span, message, hint: `Validate it before ${reworked[0]}.` };
    }
  },
};
