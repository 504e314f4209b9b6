import type { PermissionAnswer, PermissionAsk } from '../event.ts';
import { brief, type Fields, fieldsOf, listOf, textOf } from '../json.ts';

/** What is answered to a request of the program: the `result` of it. */
export type Reply = (answer: PermissionAnswer) => unknown;

export interface Asked {
  readonly ask: PermissionAsk;
  readonly reply: Reply;
}

/** Paths of one question that are looked at; with more of them it is nobody's to allow by rule. */
const MOST_PATHS = 500;

/**
 * The question in a request of the program; `undefined`: it is none that we know. `changes` are the paths of the file change that
 * the request is about, as the item said that was started before it.
 */
export function askedIn(
  id: string,
  method: string,
  params: Fields,
  changes: (item: string) => readonly string[],
  worktree: string,
): Asked | undefined {
  switch (method) {
    case 'item/fileChange/requestApproval': {
      const root = textOf(params['grantRoot']);
      const reason = textOf(params['reason']) ?? '';
      const paths = [...changes(textOf(params['itemId']) ?? ''), ...(root === undefined ? [] : [root])];
      const ask = write(id, paths, worktree);
      // Its sandbox did not let it through: whatever the path says, it leads elsewhere.
      const refused = /\bwithout (?:a |the )?sandbox\b/i.test(reason.slice(0, 1000));
      const what = reason === '' ? ask.what : `${ask.what}: ${brief(reason, 100)}`;
      return { ask: { ...ask, what, ...(refused ? { paths: [] } : {}) }, reply: decide };
    }
    case 'item/commandExecution/requestApproval':
      return { ask: command(id, params, worktree), reply: decide };
    case 'item/permissions/requestApproval':
      return permissions(id, params, worktree);
    case 'mcpServer/elicitation/request':
      return elicitation(id, params);
    case 'applyPatchApproval': {
      const root = textOf(params['grantRoot']);
      const paths = [...Object.keys(fieldsOf(params['fileChanges'])), ...(root === undefined ? [] : [root])];
      return { ask: write(id, paths, worktree), reply: review };
    }
    case 'execCommandApproval':
      return { ask: command(id, params, worktree), reply: review };
    default:
      return undefined;
  }
}

function decide(answer: PermissionAnswer): unknown {
  return { decision: { allow: 'accept', session: 'acceptForSession', deny: 'decline' }[answer] };
}

/** How older versions are answered. */
function review(answer: PermissionAnswer): unknown {
  return { decision: { allow: 'approved', session: 'approved_for_session', deny: 'denied' }[answer] };
}

function write(id: string, told: readonly string[], worktree: string): PermissionAsk {
  const paths = told.length > MOST_PATHS ? [] : told.map((path) => absolute(path, worktree));
  return { id, kind: 'write', tool: 'apply_patch', paths, what: `apply_patch: ${listed(told)}` };
}

function command(id: string, params: Fields, worktree: string): PermissionAsk {
  const line = commandLine(params['command']);
  const reason = textOf(params['reason']);
  const network = fieldsOf(params['networkApprovalContext']);
  const host = textOf(network['host']);
  const what = brief(line ?? 'a command without a name', 200);
  if (host !== undefined) {
    return { id, kind: 'network', tool: 'exec_command', paths: [], what: `network: ${brief(host, 100)}, for ${what}` };
  }
  const cwd = textOf(params['cwd']) ?? worktree;
  const kind = textOf(params['kind']) ?? 'command';
  // A declared command is one of the worktree: elsewhere, or as input of another program, it is something else.
  const plain = kind === 'command' && (cwd === worktree || cwd.startsWith(`${worktree}/`)) && !cwd.includes('/../');
  return {
    id,
    kind: plain ? 'command' : 'other',
    tool: 'exec_command',
    ...(line === undefined ? {} : { command: line }),
    paths: [],
    what: `exec_command: ${what}${plain ? '' : ` (${kind} in ${brief(cwd, 100)})`}${reason === undefined ? '' : `: ${brief(reason, 100)}`}`,
  };
}

/** More rights for the rest of the turn: given as they are asked for, or not at all. */
function permissions(id: string, params: Fields, worktree: string): Asked {
  const wanted = fieldsOf(params['permissions']);
  const files = fieldsOf(wanted['fileSystem']);
  const writes = listOf(files['write']).flatMap((path) => textOf(path) ?? []);
  const network = fieldsOf(wanted['network'])['enabled'] === true;
  // Newer requests say it with patterns as well, which no rule can look at.
  const clear = listOf(files['entries']).length === 0 && writes.length <= MOST_PATHS;
  const kind = ((): PermissionAsk['kind'] => {
    if (!clear) return 'other';
    if (network) return writes.length === 0 ? 'network' : 'other';
    return writes.length > 0 ? 'write' : 'other';
  })();
  const paths = clear ? writes.map((path) => absolute(path, worktree)) : [];
  const what = [
    ...(writes.length > 0 ? [`to write ${listed(writes)}`] : []),
    ...(network ? ['to use the network'] : []),
  ];
  const grant = Object.fromEntries(
    ['network', 'fileSystem'].flatMap((name) => (isObject(wanted[name]) ? [[name, wanted[name]]] : [])),
  );
  return {
    ask: { id, kind, tool: 'request_permissions', paths, what: `request_permissions: ${what.join(' and ') || 'more'}` },
    reply: (answer) => ({
      permissions: answer === 'deny' ? {} : grant,
      scope: answer === 'session' ? 'session' : 'turn',
    }),
  };
}

/** A tool server wants something of a person: leave, mostly. What needs words is declined. */
function elicitation(id: string, params: Fields): Asked | undefined {
  const form = fieldsOf(params['requestedSchema']);
  if (params['mode'] === 'url' || listOf(form['required']).length > 0) return undefined;
  const server = brief(textOf(params['serverName']) ?? 'a tool server', 100);
  const message = brief(textOf(params['message']) ?? '');
  return {
    ask: { id, kind: 'other', tool: server, paths: [], what: `${server}: ${message}` },
    reply: (answer) =>
      answer === 'deny'
        ? { action: 'decline', content: null, _meta: null }
        : { action: 'accept', content: {}, _meta: null },
  };
}

/**
 * The command line in what the program calls a command: the text that its shell is given, `ls` for `/bin/bash -lc ls`, or else all
 * of it.
 */
export function commandLine(command: unknown): string | undefined {
  const told = textOf(command);
  const words =
    told === undefined ? listOf(command).flatMap((word) => textOf(word) ?? []) : (wordsOf(told, 4) ?? [told]);
  const [shell = '', flags = '', line = ''] = words;
  if (words.length === 3 && /(?:^|\/)(?:ba|z|da|k)?sh$/.test(shell) && /^-l?c$/.test(flags)) return line;
  return told ?? (words.length === 0 ? undefined : words.join(' '));
}

/** Words of a line that a POSIX shell would see, quotes taken off; `undefined`: more than `most` of them, or a quote is open. */
function wordsOf(line: string, most: number): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  for (let i = 0; i < line.length; i++) {
    const c = line[i] as string;
    if (c === ' ' || c === '\t' || c === '\n') {
      if (word !== undefined) words.push(word);
      word = undefined;
      if (words.length > most) return undefined;
    } else if (c === "'") {
      const end = line.indexOf("'", i + 1);
      if (end < 0) return undefined;
      word = (word ?? '') + line.slice(i + 1, end);
      i = end;
    } else if (c === '"') {
      word ??= '';
      for (i++; i < line.length && line[i] !== '"'; i++) {
        if (line[i] === '\\' && '"\\$`'.includes(line[i + 1] ?? ' ')) i++;
        word += line[i] ?? '';
      }
      if (i >= line.length) return undefined;
    } else if (c === '\\') {
      i++;
      word = (word ?? '') + (line[i] ?? '');
    } else word = (word ?? '') + c;
  }
  if (word !== undefined) words.push(word);
  return words.length > most ? undefined : words;
}

function absolute(path: string, worktree: string): string {
  return path.startsWith('/') ? path : `${worktree}/${path}`;
}

function listed(paths: readonly string[]): string {
  if (paths.length === 0) return 'files that it does not name';
  const more = paths.length > 3 ? ` and ${paths.length - 3} more` : '';
  return brief(paths.slice(0, 3).join(', '), 200) + more;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
