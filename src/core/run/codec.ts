import { crc32 } from '../base/crc32.ts';
import { utf8 } from '../base/text.ts';
import type { RecordedEvent } from './event.ts';

/*
 * One event, one line:  {"seq":17,"ts":"…","event":"…",…,"fence":3,"sum":"0a1b2c3d"}
 * `sum` is the CRC-32 of everything before `,"sum":`, continued from the sum of the line before (0 at the start), so a
 * cut, a swap or an edit anywhere breaks the chain at the line where it was made. See docs/formats/events.md.
 */
const SUFFIX = utf8(',"sum":"00000000"}');
const DIGITS = ',"sum":"'.length;

/** Encodes one event as the bytes of its line, newline included, and returns the sum that the next line continues from. */
export function encodeEvent(
  event: RecordedEvent,
  previous: number,
): { readonly bytes: Uint8Array; readonly sum: number } {
  const { seq, ts, fence, request, more, event: name, ...fields } = event;
  const body = JSON.stringify({
    seq,
    ts,
    event: name,
    ...fields,
    ...(request === undefined ? {} : { request }),
    ...(more === undefined ? {} : { more }),
    fence,
  });
  const head = body.slice(0, -1);
  const sum = crc32(utf8(head), previous);
  return { bytes: utf8(`${head},"sum":"${hex(sum)}"}\n`), sum };
}

/**
 * Checks the line `bytes[start, end)` (newline excluded) against the sum of the line before. Returns its own sum, or
 * `undefined` when the line is not whole.
 */
export function checkLine(bytes: Uint8Array, start: number, end: number, previous: number): number | undefined {
  const cut = end - SUFFIX.length;
  if (cut <= start) return undefined;
  let written = 0;
  for (let i = 0; i < SUFFIX.length; i++) {
    const byte = bytes[cut + i] as number;
    if (i < DIGITS || i >= DIGITS + 8) {
      if (byte !== SUFFIX[i]) return undefined;
    } else if (byte >= 0x30 && byte <= 0x39) {
      written = (written << 4) | (byte - 0x30);
    } else if (byte >= 0x61 && byte <= 0x66) {
      written = (written << 4) | (byte - 0x57);
    } else {
      return undefined;
    }
  }
  const sum = crc32(bytes, previous, start, cut);
  return sum === written >>> 0 ? sum : undefined;
}

function hex(sum: number): string {
  return sum.toString(16).padStart(8, '0');
}
