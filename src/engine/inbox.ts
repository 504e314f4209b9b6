import { err, ok, type Result } from '../core/base/result.ts';
import { parseRequest, type Refusal, type Request } from '../core/run/request.ts';
import type { Io } from '../io/io.ts';
import type { RunPaths } from './paths.ts';

/** What the owner of a run answered to a request. */
export type Reply = { readonly schema: 1; readonly id: string } & (
  | { readonly accepted: true; readonly seq: number }
  | { readonly accepted: false; readonly refusal: Refusal }
);

/** Bytes that a request file may have. */
const LIMIT = 65536;

/** Drops a request for the owner of a run. Whole or not at all: the name appears only with the content. */
export async function sendRequest(io: Io, paths: RunPaths, request: Request): Promise<void> {
  await io.files.makeDirectory(paths.inbox);
  const name = `${String(io.clock.now()).padStart(15, '0')}-${request.id}.json`;
  await io.files.write(`${paths.inbox}/${name}`, `${JSON.stringify(request)}\n`);
}

/** The owner's answer, once there is one. */
export async function readReply(io: Io, paths: RunPaths, id: string): Promise<Reply | undefined> {
  const bytes = await io.files.read(`${paths.replies}/${id}.json`, LIMIT);
  if (bytes === undefined) return undefined;
  return JSON.parse(new TextDecoder().decode(bytes)) as Reply;
}

/**
 * Lets the owner answer every request in the inbox, oldest name first. `answer` makes the facts durable; only then is the
 * reply written, and only then the request removed, so a crash in between delivers it again, which its id makes harmless.
 */
export async function drainInbox(
  io: Io,
  paths: RunPaths,
  answer: (request: Request) => Promise<Result<number, Refusal>>,
): Promise<void> {
  for (const name of await io.files.list(paths.inbox)) {
    if (!name.endsWith('.json')) continue;
    const path = `${paths.inbox}/${name}`;
    const request = await readRequest(io, path);
    if (request.ok) {
      const answered = await answer(request.value);
      const reply: Reply = answered.ok
        ? { schema: 1, id: request.value.id, accepted: true, seq: answered.value }
        : { schema: 1, id: request.value.id, accepted: false, refusal: answered.error };
      await io.files.makeDirectory(paths.replies);
      await io.files.write(`${paths.replies}/${reply.id}.json`, `${JSON.stringify(reply)}\n`);
    }
    await io.files.remove(path);
  }
}

async function readRequest(io: Io, path: string): Promise<Result<Request, string>> {
  try {
    const bytes = await io.files.read(path, LIMIT);
    if (bytes === undefined) return err('gone');
    const request = parseRequest(JSON.parse(new TextDecoder().decode(bytes)));
    // The id becomes a file name.
    return request !== undefined && /^[0-9a-f]{8,64}$/.test(request.id) ? ok(request) : err('not a request');
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
}
