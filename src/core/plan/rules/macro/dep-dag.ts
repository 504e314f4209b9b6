import type { DraftUnit } from '../../draft.ts';
import { reachability } from '../../closure.ts';
import { findCycle, taskGraph, topologicalOrder } from '../../graph.ts';
import { fencesIn } from '../../markdown/text.ts';
import type { Remark, Rule, Subject } from '../rule.ts';
import { insert } from './shared.ts';

/** MA-18: a drawing that says other than the pull requests themselves; somebody will follow the wrong one. */
export const depDag: Rule<'macro'> = {
  id: 'MA-18',
  name: 'dep-dag',
  about:
    'The order of pull requests as drawn has a circle, names an unknown one, or is not what they declare themselves.',
  severity: 'error',
  fix: 'suggest',
  kinds: ['macro'],
  *check(subject) {
    const { draft, detail, compiled } = subject;
    const { arrows, ids, pulls } = detail;
    if (arrows.length === 0 || draft.units.length === 0) return;
    const first = Math.min(...draft.units.slice(0, 1000).map(({ id }) => Number.parseFloat(id.slice(3))));
    const unknown = new Set<string>();
    for (const { from, to, span } of arrows) {
      for (const id of [from, to]) {
        // A pull request of a lower number came before this plan.
        if (ids.has(id) || unknown.has(id) || Number.parseFloat(id.slice(3)) < first) continue;
        unknown.add(id);
        yield {
          span,
          message: `${id} is drawn here, but this plan has no entry for it.`,
          hint: `The plan has: ${draft.units
            .slice(0, 8)
            .map((unit) => unit.id)
            .join(', ')}.`,
        };
      }
    }
    const before = new Map<string, Set<string>>();
    for (const { from, to } of arrows) {
      if (!ids.has(from)) continue;
      const list = before.get(to);
      if (list === undefined) before.set(to, new Set([from]));
      else list.add(from);
    }
    const drawn = draft.units.map(({ id }) => ({ id, needs: [...(before.get(id) ?? [])] }));
    const cycle = findCycle(drawn);
    if (cycle !== undefined) {
      const span = arrows.find(({ to }) => to === cycle[0])?.span ?? arrows[0]?.span;
      if (span !== undefined)
        yield {
          span,
          message: `The drawing goes round in a circle: ${cycle.slice(0, 12).join(' → ')}.`,
          hint: 'Take out the arrow that is wrong.',
        };
      return;
    }
    const declares = pulls.map((pull, i) => pull.declared !== undefined && (draft.units[i]?.needs.length ?? 0) > 0);
    if (!declares.some(Boolean)) return;
    const graph = taskGraph(compiled.tasks);
    const declared = reachability(graph, topologicalOrder(graph));
    const drawnGraph = taskGraph(drawn);
    const isDrawn = reachability(drawnGraph, topologicalOrder(drawnGraph));
    const named = new Set(arrows.flatMap(({ from, to }) => [from, to]));
    const at = new Map(draft.units.map(({ id }, i) => [id, i]));
    const seen = new Set<string>();
    const rest = redrawn(subject);
    for (const { from, to, span } of arrows) {
      const a = at.get(from);
      const b = at.get(to);
      const key = `${from} ${to}`;
      if (a === undefined || b === undefined || declares[b] !== true || seen.has(key)) continue;
      seen.add(key);
      if (!declared(b, a))
        yield {
          span,
          message: `${from} is drawn before ${to}, but ${to} does not declare that it needs ${from}.`,
          ...rest,
        };
    }
    const byText = new Map<string, string[]>();
    for (const { from, to, why } of compiled.edges) {
      if (why !== 'declared') continue;
      const list = byText.get(to);
      if (list === undefined) byText.set(to, [from]);
      else list.push(from);
    }
    for (const [i, { id }] of compiled.tasks.entries()) {
      if (declares[i] !== true || !named.has(id)) continue;
      const needs = byText.get(id) ?? [];
      const unit = draft.units[i] as DraftUnit;
      const missing = needs.find((need) => named.has(need) && !isDrawn(i, at.get(need) as number));
      if (missing === undefined) continue;
      const span = unit.needs[0]?.span ?? draft.outline.source.span(unit.heading.start, unit.heading.end);
      yield { span, message: `${id} declares that it needs ${missing}, which is not drawn.`, ...rest };
    }
  },
};

/** What is to be done about a drawing that says something else: draw everything anew. */
function redrawn({ draft, detail, compiled }: Subject<'macro'>): Pick<Remark, 'hint' | 'fix'> {
  const hint = 'What the pull requests declare is what counts: draw the same, or correct them.';
  const { dag } = detail.sections;
  const fences = dag === undefined ? [] : [...fencesIn(draft.outline, dag.from, dag.to)];
  const [fence] = fences;
  if (fence === undefined || fences.length !== 1) return { hint };
  const name = (id: string): string => id.replace(/^(PR|WP)-/, '$1 ').replace(/^GH-/, '#');
  const lines = compiled.tasks.flatMap(({ id, needs }) =>
    needs.length === 0 ? [] : [`${needs.map(name).join(', ')} → ${name(id)}`],
  );
  const edit = insert(draft, fence.start, `\`\`\`text\n${lines.join('\n')}\n\`\`\``);
  return { hint, fix: { kind: 'suggest', title: 'Draw what is declared', edits: [{ ...edit, end: fence.end }] } };
}
