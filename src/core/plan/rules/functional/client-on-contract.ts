import type { Stream } from '../../kinds/functional/model.ts';
import { addToCell, reachability, spanAt } from './shared.ts';
import type { Rule } from '../rule.ts';

/** FP-19: clients build on the API contract, so they wait for it and for no server. */
export const clientOnContract: Rule<'functional'> = {
  id: 'FP-19',
  name: 'frontend-on-contract',
  about: 'A frontend stream waits for the backend, or does not wait for the API contract.',
  severity: 'error',
  fix: 'suggest',
  kinds: ['functional'],
  *check({ draft, detail, compiled }) {
    const { streams } = detail;
    const reach = reachability(streams, compiled.edges, 'text');
    if (reach === undefined) return;
    const contract = streams.findIndex(({ role }) => role === 'contract');
    const at = new Map(streams.map(({ id }, i) => [id, i]));
    for (const [i, stream] of streams.entries()) {
      if (stream.role !== 'frontend') continue;
      const span = spanAt(draft, stream.dependsOn ?? stream.head);
      const backend = compiled.edges.find(
        ({ from, to, origin }) =>
          to === stream.id && origin === 'text' && streams[at.get(from) ?? -1]?.role === 'backend',
      );
      if (backend !== undefined) {
        const message = `${stream.id} waits for the backend (${backend.from}); the API contract is what it needs.`;
        yield { span, message, hint: 'Depend on the stream of the API contract instead.' };
      }
      if (contract < 0 || reach[i]?.has(contract) === true) continue;
      const { id } = streams[contract] as Stream;
      const edits = stream.dependsOn === undefined ? [] : [addToCell(stream.dependsOn, id)];
      yield {
        span,
        message: `${stream.id} does not wait for the API contract (${id}).`,
        hint: `Name ${id} in its Depends On.`,
        fix: { kind: 'suggest', title: `Depend on ${id}`, edits },
      };
    }
  },
};
