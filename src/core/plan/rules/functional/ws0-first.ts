import type { Stream } from '../../kinds/functional/model.ts';
import { addToCell, reachability, spanAt } from './shared.ts';
import type { Rule } from '../rule.ts';

/** FP-17: Dev Environment and WS-0 belong together, and every other stream comes after WS-0. */
export const ws0First: Rule<'functional'> = {
  id: 'FP-17',
  name: 'ws0-first',
  about: 'Dev Environment and WS-0 belong together, and every other stream comes after WS-0.',
  severity: 'error',
  fix: 'auto',
  kinds: ['functional'],
  *check({ draft, detail, compiled }) {
    const { streams } = detail;
    if (streams.length === 0) return;
    const ground = streams.findIndex(({ id }) => id === 'WS-0');
    const section = detail.parts.get('environment');
    const first = streams[0] as Stream;
    if (ground < 0) {
      if (section === undefined) return;
      const message = 'The dev environment needs changes, but no stream WS-0 makes them.';
      yield {
        span: spanAt(draft, section.heading),
        message,
        hint: 'Add a stream `WS-0: Dev Environment` that all others depend on.',
      };
      return;
    }
    if (section === undefined) {
      const message = 'WS-0 sets up the dev environment, but no section Dev Environment says what is missing.';
      yield {
        span: spanAt(draft, (streams[ground] ?? first).head),
        message,
        hint: 'Add `## Dev Environment`, or remove WS-0.',
      };
    }
    const reach = reachability(streams, compiled.edges, 'text');
    if (reach === undefined) return;
    for (const [i, stream] of streams.entries()) {
      if (stream.id === 'WS-0' || reach[i]?.has(ground) === true) continue;
      const message = `${stream.id} does not wait for WS-0.`;
      const hint = 'Name WS-0 in its Depends On.';
      const free = reach[i]?.size === 0 && stream.dependsOn !== undefined;
      const edits = free && stream.dependsOn !== undefined ? [addToCell(stream.dependsOn, 'WS-0')] : [];
      const fix = { kind: 'auto' as const, title: `Let ${stream.id} depend on WS-0`, edits };
      yield { span: spanAt(draft, stream.dependsOn ?? stream.head), message, hint, ...(free ? { fix } : {}) };
    }
  },
};
