import type { PermissionAsk } from '../event.ts';
import { brief, type Fields, fieldsOf, listOf, textOf } from '../json.ts';

/** What is known of one call of a tool: it is told in pieces, and a question about it does not repeat them. */
export interface Call {
  readonly kind: string;
  readonly title: string;
  readonly command: string | undefined;
  /** Everything that it names. */
  readonly paths: readonly string[];
  /** What it showed a difference of. */
  readonly changed: readonly string[];
  readonly started: boolean;
}

/** Paths of one call that are looked at; with more of them it is nobody's to allow by rule. */
const MOST_PATHS = 500;
/** Characters of a path; a longer one is shown as one that is nowhere. */
const MOST_PATH = 4096;
/** Characters of a title or a command that are kept. */
const MOST_TEXT = 20_000;
const NO_CALL: Call = { kind: 'other', title: '', command: undefined, paths: [], changed: [], started: false };

/** Fields of a tool's input that hold a path, in all the spellings that were seen. */
const PATH_FIELDS = [
  'file_path',
  'filePath',
  'filepath',
  'path',
  'fileName',
  'absolute_path',
  'notebook_path',
] as const;

/** What is known of a call after one more piece of it. Paths are of the worktree where they are not absolute. */
export function callAfter(known: Call | undefined, piece: Fields, worktree: string): Call {
  const before = known ?? NO_CALL;
  const absolute = (path: string): string =>
    path.length > MOST_PATH ? '/…' : path.startsWith('/') ? path : `${worktree}/${path}`;
  const input = fieldsOf(piece['rawInput']);
  const diffs = listOf(piece['content'])
    .map(fieldsOf)
    .filter((one) => one['type'] === 'diff')
    .flatMap((one) => textOf(one['path']) ?? [])
    .map(absolute);
  const named = [
    ...listOf(piece['locations']).flatMap((one) => textOf(fieldsOf(one)['path']) ?? []),
    ...PATH_FIELDS.flatMap((field) => textOf(input[field]) ?? []),
  ].map(absolute);
  return {
    kind: textOf(piece['kind']) ?? before.kind,
    title: (textOf(piece['title']) ?? before.title).slice(0, MOST_TEXT + 1),
    command: commandIn(input) ?? before.command,
    paths: union(before.paths, [...named, ...diffs]),
    changed: union(before.changed, diffs),
    started: before.started,
  };
}

/** Files that a call which is done has changed. */
export function changedBy({ kind, paths, changed }: Call): readonly string[] {
  return changed.length > 0 ? changed : changes(kind) ? paths : [];
}

/** The question about a call. `titled`: of this program it is known that the title of a command is the command itself. */
export function askAbout(id: string, call: Call, name: string | undefined, titled: boolean): PermissionAsk {
  const { kind, title, paths } = call;
  const asked = ((): PermissionAsk['kind'] => {
    if (changes(kind)) return 'write';
    switch (kind) {
      case 'execute':
        return 'command';
      case 'read':
      case 'search':
        return 'read';
      case 'fetch':
        return 'network';
      default:
        return 'other';
    }
  })();
  // A command that was cut is not the command.
  const whole = titled && title !== '' && title.length <= MOST_TEXT ? title : undefined;
  const command = asked === 'command' ? (call.command ?? whole) : undefined;
  const about = command ?? (asked === 'write' ? listed(paths) : title);
  return {
    id,
    kind: asked,
    tool: brief(name ?? kind, 100),
    ...(command === undefined ? {} : { command }),
    paths: paths.length > MOST_PATHS ? [] : paths,
    what: `${kind}: ${brief(about === '' ? 'it does not say what' : about)}`,
  };
}

/** The option that fits an answer; `undefined`: none does, and nothing more than what was answered may be chosen. */
export function optionFor(options: readonly Fields[], answer: 'allow' | 'session' | 'deny'): string | undefined {
  const kinds = {
    allow: ['allow_once'],
    session: ['allow_always', 'allow_once'],
    deny: ['reject_once', 'reject_always'],
  }[answer];
  for (const kind of kinds) {
    const found = options.find((one) => one['kind'] === kind && typeof one['optionId'] === 'string');
    if (found !== undefined) return textOf(found['optionId']);
  }
  return undefined;
}

function changes(kind: string): boolean {
  return kind === 'edit' || kind === 'delete' || kind === 'move';
}

function commandIn(input: Fields): string | undefined {
  const command = input['command'];
  if (typeof command === 'string') return command.length > MOST_TEXT ? `${command.slice(0, MOST_TEXT)}…` : command;
  const words = listOf(command);
  // Words that a shell would read otherwise are nobody's to allow by rule: they are shown, and match nothing.
  return words.length > 0 && words.every((word) => typeof word === 'string')
    ? `${JSON.stringify(words).slice(0, MOST_TEXT)}…`
    : undefined;
}

function union(one: readonly string[], other: readonly string[]): readonly string[] {
  return other.length === 0 ? one : [...new Set([...one, ...other])].slice(0, MOST_PATHS + 1);
}

function listed(paths: readonly string[]): string {
  if (paths.length === 0) return 'files that it does not name';
  const more = paths.length > 3 ? ` and ${paths.length - 3} more` : '';
  return brief(paths.slice(0, 3).join(', '), 200) + more;
}
