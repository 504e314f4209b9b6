import { clockContract, filesContract, processesContract, randomContract } from '../io/contract.ts';
import { SimClock } from './clock.ts';
import { nameOf, newLink, parentOf } from './disk.ts';
import { SimFiles } from './files.ts';
import { Machine } from './machine.ts';
import { type Behaviour, SimProcesses } from './process-table.ts';
import { World } from './world.ts';

/** A fresh machine with one process of masterplan on it, a disk that takes no time, and nothing that goes wrong. */
function place() {
  const world = new World(false);
  const machine = new Machine(world, 1);
  machine.slowest = 0;
  machine.disk.makeAll('/place');
  machine.processes.shell = ({ argv }) => PROGRAMS[argv[0]]?.(argv[1] ?? '');
  const life = machine.live('test');
  return {
    clock: new SimClock(life),
    random: { hex: (bytes: number) => life.dice.hex(bytes) },
    files: new SimFiles(life, { synced: () => {}, appending: () => {}, looking: () => {} }),
    processes: new SimProcesses(life),
    ports: { free: () => Promise.resolve(true) },
    directory: '/place',
    link: async (target: string, path: string) => {
      machine.disk.set(machine.disk.directory(parentOf(path)), nameOf(path), newLink(target), parentOf(path));
    },
    /** Time passes only while somebody waits. */
    async drive<T>(work: Promise<T>): Promise<T> {
      let done = false;
      const settled = work.finally(() => {
        done = true;
      });
      settled.catch(() => {});
      for (;;) {
        await new Promise(setImmediate);
        if (done || !world.happen()) return settled;
      }
    },
  };
}

const PROGRAMS: Readonly<Record<string, (argument: string) => Behaviour>> = {
  exit: (code) => (process, machine) => machine.processes.exit(process, Number(code)),
  print: (text) => (process, machine, streams) => {
    streams.write(`${text}\n`);
    machine.processes.exit(process, 0);
  },
  sleep: (ms) => (process, machine) => void machine.world.after(Number(ms), () => machine.processes.exit(process, 0)),
  copy: () => (process, machine, streams) => {
    streams.write(new TextDecoder().decode(streams.stdin));
    machine.processes.exit(process, 0);
  },
};

filesContract('simulated', async () => place());
clockContract('simulated', async () => place());
randomContract('simulated', async () => place());
processesContract('simulated', async () => ({
  ...place(),
  env: {},
  programs: {
    exit: (code) => ['exit', String(code)],
    print: (text) => ['print', text],
    sleep: (ms) => ['sleep', String(ms)],
    copy: ['copy'],
    missing: ['no-such-program-anywhere'],
  },
}));
