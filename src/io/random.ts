export interface Random {
  /** `bytes` random bytes as lower-case hex digits: nonces, temporary names, run ids. */
  hex(bytes: number): string;
}
