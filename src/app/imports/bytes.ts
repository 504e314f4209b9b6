/** The line with the first byte that is no UTF-8. */
export function badLine(bytes: Uint8Array): number {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let start = 0;
  for (let line = 1; ; line++) {
    const end = bytes.indexOf(10, start);
    try {
      decoder.decode(bytes.subarray(start, end < 0 ? undefined : end));
    } catch {
      return line;
    }
    if (end < 0) return line;
    start = end + 1;
  }
}

/** What is wrong with the bytes of a document, with its place; `undefined`: it is text. */
export function noText(bytes: Uint8Array): string | undefined {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return `:${badLine(bytes)}: holds bytes that are no UTF-8`;
  }
  const at = bytes.indexOf(0);
  if (at < 0) return undefined;
  const line = bytes.subarray(0, at).reduce((sum, byte) => sum + (byte === 10 ? 1 : 0), 1);
  return `:${line}: holds bytes that are no text`;
}
