import type { Context } from './context.ts';
import { basePath } from './environment.ts';

/** The shell of verify commands: bash where there is one, because plans are written for it, else sh. Stops at the first failure. */
export async function shellOf(context: Context): Promise<[string, ...string[]]> {
  const env = { PATH: basePath(context), HOME: context.env['HOME'] ?? '' };
  const bash = await context.io.processes.run({ argv: ['bash', '-c', 'exit 0'], cwd: context.cwd, env });
  return bash.ended === 'exited' && bash.code === 0 ? ['bash', '-e', '-o', 'pipefail', '-c'] : ['sh', '-e', '-c'];
}
