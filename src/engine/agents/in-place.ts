import { uncut } from '../../core/redact/armour.ts';
import { REDACTED } from '../../core/redact/patterns.ts';
import type { Redactor } from '../../core/redact/redactor.ts';

/** Bytes that are to stand in a file from `at` on, in the place of as many. */
export interface Overwrite {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** Bytes of an unfinished line, or of a key in armour, that are looked at again when more has come. */
const HELD = 64 * 1024;
/** What is kept of a longer line to be looked at again: longer than any secret but a private key. */
const BACK = 4096;
const SHORT = '***';

/**
 * What takes the secrets out of bytes without moving any other byte: whoever appends behind them, or reads from a place that they
 * know, notices nothing. A line becomes as long as it was, with blanks at its end.
 */
export function overwrites(bytes: Uint8Array, redactor: Redactor): readonly Overwrite[] {
  const lines = linesOf(bytes);
  const read = lines.map(({ start, end }) => textOf(bytes.subarray(start, end)));
  const whole = read.join('\n');
  const clean = redactor.text(whole);
  if (clean === whole) return [];
  const cleaned = clean.split('\n');
  // What goes over lines takes some of them along: they become one, and all of them together stay as long.
  if (cleaned.length !== lines.length) return [{ at: 0, bytes: fitted(clean, bytes.length) }];
  return lines.flatMap(({ start, end }, i): Overwrite[] => {
    const line = cleaned[i] ?? '';
    return line === read[i] ? [] : [{ at: start, bytes: fitted(line, end - start) }];
  });
}

/** How many of these bytes need not be looked at again, whatever comes behind them. */
export function settledIn(bytes: Uint8Array, redactor: Redactor): number {
  const back = (redactor.long[0]?.length ?? 0) * 3;
  let end = bytes.length <= back ? 0 : bytes.lastIndexOf(10, bytes.length - 1 - back) + 1;
  if (bytes.length - end > HELD + back) {
    end = bytes.length - BACK - back;
    // Between two words, if there are any; never in a character.
    const blank = Math.max(...[0x20, 0x22, 0x2c].map((mark) => bytes.lastIndexOf(mark, end - 1))) + 1;
    if (blank > 0) end = blank;
    while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  }
  const text = latin(bytes);
  end = uncut(text, end, HELD);
  // What goes over lines is not cut.
  for (let before = -1; before !== end;) {
    before = end;
    for (const value of redactor.long) {
      const one = latin(new TextEncoder().encode(value));
      const at = end === 0 ? -1 : text.lastIndexOf(one, end - 1);
      if (at >= 0 && at + one.length > end) end = at;
    }
  }
  return end;
}

function linesOf(bytes: Uint8Array): readonly { readonly start: number; readonly end: number }[] {
  const lines: { start: number; end: number }[] = [];
  for (let start = 0; ;) {
    const at = bytes.indexOf(10, start);
    lines.push({ start, end: at < 0 ? bytes.length : at });
    if (at < 0) return lines;
    start = at + 1;
  }
}

const STRICT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Bytes as text from which they can be made again: a byte that is no UTF-8 is a character that stands for nothing else. */
function textOf(bytes: Uint8Array): string {
  try {
    return STRICT.decode(bytes);
  } catch {
    let text = '';
    for (let at = 0; at < bytes.length;) {
      const first = bytes[at] ?? 0;
      const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
      try {
        text += STRICT.decode(bytes.subarray(at, at + length));
        at += length;
      } catch {
        text += String.fromCharCode(0xdc00 + first);
        at++;
      }
    }
    return text;
  }
}

function bytesOf(text: string): Uint8Array {
  if (!/[\udc80-\udcff]/u.test(text)) return new TextEncoder().encode(text);
  const parts = text
    .split(/([\udc80-\udcff])/u)
    .map((part) =>
      /^[\udc80-\udcff]$/u.test(part) ? Uint8Array.of(part.charCodeAt(0) - 0xdc00) : new TextEncoder().encode(part),
    );
  const made = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    made.set(part, at);
    at += part.length;
  }
  return made;
}

function latin(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text;
}

/** The text in exactly so many bytes: blanks fill it up, a shorter sign stands for secrets that are shorter than ours. */
function fitted(text: string, length: number): Uint8Array {
  const ended = text.endsWith('\n');
  const body = ended ? text.slice(0, -1) : text;
  const room = ended ? length - 1 : length;
  let bytes = bytesOf(body);
  if (bytes.length > room) bytes = bytesOf(body.replaceAll(REDACTED, SHORT));
  const made = new Uint8Array(length).fill(0x20);
  made.set(bytes.subarray(0, room));
  if (ended) made[length - 1] = 10;
  return made;
}
