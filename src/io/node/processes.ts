import { closeSync } from 'node:fs';
import type { Liveness, ProcessIdentity, Processes, Program, StartOptions } from '../processes.ts';
import { end } from './ending.ts';
import type { ProcessEntry } from './process-entry.ts';
import { processTable } from './process-table.ts';
import { run } from './run.ts';
import { openInput, openOutput, spawn } from './spawn.ts';

/** The real processes of this machine. */
export const nodeProcesses: Processes = {
  self: () => processTable().self(),
  run,
  start,
  liveness: async (identity) => liveness(identity),
  find: async (name, ...values) => find(name, values),
  end,
};

async function start(program: Program, options: StartOptions): Promise<ProcessIdentity> {
  const input = openInput(options.stdin);
  try {
    const output = openOutput(options.output);
    try {
      const child = await spawn(program, [input, output, output]);
      // We may end before it does. While we live, Node still notices its end, so that no zombie stays.
      child.unref();
      const entry = processTable().look(child.pid ?? 0);
      if (entry === undefined)
        throw new Error(`${program.argv[0]} was started and vanished before it could be looked at`);
      return identityOf(entry);
    } finally {
      closeSync(output);
    }
  } finally {
    closeSync(input);
  }
}

function identityOf(entry: ProcessEntry): ProcessIdentity {
  const { boot, host } = processTable().self();
  return { pid: entry.pid, started: entry.started, boot, host };
}

function liveness(identity: ProcessIdentity): Liveness {
  const self = processTable().self();
  if (identity.boot !== self.boot) return sameInstallation(identity.host, self.host) ? 'dead' : 'unknown';
  if (identity.host !== self.host) return 'unknown';
  const entry = processTable().look(identity.pid);
  return entry === undefined || entry.zombie || entry.started !== identity.started ? 'dead' : 'alive';
}

/**
 * Whether two hosts are one installation, perhaps in different process namespaces: another boot of it is then proof of
 * death. Without a machine id the name alone proves nothing (two machines called "localhost" on one network disk).
 */
function sameInstallation(one: string, other: string): boolean {
  const [name, machine] = one.split(' ');
  const [otherName, otherMachine] = other.split(' ');
  return name === otherName && machine === otherMachine && machine !== undefined && machine !== '-';
}

/**
 * One process for each group in which somebody carries `name` with one of `values`: its leader while that lives, whatever the leader
 * carries itself (it may have wiped its environment); of a group without a living leader, the carrier of lowest pid.
 * Our own group is left out, even where we carry one ourselves.
 */
function find(name: string, values: readonly string[]): ProcessIdentity[] {
  const table = processTable();
  const own = table.look(process.pid)?.group;
  const found = new Map<number, ProcessEntry>();
  for (const pid of table.withEnvironment(name, values).sort((a, b) => a - b)) {
    const entry = table.look(pid);
    if (entry === undefined || entry.zombie || entry.group === own || found.has(entry.group)) continue;
    const leader = table.look(entry.group);
    found.set(entry.group, leader === undefined || leader.zombie ? entry : leader);
  }
  return [...found.values()].map(identityOf);
}
