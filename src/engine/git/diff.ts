import { attempt, checkId, type Context } from './context.ts';
import { textOf } from './git.ts';
import type { Repositories } from './repositories.ts';

/** What changed between two commits, in words for whoever judges it. */
export function diffMethods(context: Context): Pick<Repositories, 'diff'> {
  return {
    diff: (from, to) =>
      attempt(`compare ${from} with ${to}`, async () => {
        const answer = await context.git(
          context.queue,
          `compare ${from} with ${to}`,
          [
            'diff-tree',
            '-r',
            '-p',
            '--no-color',
            '--no-renames',
            '--no-ext-diff',
            '--no-textconv',
            '--src-prefix=a/',
            '--dst-prefix=b/',
            '--unified=3',
            checkId(from),
            checkId(to),
          ],
          { settings: ['core.quotePath=false'] },
        );
        return textOf(answer);
      }),
  };
}
