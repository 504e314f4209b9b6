import { execFileSync, spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { nodeTerminal, wantsColour } from '../../src/io/node/terminal.ts';
import { bundledScript } from './bundle.ts';
import { type Place, place } from './place.ts';
import { until } from './until.ts';

const child = bundledScript(new URL('child.ts', import.meta.url));

let here: Place;
beforeEach(() => {
  here = place();
});
afterEach(() => here.dispose());

test('colour: what people ask for, then what the stream is', () => {
  expect(wantsColour({}, true)).toBe(true);
  expect(wantsColour({}, false)).toBe(false);
  expect(wantsColour({ TERM: 'dumb' }, true)).toBe(false);
  expect(wantsColour({ NO_COLOR: '1' }, true)).toBe(false);
  expect(wantsColour({ NO_COLOR: '' }, true)).toBe(true);
  expect(wantsColour({ FORCE_COLOR: '1', NO_COLOR: '1' }, false)).toBe(true);
  expect(wantsColour({ FORCE_COLOR: '0' }, true)).toBe(false);
});

test('a pipe is no terminal, and has the size that everything fits', () => {
  const terminal = nodeTerminal();
  expect(terminal).toMatchObject({ interactive: false, colour: false });
  expect([terminal.columns(), terminal.rows()]).toEqual([80, 24]);
});

test('a reader that goes away does not end us', async () => {
  const flood = spawn(process.execPath, [child.path, 'flood', here.directory], { stdio: ['ignore', 'pipe', 'pipe'] });
  let errors = '';
  flood.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => flood.once('close', resolve));
  flood.stdout.destroy();
  writeFileSync(`${here.directory}/closed`, '');
  expect(await ended).toBe(0);
  expect(errors).toBe('still here\n');
  expect(existsSync(`${here.directory}/survived`)).toBe(true);
});

test('standard input is read to its end, up to a limit', () => {
  const read = (input: string, limit: number): string =>
    execFileSync(process.execPath, [child.path, 'input', String(limit)], { input, encoding: 'utf8' });
  expect(read('', 10)).toBe('read 0\n');
  expect(read('x'.repeat(300_000), 300_000)).toBe('read 300000\n');
  expect(read('x'.repeat(300_000), 299_999)).toMatch(/^refused: .*more than the 299999 bytes/);
});

test('requests to stop are delivered as data, the second one too', async () => {
  const listener = spawn(process.execPath, [child.path, 'interrupts'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  listener.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => listener.once('close', resolve));
  let expected = 'ready\n';
  for (const signal of ['SIGINT', 'SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    await until('the answer', () => said === expected);
    listener.kill(signal);
    expected += `${signal}\n`;
  }
  expect(await ended).toBe(0);
  expect(said).toBe(expected);
});
