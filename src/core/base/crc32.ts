/**
 * CRC-32 as in zlib and PNG (reflected polynomial 0xEDB88320), continued from `seed`, so that
 * `crc32(b, crc32(a))` is the checksum of `a` followed by `b`. Returns an unsigned 32-bit number.
 */
export function crc32(bytes: Uint8Array, seed = 0, start = 0, end = bytes.length): number {
  let crc = ~seed;
  let i = start;
  // Four bytes a step ("slicing by four"): replaying a log of a million lines is bound by this loop.
  for (; i + 4 <= end; i += 4) {
    crc ^= (bytes[i] as number) | ((bytes[i + 1] as number) << 8) | ((bytes[i + 2] as number) << 16) | ((bytes[i + 3] as number) << 24);
    crc =
      (T3[crc & 0xff] as number) ^
      (T2[(crc >>> 8) & 0xff] as number) ^
      (T1[(crc >>> 16) & 0xff] as number) ^
      (T0[crc >>> 24] as number);
  }
  for (; i < end; i++) crc = (T0[(crc ^ (bytes[i] as number)) & 0xff] as number) ^ (crc >>> 8);
  return ~crc >>> 0;
}

const T0 = new Int32Array(256);
const T1 = new Int32Array(256);
const T2 = new Int32Array(256);
const T3 = new Int32Array(256);
for (let n = 0; n < 256; n++) {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  T0[n] = c;
}
for (let n = 0; n < 256; n++) {
  const a = T0[n] as number;
  const b = (T0[a & 0xff] as number) ^ (a >>> 8);
  const c = (T0[b & 0xff] as number) ^ (b >>> 8);
  T1[n] = b;
  T2[n] = c;
  T3[n] = (T0[c & 0xff] as number) ^ (c >>> 8);
}
