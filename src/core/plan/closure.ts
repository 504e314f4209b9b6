import type { TaskGraph } from './graph.ts';

/** Up to this many pairs are remembered: a bit each, 50 MB at most. */
const MAX_PAIRS = 20_000 * 20_000;

/**
 * Answers whether task `a` waits for task `b`, directly or through others (by position). `order` is a topological order;
 * tasks on cycles wait for nobody. With `asked`, only these may be asked about as `b`, which takes less the fewer they
 * are. Beyond {@link MAX_PAIRS} only direct needs are known.
 */
export function reachability(
  graph: TaskGraph,
  order: readonly number[],
  asked?: Iterable<number>,
): (a: number, b: number) => boolean {
  const count = graph.needs.length;
  const columns = asked === undefined ? undefined : columnsOf(asked, count);
  const width = columns?.size ?? count;
  if (count * width > MAX_PAIRS) return (a, b) => (graph.needs[a] as readonly number[]).includes(b);
  const words = (width + 31) >> 5;
  const bits = new Int32Array(count * words);
  const place = columns?.place;
  for (const i of order) {
    const mine = i * words;
    for (const need of graph.needs[i] as readonly number[]) {
      const theirs = need * words;
      for (let word = 0; word < words; word++) {
        bits[mine + word] = (bits[mine + word] as number) | (bits[theirs + word] as number);
      }
      const column = place === undefined ? need : (place[need] as number);
      if (column < 0) continue;
      const at = mine + (column >> 5);
      bits[at] = (bits[at] as number) | (1 << (column & 31));
    }
  }
  return (a, b) => {
    const column = place === undefined ? b : (place[b] as number);
    return column >= 0 && ((bits[a * words + (column >> 5)] as number) & (1 << (column & 31))) !== 0;
  };
}

function columnsOf(asked: Iterable<number>, count: number): { readonly place: Int32Array; readonly size: number } {
  const place = new Int32Array(count).fill(-1);
  let size = 0;
  for (const i of asked) if (place[i] === -1) place[i] = size++;
  return { place, size };
}
