import { err, ok, type Result } from '../core/base/result.ts';
import type { Io } from '../io/io.ts';
import { type AppRefusal, EXIT } from './api.ts';
import type { EnvironmentFile } from './config-environment.ts';
import type { Context } from './context.ts';
import { basePath } from './environment.ts';

/**
 * Refuses a run in whose worktrees programs would run the code of the user's work tree: a test that passes there proves nothing.
 * Whoever says anything of set-up has thought of it.
 */
export async function refuseStrayPackages(
  context: Context,
  root: string,
  file: EnvironmentFile | undefined,
): Promise<Result<void, AppRefusal>> {
  if (file?.setup !== undefined || file?.from !== undefined || file?.share !== undefined) return ok(undefined);
  const base = { PATH: basePath(context), HOME: context.env['HOME'] ?? '' };
  const strays = await strayPackages(context.io, root, base);
  if (strays.length === 0) return ok(undefined);
  const names = strays.slice(0, 3).map(({ name, path }) => `${name} (${path})`);
  return err({
    message: `in worktrees, packages of this repository would be those of your work tree: ${names.join(', ')}${strays.length > 3 ? ', …' : ''}; worktrees have no node_modules of their own, and yours lies above them`,
    hint: 'in .masterplan.yaml: environment: {setup: auto} installs them, environment: {setup: []} if no command needs them',
    exit: EXIT.failed,
  });
}

/**
 * Packages of the repository itself that programs of Node would find in the user's work tree, not in the worktree that they run in:
 * what a worktree has no `node_modules` for is looked for further up, and `.masterplan` lies in the work tree. Names, with the
 * directories that they lead to.
 */
async function strayPackages(
  io: Io,
  root: string,
  base: { readonly PATH: string; readonly HOME: string },
): Promise<readonly { readonly name: string; readonly path: string }[]> {
  if ((await io.files.stat(`${root}/node_modules`))?.kind !== 'directory') return [];
  const script =
    'cd node_modules && for one in * @*/*; do [ -L "$one" ] && printf "%s\\n%s\\n" "$one" "$(readlink -f -- "$one")"; done; true';
  const { stdout } = await io.processes.run(
    { argv: ['sh', '-c', script], cwd: root, env: { ...base } },
    { timeout: 10_000 },
  );
  const lines = new TextDecoder().decode(stdout).split('\n');
  const found: { name: string; path: string }[] = [];
  for (let at = 0; at + 1 < lines.length; at += 2) {
    const [name = '', target = ''] = lines.slice(at, at + 2);
    const path = target.startsWith(`${root}/`) ? target.slice(root.length + 1) : '';
    if (path !== '' && !/^(?:node_modules|\.masterplan)(?:\/|$)/.test(path)) found.push({ name, path });
  }
  return found;
}
