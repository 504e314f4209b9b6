import { baseName, parentPath } from '../../core/base/path.ts';
import { sha256 } from '../../core/base/sha256.ts';
import { utf8 } from '../../core/base/text.ts';
import { formatStamp } from '../../core/base/time.ts';
import { noticeLines } from '../../core/documents/notice.ts';
import { readHookInput, readVisit, seenAgain, visitText } from '../../core/documents/visits.ts';
import type { Context } from '../context.ts';
import { findRoot, locate } from '../locate.ts';
import { type ListedPlan, listIn } from './list.ts';
import { visitsFolder } from './store.ts';

/** Milliseconds that whoever started us gets to say what it knows. */
const PATIENCE = 2_000;
const INPUT_LIMIT = 1024 * 1024;
/** What is kept of visits: these many, and others for this long. */
const KEPT = 200;
const KEPT_FOR = 90 * 24 * 3_600_000;

/** What a new conversation with an agent is told. */
export interface Notice {
  readonly lines: readonly string[];
  readonly pending: readonly ListedPlan[];
}

/**
 * What to tell a conversation that begins, told by a hook on standard input; notes that it was told. Never fails: without
 * a repository, without plans, with any input there is nothing to tell.
 */
export async function noticeFor(context: Context): Promise<Notice> {
  const nothing = { lines: [], pending: [] };
  // An agent at work on a task of a run has its brief.
  if (context.env['MASTERPLAN_BRIEF'] !== undefined) return nothing;
  try {
    await offerProgram(context).catch(() => undefined);
    const hook = readHookInput(await inputOf(context));
    const at = { ...context, cwd: hook.cwd ?? context.cwd };
    if ((await findRoot(at.io, at.cwd)) === undefined) return nothing;
    const located = await locate(at);
    if (!located.ok) return nothing;
    const { plans: pending, damaged } = await listIn(at, located.value, false);
    if (hook.name !== undefined && pending.length > 0) {
      // What is noted helps nobody who is not told.
      await note(at, located.value.root, hook.name, pending).catch(() => undefined);
    }
    return { lines: noticeLines(pending, damaged.length), pending };
  } catch {
    return nothing;
  }
}

/**
 * Lets the commands of the conversation find masterplan: where its program offers a file of settings for its shell, and
 * masterplan was started from a place that is not on the search path.
 */
async function offerProgram({ io, env, program }: Context): Promise<void> {
  const settings = env['CLAUDE_ENV_FILE'];
  if (settings === undefined || !settings.startsWith('/') || program === undefined) return;
  const folder = parentPath(program);
  const known = (env['PATH'] ?? '').split(':');
  if (baseName(program) !== 'masterplan' || !folder.startsWith('/') || known.includes(folder)) return;
  const line = `export PATH='${folder.replaceAll("'", String.raw`'\''`)}':"$PATH"\n`;
  const bytes = await io.files.read(settings, INPUT_LIMIT);
  const before = bytes === undefined ? '' : new TextDecoder().decode(bytes);
  if (before.includes(line)) return;
  const file = await io.files.openAppend(settings);
  try {
    await file.append(utf8(`${before === '' || before.endsWith('\n') ? '' : '\n'}${line}`));
  } finally {
    await file.close();
  }
}

async function inputOf(context: Context): Promise<string> {
  if (context.terminal.interactive) return '';
  const waiting = new AbortController();
  const late = context.io.clock.wait(PATIENCE, waiting.signal).then(() => new Uint8Array());
  try {
    return new TextDecoder().decode(await Promise.race([context.terminal.input(INPUT_LIMIT), late]));
  } catch {
    return '';
  } finally {
    waiting.abort();
  }
}

async function note(context: Context, root: string, name: string, plans: readonly ListedPlan[]): Promise<void> {
  const { files, clock } = context.io;
  const folder = visitsFolder(root);
  await files.makeDirectory(folder, { durable: false });
  // Ignores itself, so that nothing of the project or of git's own has to be changed for it.
  await files.create(`${folder}/.gitignore`, '*\n');
  const file = `${folder}/${sha256(name).slice(0, 16)}.json`;
  const bytes = await files.read(file, INPUT_LIMIT).catch(() => undefined);
  const before = bytes === undefined ? undefined : readVisit(new TextDecoder().decode(bytes));
  const paths = plans.map(({ path }) => path);
  const visit = seenAgain(before, name, formatStamp(clock.now()), paths);
  await files.write(file, visitText(visit), { durable: false });
  const names = (await files.list(folder)).filter((one) => one.endsWith('.json'));
  if (names.length <= KEPT) return;
  for (const one of names) {
    const stat = await files.stat(`${folder}/${one}`);
    if (stat !== undefined && clock.now() - stat.mtime > KEPT_FOR) await files.remove(`${folder}/${one}`);
  }
}
