import { RULES } from './rules/registry.ts';

/**
 * Rules about the graph that a plan compiles to, of every kind: ids, needs that name nothing, circles, overlapping
 * scopes, and what a document says of order, waves or parallel work in contradiction to its needs.
 */
export const GRAPH_RULES: ReadonlySet<string> = new Set([
  'GEN-002',
  'GEN-004',
  'GEN-005',
  'GEN-006',
  'GEN-012',
  'GEN-021',
  'GEN-023',
  'PP-02',
  'MS-07',
  'MS-09',
  'MS-10',
  'TK-01',
  'IS-05',
  'IS-22',
  'FP-20',
  'FP-21',
  'MA-18',
  'MA-23',
  'MI-13',
]);

/** Settings under which a lint looks at nothing but the graph. */
export const GRAPH_ALONE: Readonly<Record<string, 'off'>> = Object.fromEntries(
  RULES.filter(({ id }) => !GRAPH_RULES.has(id)).map(({ id }) => [id, 'off' as const]),
);
