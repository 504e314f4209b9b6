import type { Dice } from './dice.ts';
import type { Machine } from './machine.ts';

/** What strikes a life: `kill -9`, a power cut, or SIGSTOP (a laptop lid, a paused container) with a late SIGCONT. */
export type Blow = 'kill' | 'power' | 'stop';

/** When a life is struck: at its n-th step, at the n-th step of one kind, or some time after its start. */
export type Fuse = { readonly blow: Blow } & (
  | { readonly when: 'step'; readonly count: number }
  | { readonly when: 'label'; readonly label: string; readonly count: number }
  | { readonly when: 'time'; readonly ms: number }
);

/**
 * One process of masterplan. Everything it does to the world goes through {@link step}, between two of which it can be
 * struck. What it awaited is never settled once it is dead, and is settled late when it was stopped.
 */
export class Life {
  readonly name: string;
  readonly machine: Machine;
  readonly dice: Dice;
  readonly pid: number;
  readonly started: string;
  readonly boot: string;
  readonly host: string;
  readonly born: number;
  dead = false;
  stopped = false;
  /** Another owner took over while it was stopped: what it begins from now on is too late. */
  get robbed(): boolean {
    return this.#robbed;
  }

  rob(): void {
    if (!this.#robbed && !this.dead) this.machine.counts.robbed++;
    this.#robbed = true;
  }

  /** Directories in which it has looked for leftover temporary files. */
  readonly swept = new Set<string>();
  /** Counts of what matters to the checker: looks at the lock, and appends to the log. */
  looked = 0;
  appended = 0;
  steps = 0;
  lastStep = '';
  readonly died: Promise<'killed'>;
  #die: (how: 'killed') => void = () => {};
  #held: (() => void)[] = [];
  #labels = new Map<string, number>();
  readonly #fuse: Fuse | undefined;
  #burnt = false;
  #robbed = false;

  constructor(machine: Machine, name: string, dice: Dice, fuse: Fuse | undefined, elsewhere: boolean) {
    this.machine = machine;
    this.name = name;
    this.dice = dice;
    this.#fuse = fuse;
    this.born = machine.world.now;
    this.boot = machine.bootId;
    // A zombie is one of whom the others cannot tell whether it lives: they see another process namespace.
    this.host = elsewhere ? 'box machine-1 pid:[elsewhere]' : machine.host;
    this.pid = machine.processes.nextPid();
    this.started = String(machine.processes.nextStart());
    this.died = new Promise((resolve) => {
      this.#die = resolve;
    });
    if (fuse?.when === 'time') machine.world.after(fuse.ms, () => this.#strike(fuse.blow));
  }

  /** Runs `go` when this process may run: later when it is stopped, never once it is dead. */
  deliver(go: () => void): void {
    if (this.dead) return;
    if (this.stopped) this.#held.push(go);
    else go();
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.machine.world.after(ms, () => this.deliver(resolve));
    });
  }

  /** The time that the disk takes for something. */
  disk(): Promise<void> {
    const { slowest } = this.machine;
    if (slowest === 0) return DONE;
    return this.sleep(this.dice.spread(0.02, slowest));
  }

  /** A moment before a change: the process may be struck here, and others may come between. */
  step(label: string): Promise<void> {
    if (this.dead) return never();
    this.steps++;
    this.lastStep = label;
    const count = (this.#labels.get(label) ?? 0) + 1;
    this.#labels.set(label, count);
    this.machine.stepped(label);
    const fuse = this.#fuse;
    // One system call is not interrupted by a stop, nor does another come into its middle; a power cut does.
    const whole = label.endsWith(':half');
    const due =
      (fuse?.when === 'step' && fuse.count <= this.steps) ||
      (fuse?.when === 'label' && fuse.label === label && fuse.count <= count);
    if (fuse !== undefined && due && !this.#burnt && !(whole && fuse.blow === 'stop')) this.#strike(fuse.blow);
    if (this.dead) return never();
    if (whole) return DONE;
    if (this.stopped) return new Promise((resolve) => this.#held.push(resolve));
    return this.machine.crowded && this.dice.chance(0.3) ? this.sleep(this.dice.spread(0.01, 2)) : DONE;
  }

  /** Ends this process for good. */
  end(): void {
    if (this.dead) return;
    this.dead = true;
    this.#held = [];
    this.machine.lives.delete(this);
    this.#die('killed');
  }

  stop(): void {
    this.stopped = true;
  }

  wake(): void {
    if (this.dead || !this.stopped) return;
    this.stopped = false;
    this.machine.world.note(`${this.name} wakes`);
    const held = this.#held;
    this.#held = [];
    for (const go of held) this.machine.world.after(0, () => this.deliver(go));
  }

  #strike(blow: Blow): void {
    if (this.dead || this.#burnt) return;
    this.#burnt = true;
    this.machine.strike(this, blow);
  }
}

const DONE = Promise.resolve();

/** A promise that nobody settles. A new one each time: a shared one would keep everybody who ever waited for it. */
export function never(): Promise<never> {
  return new Promise(() => {});
}
