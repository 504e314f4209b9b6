import { readdirSync, readFileSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { availableParallelism, freemem, loadavg, totalmem } from 'node:os';
import type { Machine, MachineProcess } from '../machine.ts';
import { processTable } from './process-table.ts';

/** What of a command line is kept, characters. */
const LONGEST_COMMAND = 500;
/** Clock ticks of a second in /proc: the same on every Linux that there is. */
const TICKS = 100;

/** The machine that we run on. */
export const nodeMachine: Machine = {
  memory,
  load: () => ({ one: loadavg()[0] ?? 0, cores: availableParallelism() }),
  async free(path) {
    try {
      const { bavail, bsize } = await statfs(path);
      return bavail * bsize;
    } catch {
      return undefined;
    }
  },
  processes: () => (process.platform === 'linux' ? fromProc() : fromPs()),
};

function memory(): { available: number; total: number } {
  const told = /^MemAvailable:\s+(\d+) kB/m.exec(text('/proc/meminfo'))?.[1];
  const available = told === undefined ? freemem() : Number(told) * 1024;
  // A container has its own limit, and is killed at it, however much the machine has.
  const limit = Number.parseInt(text('/sys/fs/cgroup/memory.max'), 10);
  const used = Number.parseInt(text('/sys/fs/cgroup/memory.current'), 10);
  if (!Number.isFinite(limit) || !Number.isFinite(used)) return { available, total: totalmem() };
  return { available: Math.min(available, Math.max(0, limit - used)), total: Math.min(limit, totalmem()) };
}

function fromProc(): MachineProcess[] {
  const { boot, host } = processTable().self();
  const user = process.getuid?.();
  const booted = Number(/^btime (\d+)/m.exec(text('/proc/stat'))?.[1] ?? 0) * 1000;
  return readdirSync('/proc').flatMap((name): MachineProcess[] => {
    if (!/^\d+$/.test(name)) return [];
    try {
      if (statSync(`/proc/${name}`).uid !== user) return [];
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      // The program's name stands in parentheses and may hold anything, so fields count from the last `)`.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (/^[ZXx]/.test(fields[0] ?? '')) return [];
      const resident = Number(text(`/proc/${name}/statm`).split(' ')[1] ?? 0);
      return [
        {
          identity: { pid: Number(name), started: fields[19] ?? '', boot, host },
          parent: Number(fields[1]),
          group: Number(fields[2]),
          since: booted + (Number(fields[19]) * 1000) / TICKS,
          memory: resident * PAGE,
          cpu: ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS,
          command: text(`/proc/${name}/cmdline`).replaceAll('\0', ' ').trim().slice(0, LONGEST_COMMAND),
          marks: marksIn(text(`/proc/${name}/environ`).split('\0')),
        },
      ];
    } catch {
      // Ended while we looked, or not ours.
      return [];
    }
  });
}

/** Bytes of a page; the two that Linux has on machines of today. */
const PAGE = process.arch === 'arm64' && process.platform === 'linux' ? pageSize() : 4096;

function pageSize(): number {
  // AT_PAGESZ of our own auxiliary vector: pairs of 64-bit numbers.
  try {
    const vector = readFileSync('/proc/self/auxv');
    for (let at = 0; at + 16 <= vector.length; at += 16)
      if (vector.readBigUInt64LE(at) === 6n) return Number(vector.readBigUInt64LE(at + 8));
  } catch {
    // Then it is the usual one.
  }
  return 4096;
}

/** Where there is no /proc, through `ps`. UNTESTED: nobody has run it on such a machine yet. */
function fromPs(): MachineProcess[] {
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  const { boot, host } = processTable().self();
  const columns = ['pid=', 'ppid=', 'pgid=', 'stat=', 'lstart=', 'rss=', 'time=', 'command='];
  const printed = spawnSync('ps', ['eww', '-U', String(process.getuid?.() ?? 0), '-o', columns.join(',')], {
    encoding: 'utf8',
    env: { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C' },
  }).stdout;
  const row =
    /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\w{3}\s+\w{3}\s+\d+\s+[\d:]+\s+\d{4})\s+(\d+)\s+(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+)(?:\.\d+)?\s+(.*)$/;
  return (printed ?? '').split('\n').flatMap((line): MachineProcess[] => {
    const [, pid, parent, group, state, started, rss, days, hours, minutes, seconds, command] = row.exec(line) ?? [];
    if (command === undefined || state?.startsWith('Z') === true) return [];
    const time = ((Number(days ?? 0) * 24 + Number(hours ?? 0)) * 60 + Number(minutes)) * 60 + Number(seconds);
    return [
      {
        identity: { pid: Number(pid), started: started ?? '', boot, host },
        parent: Number(parent),
        group: Number(group),
        since: Date.parse(started ?? '') || 0,
        memory: Number(rss) * 1024,
        cpu: time * 1000,
        command: command.replace(/ (?:MASTERPLAN_|PATH=|HOME=).*$/, '').slice(0, LONGEST_COMMAND),
        marks: marksIn(command.split(' ')),
      },
    ];
  });
}

function marksIn(variables: readonly string[]): Record<string, string> {
  const marks: Record<string, string> = {};
  for (const one of variables) {
    const at = one.startsWith('MASTERPLAN_') ? one.indexOf('=') : -1;
    if (at > 0) marks[one.slice(0, at)] ??= one.slice(at + 1);
  }
  return marks;
}

function text(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
