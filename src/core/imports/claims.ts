import type { PlanUnit } from '../plan/model.ts';
import type { TaskClaims } from './completion.ts';

/** What a task of a plan says of itself: the files that it is to create, and how many of its boxes are ticked. */
export function claimsOf({
  task,
  text,
  boxes,
}: PlanUnit): Pick<TaskClaims, 'id' | 'title' | 'creates' | 'tests' | 'scope' | 'boxes'> {
  const creates: string[] = [];
  const tests: string[] = [];
  const lines = text.split('\n');
  for (const path of task.scope) {
    if (/[*?[\]{}]|\/$/.test(path)) continue;
    const line = lines.find((one) => mentions(one, path));
    if (line === undefined) continue;
    if (/^\s*(?:[-*+]\s+)?(?:\*\*)?tests?(?:\*\*)?\s*:/i.test(line)) tests.push(path);
    else if (/^\s*(?:[-*+]\s+)?(?:\*\*)?(?:create|add|new)(?:\*\*)?\s*:/i.test(line) || isNew(line, path))
      creates.push(path);
  }
  return {
    id: task.id,
    title: task.title,
    creates,
    tests,
    scope: task.scope,
    boxes: { count: boxes.length, ticked: boxes.filter(({ ticked }) => ticked).length },
  };
}

function mentions(line: string, path: string): boolean {
  const at = line.indexOf(path);
  if (at < 0) return false;
  return !/[\w/.-]/.test(line[at - 1] ?? ' ') && !/[\w/-]/.test(line[at + path.length] ?? ' ');
}

/** `src/a.ts (new)`, with or without backticks. */
function isNew(line: string, path: string): boolean {
  const rest = line.slice(line.indexOf(path) + path.length, line.indexOf(path) + path.length + 20);
  return /^`?\s*\(new\b/i.test(rest);
}
