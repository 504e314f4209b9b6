import { checkId, type Context } from './context.ts';
import { fieldsOf } from './git.ts';
import type { Landed, Repositories } from './repositories.ts';
import { readTrailers } from './trailers.ts';

/** What has landed already: the branch itself is the record, so a crash between landing and logging costs nothing. */
export function landedMethods(context: Context): Pick<Repositories, 'landed'> {
  return {
    async landed(run, from, tip) {
      const args = [
        'log',
        '-z',
        '--reverse',
        '--topo-order',
        '--no-show-signature',
        '--format=%H%x00%T%x00%B',
        `${checkId(from)}..${checkId(tip)}`,
        '--',
      ] as const;
      const fields = fieldsOf(await context.git(context.queue, `read what has landed on ${tip}`, [...args]));
      const landed: Landed[] = [];
      for (let at = 0; at + 2 < fields.length; at += 3) {
        const [commit = '', tree = '', message = ''] = fields.slice(at, at + 3);
        const trailers = readTrailers(message);
        if (trailers?.run === run) landed.push({ attempt: trailers.attempt, task: trailers.task, commit, tree });
      }
      return landed;
    },
  };
}
