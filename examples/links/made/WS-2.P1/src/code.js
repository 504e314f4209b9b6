import { createHash } from 'node:crypto';

/** The code of an address: six characters, the same every time; the next six while `taken` says that those are another's. */
export function codeFor(url, taken = () => false) {
  const text = createHash('sha256').update(url).digest('hex');
  for (let at = 0; at + 6 <= text.length; at += 6) {
    const code = text.slice(at, at + 6);
    if (!taken(code)) return code;
  }
  throw new Error('no code is left for this address');
}
