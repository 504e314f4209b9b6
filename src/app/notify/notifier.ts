import { formatStamp } from '../../core/base/time.ts';
import { quietUntil } from '../../core/base/quiet-hours.ts';
import { type Message, messageOf, noticesOf, type Notice } from '../../core/views/notice.ts';
import type { Redactor } from '../../core/redact/redactor.ts';
import type { NotifySettings } from './settings.ts';
import type { RunState } from '../../core/run/state.ts';
import type { RunPaths } from '../../engine/paths.ts';
import type { Context } from '../context.ts';
import { channelsOf, type Channel } from './channels.ts';

/** What is remembered of what was told, so that a run that is started again does not tell it again. */
interface Told {
  readonly schema: 1;
  readonly told: readonly string[];
}

interface Around {
  readonly context: Context;
  readonly settings: NotifySettings;
  readonly paths: RunPaths;
  readonly state: () => RunState;
  /** What a log of before may still hold is not sent anywhere. */
  readonly redactor: Redactor;
  /** Says, once for each channel, why a message was not delivered. */
  readonly trouble: (channel: string, why: string) => void;
}

/**
 * Tells a person who is elsewhere what came up: each thing once, also over crashes and restarts (again rather than never),
 * what comes up together in one message, and nothing in quiet hours, at whose end is told what still holds.
 */
export class Notifier {
  readonly #around: Around;
  readonly #channels: readonly Channel[];
  readonly #told: Set<string>;
  readonly #failed = new Set<string>();
  readonly #over = new AbortController();
  #loop: Promise<void> | undefined;

  private constructor(around: Around, told: readonly string[]) {
    this.#around = around;
    this.#channels = channelsOf(around.context, around.settings, around.paths.root);
    this.#told = new Set(told);
  }

  /** A notifier that knows what earlier starts of the run have told. */
  static async open(around: Around): Promise<Notifier> {
    const bytes = await around.context.io.files.read(file(around.paths), 1024 * 1024).catch(() => undefined);
    return new Notifier(around, bytes === undefined ? [] : readTold(new TextDecoder().decode(bytes)));
  }

  /** Something happened: if there is anything to tell, it is told after a while. */
  look(): void {
    if (this.#channels.length === 0 || this.#loop !== undefined || this.#over.signal.aborted) return;
    if (this.#due().length === 0) return;
    this.#loop = this.#soon().finally(() => {
      this.#loop = undefined;
    });
  }

  /**
   * Nobody carries the run on any more. What is left to tell is told now, `trouble` with it, unless it is quiet or `silent`:
   * whoever stopped it by hand knows. Resolves when it was delivered or could not be.
   */
  async close(how: { readonly silent: boolean; readonly trouble?: string | undefined }): Promise<void> {
    this.#over.abort();
    await this.#loop;
    if (this.#channels.length === 0 || how.silent || this.#quiet() !== undefined) return;
    const { state, context, settings } = this.#around;
    const due = this.#due();
    if (how.trouble !== undefined && settings.about.includes('trouble'))
      due.unshift({
        key: `stopped:${how.trouble}`,
        kind: 'trouble',
        text: `it cannot go on: ${how.trouble}`,
        type: `masterplan run ${state().slug}`,
        since: context.io.clock.now(),
      });
    await this.#tell(due, true);
  }

  async #soon(): Promise<void> {
    const { clock } = this.#around.context.io;
    /** When each was seen first: what is answered before its time is never told. */
    const seen = new Map<string, number>();
    for (;;) {
      const due = this.#due();
      if (due.length === 0) return;
      const now = clock.now();
      for (const { key } of due) if (!seen.has(key)) seen.set(key, now);
      const wait = this.#wait(due, seen, now);
      if (wait > 0) {
        await clock.wait(wait, this.#over.signal);
        if (this.#over.signal.aborted) return;
        continue;
      }
      await this.#tell(due.filter(({ key }) => (seen.get(key) ?? now) + this.#around.settings.after <= now));
      if (this.#over.signal.aborted) return;
    }
  }

  /** Milliseconds until the first of these may be told; what comes up while it is quiet waits for the end of that. */
  #wait(due: readonly Notice[], seen: ReadonlyMap<string, number>, now: number): number {
    const quiet = this.#quiet();
    if (quiet !== undefined) return quiet - now;
    return Math.min(...due.map(({ key }) => (seen.get(key) ?? now) + this.#around.settings.after - now));
  }

  #due(): Notice[] {
    const { about } = this.#around.settings;
    return noticesOf(this.#around.state()).filter(({ key, kind }) => about.includes(kind) && !this.#told.has(key));
  }

  #quiet(): number | undefined {
    const { quiet } = this.#around.settings;
    const now = this.#around.context.io.clock.now();
    return quiet === undefined ? undefined : quietUntil(quiet, now, (at) => -new Date(at).getTimezoneOffset());
  }

  async #tell(notices: readonly Notice[], hurried = false): Promise<void> {
    if (notices.length === 0) return;
    const message = clean(messageOf(this.#around.state(), notices, formatStamp), this.#around.redactor);
    await Promise.all(
      this.#channels.map(async (channel) => {
        const why = await channel.send(message, hurried);
        if (why === undefined || this.#failed.has(channel.name)) return;
        this.#failed.add(channel.name);
        this.#around.trouble(channel.name, why);
      }),
    );
    for (const { key } of notices) this.#told.add(key);
    await this.#remember();
  }

  /** A disk that refuses it costs a second message after a restart, nothing more. */
  async #remember(): Promise<void> {
    const { context, paths, state } = this.#around;
    const current = new Set(noticesOf(state()).map(({ key }) => key));
    const told: Told = { schema: 1, told: [...this.#told].filter((key) => current.has(key)) };
    await context.io.files.write(file(paths), `${JSON.stringify(told)}\n`).catch(() => undefined);
  }
}

/** The message without secrets. */
function clean(message: Message, redactor: Redactor): Message {
  return {
    ...message,
    summary: redactor.text(message.summary),
    notices: message.notices.map((one) => ({ ...one, text: redactor.text(one.text) })),
  };
}

function readTold(text: string): readonly string[] {
  try {
    const value = JSON.parse(text) as Partial<Told> | null;
    return Array.isArray(value?.told) ? value.told.filter((key) => typeof key === 'string') : [];
  } catch {
    return [];
  }
}

function file(paths: RunPaths): string {
  return `${paths.runtime}/told.json`;
}
