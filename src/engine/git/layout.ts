import { joinPath } from '../../core/base/path.ts';
import type { Files, Loosely } from '../../io/files.ts';
import { type Context, readText, type Settings } from './context.ts';
import { GitError } from './repositories.ts';

export interface Layout {
  /** Content of `HEAD`. */
  readonly head: string;
  /** Object directories to borrow from. */
  readonly alternates: readonly string[];
  readonly config: readonly Section[];
}

export interface Section {
  readonly name: string;
  readonly lines: readonly string[];
}

/**
 * Writes the files that make a directory a git repository, `HEAD` last: git takes a directory without it for none, so a
 * half-made one is seen as such. No `git init`, which would copy templates (and so hooks) from wherever it is told to.
 */
export async function writeRepository(files: Files, directory: string, layout: Layout, how?: Loosely): Promise<void> {
  for (const each of ['objects/info', 'objects/pack', 'refs/heads', 'info'])
    await files.makeDirectory(joinPath(directory, each), how);
  await files.write(
    joinPath(directory, 'objects/info/alternates'),
    layout.alternates.map((path) => `${checkLine(path)}\n`).join(''),
    how,
  );
  await files.write(joinPath(directory, 'config'), configText(layout.config), how);
  await files.write(joinPath(directory, 'HEAD'), layout.head, how);
}

/** The sections that every repository of ours begins with. */
export function coreSections(settings: Settings, lines: readonly string[]): Section[] {
  const format =
    settings.objectFormat === 'sha1'
      ? []
      : [{ name: 'extensions', lines: [`objectFormat = ${settings.objectFormat}`] }];
  const version = `repositoryformatversion = ${format.length}`;
  return [{ name: 'core', lines: [version, ...settings.fileSystem, ...lines] }, ...format];
}

/** A value as git's configuration syntax wants it. */
export function configValue(text: string): string {
  return `"${text.replace(/[\\"]/g, (character) => `\\${character}`).replaceAll('\n', String.raw`\n`)}"`;
}

export function configText(sections: readonly Section[]): string {
  return sections.map(({ name, lines }) => [`[${name}]`, ...lines.map((line) => `\t${line}`), ''].join('\n')).join('');
}

/** Brings what a repository of ours takes over from the user's as files: the bounds of a shallow clone, personal ignore rules. */
export async function copyFromUser(context: Context, directory: string, how?: Loosely): Promise<void> {
  const { files } = context.io;
  await files.makeDirectory(joinPath(directory, 'info'), how);
  for (const name of ['shallow', 'info/exclude']) {
    const own = await readText(files, joinPath(context.options.gitDirectory, name), 16 * 1024 * 1024);
    const ignored = name === 'info/exclude' ? (context.options.ignored ?? '') : '';
    const content = ignored === '' ? own : `${ignored}\n${own ?? ''}`;
    const target = joinPath(directory, name);
    if (content === undefined) {
      if ((await files.stat(target)) !== undefined) await files.remove(target);
      continue;
    }
    if (content !== (await readText(files, target, 16 * 1024 * 1024))) await files.write(target, content, how);
  }
}

function checkLine(path: string): string {
  if (/[\n\r]/.test(path))
    throw new GitError(`masterplan cannot work in a directory whose path holds a line break: ${JSON.stringify(path)}`);
  return path;
}
