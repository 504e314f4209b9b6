import { changesBetween } from './collect.ts';
import { attempt, checkId, type Context } from './context.ts';
import { fieldsOf } from './git.ts';
import type { ObjectId, Repositories } from './repositories.ts';

/** Bytes of one file that are looked at. */
const LARGEST = 1024 * 1024;

/** Reading commits of the private repository. */
export function readMethods(context: Context): Pick<Repositories, 'changes' | 'patch' | 'read'> {
  return {
    changes: (from, to) =>
      attempt(`compare ${from} with ${to}`, () => changesBetween(context, context.queue, checkId(from), checkId(to))),
    patch: (from, to, paths, limit) =>
      attempt(`compare ${from} with ${to}`, () => patch(context, checkId(from), checkId(to), paths, limit)),
    read: (commit, path) => attempt(`read ${path}`, () => read(context, checkId(commit), path)),
  };
}

async function patch(
  context: Context,
  from: ObjectId,
  to: ObjectId,
  paths: readonly string[],
  limit: number,
): Promise<string> {
  if (paths.length === 0) return '';
  const answer = await context.git(
    context.queue,
    `compare ${from} with ${to}`,
    ['diff-tree', '-p', '--no-renames', '--no-ext-diff', '--no-textconv', '--no-color', from, to, '--', ...paths],
    { settings: ['core.quotePath=false'] },
  );
  const text = new TextDecoder().decode(answer.stdout.subarray(0, limit));
  return answer.stdout.length > limit ? `${text}\n[cut: the whole of it has ${answer.stdout.length} bytes]\n` : text;
}

async function read(context: Context, commit: ObjectId, path: string): Promise<Uint8Array | undefined> {
  const listed = await context.git(context.queue, `look for ${path}`, ['ls-tree', '-z', '-l', commit, '--', path]);
  const [, id = '', size = ''] = /^100\d{3} blob (\S+) +(\d+)\t/.exec(fieldsOf(listed)[0] ?? '') ?? [];
  if (id === '' || Number(size) > LARGEST) return undefined;
  return (await context.git(context.queue, `read ${path}`, ['cat-file', 'blob', id])).stdout;
}
