import { hostname } from 'node:os';
import type { ProcessIdentity } from '../processes.ts';
import type { ProcessEntry, ProcessTable } from './process-entry.ts';

/**
 * The table where there is no /proc (macOS, BSD), through `ps`. UNTESTED: nobody has run it on such a machine yet.
 * Start times have a resolution of one second there, so a pid that is used again within its own second is mistaken.
 */
export function psTable(): ProcessTable {
  let self: ProcessIdentity | undefined;
  const look = (pid: number): ProcessEntry | undefined => entries(['-p', String(pid)])[0];
  return {
    self() {
      self ??= {
        pid: process.pid,
        started: look(process.pid)?.started ?? '',
        boot:
          output('sysctl', ['-n', 'kern.bootsessionuuid']).trim() || output('sysctl', ['-n', 'kern.boottime']).trim(),
        host: `${hostname()} - -`,
      };
      return self;
    },
    look,
    all: () => entries(['-ax']),
    withEnvironment(name, values) {
      // `-E`/`e` prints the environment behind the command, separated by blanks: exact enough for nonces without blanks.
      const markers = values.map((value) => ` ${name}=${value} `);
      return output('ps', ['eww', '-o', 'pid=,command=', '-U', String(process.getuid?.() ?? 0)])
        .split('\n')
        .filter((line) => markers.some((marker) => `${line} `.includes(marker)))
        .map((line) => Number.parseInt(line, 10))
        .filter(Number.isInteger);
    },
  };
}

function entries(selection: string[]): ProcessEntry[] {
  return output('ps', ['-o', 'pid=,pgid=,stat=,lstart=', ...selection])
    .split('\n')
    .flatMap((line) => {
      const [, pid, group, state, started] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.+?)\s*$/.exec(line) ?? [];
      if (started === undefined) return [];
      return [{ pid: Number(pid), group: Number(group), started, zombie: state?.startsWith('Z') === true }];
    });
}

function output(program: string, args: string[]): string {
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  return (
    spawnSync(program, args, { encoding: 'utf8', env: { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C' } })
      .stdout ?? ''
  );
}
