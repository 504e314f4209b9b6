import { type FileChange, MOST_TEXT, type Side } from '../../core/witness/change.ts';
import { attempt, checkId, type Context } from './context.ts';
import { fieldsOf, textOf } from './git.ts';
import type { Repositories } from './repositories.ts';

/** Blobs of one change that are read; of what is more, only that it changed is known. */
const MOST_BLOBS = 4000;
/** Bytes of all of them together. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Reading what a change is made of, for those who judge a change. Everything comes from the private repository. */
export function changeMethods(
  context: Context,
): Pick<Repositories, 'changeTexts' | 'isCommit' | 'pathsOf' | 'textsOf'> {
  return {
    changeTexts: (base, commit) =>
      attempt(`read what ${commit} changes`, () => changes(context, checkId(base), checkId(commit))),
    async isCommit(id) {
      if (!/^[0-9a-f]{4,64}$/.test(id)) return false;
      const answer = await context.git(context.queue, `look for commit ${id}`, ['cat-file', '--batch-check'], {
        stdin: `${id}\n`,
      });
      return /^[0-9a-f]+ commit \d+$/m.test(textOf(answer));
    },
    pathsOf: (commit) => attempt(`list the files of ${commit}`, () => pathsOf(context, checkId(commit))),
    textsOf: (commit, paths) => attempt(`read files of ${commit}`, () => textsOf(context, checkId(commit), paths)),
  };
}

interface Raw {
  readonly path: string;
  readonly before?: { readonly mode: string; readonly id: string };
  readonly after?: { readonly mode: string; readonly id: string };
}

async function changes(context: Context, base: string, commit: string): Promise<FileChange[]> {
  const answer = await context.git(context.queue, `compare ${base} with ${commit}`, [
    'diff-tree',
    '-r',
    '-z',
    '--raw',
    '--no-renames',
    '--no-ext-diff',
    base,
    commit,
  ]);
  const fields = fieldsOf(answer);
  const raws: Raw[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [, from = '', to = '', before = '', after = ''] = /^:(\d+) (\d+) (\S+) (\S+) ./.exec(fields[at] ?? '') ?? [];
    raws.push({
      path: fields[at + 1] ?? '',
      ...(/^0+$/.test(from) ? {} : { before: { mode: from, id: before } }),
      ...(/^0+$/.test(to) ? {} : { after: { mode: to, id: after } }),
    });
  }
  const wanted = raws
    .flatMap(({ before, after }) => [before, after])
    .flatMap((side) => (side === undefined || side.mode === '160000' ? [] : [side.id]));
  const texts = await blobs(context, [...new Set(wanted)].slice(0, MOST_BLOBS));
  const side = (of: Raw['before']): Side | undefined =>
    of === undefined ? undefined : { mode: of.mode, text: texts.get(of.id) ?? null };
  return raws.map(({ path, before, after }) => {
    const [one, other] = [side(before), side(after)];
    return { path, ...(one === undefined ? {} : { before: one }), ...(other === undefined ? {} : { after: other }) };
  });
}

async function pathsOf(context: Context, commit: string): Promise<string[]> {
  return fieldsOf(
    await context.git(context.queue, `list the files of ${commit}`, ['ls-tree', '-r', '-z', '--name-only', commit]),
  );
}

async function textsOf(context: Context, commit: string, paths: readonly string[]): Promise<Map<string, string>> {
  if (paths.length === 0) return new Map();
  const answer = await context.git(context.queue, `list files of ${commit}`, [
    'ls-tree',
    '-r',
    '-z',
    commit,
    '--',
    ...paths.slice(0, 1000),
  ]);
  const ids = new Map<string, string>();
  for (const field of fieldsOf(answer)) {
    const [, id, path] = /^100\d+ blob (\S+)\t([^]*)$/.exec(field) ?? [];
    if (id !== undefined && path !== undefined) ids.set(path, id);
  }
  const texts = await blobs(context, [...new Set(ids.values())]);
  return new Map([...ids].flatMap(([path, id]) => (texts.has(id) ? [[path, texts.get(id) as string] as const] : [])));
}

/** Contents of blobs, by id; what is no text, or too long, is left out. */
async function blobs(context: Context, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const sizes = await context.git(context.queue, 'look up file contents', ['cat-file', '--batch-check'], {
    stdin: `${ids.join('\n')}\n`,
  });
  let left = MOST_BYTES;
  const wanted = textOf(sizes)
    .split('\n')
    .flatMap((line) => {
      const [, id, size] = /^(\S+) blob (\d+)$/.exec(line) ?? [];
      if (id === undefined || Number(size) > MOST_TEXT || Number(size) > left) return [];
      left -= Number(size);
      return [id];
    });
  if (wanted.length === 0) return new Map();
  const { stdout } = await context.git(context.queue, 'read file contents', ['cat-file', '--batch'], {
    stdin: `${wanted.join('\n')}\n`,
  });
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const found = new Map<string, string>();
  for (let at = 0; at < stdout.length;) {
    const feed = stdout.indexOf(10, at);
    if (feed < 0) break;
    const [, id = '', size = '0'] =
      /^(\S+) blob (\d+)$/.exec(new TextDecoder().decode(stdout.subarray(at, feed))) ?? [];
    const bytes = stdout.subarray(feed + 1, feed + 1 + Number(size));
    at = feed + 2 + Number(size);
    if (bytes.includes(0)) continue;
    try {
      found.set(id, decoder.decode(bytes));
    } catch {
      // Not UTF-8: no text that could be judged.
    }
  }
  return found;
}
