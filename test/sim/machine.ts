import { Dice } from './dice.ts';
import { Disk } from './disk.ts';
import { GitStore } from './git-store.ts';
import { Life, type Blow, type Fuse } from './life.ts';
import { ProcessTable } from './process-table.ts';
import type { World } from './world.ts';

/** What happened in a world, for the summary. */
export interface Counts {
  kills: number;
  powerCuts: number;
  stops: number;
  lives: number;
  attempts: number;
  oldTests: number;
  merges: number;
  requests: number;
  waivers: number;
  amendments: number;
  attached: number;
  ioErrors: number;
  robbed: number;
}

/** One computer: a disk, a git repository, processes. It can lose its power. */
export class Machine {
  readonly world: World;
  readonly seed: number;
  readonly disk = new Disk();
  readonly git: GitStore;
  readonly processes: ProcessTable;
  readonly lives = new Set<Life>();
  readonly host = 'box machine-1 pid:[1]';
  readonly counts: Counts = {
    kills: 0,
    powerCuts: 0,
    stops: 0,
    lives: 0,
    attempts: 0,
    merges: 0,
    oldTests: 0,
    requests: 0,
    waivers: 0,
    amendments: 0,
    attached: 0,
    ioErrors: 0,
    robbed: 0,
  };
  readonly dice: Dice;
  /** Milliseconds of the slowest single write. */
  slowest = 1;
  /** Steps of different processes come between each other. */
  crowded = false;
  /** Until when the disk is full, and how likely a sync fails. */
  fullUntil = -1;
  /** Only these files have no room; `undefined`: none has. */
  fullFor: RegExp | undefined;
  badSync = 0;
  /** How far the wall clock is from the truth. */
  clockError = 0;
  /** Told after a blow, when the disk is as the survivors find it. */
  struck: (life: Life, blow: Blow) => void = () => {};
  /** Told of each step that a process takes. */
  stepped: (label: string) => void = () => {};
  #boot = 1;
  #watchers = new Map<string, Set<() => void>>();

  constructor(world: World, seed: number) {
    this.world = world;
    this.seed = seed;
    this.dice = new Dice(seed, 'machine');
    this.git = new GitStore();
    this.processes = new ProcessTable(this);
    this.disk.now = () => this.now();
    this.disk.changed = (directory) => this.#hint(directory);
  }

  get bootId(): string {
    return `boot-${this.#boot}`;
  }

  /** The wall clock. */
  now(): number {
    return 1_790_000_000_000 + Math.floor(this.world.now + this.clockError);
  }

  /** Whether there is no room for a file. */
  isFull(path: string): boolean {
    return this.world.now < this.fullUntil && (this.fullFor?.test(path) ?? true);
  }

  /** Starts a process of masterplan. */
  live(name: string, fuse?: Fuse, elsewhere = false): Life {
    this.counts.lives++;
    const life = new Life(
      this,
      `${name}${this.counts.lives}`,
      new Dice(this.seed, `life ${this.counts.lives}`),
      fuse,
      elsewhere,
    );
    this.lives.add(life);
    this.world.note(
      `${life.name} starts, pid ${life.pid}, ${this.bootId}${fuse === undefined ? '' : `, fuse ${JSON.stringify(fuse)}`}`,
    );
    return life;
  }

  strike(life: Life, blow: Blow): void {
    this.world.note(`${life.name} ${blow === 'kill' ? 'is killed' : blow === 'stop' ? 'is stopped' : 'loses power'}`);
    if (blow === 'stop') {
      this.counts.stops++;
      life.stop();
    } else if (blow === 'kill') {
      this.counts.kills++;
      life.end();
      this.processes.bereave(life);
    } else {
      this.powerCut();
    }
    this.struck(life, blow);
  }

  powerCut(): void {
    this.counts.powerCuts++;
    for (const life of this.lives) life.end();
    this.processes.clear();
    this.#watchers.clear();
    this.disk.powerCut(this.dice);
    this.#boot++;
  }

  watch(life: Life, directory: string, changed: () => void): { close(): void } {
    const hint = (): void => life.deliver(changed);
    const all = this.#watchers.get(directory) ?? new Set();
    this.#watchers.set(directory, all);
    all.add(hint);
    return { close: () => void all.delete(hint) };
  }

  /** Hints come late, twice or not at all. */
  #hint(directory: string): void {
    const all = this.#watchers.get(directory);
    if (all === undefined) return;
    for (const hint of all) {
      const times = this.dice.chance(0.15) ? 0 : this.dice.chance(0.15) ? 2 : 1;
      for (let i = 0; i < times; i++) this.world.after(this.dice.spread(0.1, 300), () => all.has(hint) && hint());
    }
  }
}
