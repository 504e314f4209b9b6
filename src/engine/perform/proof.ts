import { sha256 } from '../../core/base/sha256.ts';
import type { Io } from '../../io/io.ts';
import { NONCE } from '../machine/custody.ts';
import { VERIFIES } from './verifying.ts';

/** What is recorded of one verify command. */
export interface CommandEvidence {
  readonly argv: readonly string[];
  readonly command: string;
  readonly exit_code: number | null;
  readonly ended: string;
  readonly duration_ms: number;
  /** Name of the file with its output, beside the evidence. */
  readonly output: string;
  readonly output_bytes: number;
  /** Of the last 64 kB of the output. */
  readonly output_sha256: string;
  readonly tail: string;
}

/** One hash of all names and values that a command gets, but for those that differ in every run. */
export function environmentDigest(env: Readonly<Record<string, string>>): string {
  const lines = Object.keys(env)
    .filter((name) => name !== NONCE && name !== VERIFIES)
    .sort()
    .map((name) => `${name}=${env[name] ?? ''}`);
  return sha256(lines.join('\n'));
}

/**
 * Puts a token into a checkout, where git does not look. What comes back says, once a command has ended, why that command did not
 * run in this very checkout; `undefined` where it did.
 */
export async function plantCanary(
  checkout: string,
  token: string,
  { files }: Pick<Io, 'files'>,
): Promise<() => Promise<string | undefined>> {
  const path = `${checkout}/.git/masterplan-canary`;
  await files.makeDirectory(`${checkout}/.git`, { durable: false });
  await files.write(path, token, { durable: false });
  return async () => {
    const found = await files.read(path, 1024).catch(() => undefined);
    if (found !== undefined && new TextDecoder().decode(found) === token) return undefined;
    return 'the checkout that it ran in was replaced, or its git directory removed, while it ran';
  };
}
