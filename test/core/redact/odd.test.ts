import { expect, test } from 'vitest';
import { redactorOf } from '../../../src/core/redact/redactor.ts';
import { RedactingStream } from '../../../src/core/redact/stream.ts';
import { settledIn } from '../../../src/engine/agents/in-place.ts';
import { HONEST, ODD } from './odd-texts.ts';

const redactor = redactorOf();

/** As a line of a transcript has it. */
const quoted = (text: string): string => JSON.stringify({ type: 'text', text });

test('no odd shape of a secret comes through, and what is redacted stays as it is', () => {
  expect(ODD.filter(([, text, secret]) => !text.includes(secret))).toEqual([]);
  expect(ODD.filter(([, text, secret]) => redactor.text(text).includes(secret)).map(([what]) => what)).toEqual([]);
  expect(ODD.filter(([, text]) => redactor.text(redactor.text(text)) !== redactor.text(text))).toEqual([]);
});

test('texts about secrets and code that handles them lose no byte, also in JSON', () => {
  expect(HONEST.filter((text) => redactor.text(text) !== text)).toEqual([]);
  expect(HONEST.filter((text) => redactor.text(quoted(text)) !== quoted(text))).toEqual([]);
});

test('of the odd shapes in a string of JSON they are found just as well', () => {
  const through = ODD.filter(([, text, secret]) => redactor.text(quoted(`${text}more\n`)).includes(secret));
  expect(through.map(([what]) => what)).toEqual([]);
});

test('wherever a text is cut, what comes out is what the whole becomes', () => {
  const whole = ODD.map(([, text], i) => text + (HONEST[i % HONEST.length] ?? '')).join('\n');
  const expected = redactor.text(whole);
  for (const size of [1, 7, 64, 997]) {
    const stream = new RedactingStream(redactor);
    const out: string[] = [];
    for (let at = 0; at < whole.length; at += size) out.push(stream.push(whole.slice(at, at + size)));
    out.push(stream.end());
    expect(out.join('')).toBe(expected);
  }
});

test('of a file that is still written no secret is parted from the line that names it', () => {
  for (const [what, text, secret] of ODD) {
    const bytes = new TextEncoder().encode(`a line\n${text}the end\n`);
    for (let cut = 1; cut < bytes.length; cut += 3) {
      const settled = settledIn(bytes.subarray(0, cut), redactor);
      const parts = [bytes.subarray(0, settled), bytes.subarray(settled)].map((one) =>
        redactor.text(new TextDecoder().decode(one)),
      );
      expect([what, cut, parts.join('').includes(secret)]).toEqual([what, cut, false]);
    }
  }
});

// Each of these took minutes with a pattern that begins again at every character of what it cannot finish.
test.each([
  'eyJ',
  '-----BEGIN PRIVATE KEY-----',
  'Private-Lines: 1\n',
  'password: ',
  'password',
  'mysql -u root ',
  "user 'a' ",
  'https://a',
  'x://a:b@c@',
  '"name":"password",',
])('a long line of nothing but %j is done with soon', (of) => {
  const text = of.repeat(Math.ceil(300_000 / of.length));
  expect(redactor.text(text).length).toBeGreaterThan(0);
});
