import type { Action, Call, Tool } from './turn.ts';

type Writes = Extract<Action, { do: 'write' }>;
type Reads = Extract<Action, { do: 'read' }>;
type Shells = Extract<Action, { do: 'shell' }>;

/** Tools of agents for one action, the best first, with the arguments that they take. */
type Table<A> = readonly (readonly [name: string, args: (action: A) => unknown])[];

const WRITE: Table<Writes> = [
  ['Write', ({ path, content }) => ({ file_path: path, content })],
  ['apply_patch', (action) => ({ input: patch(action) })],
  ['write_file', ({ path, content }) => ({ file_path: path, content })],
  ['write', ({ path, content }) => ({ filePath: path, path, content })],
  ['create', ({ path, content }) => ({ path, file_text: content })],
  ['editor', ({ path, content }) => ({ path, new_text: content })],
  ['write_to_file', ({ path, content }) => ({ path, content })],
];

const READ: Table<Reads> = [
  ['Read', ({ path }) => ({ file_path: path })],
  ['read_file', ({ path }) => ({ file_path: path })],
  ['read', ({ path }) => ({ filePath: path, path })],
  ['view', ({ path }) => ({ path })],
];

const SHELL: Table<Shells> = [
  ['Bash', ({ command }) => ({ command, description: 'Runs a command' })],
  ['exec_command', ({ command }) => ({ cmd: command })],
  ['shell_command', ({ command }) => ({ command })],
  ['shell', ({ command }) => ({ command: ['sh', '-c', command] })],
  ['run_shell_command', ({ command }) => ({ command, description: 'Runs a command' })],
  ['bash', ({ command }) => ({ command, description: 'Runs a command' })],
  ['run_commands', ({ command }) => ({ commands: [command] })],
  ['execute_command', ({ command }) => ({ command, requires_approval: false })],
];

/**
 * The call of a tool that is offered which does what the model wants; `undefined` when none does. Files are written and
 * read by a shell where there is no tool of its own for it.
 */
export function callFor(action: Action, offered: readonly Tool[], id: string): Call | undefined {
  switch (action.do) {
    case 'call': {
      const tool = offered.find(({ name }) => name === action.tool);
      return call(id, tool ?? { name: action.tool, form: 'json' }, JSON.stringify(action.input));
    }
    case 'write': {
      const custom = offered.find(({ name, form }) => name === 'apply_patch' && form === 'custom');
      if (custom !== undefined) return call(id, custom, patch(action));
      return (
        first(WRITE, action, offered, id) ??
        callFor(
          { do: 'shell', command: `cat > ${quoted(action.path)} <<'END_OF_FILE'\n${ended(action.content)}END_OF_FILE` },
          offered,
          id,
        )
      );
    }
    case 'read':
      return (
        first(READ, action, offered, id) ?? callFor({ do: 'shell', command: `cat ${quoted(action.path)}` }, offered, id)
      );
    case 'shell': {
      const made = first(SHELL, action, offered, id);
      return made === undefined || action.malformed === undefined
        ? made
        : { ...made, text: made.text.slice(0, made.text.length / 2) };
    }
  }
}

/** A text as one word of a shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function first<A extends Action>(table: Table<A>, action: A, offered: readonly Tool[], id: string): Call | undefined {
  for (const [name, args] of table) {
    const tool = offered.find((one) => one.name === name && one.form === 'json');
    if (tool !== undefined) return call(id, tool, JSON.stringify(args(action)));
  }
  return undefined;
}

function call(id: string, { name, form, namespace }: Tool, text: string): Call {
  return { id, name, form, text, ...(namespace === undefined ? {} : { namespace }) };
}

/** The patch that makes a file, in the form that Codex reads. */
function patch({ path, content }: Writes): string {
  const lines = content === '' ? [] : ended(content).slice(0, -1).split('\n');
  return ['*** Begin Patch', `*** Add File: ${path}`, ...lines.map((line) => `+${line}`), '*** End Patch', ''].join(
    '\n',
  );
}

function ended(content: string): string {
  return content === '' || content.endsWith('\n') ? content : `${content}\n`;
}
