import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { member, string } from './model/json.ts';
import { type Program, record } from './record.ts';

const TOY = `
process.stdin.setEncoding('utf8').on('data', (text) => {
  for (const line of text.trim().split('\\n')) console.log(JSON.stringify({ heard: JSON.parse(line), at: process.cwd() }));
}).on('end', () => { console.log('über'); process.exitCode = 3; });
`;

const toy: Program = {
  argv: [process.execPath, '-e', TOY],
  env: { PATH: process.env['PATH'] ?? '' },
  cwd: tmpdir(),
  version: 'toy 1.0.0',
  places: { [tmpdir()]: '/recorded' },
};

test('both sides, in order, without places of this machine', async () => {
  const { text, code } = await record('toy/one', toy, async (talk) => {
    talk.say({ n: 1 });
    expect(await talk.hear()).toContain('"n":1');
    talk.say('{"n":2}');
    await talk.hear();
    talk.end();
    expect(await talk.hear()).toBe('über');
    expect(await talk.hear()).toBeUndefined();
  });
  expect(code).toBe(3);
  const lines = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  expect(lines).toMatchObject([
    { dir: '#', name: 'toy/one', program: 'toy 1.0.0' },
    { dir: '>', n: 1 },
    { dir: '<', heard: { n: 1 }, at: '/recorded' },
    { dir: '>', n: 2 },
    { dir: '<', heard: { n: 2 } },
    { dir: '<', text: 'über' },
    { dir: 'x', code: 3, signal: null },
  ]);
});

const recordings = join(import.meta.dirname, 'recordings');
const all = readdirSync(recordings, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.jsonl'));

describe('the recordings that we keep', () => {
  test.each(all)('%s', (file) => {
    const text = readFileSync(join(recordings, file), 'utf8');
    const lines = text.split('\n');
    expect(lines.pop()).toBe('');
    const values = lines.map((line) => JSON.parse(line) as unknown);
    expect(string(values[0], 'dir')).toBe('#');
    expect(string(values[0], 'program')).toMatch(/ \d+\.\d+\.\d+$/);
    expect(new Set(values.slice(1, -1).map((value) => string(value, 'dir')))).toEqual(new Set(['<', '>']));
    expect(string(values.at(-1), 'dir')).toBe('x');
    const times = values.slice(1).map((value) => Number(member(value, 'ms')));
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(text).not.toMatch(/"\/(?:root|tmp|work|home\/(?!nobody))/);
    expect(text).not.toMatch(/127\.0\.0\.1/);
  });
});
