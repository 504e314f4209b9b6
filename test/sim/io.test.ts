import { clockContract, filesContract, processesContract, randomContract } from '../io/contract.ts';
import { SimClock } from './clock.ts';
import { newLink, nameOf, parentOf } from './disk.ts';
import { SimFiles } from './files.ts';
import type { Life } from './life.ts';
import { Machine } from './machine.ts';
import { type Behaviour, SimProcesses } from './process-table.ts';
import { World } from './world.ts';

/** A machine with one life in it, on which nothing goes wrong, and whose time passes while somebody waits. */
function machine(): { machine: Machine; life: Life; directory: string; files: SimFiles } {
  const world = new World(false);
  const one = new Machine(world, 1);
  one.disk.makeAll('/place');
  const life = one.live('test');
  const files = new SimFiles(life, { synced: () => {}, appending: () => {}, looking: () => {} });
  // Files take their time: it passes by itself here.
  void world.drive(() => false, Number.POSITIVE_INFINITY);
  return { machine: one, life, directory: '/place', files };
}

/** Lets time pass until `work` is done. A world with nothing left to happen waits for the next event. */
function passing(world: Machine): <T>(work: Promise<T>) => Promise<T> {
  return async (work) => {
    let done = false;
    const settled = work.finally(() => {
      done = true;
    });
    settled.catch(() => {});
    while (!done) await new Promise(setImmediate);
    void world;
    return settled;
  };
}

const programs: Readonly<Record<string, (argument: string) => Behaviour>> = {
  exit: (code) => (process, one) => one.processes.exit(process, Number(code)),
  print: (text) => (process, one, streams) => {
    streams.write(`${text}\n`);
    one.processes.exit(process, 0);
  },
  sleep: (ms) => (process, one) => void one.world.after(Number(ms), () => one.processes.exit(process, 0)),
  copy: () => (process, one, streams) => {
    streams.write(new TextDecoder().decode(streams.stdin));
    one.processes.exit(process, 0);
  },
};
void filesContract;
void clockContract;
void processesContract;
void randomContract;
void SimClock;
void SimProcesses;
void newLink;
void nameOf;
void parentOf;
void machine;
void passing;
void programs;
