import type { ChildProcess, StdioOptions } from 'node:child_process';
import { closeSync, constants, fstatSync, openSync, statSync } from 'node:fs';
import { FileError } from '../files.ts';
import type { Program } from '../processes.ts';
import { codeOf, fileError, inWords } from './errors.ts';

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;

/** Starts a program as the leader of a new session and process group; rejects with a sentence that names it. */
export async function spawn(program: Program, stdio: StdioOptions): Promise<ChildProcess> {
  const [file, ...args] = program.argv;
  // Loaded on first use: node:child_process costs 6 ms, and commands that only look start nothing.
  const { spawn: start } = process.getBuiltinModule('node:child_process');
  // Node slips its own NODE_V8_COVERAGE into every environment unless the name is taken.
  const env: Record<string, string | undefined> = { NODE_V8_COVERAGE: undefined, ...program.env };
  let child: ChildProcess;
  try {
    child = start(file, args, { cwd: program.cwd, env, stdio, detached: true, windowsHide: true });
  } catch (error) {
    throw notStarted(program, error);
  }
  if (child.pid !== undefined) {
    // Failures to signal arrive here later; nothing that we would not learn from the ending itself.
    child.on('error', () => {});
    return child;
  }
  const error = await new Promise<unknown>((resolve) => child.once('error', resolve));
  throw notStarted(program, error);
}

/** Why a program could not be started: the system says ENOENT for a missing program and for a missing directory alike. */
function notStarted(program: Program, error: unknown): Error {
  const [file] = program.argv;
  const code = codeOf(error);
  if (!isDirectory(program.cwd)) return new Error(`cannot start ${file}: its directory ${program.cwd} is not there`);
  if (code === 'ENOENT') {
    const where = file.includes('/')
      ? 'there is no such file, or its interpreter is missing'
      : 'no such program on PATH';
    return new Error(`cannot start ${file}: ${where} (ENOENT)`);
  }
  if (code === 'EACCES') return new Error(`cannot start ${file}: it is not executable for us (EACCES)`);
  if (code === 'ERR_INVALID_ARG_VALUE')
    return new Error(`cannot start ${file}: an argument or variable holds a NUL character`);
  return new Error(`cannot start ${file}: ${code === 'UNKNOWN' ? String(error) : inWords(code)}`);
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** Opens the file that becomes a program's standard input. */
export function openInput(path: string): number {
  return openRegular(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
}

/** Opens the file that a program's output is appended to: two writers with `O_APPEND` never overwrite each other. */
export function openOutput(path: string): number {
  return openRegular(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK);
}

function openRegular(path: string, flags: number): number {
  try {
    const descriptor = openSync(path, flags, 0o600);
    if (fstatSync(descriptor).isFile()) return descriptor;
    closeSync(descriptor);
  } catch (error) {
    throw fileError(error, path);
  }
  throw new FileError('ENXIO', path, inWords('ENXIO'));
}
