import { oneLine } from '../../core/base/text.ts';
import { err, ok, type Result } from '../../core/base/result.ts';
import { utf8 } from '../../core/base/text.ts';
import { fromForge, ISSUE_FIELDS, PULL_FIELDS } from '../../core/imports/forge.ts';
import { EXIT, type AppRefusal } from '../api.ts';
import type { Context } from '../context.ts';
import { environmentOf } from '../environment.ts';
import type { ImportSource } from './bundle.ts';

/** The forge's own tool, which holds the account: we never speak to a forge ourselves. */
const TOOL = 'gh';
const PATIENCE = 60_000;

/** Asks the forge's tool; the error says what it said, `missing` that there is no such program. */
export async function askForge(
  context: Context,
  root: string,
  args: readonly string[],
): Promise<Result<string, { readonly missing: boolean; readonly said: string }>> {
  const env = { ...environmentOf(context), GH_PROMPT_DISABLED: '1', NO_COLOR: '1', GH_NO_UPDATE_NOTIFIER: '1' };
  const finished = await context.io.processes.run(
    { argv: [TOOL, ...args], cwd: root, env },
    { timeout: PATIENCE, maxOutput: 16 * 1024 * 1024 },
  );
  if (finished.ended === 'not-started') return err({ missing: true, said: finished.stderr });
  if (finished.ended !== 'exited' || finished.code !== 0)
    return err({ missing: false, said: oneLine(finished.stderr || finished.ended, 400) });
  return ok(new TextDecoder().decode(finished.stdout));
}

/** Reads an issue or a pull request: its number, or its address. */
export async function forgeSource(
  context: Context,
  root: string,
  kind: 'issue' | 'pull-request',
  which: string,
): Promise<Result<ImportSource, AppRefusal>> {
  const flag = kind === 'issue' ? '--issue' : '--pr';
  const wanted = which.replace(/^#/, '');
  if (!/^\d{1,9}$/.test(wanted) && !/^https:\/\/[^\s]{1,300}$/.test(wanted))
    return err({
      message: `"${which.slice(0, 80)}" is no number of an ${kind === 'issue' ? 'issue' : 'pull request'}`,
      hint: `masterplan import ${flag}=12`,
      exit: EXIT.usage,
    });
  const [word, fields] = kind === 'issue' ? ['issue', ISSUE_FIELDS] : ['pr', PULL_FIELDS];
  const answer = await askForge(context, root, [word, 'view', wanted, '--json', fields]);
  if (!answer.ok) {
    const { missing, said } = answer.error;
    return err({
      message: missing ? `${TOOL}, the forge's tool, is not on the PATH` : `${TOOL} ${word} view ${wanted}: ${said}`,
      hint: missing
        ? `install it and log in (${TOOL} auth login), or save the text and import that: masterplan import --file=<file.md>`
        : `try it by hand: ${TOOL} ${word} view ${wanted}`,
      exit: EXIT.failed,
    });
  }
  const read = fromForge(kind, answer.value);
  if (!read.ok)
    return err({
      message: `${TOOL} ${word} view ${wanted}: ${read.error}`,
      hint: `a newer ${TOOL} may help`,
      exit: EXIT.failed,
    });
  return ok({
    importable: read.value,
    sources: [{ path: `${word}-${wanted.replace(/\D+/g, '') || 'x'}.json`, bytes: utf8(answer.value), local: false }],
    beside: new Map(),
  });
}
