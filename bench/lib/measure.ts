/** Something that is timed: does its work and, when what counts is only a part of it, returns that part in milliseconds. */
export type Subject = () => Promise<number | void> | number | void;

/** What a subject took, and how that compares with the first subject of the same round. */
export interface Measured {
  readonly name: string;
  /** Median milliseconds. */
  readonly ms: number;
  readonly fastest: number;
  /** Median over the rounds of this subject's time divided by the first subject's in the same round. */
  readonly ratio: number;
}

/**
 * Runs all subjects in turn (A B C, A B C, …) so that whatever else the machine does meets all of them alike, and compares
 * within each round. The first is the yardstick. One round before them all is thrown away.
 */
export async function paired(subjects: Readonly<Record<string, Subject>>, rounds: number): Promise<Measured[]> {
  const names = Object.keys(subjects);
  const times = new Map<string, number[]>(names.map((name) => [name, []]));
  for (let round = -1; round < rounds; round++) {
    for (const name of names) {
      const took = await time(subjects[name] as Subject);
      if (round >= 0) times.get(name)?.push(took);
    }
  }
  const yardstick = times.get(names[0] ?? '') ?? [];
  return names.map((name) => {
    const own = times.get(name) ?? [];
    return {
      name,
      ms: median(own),
      fastest: Math.min(...own),
      ratio: median(own.map((took, round) => took / (yardstick[round] ?? Number.NaN))),
    };
  });
}

/** Milliseconds that one call takes, or says that it took. */
export async function time(subject: Subject): Promise<number> {
  const start = performance.now();
  const said = await subject();
  return said ?? performance.now() - start;
}

/** Milliseconds of processor time that some work takes: what other programs do meanwhile is not counted. */
export function processorTime(work: () => void): number {
  const before = process.cpuUsage().user;
  work();
  return (process.cpuUsage().user - before) / 1000;
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The value below which the share `of` of all values lies, between neighbours in proportion. */
export function percentile(values: readonly number[], of: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * of;
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  const high = sorted[Math.ceil(at)] ?? Number.NaN;
  return low + (high - low) * (at - Math.floor(at));
}
