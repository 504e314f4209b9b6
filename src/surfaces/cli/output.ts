import type { AppRefusal } from '../../app/api.ts';
import { oneLine } from '../../core/base/text.ts';
import type { Speaker } from './command.ts';
import { paintFor, type Paint } from './paint.ts';

/** Writes lines to standard output. */
export function say(cli: Speaker, lines: readonly string[]): void {
  if (lines.length > 0) cli.context.terminal.write(`${lines.join('\n')}\n`);
}

/** Writes one JSON value on one line to standard output, which with `--json` carries nothing else. */
export function sayJson(cli: Speaker, value: unknown): void {
  cli.context.terminal.write(`${JSON.stringify(value)}\n`);
}

/** The colours of this terminal. */
export function paintOf(cli: Speaker): Promise<Paint> {
  return paintFor(cli.context.terminal.colour);
}

/** Says why not and what to type next; returns the exit code. */
export async function refuse(cli: Speaker, refusal: AppRefusal, json: boolean): Promise<number> {
  const { message, hint, exit, findings } = refusal;
  if (json) {
    sayJson(cli, {
      error: {
        message,
        hint,
        exit,
        ...(findings === undefined ? {} : { file: findings.file, findings: findings.findings }),
      },
    });
    return exit;
  }
  const { terminal } = cli.context;
  const lines: string[] = [];
  if (findings !== undefined) {
    const [paint, { renderFindings }] = await Promise.all([paintOf(cli), import('./render/findings.ts')]);
    lines.push(...renderFindings(findings, paint, terminal.columns()), '');
  }
  lines.push(`masterplan: ${oneLine(message, 1000)}`, `  ${oneLine(hint, 1000)}`);
  terminal.error(`${lines.join('\n')}\n`);
  return exit;
}
