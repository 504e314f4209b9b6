import type { PlanUnit } from '../plan/model.ts';
import type { TaskClaims } from './completion.ts';

/** What a task of a plan says of itself: the files that it is to create, and how many of its boxes are ticked. */
export function claimsOf({
  task,
  text,
  boxes,
}: PlanUnit): Pick<TaskClaims, 'id' | 'title' | 'creates' | 'tests' | 'named' | 'scope' | 'boxes'> {
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
    named: namedTests(task, [...creates, ...tests]),
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

/** Names that files of tests have, in any of the usual languages. */
const TEST =
  /(?:^|\/)(?:tests?|__tests__|specs?)\/.+\.\w+$|(?:^|\/)test_[^/]+\.\w+$|[._-](?:test|spec)\.\w+$|(?:Test|Spec)s?\.\w+$/;
const MOST_TESTS = 20;

/** Files of tests in scope and verify commands, each once; `known`: paths that are taken already. */
function namedTests({ scope, verify }: PlanUnit['task'], known: readonly string[]): string[] {
  const words = verify.flatMap((command) => command.split(/[\s"'`;&|()=<>]+/).map((word) => word.replace(/::.*$/, '')));
  const paths = [...scope, ...words].map((path) => path.replace(/^\.\//, ''));
  const fitting = paths.filter(
    (path) => TEST.test(path) && !/[*?[\]{}$]|^[/-]|\.\./.test(path) && !known.includes(path),
  );
  return [...new Set(fitting)].slice(0, MOST_TESTS);
}
