import type { TaskGraph } from './graph.ts';

/** Up to this many tasks every pair is remembered: a bit each, 50 MB at most. */
const MAX_TASKS = 20_000;

/**
 * Answers whether task `a` waits for task `b`, directly or through others (by position). `order` is a topological order;
 * tasks on cycles wait for nobody. Beyond {@link MAX_TASKS} only direct needs are known.
 */
export function reachability(graph: TaskGraph, order: readonly number[]): (a: number, b: number) => boolean {
  const count = graph.needs.length;
  if (count > MAX_TASKS) return (a, b) => (graph.needs[a] as readonly number[]).includes(b);
  const words = (count + 31) >> 5;
  const bits = new Int32Array(count * words);
  for (const i of order) {
    const mine = i * words;
    for (const need of graph.needs[i] as readonly number[]) {
      const theirs = need * words;
      for (let word = 0; word < words; word++) {
        bits[mine + word] = (bits[mine + word] as number) | (bits[theirs + word] as number);
      }
      const at = mine + (need >> 5);
      bits[at] = (bits[at] as number) | (1 << (need & 31));
    }
  }
  return (a, b) => ((bits[a * words + (b >> 5)] as number) & (1 << (b & 31))) !== 0;
}
