import { duration } from '../../../core/base/time.ts';
import { oneLine } from '../../../core/base/text.ts';
import type { Edge } from '../../../core/plan/model.ts';
import { type PlanGraph, wavesOf } from '../../../core/plan/plan-graph.ts';
import { column, fit, widest } from '../../width.ts';
import { counted } from '../../words.ts';
import type { Paint } from '../paint.ts';
import { renderFindings } from './findings.ts';

/** Words for a need that the document does not state. */
const WHY: Readonly<Record<Edge['why'], string>> = {
  declared: '',
  order: 'order',
  foundation: 'foundation',
  'schema-first': 'schema first',
  contract: 'contract',
  freeze: 'freeze',
  gate: 'gate',
  resource: 'shares a path',
};

/** A plan's graph for people: tasks wave by wave with what they wait for and why, gates, the critical path, findings. */
export function renderGraph(
  graph: PlanGraph,
  file: { readonly path: string; readonly source: string },
  paint: Paint,
  width: number,
): string[] {
  const { tasks } = graph;
  const out = [
    `${paint.strong(oneLine(graph.title))}  ${paint.faint(`${oneLine(file.path)}, kind ${graph.kind}, ${counted(tasks.length, 'task')}, ${counted(graph.edges.length, 'edge')}`)}`,
  ];
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const into = new Map<string, Edge[]>();
  for (const edge of graph.edges) {
    const list = into.get(edge.to);
    if (list === undefined) into.set(edge.to, [edge]);
    else list.push(edge);
  }
  const critical = new Set(graph.critical.tasks.length > 1 ? graph.critical.tasks : []);
  const idWidth = widest(
    tasks.map(({ id }) => id),
    16,
  );
  const room = Math.max(20, width - idWidth - 6);
  const row = (id: string): void => {
    const task = byId.get(id);
    if (task === undefined) return;
    const mark = critical.has(id) ? '●' : '○';
    out.push(`  ${critical.has(id) ? paint.warn(mark) : mark} ${column(id, idWidth)}  ${fit(task.title, room)}`);
    const waits = (into.get(id) ?? []).map(({ from, why }) => (WHY[why] === '' ? from : `${from} (${WHY[why]})`));
    const detail = [
      ...(waits.length > 0 ? [`waits for ${waits.join(', ')}`] : []),
      ...(task.planFirst === null ? [] : [`plans first (${task.planFirst})`]),
      ...(task.loop === null ? [] : [`up to ${counted(task.loop.rounds, 'round')}`]),
      ...(task.estimate === null ? [] : [duration(task.estimate * 60_000)]),
      ...(task.agent === null ? [] : [task.agent]),
    ].join(' · ');
    if (detail !== '') out.push(paint.faint(`    ${' '.repeat(idWidth)}  ${fit(detail, room)}`));
  };
  wavesOf(graph).forEach((ids, wave) => {
    out.push('', paint.faint(`Wave ${wave + 1}`));
    for (const id of ids) row(id);
  });
  const circle = tasks.filter(({ wave }) => wave < 0);
  if (circle.length > 0) {
    out.push('', paint.bad('Never: on a circle of needs, or behind one'));
    for (const { id } of circle) row(id);
  }
  if (graph.gates.length > 0) out.push('', paint.faint('Gates'));
  for (const gate of graph.gates) {
    const before = gate.before.length === 0 ? '' : ` before ${gate.before.join(', ')}`;
    const after = gate.after.length === 0 ? '' : ` after ${gate.after.join(', ')}`;
    out.push(`  ◆ ${fit(`${gate.id} ${gate.kind}${after}${before}: ${oneLine(gate.title)}`, width - 4)}`);
    for (const criterion of gate.criteria.slice(0, 3))
      out.push(paint.faint(`    ${fit(oneLine(criterion), width - 4)}`));
  }
  if (critical.size > 0) {
    const { minutes, tasks: path } = graph.critical;
    const length =
      minutes === null
        ? counted(path.length, 'task')
        : `${duration(minutes * 60_000)}, ${counted(path.length, 'task')}`;
    out.push('', `Critical path (${length}): ${path.join(' → ')}`);
  }
  if (graph.findings.length > 0)
    out.push('', ...renderFindings({ file: file.path, source: file.source, findings: graph.findings }, paint, width));
  return out;
}
