import type { Finding } from '../../base/finding.ts';
import { circlesOf } from '../../plan/graph.ts';
import { Source } from '../../plan/markdown/source.ts';
import { at, type JsonNode } from '../json.ts';
import { readTags, STATUSES, type TmTag, type TmTask } from './tree.ts';

/**
 * Checks the text of a Task Master `tasks.json`, every tag of it: text that is no JSON, ids that are there twice, needs
 * that are missing, named twice, of a task on itself or in a circle, unknown statuses. Linear in the text; never throws.
 */
export function checkTaskMaster(text: string): Finding[] {
  const source = new Source(text);
  const found: Finding[] = [];
  const say = (
    node: Pick<JsonNode, 'start' | 'end'>,
    rule: string,
    severity: Finding['severity'],
    message: string,
    hint: string,
  ): void => {
    found.push({
      rule,
      severity,
      message,
      hint,
      span: source.span(node.start, Math.max(node.start, Math.min(node.end, text.length))),
    });
  };
  const tags = readTags(text);
  if ('message' in tags) {
    say(
      { start: tags.at, end: tags.at },
      'TM-01',
      'error',
      `This is no JSON: ${tags.message}.`,
      'Correct the file; the place is where reading stopped.',
    );
    return found;
  }
  if (tags.length === 0)
    say({ start: 0, end: 0 }, 'TM-01', 'error', 'There is no list of tasks.', 'Write {"master": {"tasks": […]}}.');
  for (const tag of tags) checkTag(tag, say);
  return found.sort((a, b) => a.span.start - b.span.start);
}

type Say = (
  node: Pick<JsonNode, 'start' | 'end'>,
  rule: string,
  severity: Finding['severity'],
  message: string,
  hint: string,
) => void;

function checkTag(tag: TmTag, say: Say): void {
  const { tasks } = tag;
  const known = new Map<string, number>();
  for (const node of tag.odd) say(node, 'TM-02', 'error', 'This entry has no id.', 'Give it the next free number.');
  tasks.forEach((task, i) => {
    const idNode = at(task.node, 'id') ?? task.node;
    if (known.has(task.id))
      say(idNode, 'TM-03', 'error', `${name(task)} is there twice.`, 'Give one of them the next free number.');
    else known.set(task.id, i);
    if (task.title.trim() === '') say(idNode, 'TM-02', 'warning', `${name(task)} has no title.`, 'Give it one.');
    if (task.status !== undefined && ![...STATUSES, 'completed'].includes(task.status))
      say(
        at(task.node, 'status') ?? idNode,
        'TM-08',
        'warning',
        `"${task.status.slice(0, 40)}" is no status.`,
        `One of: ${STATUSES.join(', ')}.`,
      );
  });
  const needs = tasks.map((task) => {
    const seen = new Set<string>();
    const own: number[] = [];
    for (const need of task.needs) {
      if (seen.has(need.id)) {
        say(need.node, 'TM-07', 'warning', `${name(task)} needs ${need.id} twice.`, 'Remove one of them.');
        continue;
      }
      seen.add(need.id);
      const to = known.get(need.id);
      if (need.id === task.id) say(need.node, 'TM-05', 'error', `${name(task)} needs itself.`, 'Remove it.');
      else if (to === undefined)
        say(
          need.node,
          'TM-04',
          'error',
          `${name(task)} needs ${need.id}, which is not there.`,
          'Name a task that exists, or remove it.',
        );
      else own.push(to);
    }
    return own;
  });
  for (const { members, path: way } of circlesOf(needs)) {
    const path = way.map((i) => (tasks[i] as TmTask).id);
    for (const i of members) {
      const task = tasks[i] as TmTask;
      const shown = path.length > 12 ? `${path.slice(0, 12).join(' → ')} → …` : path.join(' → ');
      say(
        at(task.node, 'dependencies') ?? task.node,
        'TM-06',
        'error',
        `${name(task)} is part of a circle: ${shown}.`,
        'Remove one of these needs.',
      );
    }
  }
}

function name(task: TmTask): string {
  return `${task.parent === undefined ? 'Task' : 'Subtask'} ${task.id}`;
}
