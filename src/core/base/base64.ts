const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Base64 of bytes (RFC 4648), without the `=` at its end. */
export function base64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(i, i + 3);
    const digits = [a >> 2, ((a & 3) << 4) | (b >> 4), ((b & 15) << 2) | (c >> 6), c & 63];
    text += digits
      .slice(0, Math.min(4, bytes.length - i + 1))
      .map((digit) => DIGITS[digit])
      .join('');
  }
  return text;
}

/**
 * What of some bytes stands in the base64 of any text that holds them, whatever is before and behind: three forms, one for each place in
 * a group of three at which they may begin. Of each the first and the last digit that others share are left out.
 */
export function base64Within(bytes: Uint8Array): readonly string[] {
  return [0, 1, 2].map((before) => {
    const shifted = new Uint8Array(before + bytes.length);
    shifted.set(bytes, before);
    const first = Math.ceil((before * 8) / 6);
    const last = Math.floor((shifted.length * 8) / 6);
    return base64(shifted).slice(first, last);
  });
}
