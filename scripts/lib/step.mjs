import { spawn } from 'node:child_process';

/**
 * Runs one step of a script and says so in one line: what it is, then how long it took.
 *
 * @template T
 * @param {string} what
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(what, work) {
  process.stdout.write(`${what} … `);
  const start = performance.now();
  try {
    const value = await work();
    process.stdout.write(`${((performance.now() - start) / 1000).toFixed(1)} s\n`);
    return value;
  } catch (error) {
    process.stdout.write('failed\n');
    throw error;
  }
}

/** What went wrong in a step, already worded for the reader: printed without a stack. */
export class StepFailed extends Error {}

/**
 * Runs a program with no input, keeps its output, and shows it only when the program fails.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{cwd: string}} options
 * @returns {Promise<void>}
 */
export function quietly(program, args, { cwd }) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      // npm is a shell script on Windows, which Node starts only through a shell.
      shell: process.platform === 'win32' && program === 'npm',
    });
    let output = '';
    const keep = (/** @type {Buffer} */ bytes) => {
      output += bytes.toString('utf8');
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error) => reject(new StepFailed(`cannot start ${program}: ${error.message}`)));
    child.on('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new StepFailed(`${output.trimEnd()}\n${program} ended with ${signal ?? `exit code ${code}`}`));
    });
  });
}

/**
 * Runs a program on our own terminal, passes on the signals that we get, and resolves to the exit code that the
 * caller should end with: the child's, or 128 + n when signal n ended it, as a shell reports it.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{cwd: string}} options
 * @returns {Promise<number>}
 */
export function visibly(program, args, { cwd }) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, stdio: 'inherit' });
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
      process.on(signal, () => child.kill(signal));
    }
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : signalNumber(signal))));
  });
}

/** @param {string} signal */
function signalNumber(signal) {
  return { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGABRT: 6, SIGKILL: 9, SIGSEGV: 11, SIGTERM: 15 }[signal] ?? 1;
}

/**
 * The frame of every script here: its exit code is what `main` resolves to; a {@link StepFailed} is printed plainly.
 *
 * @param {() => Promise<number | void>} main
 */
export async function script(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    if (error instanceof StepFailed) console.error(error.message);
    else console.error(error);
    process.exitCode = 1;
  }
}
