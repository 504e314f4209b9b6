import { at, idOf, type JsonError, type JsonNode, parseJson, textAt } from '../json.ts';

/** A task or subtask of a `tasks.json` as it is written. */
export interface TmTask {
  /** `3`, or `3.1` for a subtask. */
  readonly id: string;
  readonly node: JsonNode;
  readonly title: string;
  readonly status: string | undefined;
  /** Ids as they are meant: a subtask's plain number is a neighbour, if there is one of that number. */
  readonly needs: readonly { readonly id: string; readonly node: JsonNode }[];
  readonly parent: string | undefined;
}

/** The tasks of one tag. */
export interface TmTag {
  readonly name: string;
  readonly node: JsonNode;
  /** The array that holds them. */
  readonly list: JsonNode;
  /** Tasks, each followed by its subtasks. */
  readonly tasks: readonly TmTask[];
  /** Entries that are no task, for want of an id. */
  readonly odd: readonly JsonNode[];
}

/** Reads the text of a `tasks.json`: `{"<tag>": {"tasks": […]}}`, the older `{"tasks": […]}` or a bare list. */
export function readTags(text: string): readonly TmTag[] | JsonError {
  const root = parseJson(text);
  if ('message' in root) return root;
  if (root.items !== undefined) return [tagOf('master', root, root)];
  const bare = at(root, 'tasks');
  if (bare?.items !== undefined) return [tagOf('master', root, bare)];
  return (root.entries ?? []).flatMap(({ key, node }) => {
    const list = at(node, 'tasks');
    return list?.items === undefined ? [] : [tagOf(key, node, list)];
  });
}

function tagOf(name: string, node: JsonNode, list: JsonNode): TmTag {
  const tasks: TmTask[] = [];
  const odd: JsonNode[] = [];
  for (const item of list.items ?? []) {
    const id = idOf(at(item, 'id'));
    if (id === undefined) {
      odd.push(item);
      continue;
    }
    tasks.push(taskOf(item, id, undefined, new Set()));
    const subtasks = at(item, 'subtasks')?.items ?? [];
    const neighbours = new Set(subtasks.flatMap((one) => idOf(at(one, 'id')) ?? []));
    for (const subtask of subtasks) {
      const own = idOf(at(subtask, 'id'));
      if (own === undefined) odd.push(subtask);
      else tasks.push(taskOf(subtask, own.startsWith(`${id}.`) ? own : `${id}.${own}`, id, neighbours));
    }
  }
  return { name, node, list, tasks, odd };
}

function taskOf(node: JsonNode, id: string, parent: string | undefined, neighbours: ReadonlySet<string>): TmTask {
  const needs = (at(node, 'dependencies')?.items ?? []).flatMap((one) => {
    const need = idOf(one);
    if (need === undefined) return [];
    return [
      {
        id: parent !== undefined && !need.includes('.') && neighbours.has(need) ? `${parent}.${need}` : need,
        node: one,
      },
    ];
  });
  return { id, node, title: textAt(node, 'title') ?? '', status: textAt(node, 'status'), needs, parent };
}

/** `completed` is an old name of `done`. */
export function isDone(status: string | undefined): boolean {
  return /^(?:done|completed?)$/i.test(status ?? '');
}

export const STATUSES = ['pending', 'in-progress', 'done', 'deferred', 'cancelled', 'blocked', 'review'];

const ALIASES = ['complete', 'completed', 'todo', 'to-do', 'open', 'not-started', 'in_progress', 'canceled'];

/** Whether a status is one of Task Master's, or a word that people and older versions write for one. */
export function isKnown(status: string): boolean {
  return STATUSES.includes(status) || ALIASES.includes(status.toLowerCase());
}
