import { EXIT, type RunHandle } from '../../../app/api.ts';
import type { Interrupt } from '../../../io/terminal.ts';
import { counted } from '../../words.ts';
import type { Cli } from '../command.ts';

type Mode = Parameters<RunHandle['stop']>[0];

const CODES: Readonly<Record<Interrupt, number>> = {
  SIGINT: EXIT.interrupted,
  SIGTERM: EXIT.terminated,
  SIGHUP: EXIT.hangup,
};

/**
 * What a person or the system asks while a run is under way. Ctrl-C once: no new attempts. Twice: the attempts are ended
 * and their work kept. Three times: gone at once, and the next start finds what was left. SIGTERM and SIGHUP begin at
 * the second step, and never get further: whoever sends them sends SIGKILL when that is not quick enough.
 */
export class Stops {
  readonly #cli: Cli;
  readonly #undo: () => void;
  #step = 0;
  #code: number | undefined;
  #handle: RunHandle | undefined;
  #say: ((text: string) => void) | undefined;
  #hook: (() => void) | undefined;

  constructor(cli: Cli) {
    this.#cli = cli;
    this.#undo = cli.context.terminal.onInterrupt((interrupt) => this.#deliver(interrupt));
  }

  /** The exit code of a process that was asked to stop; `undefined` while it was not. */
  get code(): number | undefined {
    return this.#code;
  }

  /** From now on there is a run to be stopped; one that was asked to stop before that, stops now. */
  attach(handle: RunHandle, say: (text: string) => void): void {
    this.#handle = handle;
    this.#say = say;
    if (this.#step > 0) this.#act();
  }

  /** Calls `hook` at every request to stop: an open question is taken back. */
  onStop(hook: (() => void) | undefined): void {
    this.#hook = hook;
  }

  release(): void {
    this.#undo();
  }

  #deliver(interrupt: Interrupt): void {
    this.#code = CODES[interrupt];
    this.#step = interrupt === 'SIGINT' ? this.#step + 1 : Math.max(2, this.#step);
    if (this.#step > 2) this.#cli.exitNow(this.#code);
    else this.#act();
    this.#hook?.();
  }

  #act(): void {
    if (this.#handle === undefined) return;
    const mode: Mode = this.#step === 1 ? 'drain' : 'now';
    this.#say?.(words(mode, this.#handle.board().working.length));
    this.#handle.stop(mode);
  }
}

function words(mode: Mode, working: number): string {
  if (working === 0) return 'stopping';
  return mode === 'drain'
    ? `no new attempts; ${working} still at work; Ctrl-C again ends them and keeps their work`
    : `ending ${counted(working, 'attempt')} and keeping their work; Ctrl-C again leaves at once`;
}
