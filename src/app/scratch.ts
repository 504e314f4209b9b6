import { err, ok, type Result } from '../core/base/result.ts';
import { EXIT, type AppRefusal } from './api.ts';
import type { Context } from './context.ts';
import { basePath } from './environment.ts';

export interface Scratch {
  /** The repository's work tree. */
  readonly directory: string;
  readonly files: Readonly<Record<string, string>>;
  /** Who commits, and the first commit's message. */
  readonly name: string;
  readonly message: string;
  /** What is being made, for refusals. */
  readonly what: string;
}

/** Makes a repository with one commit in a temporary directory. Nobody's configuration of git has a say in it. */
export async function makeScratch(context: Context, scratch: Scratch): Promise<Result<void, AppRefusal>> {
  const { io } = context;
  const { directory } = scratch;
  try {
    await io.files.makeDirectory(directory);
    for (const [path, text] of Object.entries(scratch.files)) {
      const slash = path.lastIndexOf('/');
      if (slash > 0) await io.files.makeDirectory(`${directory}/${path.slice(0, slash)}`);
      await io.files.write(`${directory}/${path}`, text);
    }
  } catch (error) {
    return err({
      message: `cannot make ${scratch.what}: ${error instanceof Error ? error.message : String(error)}`,
      hint: 'set TMPDIR to a directory that can be written',
      exit: EXIT.failed,
    });
  }
  const env = { PATH: basePath(context), HOME: directory, GIT_CONFIG_NOSYSTEM: '1' };
  const commands: readonly [string, ...string[]][] = [
    ['git', 'init', '-q', '-b', 'main'],
    ['git', 'config', 'user.name', scratch.name],
    ['git', 'config', 'user.email', `${scratch.name.toLowerCase()}@example.org`],
    ['git', 'add', '-A'],
    ['git', 'commit', '-q', '-m', scratch.message],
  ];
  for (const argv of commands) {
    const finished = await io.processes.run({ argv, cwd: directory, env });
    if (finished.ended !== 'exited' || finished.code !== 0) {
      return err({
        message: `${argv.join(' ')}: ${finished.stderr.trim()}`,
        hint: 'git 2.38 or newer has to be on the PATH',
        exit: EXIT.failed,
      });
    }
  }
  return ok(undefined);
}
