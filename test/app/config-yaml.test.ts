import { expect, test } from 'vitest';
import { loadConfig } from '../../src/app/config.ts';
import { readYaml } from '../../src/app/config-yaml.ts';
import { valueOf } from '../../src/app/config-tree.ts';
import { desk } from './rig.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function read(text: string | Uint8Array): unknown {
  const one = readYaml(typeof text === 'string' ? bytes(text) : text, 'f');
  if (!one.ok) {
    const { line, column, message } = one.error;
    return `${line ?? '-'}:${column ?? '-'} ${message}`;
  }
  return valueOf(one.value);
}

const bomb = [
  'a: &a [x, x, x, x, x, x, x, x, x, x]',
  ...['b', 'c', 'd', 'e', 'f', 'g'].map((name, i) => {
    const below = ['a', 'b', 'c', 'd', 'e', 'f'][i] ?? '';
    return `${name}: &${name} [${Array.from({ length: 10 }, () => `*${below}`).join(', ')}]`;
  }),
].join('\n');

test.each<[string, string | Uint8Array, unknown]>([
  ['words for truth stay words', 'a: on\nb: No\nc: y\n', { a: 'on', b: 'No', c: 'y' }],
  [
    'also behind a line that asks for YAML 1.1',
    '%YAML 1.1\n---\na: on\nb: 22:30\nc: 2026-05-01\n',
    { a: 'on', b: '22:30', c: '2026-05-01' },
  ],
  ['a date is text', 'a: 2026-05-01\n', { a: '2026-05-01' }],
  ['sexagesimal is text', 'a: 1:30\nb: 22:00-07:00\n', { a: '1:30', b: '22:00-07:00' }],
  ['octal as YAML 1.2 writes it, hex, underscores', 'a: 0o10\nb: 0x10\nc: 1_000\n', { a: 8, b: 16, c: '1_000' }],
  [
    'octal as YAML 1.1 writes it',
    'a: 1\nb: 010\n',
    expect.stringMatching(/^2:4 010 is 10 to some readers of YAML and octal to others/),
  ],
  ['not a number, infinity', 'a: .nan\n', '1:4 .nan is no number that can be meant'],
  ['the same key twice', 'a: 1\nb: 2\na: 3\n', '3:1 the key a stands twice'],
  [
    'merge keys, the own value first',
    'x: &x {a: 1, b: 2}\ny: &y {b: 3}\nz: {<<: [*y, *x], c: 4}\n',
    { x: { a: 1, b: 2 }, y: { b: 3 }, z: { b: 3, a: 1, c: 4 } },
  ],
  ['a merge key of something else', 'z: {<<: 3}\n', '1:5 "<<" takes keys with values'],
  ['an alias of nothing', 'a: *b\n', expect.stringContaining('1:4')],
  ['an alias of what holds it', 'a: &a [*a]\n', '1:8 "*a" stands for something that holds it'],
  ['a bomb of aliases', bomb, expect.stringContaining('unfolds to far too much')],
  ['a tab as indentation', 'a:\n\tb: 1\n', expect.stringMatching(/^2:1 Tabs/)],
  ['a byte order mark and CRLF', '\uFEFFa: 1\r\nb:\r\n  c: x\r\n', { a: 1, b: { c: 'x' } }],
  ['a list at the top', '- a\n', '1:1 must be keys with values'],
  ['a word at the top', 'hello\n', '1:1 must be keys with values'],
  ['nothing', '', {}],
  ['comments only', '# a\n---\n# b\n', {}],
  ['null', '~\n', {}],
  ['several documents', 'a: 1\n---\nb: 2\n', '2:1 holds several documents; it must be one'],
  ['a tag', 'a: !!python/object x\n', expect.stringMatching(/^1:4 Unresolved tag/)],
  ['bytes', 'a: !!binary aGk=\n', expect.stringMatching(/^1:/)],
  ['a key that is a list', '? [a]\n: b\n', expect.stringMatching(/a key must be a word/)],
  ['a key that is a number or a word for truth', '1: a\ntrue: b\n', { 1: 'a', true: 'b' }],
  ['the key of all prototypes', '__proto__: {a: 1}\n', '1:1 unknown key "__proto__"'],
  ['depth', `a: ${'['.repeat(60)}${']'.repeat(60)}\n`, expect.stringContaining('nested too deeply')],
  ['bytes that are no UTF-8', Uint8Array.of(...bytes('a: 1\nb: ä'), 0xff, 0x0a), '2:5 is not UTF-8 here'],
  ['UTF-16', Uint8Array.of(0xff, 0xfe, 0x61, 0), '1:1 is UTF-16; save it as UTF-8'],
  ['a control character', 'a: "\u0000"\n', { a: '\u0000' }],
])('%s', (_, text, expected) => {
  expect(read(text)).toEqual(expected);
});

test.each([
  ['limits: {resume_unattended: off}', { resume_unattended: false }],
  ['limits: {resume_unattended: Yes}', { resume_unattended: true }],
  ['codex: {routing: off}', { routing: { small_edits: 'off' } }],
  ['codex: {routing: on}', { routing: { small_edits: 'auto' } }],
  ['codex: {review: true}', { review: { mode: 'on' } }],
  ['witness: {weakened: false}', { witness: { weakened: 'off' } }],
  ['review: True', { review: { mode: 'on' } }],
  ['review: {mode: no, rounds: 2}', { review: undefined }],
  ['circuit: no', { circuit: undefined }],
  ['agents: {a: {command: [x], env: {FLAG: on}}}', { agents: { a: { env: ['FLAG'] } } }],
  ['limits: {quiet_hours: 22:00-07:00}', { quiet_hours: { from: 1320, to: 420 } }],
])('%s', async (text, settings) => {
  const { context } = desk({ '.masterplan.yaml': `${text}\n` });
  const loaded = await loadConfig(context, context.cwd);
  if (!loaded.ok) throw new Error(loaded.error.message);
  const got = Object.fromEntries(Object.keys(settings).map((key) => [key, loaded.value.settings[key as 'agents']]));
  expect(got).toMatchObject(settings);
});

test('a value of an environment variable is never made another word', async () => {
  const { context } = desk({ '.masterplan.yaml': 'agents: {a: {command: [x], env: {A: on, B: "no", C: 010x}}}\n' });
  const loaded = await loadConfig(context, context.cwd);
  expect(loaded.ok && loaded.value.env['a']).toEqual({ A: 'on', B: 'no', C: '010x' });
  const wrong = desk({ '.masterplan.yaml': 'agents: {a: {command: [x], env: {A: false}}}\n' });
  expect((await loadConfig(wrong.context, wrong.root)).ok).toBe(false);
});

test('a file of a megabyte and more is refused', async () => {
  const { context } = desk({ '.masterplan.yaml': `# ${'x'.repeat(1_100_000)}\n` });
  const loaded = await loadConfig(context, context.cwd);
  expect(loaded.ok ? '' : loaded.error.message).toContain('.masterplan.yaml');
});
