import { oneLine } from '../base/text.ts';
import type { Edge } from '../plan/model.ts';
import { type PlanGraph, wavesOf } from '../plan/plan-graph.ts';

/** How long a title in a drawing may be. */
const TITLE = 60;

/** The graph as a Mermaid flowchart: waves as groups, gates as diamonds, edges of shared paths dotted. */
export function toMermaid(graph: PlanGraph): string {
  const name = namer();
  const label = labels(graph);
  const lines = ['flowchart LR'];
  wavesOf(graph).forEach((ids, wave) => {
    lines.push(`  subgraph wave${wave}["Wave ${wave + 1}"]`);
    for (const id of ids) lines.push(`    ${name(id)}["${mermaidText(label(id))}"]`);
    lines.push('  end');
  });
  for (const { id, wave } of graph.tasks)
    if (wave < 0) lines.push(`  ${name(id)}["${mermaidText(label(id))}"]:::circle`);
  for (const { from, to, why } of drawn(graph)) {
    const arrow = why === 'resource' ? '-.->' : '-->';
    lines.push(`  ${name(from)} ${arrow}${why === 'declared' || why === 'order' ? '' : `|${why}|`} ${name(to)}`);
  }
  for (const gate of graph.gates) {
    lines.push(`  ${name(gate.id)}{"${mermaidText(`${gate.id} ${oneLine(gate.title, TITLE)}`)}"}`);
    for (const from of gate.after) lines.push(`  ${name(from)} --> ${name(gate.id)}`);
    for (const to of gate.before) lines.push(`  ${name(gate.id)} --> ${name(to)}`);
  }
  const critical = graph.critical.tasks.map(name);
  if (critical.length > 1) {
    lines.push('  classDef critical stroke-width:3px', `  class ${critical.join(',')} critical`);
  }
  if (graph.tasks.some(({ wave }) => wave < 0)) lines.push('  classDef circle stroke-dasharray:4');
  return `${lines.join('\n')}\n`;
}

/** The graph in the DOT language of Graphviz. */
export function toDot(graph: PlanGraph): string {
  const critical = new Set(graph.critical.tasks);
  const label = labels(graph);
  const lines = [`digraph ${quoted(oneLine(graph.title, TITLE))} {`, '  rankdir=LR;', '  node [shape=box];'];
  for (const { id } of graph.tasks) {
    const style = critical.has(id) && critical.size > 1 ? ', penwidth=2' : '';
    lines.push(`  ${quoted(id)} [label=${quoted(label(id))}${style}];`);
  }
  for (const ids of wavesOf(graph)) lines.push(`  { rank=same; ${ids.map((id) => `${quoted(id)};`).join(' ')} }`);
  for (const { from, to, why } of drawn(graph)) {
    const style =
      why === 'resource' ? ' [style=dotted]' : why === 'declared' || why === 'order' ? '' : ` [label=${quoted(why)}]`;
    lines.push(`  ${quoted(from)} -> ${quoted(to)}${style};`);
  }
  for (const gate of graph.gates) {
    lines.push(`  ${quoted(gate.id)} [shape=diamond, label=${quoted(`${gate.id} ${oneLine(gate.title, TITLE)}`)}];`);
    for (const from of gate.after) lines.push(`  ${quoted(from)} -> ${quoted(gate.id)};`);
    for (const to of gate.before) lines.push(`  ${quoted(gate.id)} -> ${quoted(to)};`);
  }
  lines.push('}');
  return `${lines.join('\n')}\n`;
}

/** Above this many edges, those that say nothing new are left out of a drawing only if that is quick to find out. */
const MOST = 20_000;

/** Edges without those that follow from two others: `A → C` beside `A → B → C`. */
function drawn(graph: PlanGraph): readonly Edge[] {
  if (graph.edges.length > MOST) return graph.edges;
  const needs = new Map<string, Set<string>>();
  for (const { from, to } of graph.edges) {
    const set = needs.get(to);
    if (set === undefined) needs.set(to, new Set([from]));
    else set.add(from);
  }
  return graph.edges.filter(({ from, to, why }) => {
    if (why !== 'declared' && why !== 'order' && why !== 'foundation') return true;
    for (const middle of needs.get(to) ?? [])
      if (middle !== from && needs.get(middle)?.has(from) === true) return false;
    return true;
  });
}

/** What stands in the box of each task. */
function labels(graph: PlanGraph): (id: string) => string {
  const all = new Map(graph.tasks.map(({ id, title }) => [id, `${id} ${oneLine(title, TITLE)}`.trim()]));
  return (id) => all.get(id) ?? id;
}

/** Mermaid's ids are words; two ids never become one. */
function namer(): (id: string) => string {
  const names = new Map<string, string>();
  return (id) => {
    const known = names.get(id);
    if (known !== undefined) return known;
    const word = `n${names.size + 1}_${id.replace(/[^A-Za-z0-9]+/g, '_')}`;
    names.set(id, word);
    return word;
  };
}

function mermaidText(text: string): string {
  return text.replace(/["#&<>]/g, (char) => `#${char.charCodeAt(0)};`);
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', String.raw`\"`)}"`;
}
