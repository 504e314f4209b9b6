/** Bytes that a document may have. */
export const LIMIT = 32 * 1024 * 1024;

/** Why bytes that are no text stay as they are. */
export const NOT_UTF8 = {
  message: 'it is not valid UTF-8, and mending would change bytes that cannot be read',
  hint: 'save it as UTF-8 first',
};

/** Why a file that somebody else wrote meanwhile stays as it is. */
export const CHANGED = { message: 'somebody changed it meanwhile', hint: 'type the same command again' };

/** The text of a document; not `exact`: bytes that are no UTF-8 were replaced. */
export function decode(bytes: Uint8Array): { source: string; exact: boolean } {
  try {
    return { source: new TextDecoder('utf-8', { ignoreBOM: true, fatal: true }).decode(bytes), exact: true };
  } catch {
    return { source: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes), exact: false };
  }
}

/** Whether two files hold the same bytes. */
export function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
