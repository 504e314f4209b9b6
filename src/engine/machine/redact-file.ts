import { RedactingStream } from '../../core/redact/stream.ts';
import type { Redactor } from '../../core/redact/redactor.ts';
import type { Files } from '../../io/files.ts';

/** Bytes that are read at once: some ten milliseconds of work, after which others get their turn. */
const PIECE = 64 * 1024;

/**
 * Takes the secrets out of a file that nobody writes any more. It is looked through first, and written anew only when there is
 * something to take out. Doing it again changes nothing.
 */
export async function redactFile(files: Files, path: string, redactor: Redactor): Promise<void> {
  const look = new RedactingStream(redactor);
  for await (const piece of pieces(files, path)) {
    look.push(piece);
    if (look.changed) break;
  }
  look.end();
  if (!look.changed) return;
  const made = `${path}.redacting`;
  await files.remove(made);
  const file = await files.openAppend(made);
  try {
    const stream = new RedactingStream(redactor);
    const encoder = new TextEncoder();
    const put = async (text: string): Promise<void> => {
      if (text !== '') await file.append(encoder.encode(text));
    };
    for await (const piece of pieces(files, path)) await put(stream.push(piece));
    await put(stream.end());
  } finally {
    await file.close();
  }
  await files.rename(made, path);
}

async function* pieces(files: Files, path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for (let at = 0; ; at += PIECE) {
    const bytes = await files.readRange(path, at, PIECE);
    if (bytes === undefined || bytes.length === 0) break;
    yield decoder.decode(bytes, { stream: bytes.length === PIECE });
    if (bytes.length < PIECE) break;
  }
}
