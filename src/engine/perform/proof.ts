import { sha256 } from '../../core/base/sha256.ts';
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
  /** What was seen of the checkout that it ran in. */
  readonly canary: unknown;
}

/** One hash of all names and values that a command gets, but for those that differ in every run. */
export function environmentDigest(env: Readonly<Record<string, string>>): string {
  const lines = Object.keys(env)
    .filter((name) => name !== NONCE && name !== VERIFIES)
    .sort()
    .map((name) => `${name}=${env[name] ?? ''}`);
  return sha256(lines.join('\n'));
}
