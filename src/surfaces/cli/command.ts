import type { CommandContext } from '@stricli/core';
import { EXIT } from '../../app/api.ts';
import type { Context } from '../../app/context.ts';
import { oneLine } from '../../core/base/text.ts';
import type { Prompts } from './prompts.ts';
import type { UseCases } from './use-cases.ts';

/** What a command works with. */
export interface Cli {
  readonly context: Context;
  readonly app: UseCases;
  readonly prompts: Prompts;
  /** Ends the process at once, in the middle of whatever it does: for the third Ctrl-C. */
  readonly exitNow: (code: number) => void;
}

/** As much of it as saying something takes. */
export type Speaker = Pick<Cli, 'context'>;

/** `this` of a command, as @stricli/core hands it over. */
export interface Calling extends CommandContext {
  readonly cli: Cli;
  readonly outcome: { code: number | undefined };
}

/** What every command's flags have in common. */
export interface JsonFlag {
  readonly json: boolean;
}

/** A command's function: flags and arguments in, exit code out. What it throws is said in one sentence. */
export function action<Flags extends JsonFlag, Args extends readonly unknown[]>(
  run: (cli: Cli, flags: Flags, ...args: Args) => Promise<number>,
): (this: Calling, flags: Flags, ...args: Args) => Promise<void> {
  return async function (flags, ...args) {
    try {
      this.outcome.code = await run(this.cli, flags, ...args);
    } catch (error) {
      this.outcome.code = unexpected(this.cli, error, flags.json);
    }
  };
}

/** Says what nobody expected, without a stack trace unless one was asked for. `log`: where the facts up to now are. */
export function unexpected(cli: Speaker, error: unknown, json: boolean, log?: string): number {
  const { message, hint } = sentenceOf(error, log);
  const { terminal, env } = cli.context;
  if (json) terminal.write(`${JSON.stringify({ error: { message, hint, exit: EXIT.failed } })}\n`);
  else terminal.error(`masterplan: ${message}\n  ${hint}\n`);
  if (env['MASTERPLAN_DEBUG'] === '1')
    terminal.error(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return EXIT.failed;
}

function sentenceOf(error: unknown, log: string | undefined): { message: string; hint: string } {
  const message = oneLine(error instanceof Error ? error.message : String(error), 1000);
  const kept = log === undefined ? '' : `everything up to here is in ${log}; `;
  const known = error instanceof Error && ['FileError', 'LogError', 'GitError'].includes(error.name);
  if (known) return { message, hint: `${kept}correct the cause, then type the same command again` };
  return {
    message: `a defect of masterplan: ${message}`,
    hint: `${kept}MASTERPLAN_DEBUG=1 shows where; please tell us`,
  };
}
