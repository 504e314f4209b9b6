import { oneLine } from '../../core/base/text.ts';
import { duration } from '../../core/base/time.ts';
import type { Finished } from '../../io/processes.ts';
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
    return err({ missing: false, said: oneLine(finished.stderr, 400) || endingOf(finished) });
  return ok(new TextDecoder().decode(finished.stdout));
}

function endingOf({ ended, code, signal }: Finished): string {
  if (ended === 'timeout') return `no answer after ${duration(PATIENCE)}`;
  if (ended === 'overflow') return 'the answer is larger than 16 MiB';
  return code === undefined ? `it was ended by ${signal ?? 'a signal'}` : `it ended with exit code ${code}`;
}

/** Asks for fields of something; a version of the tool that does not know one of them is asked for the others. */
async function askFields(
  context: Context,
  root: string,
  args: readonly string[],
  fields: string,
): ReturnType<typeof askForge> {
  let wanted = fields.split(',');
  for (;;) {
    const answer = await askForge(context, root, [...args, '--json', wanted.join(',')]);
    const unknown = answer.ok ? undefined : /unknown json field:? "?(\w+)/i.exec(answer.error.said)?.[1];
    const fewer = wanted.filter((field) => field !== unknown);
    if (unknown === undefined || fewer.length === wanted.length || ['number', 'title', 'state'].includes(unknown))
      return answer;
    wanted = fewer;
  }
}

/** What to do about what the tool said. */
function remedy(said: string, command: string): string {
  if (/auth login|not logged in|authentication|bad credentials|HTTP 401/i.test(said))
    return `log in: ${TOOL} auth login`;
  if (/rate limit/i.test(said))
    return `wait until the limit ends (${TOOL} api rate_limit says when), then type the same command again`;
  if (/could not resolve host|connect|network|timed? ?out|no answer/i.test(said))
    return 'look at the network, then type the same command again';
  if (/no git remotes|none of the git remotes|not a github/i.test(said))
    return `name it by its address: https://…; or: ${TOOL} repo set-default`;
  return `try it by hand: ${command}`;
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
  const answer = await askFields(context, root, [word, 'view', wanted], fields);
  if (!answer.ok) {
    const { missing, said } = answer.error;
    return err({
      message: missing ? `${TOOL}, the forge's tool, is not on the PATH` : `${TOOL} ${word} view ${wanted}: ${said}`,
      hint: missing
        ? `install it and log in (${TOOL} auth login), or save the text and import that: masterplan import --file=<file.md>`
        : remedy(said, `${TOOL} ${word} view ${wanted}`),
      exit: EXIT.failed,
    });
  }
  const read = fromForge(kind, answer.value);
  if (!read.ok)
    return err({
      message: `${TOOL} ${word} view ${wanted}: ${read.error}`,
      hint: `nothing was written; look at it by hand: ${TOOL} ${word} view ${wanted} --json number,title,state`,
      exit: EXIT.failed,
    });
  return ok({
    importable: read.value,
    sources: [{ path: `${word}-${wanted.replace(/\D+/g, '') || 'x'}.json`, bytes: utf8(answer.value), local: false }],
    beside: new Map(),
  });
}
