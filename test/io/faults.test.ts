import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nodeFiles } from '../../src/io/node/files.ts';
import { bundledScript } from './bundle.ts';
import { PATH_ONLY, type Place, place } from './place.ts';

const child = bundledScript(new URL('child.ts', import.meta.url));
const strace = spawnSync('strace', ['-V']).status === 0;

let here: Place;
beforeEach(() => {
  here = place();
});
afterEach(() => here.dispose());
const at = (path: string): string => `${here.directory}/${path}`;

/** Runs the child with a fault at the n-th call that strace sees; returns what it said, line by line. */
function faulted(inject: string, only: readonly string[], args: readonly string[]): string[] {
  const calls = inject.slice(0, inject.indexOf(':'));
  const options = ['-f', '-qq', '-o', '/dev/null', ...only, '-e', `trace=${calls}`, '-e', `inject=${inject}`];
  const said = spawnSync('strace', [...options, process.execPath, child.path, ...args], {
    encoding: 'utf8',
    env: PATH_ONLY,
  });
  return said.stdout.trim().split('\n');
}

describe.skipIf(!strace)('faults injected into system calls (needs strace)', () => {
  test('the log holds exactly what was acknowledged, in whole lines', () => {
    const append = (inject: string): string[] => {
      writeFileSync(at('log'), '');
      return faulted(inject, ['-P', at('log')], ['append', at('log'), '4', '10']);
    };
    const log = (): string[] => readFileSync(at('log'), 'utf8').split('\n').slice(0, -1);

    // A failed write is cut back, and the next one goes on.
    expect(append('write:error=ENOSPC:when=2')).toEqual([
      'acknowledged 0',
      'refused 1: FileError: the disk is full (ENOSPC)',
      'acknowledged 2',
      'acknowledged 3',
    ]);
    expect(log().map((line) => line[0])).toEqual(['0', '2', '3']);
    expect(append('write:error=EIO:when=1')[0]).toBe(
      'refused 0: FileError: the disk reports an input/output error (EIO)',
    );

    // After a failed sync nothing is believed any more. The first sync is the one of opening.
    const failed = append('fdatasync:error=EIO:when=3');
    expect(failed[0]).toBe('acknowledged 0');
    for (const line of failed.slice(1)) expect(line).toContain('cannot be known until it is opened again');
    expect(log()).toHaveLength(1);

    // Killed before a sync: the line may be there or not, but never half, and no acknowledgement was given.
    expect(append('fdatasync:signal=KILL:when=3')).toEqual(['acknowledged 0']);
    for (const line of log()) expect(line).toHaveLength(9);
  });

  test('a replaced file is old or new, and the next owner finds no litter', async () => {
    const old = 'old content';
    const faults: [inject: string, content: string, said: string][] = [
      ['fsync:error=EIO:when=1', old, 'refused: FileError: the disk reports an input/output error (EIO)'],
      ['fsync:error=ENOSPC:when=1', old, 'refused: FileError: the disk is full (ENOSPC)'],
      ['fsync:signal=KILL:when=1', old, ''],
      ['rename:error=EACCES:when=1', old, 'refused: FileError: permission denied (EACCES)'],
      ['rename:signal=KILL:when=1', old, ''],
      ['fsync:error=EIO:when=2', 'new', 'refused: FileError: the disk reports an input/output error (EIO)'],
      ['fsync:signal=KILL:when=2', 'new', ''],
    ];
    for (const [inject, content, said] of faults) {
      writeFileSync(at('state.yml'), old);
      expect([inject, ...faulted(inject, [], ['write', at('state.yml'), 'new'])]).toEqual([inject, said]);
      expect([inject, readFileSync(at('state.yml'), 'utf8')]).toEqual([inject, content]);
    }
    await nodeFiles.write(at('other'), '');
    expect(readdirSync(here.directory)).toEqual(['other', 'state.yml']);
  });

  test('a created file is whole or absent, and the next owner finds no litter', async () => {
    const faults: [inject: string, content: string | undefined, said: string][] = [
      ['link:signal=KILL:when=1', undefined, ''],
      ['link:error=ENOSPC:when=1', undefined, 'refused: FileError: the disk is full (ENOSPC)'],
      // A file system without hard links.
      ['link:error=EPERM:when=1', 'new', 'acknowledged'],
      ['unlink:signal=KILL:when=1', 'new', ''],
    ];
    for (const [i, [inject, content, said]] of faults.entries()) {
      expect([inject, ...faulted(inject, [], ['create', at(`record-${i}`), 'new'])]).toEqual([inject, said]);
      const found = await nodeFiles.read(at(`record-${i}`));
      expect([inject, found && new TextDecoder().decode(found)]).toEqual([inject, content]);
    }
    await nodeFiles.write(at('other'), '');
    expect(readdirSync(here.directory)).toEqual(['other', 'record-2', 'record-3']);
  });
});
