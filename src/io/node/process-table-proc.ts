import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { crc32 } from '../../core/base/crc32.ts';
import { utf8 } from '../../core/base/text.ts';
import type { ProcessIdentity } from '../processes.ts';
import { codeOf } from './errors.ts';
import type { ProcessEntry, ProcessTable } from './process-entry.ts';

/** The table of Linux: /proc. */
export function procTable(): ProcessTable {
  let self: ProcessIdentity | undefined;
  return {
    self() {
      self ??= {
        pid: process.pid,
        started: look(process.pid)?.started ?? '',
        boot: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
        host: [line('/proc/sys/kernel/hostname'), machine(), readlinkSync('/proc/self/ns/pid')].join(' '),
      };
      return self;
    },
    look,
    all: () => pids().flatMap((pid) => look(pid) ?? []),
    withEnvironment(name, values) {
      const wanted = values.map((value) => Buffer.from(`\0${name}=${value}\0`));
      if (wanted.length === 0) return [];
      const user = process.getuid?.();
      return pids().filter((pid) => {
        try {
          // Other users' environments are closed to us anyway, except when we are root: then they are not ours to end.
          if (statSync(`/proc/${pid}`).uid !== user) return false;
          const environment = readFileSync(`/proc/${pid}/environ`);
          return wanted.some(
            (one) => environment.indexOf(one) >= 0 || environment.subarray(0, one.length - 1).equals(one.subarray(1)),
          );
        } catch {
          // Ended meanwhile, or hidden from us.
          return false;
        }
      });
    },
  };
}

function pids(): number[] {
  return readdirSync('/proc').map(Number).filter(Number.isInteger);
}

/** `/proc/<pid>/stat`: the program's name stands in parentheses and may hold anything, so fields count from the last `)`. */
function look(pid: number): ProcessEntry | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch (error) {
    // ESRCH: it ended between open and read.
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ESRCH') return undefined;
    throw error;
  }
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const state = fields[0] ?? '';
  return {
    pid,
    group: Number(fields[2]),
    started: fields[19] ?? '',
    zombie: state === 'Z' || state === 'X' || state === 'x',
  };
}

/** A mark of this installation; only its checksum, because the id itself is not meant to be handed around. */
function machine(): string {
  const id = line('/etc/machine-id');
  return id === '' ? '-' : crc32(utf8(id)).toString(16);
}

function line(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}
