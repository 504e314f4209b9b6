/** A broken invariant of our own: a defect in masterplan, never a mistake of its user. */
export class Defect extends Error {
  override readonly name = 'Defect';
}

/** Throws a {@link Defect} when `condition` is false. A message that has to be put together is given as a function. */
export function assert(condition: boolean, message: string | (() => string)): asserts condition {
  if (!condition) throw new Defect(typeof message === 'string' ? message : message());
}

/** Closes a `switch` over a union: does not compile while a case is missing. */
export function unreachable(value: never): never {
  throw new Defect(`unexpected value: ${JSON.stringify(value)}`);
}
