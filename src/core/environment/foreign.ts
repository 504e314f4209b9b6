import type { SetupCommand } from './settings.ts';
import { tomlStrings } from './toml.ts';

/** A set-up file of another tool. */
export interface ForeignSetup {
  /** As it is named in the configuration: `environment: {from: cursor}`. */
  readonly tool: string;
  /** Path in the repository. */
  readonly path: string;
  readonly setup: readonly SetupCommand[];
  readonly teardown: readonly SetupCommand[];
  /** Patterns of ignored files to be copied. */
  readonly copy: readonly string[];
  /** Ports that its commands count on: how many in a row, by name. */
  readonly ports: Readonly<Record<string, number>>;
}

/** How to read the set-up file of one tool. */
interface Reader {
  readonly tool: string;
  /** The first of these that exists counts. */
  readonly paths: readonly string[];
  read(value: unknown, path: string): Omit<ForeignSetup, 'tool' | 'path' | 'ports'> & Partial<ForeignSetup>;
}

/** Every tool whose set-up is read, in the order in which it is shown. */
export const SETUP_READERS: readonly Reader[] = [
  {
    tool: 'cursor',
    paths: ['.cursor/worktrees.json'],
    read: (value, path) => {
      const file = record(value);
      const given = file['setup-worktree-unix'] ?? file['setup-worktree'];
      // A word alone is a script beside the file; a list holds commands.
      const setup =
        typeof given === 'string' && /^[\w./-]+\.(?:sh|bash)$/.test(given)
          ? [`sh '.cursor/${given.replace(/^\.\//, '')}'`]
          : texts(given);
      return { setup: commands(setup, path), teardown: [], copy: [] };
    },
  },
  {
    tool: 'conductor',
    paths: ['.conductor/settings.toml', 'conductor.json'],
    read: (value, path) => {
      const scripts = record(record(value)['scripts']);
      return {
        setup: commands(texts(scripts['setup']), path),
        teardown: commands(texts(scripts['archive']), path),
        copy: [],
        ports: { conductor: 10 },
      };
    },
  },
  {
    tool: 'codex',
    paths: ['.codex/environments/environment.toml'],
    read: (value, path) => {
      const file = record(value);
      return {
        setup: commands(texts(record(file['setup'])['script']), path),
        teardown: commands(texts(record(file['cleanup'])['script']), path),
        copy: [],
      };
    },
  },
  {
    tool: 'superset',
    paths: ['.superset/config.json'],
    read: (value, path) => {
      const file = record(value);
      return {
        setup: commands(texts(file['setup']), path),
        teardown: commands(texts(file['teardown']), path),
        copy: [],
      };
    },
  },
  {
    tool: 'emdash',
    paths: ['.emdash.json'],
    read: (value, path) => {
      const file = record(value);
      const scripts = record(file['scripts']);
      return {
        setup: commands(texts(scripts['setup']), path),
        teardown: commands(texts(scripts['teardown']), path),
        copy: texts(file['preservePatterns']),
      };
    },
  },
  {
    tool: 'container-use',
    paths: ['.container-use/environment.json'],
    read: (value, path) => {
      const file = record(value);
      return {
        setup: commands([...texts(file['setup_commands']), ...texts(file['install_commands'])], path),
        teardown: [],
        copy: [],
      };
    },
  },
  {
    tool: 'devcontainer',
    paths: ['.devcontainer/devcontainer.json', '.devcontainer.json'],
    read: (value, path) => {
      const file = record(value);
      const keys = ['onCreateCommand', 'updateContentCommand', 'postCreateCommand'];
      return {
        setup: commands(
          keys.flatMap((key) => lifecycle(file[key])),
          path,
        ),
        teardown: [],
        copy: [],
      };
    },
  },
];

/** Reads the text of one set-up file; `undefined`: it is not what it should be. Comments and trailing commas are fine. */
export function readForeignSetup(reader: Reader, path: string, text: string): ForeignSetup | undefined {
  let value: unknown;
  try {
    value = path.endsWith('.toml') ? tomlStrings(text) : JSON.parse(withoutComments(text));
  } catch {
    return undefined;
  }
  return { tool: reader.tool, path, ports: {}, ...reader.read(value, path) };
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function texts(value: unknown): string[] {
  const all = Array.isArray(value) ? (value as unknown[]) : [value];
  return all.filter((one): one is string => typeof one === 'string' && one.trim() !== '');
}

function commands(all: readonly string[], from: string): SetupCommand[] {
  return all.map((command) => ({ command, from }));
}

/** A command of a dev container: a line, a program with arguments, or several of them by name. */
function lifecycle(value: unknown): string[] {
  if (typeof value === 'string') return texts(value);
  if (Array.isArray(value)) return [texts(value).map(quoted).join(' ')].filter((line) => line !== '');
  return Object.values(record(value)).flatMap(lifecycle);
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** JSON with comments, as plain JSON. */
function withoutComments(text: string): string {
  const plain = text.replace(/"(?:[^"\\]|\\.)*"|\/\/[^\n]*|\/\*[^]*?\*\//g, (part) =>
    part.startsWith('"') ? part : '',
  );
  return plain.replace(/"(?:[^"\\]|\\.)*"|,(?=\s*[}\]])/g, (part) => (part.startsWith('"') ? part : ''));
}
