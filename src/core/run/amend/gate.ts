/** Digits of a hash that name an amendment in file names and gates. */
const DIGITS = 12;

/** What an amendment is called: the beginning of the hash of its text. */
export function amendmentName(sha256: string): string {
  return sha256.slice(0, DIGITS);
}

/** Name of the gate at which a person says whether a text takes the place of the plan: bound to that text. */
export function amendGate(sha256: string): string {
  return `amend:${amendmentName(sha256)}`;
}
