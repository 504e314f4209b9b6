/** A JSON object as it came over the wire: nothing is known of its fields. */
export type Fields = Readonly<Record<string, unknown>>;

const NONE: Fields = {};

/** The object in `value`, or one without fields. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : NONE;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** A number that is one: JSON has no others, but sums may. */
export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** One line of a JSON protocol; `undefined`: it is not a JSON object. */
export function readLine(text: string): Fields | undefined {
  try {
    // A mark of the byte order is no part of the first line.
    const value: unknown = JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
}

/** The error in an answer of JSON-RPC; `undefined`: there is none. Some programs say it as a text alone. */
export function errorIn(answer: Fields): Fields | undefined {
  const error = answer['error'];
  if (error === undefined || error === null) return undefined;
  return typeof error === 'string' ? { message: error } : fieldsOf(error);
}

/** The number of the request that an answer names; as a text it is the same one. `undefined`: none, or no number of ours. */
export function answeredId(id: unknown): number | undefined {
  return typeof id === 'string' && /^\d{1,9}$/.test(id) ? Number(id) : numberOf(id);
}

/** The first line of a text without what steers terminals, cut to `most` characters: what people get to see of tools and errors. */
export function brief(text: string, most = 300): string {
  const line = text.trim().split('\n', 1)[0] ?? '';
  // eslint-disable-next-line no-control-regex
  const clean = line.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').trim();
  return clean.length > most ? `${clean.slice(0, most - 1)}…` : clean;
}
