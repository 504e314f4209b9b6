import { joinPath } from '../../core/base/path.ts';
import { sha256 } from '../../core/base/sha256.ts';
import { attempt, checkId, type Context } from './context.ts';
import { fieldsOf, textOf, type Where } from './git.ts';
import { commitTree } from './objects.ts';
import { type CommitText, type FileEdit, GitError, type ObjectId, type Repositories } from './repositories.ts';

/** Trees that masterplan writes itself: numbers that are given at landing, and what generators made. */
export function amendMethods(context: Context): Pick<Repositories, 'list' | 'amend'> {
  return {
    list: (commit, directory) =>
      attempt(`list ${commit}`, async () => {
        const args = ['ls-tree', '-r', '-z', '--name-only', '--full-tree', checkId(commit)] as const;
        const below = directory === '' ? [] : ['--', directory.replace(/\/$/, '')];
        const answer = await context.git(context.queue, `list the files of ${commit}`, [...args, ...below]);
        return fieldsOf(answer).filter((path) => path.startsWith(directory));
      }),
    amend: (commit, edits, onto, text) =>
      attempt(`write the tree of ${commit}`, () => amend(context, checkId(commit), edits, checkId(onto), text)),
  };
}

async function amend(
  context: Context,
  commit: ObjectId,
  edits: readonly FileEdit[],
  onto: ObjectId,
  text: CommitText,
): Promise<{ readonly commit: ObjectId; readonly tree: ObjectId }> {
  const { files } = context.io;
  const stage = joinPath(context.own, 'stage', `amend-${sha256(`${commit} ${onto} ${text.message}`).slice(0, 16)}`);
  const what = `write the tree of ${commit}`;
  await files.removeTree(stage);
  await files.makeDirectory(stage);
  try {
    const where: Where = { ...context.queue, index: joinPath(stage, 'index') };
    await context.git(where, what, ['read-tree', commit], { durable: false });
    const lines: string[] = [];
    const zero = '0'.repeat(commit.length);
    for (const [at, { path, content, like, mode }] of edits.entries()) {
      if (/\0|\n/.test(path)) throw new GitError(`"${path}" is not a path that masterplan writes`);
      if (content === undefined) {
        lines.push(`0 ${zero}\t${path}\0`);
        continue;
      }
      const file = joinPath(stage, `content-${at}`);
      await files.write(file, content);
      const blob = textOf(await context.git(where, what, ['hash-object', '-w', '--no-filters', '--', file])).trim();
      lines.push(`${mode ?? (await modeOf(context, commit, like ?? path))} ${blob}\t${path}\0`);
    }
    // Removals first: where a directory becomes a file, or the other way round.
    lines.sort((a, b) => Number(b.startsWith('0 ')) - Number(a.startsWith('0 ')));
    await context.git(where, what, ['update-index', '-z', '--index-info'], { durable: false, stdin: lines.join('') });
    const tree = textOf(await context.git(where, what, ['write-tree'])).trim();
    return { commit: await commitTree(context, context.queue, tree, [onto], text), tree };
  } finally {
    await files.removeTree(stage);
  }
}

async function modeOf(context: Context, commit: ObjectId, path: string): Promise<string> {
  const listed = await context.git(context.queue, `look for ${path}`, [
    'ls-tree',
    '-z',
    '--full-tree',
    commit,
    '--',
    path,
  ]);
  return /^(100\d{3}) blob /.exec(fieldsOf(listed)[0] ?? '')?.[1] ?? '100644';
}
