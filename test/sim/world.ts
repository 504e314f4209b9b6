/** Something that must never be, found by the checker. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

interface Event {
  readonly at: number;
  readonly order: number;
  run: (() => void) | undefined;
}

/**
 * Time and what happens in it. Nothing here reads a real clock: an event has a virtual moment, events of one moment
 * happen in the order in which they were arranged, and all promises that an event settles run dry before the next.
 */
export class World {
  /** Milliseconds since the world began. */
  now = 0;
  /** How many events have happened. */
  events = 0;
  violation: Violation | undefined;
  /** Lines of the trace, kept only when somebody wants to read them. */
  readonly lines: string[] | undefined;
  /** Hash of all lines so far: two runs of one seed must agree in it. */
  hash = 0x811c9dc5;
  #heap: Event[] = [];
  #order = 0;

  constructor(keepTrace: boolean) {
    this.lines = keepTrace ? [] : undefined;
  }

  /** Arranges that something happens `ms` from now; the result takes it back. */
  after(ms: number, run: () => void): () => void {
    const event: Event = { at: this.now + Math.max(0, ms), order: this.#order++, run };
    this.#push(event);
    return () => {
      event.run = undefined;
    };
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  /** Adds a line to the trace. */
  note(text: string): void {
    let hash = this.hash;
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    this.hash = hash;
    this.lines?.push(`${this.now.toFixed(3).padStart(12)} ${text}`);
  }

  /** Reports a violation; the first one counts and ends the run. */
  fail(text: string): void {
    if (this.violation !== undefined) return;
    this.note(`VIOLATION ${text}`);
    this.violation = new Violation(text);
  }

  /** Lets time pass until `finished`, a violation, or `limit` events. */
  drive(finished: () => boolean, limit: number): Promise<void> {
    return new Promise((resolve) => {
      const turn = (): void => {
        if (this.violation !== undefined || finished()) return resolve();
        if (this.events >= limit) this.fail(`liveness: not over after ${limit} events`);
        else if (!this.happen()) this.fail('liveness: nothing is left to happen, and the run is not over');
        // A tick asked for by a microtask comes when no microtask is left, so everything that follows from this event
        // follows before the next; a turn of the event loop would do the same, at three times the price.
        queueMicrotask(() => process.nextTick(turn));
      };
      setImmediate(turn);
    });
  }

  /** Lets the next event happen; `false` when there is none. */
  happen(): boolean {
    const event = this.#pop();
    if (event === undefined) return false;
    this.now = event.at;
    this.events++;
    try {
      event.run?.();
    } catch (error) {
      this.fail(`the simulator broke: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
    return true;
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(event);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] as Event;
      if (above.at < event.at || (above.at === event.at && above.order < event.order)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = event;
  }

  /** The next event that was not taken back. */
  #pop(): Event | undefined {
    for (;;) {
      const heap = this.#heap;
      const first = heap[0];
      const last = heap.pop();
      if (first === undefined || last === undefined) return undefined;
      if (heap.length > 0) this.#sink(last);
      if (first.run !== undefined) return first;
    }
  }

  #sink(event: Event): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= heap.length) break;
      const right = heap[child + 1];
      const left = heap[child] as Event;
      let least = left;
      if (right !== undefined && (right.at < left.at || (right.at === left.at && right.order < left.order))) {
        least = right;
        child++;
      }
      if (event.at < least.at || (event.at === least.at && event.order < least.order)) break;
      heap[at] = least;
      at = child;
    }
    heap[at] = event;
  }
}
