import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { redactorOf } from '../../../src/core/redact/redactor.ts';
import { LiveRedaction } from '../../../src/engine/agents/live-redaction.ts';
import { redactFile } from '../../../src/engine/machine/redact-file.ts';
import { nodeFiles } from '../../../src/io/node/files.ts';

const directory = mkdtempSync(join(tmpdir(), 'masterplan-live-'));
afterEach(() => rmSync(path, { force: true }));
const path = join(directory, 'T1.1.log');
const KEY = ['ghp', 'aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zCaB3d'].join('_');
const PEM = `-----BEGIN PRIVATE KEY-----\n${'MIIEvQIBADANBgkqhkiG9w0B\n'.repeat(20)}-----END PRIVATE KEY-----\n`;
const redactor = redactorOf(['geheim ä', 'over\ntwo lines', 'wxyz']);
const SECRETS = [KEY, 'geheim ä', 'over\ntwo lines', 'wxyz', 'MIIEvQ'];

test('what is written while it is looked at loses its secrets and nothing else, wherever it is cut and whenever somebody dies', async () => {
  const piece = fc.constantFrom<string | Uint8Array>(
    ' plain words\n',
    `{"text":"the key is ${KEY}","n":1}\n`,
    'half a line, ',
    '\n',
    ` ${KEY} `,
    'geheim ä',
    'ä€𝄞 ',
    'over\ntwo lines and more\n',
    'wxyz\n',
    PEM,
    new Uint8Array([0xff, 0xfe, 0x20, ...new TextEncoder().encode(`${KEY}\n`), 0xc3]),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(piece, { maxLength: 25 }),
      fc.array(fc.record({ bytes: fc.nat(300), dies: fc.boolean() }), { maxLength: 25 }),
      async (pieces, cuts) => {
        const all = Buffer.concat(pieces.map((one) => Buffer.from(one)));
        writeFileSync(path, '');
        let live = new LiveRedaction(nodeFiles, path, redactor);
        let at = 0;
        for (const { bytes, dies } of [...cuts, { bytes: all.length, dies: false }]) {
          appendFileSync(path, all.subarray(at, at + bytes));
          at = Math.min(all.length, at + bytes);
          if (dies) live = new LiveRedaction(nodeFiles, path, redactor);
          await live.look(statSync(path).size);
          expect(statSync(path).size).toBe(at);
          // All but what is not a whole line yet, or may go on in the next one.
          const whole = readFileSync(path)
            .subarray(0, at)
            .toString('latin1')
            .lastIndexOf('\n', at - 60);
          const text = readFileSync(path).subarray(0, Math.max(0, whole)).toString('utf8');
          if (!text.includes('-----BEGIN')) expect(SECRETS.filter((one) => text.includes(one))).toEqual([]);
        }
        appendFileSync(path, `\n!\n${'.'.repeat(80)}\n`);
        await live.look(statSync(path).size);
        const end = readFileSync(path, 'utf8');
        expect(SECRETS.filter((one) => end.includes(one))).toEqual([]);
        expect(count(end, 'plain words')).toBe(count(all.toString('utf8'), 'plain words'));
        expect(count(end, '𝄞')).toBe(count(all.toString('utf8'), '𝄞'));
        // There is nothing left to do at the end.
        await redactFile(nodeFiles, path, redactor);
        expect(readFileSync(path, 'utf8')).toBe(end);
      },
    ),
    { numRuns: 150 },
  );
});

const count = (text: string, part: string): number => text.split(part).length - 1;

test('lines stay as long as they were, and JSON stays JSON', async () => {
  const filler = '.'.repeat(80);
  const lines = [`{"a":"${KEY}","b":"ä"}`, 'TOKEN=wxyz', 'plain', `ü ${KEY}`, filler];
  writeFileSync(path, `${lines.join('\n')}\n`);
  await new LiveRedaction(nodeFiles, path, redactor).look(statSync(path).size);
  const now = readFileSync(path, 'utf8').split('\n');
  expect(now.map((line) => Buffer.byteLength(line))).toEqual([...lines, ''].map((line) => Buffer.byteLength(line)));
  expect(JSON.parse(now[0] ?? '')).toEqual({ a: '[redacted]', b: 'ä' });
  expect(now.slice(1).map((line) => line.trimEnd())).toEqual(['TOKEN=***', 'plain', 'ü [redacted]', filler, '']);
});

test('a line without end is looked at as it comes, in pieces', async () => {
  writeFileSync(path, '');
  const live = new LiveRedaction(nodeFiles, path, redactor);
  for (let i = 0; i < 30; i++) {
    appendFileSync(path, `${'x'.repeat(99_000)} ${KEY.slice(0, 20)}`);
    await live.look(statSync(path).size);
    appendFileSync(path, KEY.slice(20));
    await live.look(statSync(path).size);
  }
  expect(readFileSync(path, 'utf8').split(KEY).length).toBeLessThan(3);
  appendFileSync(path, `\n${'.'.repeat(80)}\n`);
  for (let i = 0; i < 8; i++) await live.look(statSync(path).size + i);
  expect(readFileSync(path, 'utf8').includes(KEY)).toBe(false);
  expect(statSync(path).size).toBe(30 * (99_001 + KEY.length) + 82);
});

test('what is not there, or became shorter, is no matter', async () => {
  const live = new LiveRedaction(nodeFiles, join(directory, 'none'), redactor);
  await live.look(10);
  await expect(nodeFiles.overwrite(join(directory, 'none'), 0, new Uint8Array(1))).rejects.toMatchObject({
    code: 'ENOENT',
  });
  writeFileSync(path, 'abc');
  await expect(nodeFiles.overwrite(path, 2, new Uint8Array(2))).rejects.toMatchObject({ code: 'EINVAL' });
  expect(readFileSync(path, 'utf8')).toBe('abc');
});
