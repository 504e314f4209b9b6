import { sha256 } from '../base/sha256.ts';

/** Identity of a command list: evidence for other commands proves nothing. */
export function checksOf(commands: readonly string[]): string {
  return sha256(JSON.stringify(commands)).slice(0, 16);
}

/** The identity of no command at all: whoever passed it proved nothing. */
export const NO_CHECKS = checksOf([]);
