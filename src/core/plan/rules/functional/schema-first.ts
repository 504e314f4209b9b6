import { addToCell, reachability, spanAt } from './shared.ts';
import type { Rule } from '../rule.ts';

/** FP-18: Schema Changes and a schema stream belong together, and backend streams wait for the schema. */
export const schemaFirst: Rule<'functional'> = {
  id: 'FP-18',
  name: 'schema-first',
  about: 'Schema Changes and a schema stream belong together, and backend streams wait for the schema.',
  severity: 'error',
  fix: 'suggest',
  kinds: ['functional'],
  *check({ draft, detail, compiled }) {
    const { streams } = detail;
    if (streams.length === 0) return;
    const schemas = streams.flatMap(({ role }, i) => (role === 'schema' ? [i] : []));
    const section = detail.parts.get('schema');
    const firstSchema = streams[schemas[0] ?? -1];
    if (section !== undefined && firstSchema === undefined) {
      const message = 'The schema changes, but no stream changes it.';
      yield {
        span: spanAt(draft, section.heading),
        message,
        hint: 'Add a stream with agent database-designer and command `/schema`.',
      };
      return;
    }
    if (firstSchema === undefined) return;
    if (section === undefined) {
      const message = `${firstSchema.id} changes the schema, but no section Schema Changes says how.`;
      yield { span: spanAt(draft, firstSchema.head), message, hint: 'Add `## Schema Changes`, or remove the stream.' };
    }
    const reach = reachability(streams, compiled.edges, 'text');
    if (reach === undefined) return;
    for (const [i, stream] of streams.entries()) {
      if (stream.role !== 'backend' || schemas.some((schema) => reach[i]?.has(schema) === true)) continue;
      const { dependsOn } = stream;
      const message = `${stream.id} does not wait for the schema (${firstSchema.id}).`;
      const fix = {
        kind: 'suggest' as const,
        title: `Depend on ${firstSchema.id}`,
        edits: dependsOn === undefined ? [] : [addToCell(dependsOn, firstSchema.id)],
      };
      yield {
        span: spanAt(draft, dependsOn ?? stream.head),
        message,
        hint: `Name ${firstSchema.id} in its Depends On.`,
        fix,
      };
    }
  },
};
