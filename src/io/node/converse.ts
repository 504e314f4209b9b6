import { StringDecoder } from 'node:string_decoder';
import { type Conversation, LINE_LIMIT, type Listener } from '../conversation.ts';
import type { Program } from '../processes.ts';
import { signalGroup } from './ending.ts';
import { spawn } from './spawn.ts';

/** Milliseconds after the end of a program for which its streams are listened to: somebody it left may hold them open. */
const DRAIN = 500;

/** Starts a program to talk with: see `Converse`. */
export async function converse(program: Program, listener: Listener): Promise<Conversation> {
  const child = await spawn(program, ['pipe', 'pipe', 'pipe']);
  const { stdin, stdout, stderr } = child;
  const lines = new Lines((text) => listener.line(text));
  const errors = new StringDecoder('utf8');
  stdout?.on('data', (chunk: Buffer) => lines.hear(chunk));
  stderr?.on('data', (chunk: Buffer) => listener.error(errors.write(chunk)));
  // A program may end without having read everything (EPIPE), or while we read: its end says so.
  for (const stream of [stdin, stdout, stderr]) stream?.on('error', () => {});
  const silent = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once('exit', (code, signal) => {
      const timer = setTimeout(finish, DRAIN);
      void silent.then(finish);
      function finish(): void {
        clearTimeout(timer);
        lines.end();
        for (const stream of [stdin, stdout, stderr]) stream?.destroy();
        resolve({ code, signal });
      }
    });
  });
  return {
    send: (line) => {
      if (stdin?.writable === true) stdin.write(`${line}\n`);
    },
    closeInput: () => void stdin?.end(),
    signal: (name) => {
      if (child.pid !== undefined) signalGroup(child.pid, name);
    },
    ended,
  };
}

/** Cuts what is heard into lines. */
class Lines {
  readonly #decoder = new StringDecoder('utf8');
  readonly #line: (text: string) => void;
  #parts: string[] = [];
  #length = 0;
  #over = false;

  constructor(line: (text: string) => void) {
    this.#line = line;
  }

  hear(chunk: Buffer): void {
    const text = this.#decoder.write(chunk);
    let from = 0;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', from)) {
      this.#keep(text.slice(from, at));
      this.#flush();
      from = at + 1;
    }
    this.#keep(text.slice(from));
  }

  /** What stands behind the last line end is a line too. */
  end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#keep(this.#decoder.end());
    if (this.#length > 0) this.#flush();
  }

  #keep(part: string): void {
    if (part === '' || this.#length >= LINE_LIMIT) return;
    const kept = part.slice(0, LINE_LIMIT - this.#length);
    this.#parts.push(kept);
    this.#length += kept.length;
  }

  #flush(): void {
    const line = this.#parts.length === 1 ? (this.#parts[0] as string) : this.#parts.join('');
    this.#parts = [];
    this.#length = 0;
    this.#line(line.endsWith('\r') ? line.slice(0, -1) : line);
  }
}
