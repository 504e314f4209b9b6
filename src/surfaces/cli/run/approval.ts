import { EXIT, type RunHandle } from '../../../app/api.ts';
import { oneLine } from '../../../core/base/text.ts';
import { counted } from '../../words.ts';
import type { Cli } from '../command.ts';
import { paintOf, refuse, say } from '../output.ts';
import { renderFindings } from '../render/findings.ts';
import { renderSummary } from '../render/summary.ts';

/**
 * Lets a person decide before agents are started. Resolves with `undefined` when the plan is approved, otherwise with the
 * exit code. Nobody there to ask is no approval.
 */
export async function approval(
  cli: Cli,
  handle: RunHandle,
  how: { readonly yes: boolean; readonly json: boolean },
  signal: AbortSignal,
): Promise<number | undefined> {
  if (!handle.needsApproval()) return undefined;
  const { terminal } = cli.context;
  const { summary } = handle;
  const paint = await paintOf(cli);
  if (how.yes) {
    const { path: file, source, findings } = summary;
    if (!how.json && findings.length > 0)
      say(cli, renderFindings({ file, source, findings }, paint, terminal.columns()));
    // A graph that can be carried out is, and what is poor about it is for whoever said yes: it is not lost on those who only read the log.
    const errors = findings.filter(({ severity }) => severity === 'error').length;
    if (errors === 0) return approve(cli, handle, '--yes', how.json);
    const words = `${counted(errors, 'error')} of the linter`;
    if (how.json) terminal.error(`masterplan: approved with ${words}: masterplan lint ${file}\n`);
    return approve(cli, handle, `--yes, with ${words}`, how.json);
  }
  const type = [`masterplan approve ${summary.slug}`, `masterplan run ${summary.slug}`];
  if (how.json) {
    const message = `the plan of "${summary.slug}" waits for approval`;
    return refuse(cli, { message, hint: type.join(', then: '), exit: EXIT.waits }, true);
  }
  say(cli, renderSummary(summary, paint, terminal.columns()));
  if (terminal.interactive) {
    const tasks = counted(summary.tasks.length, 'task');
    const answer = await cli.prompts.confirm(`Start the run "${oneLine(summary.slug)}" of ${tasks}?`, signal);
    if (answer === true) return approve(cli, handle, 'terminal', false);
  }
  say(cli, [
    '',
    'Nothing is started before a person approves it:',
    ...type.map((command) => `  ${paint.type(command)}`),
  ]);
  return EXIT.waits;
}

async function approve(cli: Cli, handle: RunHandle, how: string, json: boolean): Promise<number | undefined> {
  const approved = await handle.approve(how);
  return approved.ok ? undefined : refuse(cli, { ...approved.error, exit: EXIT.failed }, json);
}
