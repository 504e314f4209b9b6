import type { Io } from '../../io/io.ts';

/**
 * Where a program is that would be started by this name with this `PATH`; `undefined`: nowhere. Nothing is started but, for a
 * link, `test`. A path that is relative to the agent's worktree cannot be looked up here: it is taken to be there.
 */
export async function findProgram(io: Io, program: string, path: string): Promise<string | undefined> {
  if (program.startsWith('/')) return (await isProgram(io, program)) ? program : undefined;
  // Nobody fills in variables: there is no shell.
  if (/^[~$]/.test(program)) return undefined;
  if (program.includes('/')) return program;
  for (const directory of path.split(':')) {
    if (!directory.startsWith('/')) continue;
    const at = `${directory.replace(/\/+$/, '')}/${program}`;
    if (await isProgram(io, at)) return at;
  }
  return undefined;
}

async function isProgram(io: Io, path: string): Promise<boolean> {
  // Whatever keeps us from looking keeps the system from starting it.
  const stat = await io.files.stat(path).catch(() => undefined);
  if (stat?.kind === 'file') return stat.executable;
  if (stat?.kind !== 'link') return false;
  // Most programs of npm and Homebrew are links; one that leads nowhere is none.
  const env = { PATH: '/usr/bin:/bin:/usr/local/bin' };
  const exists = await io.processes.run({ argv: ['test', '-x', path], cwd: '/', env }, { timeout: 5000 });
  return exists.ended === 'exited' && exists.code === 0;
}

/** The search path that an agent is started with: its own where the configuration gives it one. */
export function searchPath(base: string, env: Readonly<Record<string, string>> | undefined): string {
  return env?.['PATH'] ?? base;
}
