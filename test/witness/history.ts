import { execFileSync } from 'node:child_process';
import type { FileChange, Side } from '../../src/core/witness/change.ts';
import { MOST_TEXT } from '../../src/core/witness/change.ts';
import { examine } from '../../src/core/witness/examine.ts';
import { isTestPath } from '../../src/core/witness/paths.ts';

/** What the witness says of commits that somebody made by hand: each of them is taken for honest. */
export interface Judged {
  readonly commit: string;
  readonly subject: string;
  readonly errors: readonly string[];
}

/** Judges the last `count` commits without merges that touch tests, their messages taken for the tasks. */
export function judgeHistory(count: number, root = process.cwd()): Judged[] {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 1024 * 1024 * 1024 });
  const judged: Judged[] = [];
  for (const commit of git('rev-list', '--no-merges', '--parents', 'HEAD').split('\n')) {
    const [own = '', parent] = commit.split(' ');
    if (parent === undefined) continue;
    if (judged.length >= count) break;
    const changes = changesOf(git('diff-tree', '-r', '-z', '--no-renames', parent, own), (ids) => blobsOf(root, ids));
    if (!changes.some(({ path }) => isTestPath(path))) continue;
    const message = git('show', '--no-patch', '--format=%B', own);
    const findings = examine({ changes, task: message, commands: ['npm test'] });
    judged.push({
      commit: own.slice(0, 10),
      subject: message.split('\n')[0] ?? '',
      errors: findings
        .filter(({ severity }) => severity === 'error')
        .map(({ rule, path, line, what }) => `${rule} ${path}:${line ?? 0}: ${what}`),
    });
  }
  return judged;
}

function changesOf(raw: string, read: (ids: readonly string[]) => ReadonlyMap<string, string | null>): FileChange[] {
  const fields = raw.split('\0');
  const rows: { path: string; before: [string, string]; after: [string, string] }[] = [];
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const [modeBefore = '', modeAfter = '', before = '', after = ''] = (fields[i] as string).slice(1).split(' ');
    rows.push({ path: fields[i + 1] as string, before: [modeBefore, before], after: [modeAfter, after] });
  }
  const texts = read(
    [...new Set(rows.flatMap(({ before, after }) => [before[1], after[1]]))].filter((id) => /[1-9a-f]/.test(id)),
  );
  const side = ([mode, id]: [string, string]): Side | undefined =>
    mode === '000000' ? undefined : { mode, text: texts.get(id) ?? null };
  return rows.map(({ path, before, after }): FileChange => {
    const [old, now] = [side(before), side(after)];
    return { path, ...(old === undefined ? {} : { before: old }), ...(now === undefined ? {} : { after: now }) };
  });
}

function blobsOf(root: string, ids: readonly string[]): Map<string, string | null> {
  const out = execFileSync('git', ['cat-file', '--batch'], {
    cwd: root,
    input: `${ids.join('\n')}\n`,
    maxBuffer: 1024 * 1024 * 1024,
  });
  const texts = new Map<string, string | null>();
  for (let at = 0; at < out.length;) {
    const feed = out.indexOf(10, at);
    const [id = '', kind, size = '0'] = out.subarray(at, feed).toString().split(' ');
    at = feed + 1;
    if (kind !== 'blob') {
      if (kind !== 'missing') at += Number(size) + 1;
      continue;
    }
    const bytes = out.subarray(at, at + Number(size));
    texts.set(id, bytes.length > MOST_TEXT || bytes.includes(0) ? null : bytes.toString());
    at += Number(size) + 1;
  }
  return texts;
}
