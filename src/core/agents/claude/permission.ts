import type { PermissionAnswer, PermissionAsk } from '../event.ts';
import { brief, type Fields, fieldsOf, listOf, textOf } from '../json.ts';
import type { Order } from '../order.ts';

/** Characters of a command that are passed on: longer ones are for nobody to read. */
const MOST_COMMAND = 20_000;
const MOST_PATH = 4096;

/** The question of a `can_use_tool` request. */
export function permissionAsk(id: string, request: Fields, order: Order): PermissionAsk {
  const { worktree, permission } = order;
  const tool = toolName(request['tool_name']);
  const input = fieldsOf(request['input']);
  const command = textOf(input['command']);
  // What the program itself found to be in the way is where a file really is, behind symbolic links.
  const told = [input['file_path'], input['notebook_path'], input['path'], request['blocked_path']].flatMap(
    (one) => textOf(one) ?? [],
  );
  const paths = [...new Set(told.map((path) => absolute(path, worktree)))];
  // Where changes of the worktree need no leave, it still asks for files that are no ordinary ones. Nor are they to us.
  const accepted = permission === 'edit' || permission === 'all';
  const known = kindOf(tool);
  const kind = known === 'write' && accepted && paths.some((path) => path.startsWith(`${worktree}/`)) ? 'other' : known;
  return {
    id,
    kind,
    tool,
    ...(command === undefined ? {} : { command: cut(command) }),
    paths,
    what: `${tool}: ${describe(tool, input)}`,
  };
}

/** What is answered to a `can_use_tool` request. */
export function permissionResponse(request: Fields, answer: PermissionAnswer, reason: string): Fields {
  if (answer === 'deny') return { behavior: 'deny', message: reason === '' ? 'This is not allowed here.' : reason };
  const suggested = listOf(request['permission_suggestions']);
  return {
    behavior: 'allow',
    updatedInput: fieldsOf(request['input']),
    // As suggested, some would be written into settings in the worktree and hold for whoever comes after.
    ...(answer === 'session' && suggested.length > 0
      ? { updatedPermissions: suggested.map((one) => ({ ...fieldsOf(one), destination: 'session' })) }
      : {}),
  };
}

/** Name of a tool for people and for rules. */
export function toolName(name: unknown): string {
  return brief(textOf(name) ?? 'tool', 80) || 'tool';
}

/** What a tool is about to do, in one line. */
export function describe(tool: string, input: Fields): string {
  for (const key of ['command', 'file_path', 'notebook_path', 'pattern', 'url', 'query', 'description', 'path']) {
    const value = textOf(input[key]);
    if (value !== undefined) return brief(value.slice(0, MOST_PATH));
  }
  return tool;
}

/** The path as seen from the worktree, in which the program runs. */
export function absolute(path: string, worktree: string): string {
  // One that is cut would be another path.
  if (path.length > MOST_PATH) return '/…';
  return path.startsWith('/') ? path : `${worktree}/${path}`;
}

function kindOf(tool: string): PermissionAsk['kind'] {
  if (tool === 'Bash') return 'command';
  if (['Write', 'Edit', 'MultiEdit', 'NotebookEdit'].includes(tool)) return 'write';
  if (['Read', 'Glob', 'Grep', 'LS'].includes(tool)) return 'read';
  return tool.startsWith('Web') ? 'network' : 'other';
}

function cut(command: string): string {
  return command.length > MOST_COMMAND ? `${command.slice(0, MOST_COMMAND)}…` : command;
}
