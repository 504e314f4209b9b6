/** A value and where it stands. */
export interface Placed<T> {
  readonly value: T;
  readonly start: number;
  readonly end: number;
}
