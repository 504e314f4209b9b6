// The agent of the end-to-end tests: does what a test tells it over a socket, one JSON line at a time.
//   node puppet.mjs <socket>
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';

const socket = connect(process.argv[2] ?? '');
const send = (message) => socket.write(`${JSON.stringify(message)}\n`);

/** Writes everything, also into a pipe or file that takes it piece by piece. */
function print(text) {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length;) at += writeSync(1, bytes, at);
}

const orders = {
  write: ({ path, text }) => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  },
  say: ({ text }) => print(text),
  flood: ({ line, times }) => {
    for (let i = 0; i < times; i += 1000) print(line.repeat(Math.min(1000, times - i)));
  },
  sh: ({ command }) =>
    new Promise((resolve) => {
      const child = spawn('sh', ['-c', command], { stdio: ['ignore', 'pipe', 'pipe'] });
      let output = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
      child.on('close', (code) => resolve({ code, output }));
    }),
  leave: ({ escaped, wiped }) => {
    const env = wiped ? { PATH: process.env['PATH'] } : process.env;
    const child = spawn('sleep', ['600'], { stdio: 'ignore', detached: escaped, env });
    child.unref();
    return { pid: child.pid };
  },
  ignore: ({ signal }) => {
    process.on(signal, () => {});
  },
  signal: ({ signal, group }) => {
    process.kill(group ? 0 : process.pid, signal);
  },
  exit: ({ code }) => process.exit(code),
};

socket.on('connect', () =>
  send({
    hello: {
      pid: process.pid,
      cwd: process.cwd(),
      env: process.env,
      argv: process.argv.slice(3),
      brief: readFileSync(0, 'utf8'),
    },
  }),
);
socket.on('error', () => process.exit(70));
// A puppet without a test has nothing to live for.
socket.on('close', () => process.exit(70));
for await (const line of createInterface({ input: socket })) {
  const { id, order, ...rest } = JSON.parse(line);
  try {
    send({ id, result: (await orders[order](rest)) ?? null });
  } catch (error) {
    send({ id, error: String(error) });
  }
}
