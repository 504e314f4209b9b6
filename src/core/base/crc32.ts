/**
 * CRC-32 as in zlib and PNG (reflected polynomial 0xEDB88320), continued from `seed`, so that
 * `crc32(b, crc32(a))` is the checksum of `a` followed by `b`. Returns an unsigned 32-bit number.
 */
export function crc32(bytes: Uint8Array, seed = 0, start = 0, end = bytes.length): number {
  let crc = ~seed;
  let i = start;
  // Eight bytes a step ("slicing by eight"): replaying a log of a million lines is bound by this loop.
  if (end - start >= 8) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (; i + 8 <= end; i += 8) {
      const one = crc ^ view.getInt32(i, true);
      const two = view.getInt32(i + 4, true);
      crc =
        (T7[one & 0xff] as number) ^
        (T6[(one >>> 8) & 0xff] as number) ^
        (T5[(one >>> 16) & 0xff] as number) ^
        (T4[one >>> 24] as number) ^
        (T3[two & 0xff] as number) ^
        (T2[(two >>> 8) & 0xff] as number) ^
        (T1[(two >>> 16) & 0xff] as number) ^
        (T0[two >>> 24] as number);
    }
  }
  for (; i < end; i++) crc = (T0[(crc ^ (bytes[i] as number)) & 0xff] as number) ^ (crc >>> 8);
  return ~crc >>> 0;
}

// T0 is the table of one byte; T<n> of a byte with n zero bytes after it.
const T0 = Int32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  return c;
});
const shifted = (table: Int32Array): Int32Array => table.map((c) => (T0[c & 0xff] as number) ^ (c >>> 8));
const T1 = shifted(T0);
const T2 = shifted(T1);
const T3 = shifted(T2);
const T4 = shifted(T3);
const T5 = shifted(T4);
const T6 = shifted(T5);
const T7 = shifted(T6);
