const SECRET =
  /password|passwd|passphrase|secret|token|credential|api_?key|(?:^|_|-)(?:key|pass|pwd|auth|private|dsn|salt|cookie)(?:$|_|-)/i;

/** Whether a variable of this name holds what should be shown to nobody. */
export function secretLike(name: string): boolean {
  return SECRET.test(name);
}

/** Shorter values are words that occur everywhere. */
const SHORTEST = 6;

/** Values that must not reach a log: those of names that look like it, and passwords inside of addresses. */
export function secretsIn(values: Readonly<Record<string, string>>): string[] {
  const secrets = new Set<string>();
  for (const [name, value] of Object.entries(values)) {
    if (secretLike(name)) secrets.add(value);
    const password = /^[a-z][a-z0-9+.-]*:\/\/[^/@:\s]*:([^/@\s]+)@/i.exec(value)?.[1];
    if (password !== undefined) secrets.add(password);
  }
  // The longest first: one may be a part of another.
  return [...secrets].filter((secret) => secret.length >= SHORTEST).sort((a, b) => b.length - a.length);
}

/** The text without the secrets. */
export function redact(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets) clean = clean.replaceAll(secret, '***');
  return clean;
}
