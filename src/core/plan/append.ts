/** Appends a list to another one; `push(...list)` overflows the stack on long lists, and documents can hold those. */
export function append<T>(into: T[], more: readonly T[]): void {
  for (const one of more) into.push(one);
}
