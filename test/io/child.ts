import { existsSync, writeFileSync, writeSync } from 'node:fs';
import { nodeIo, nodeTerminal } from '../../src/io/node/index.ts';

/** What tests let another process do; bundled by ./bundle.ts. Answers go to standard output, a line each. */
const io = nodeIo();
const [act, path = '', ...rest] = process.argv.slice(2);
const say = (line: string): void => void writeSync(1, `${line}\n`);

const acts: Record<string, () => Promise<void>> = {
  /** Appends lines of the given length; acknowledges each, reports failures, goes on after them. */
  async append() {
    const file = await io.files.openAppend(path);
    const length = Number(rest[1]);
    for (let i = 0; i < Number(rest[0]); i++) {
      const line = new TextEncoder().encode(`${String(i).padEnd(length - 1, '.')}\n`);
      await file.append(line).then(
        () => say(`acknowledged ${i}`),
        (error: unknown) => say(`refused ${i}: ${String(error)}`),
      );
    }
  },
  async write() {
    await io.files.write(path, rest[0] ?? '').then(
      () => say('acknowledged'),
      (error: unknown) => say(`refused: ${String(error)}`),
    );
  },
  async create() {
    await io.files.create(path, rest[0] ?? '').then(
      (won) => say(won ? 'acknowledged' : 'lost'),
      (error: unknown) => say(`refused: ${String(error)}`),
    );
  },
  async 'remove-tree'() {
    await io.files.removeTree(path).then(
      () => say('acknowledged'),
      (error: unknown) => say(`refused: ${String(error)}`),
    );
  },
  /** Starts a program and ends at once. */
  async start() {
    const [stdin = '', output = '', program = '', ...args] = rest;
    const env = { PATH: process.env['PATH'] ?? '' };
    say(JSON.stringify(await io.processes.start({ argv: [program, ...args], cwd: path, env }, { stdin, output })));
  },
  /** Writes to a standard output that nobody reads any more, then leaves a mark. */
  async flood() {
    const terminal = nodeTerminal();
    while (!existsSync(`${path}/closed`)) await io.clock.wait(2);
    for (let i = 0; i < 1000; i++) terminal.write('x'.repeat(1000));
    terminal.error('still here\n');
    writeFileSync(`${path}/survived`, '');
  },
  /** Says how many bytes standard input holds. */
  async input() {
    await nodeTerminal()
      .input(Number(path))
      .then(
        (bytes) => say(`read ${bytes.length}`),
        (error: unknown) => say(`refused: ${String(error)}`),
      );
  },
  /** Says which requests to stop arrive, until the fourth. */
  async interrupts() {
    const { promise, resolve } = (() => {
      let done = (): void => {};
      return { promise: new Promise<void>((resolved) => (done = resolved)), resolve: () => done() };
    })();
    let count = 0;
    const undo = nodeTerminal().onInterrupt((name) => {
      say(name);
      if (++count === 4) resolve();
    });
    const alive = setInterval(() => {}, 1000);
    say('ready');
    await promise;
    undo();
    clearInterval(alive);
  },
};

await acts[act ?? '']?.();
