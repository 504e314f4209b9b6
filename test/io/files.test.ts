import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nodeFiles } from '../../src/io/node/files.ts';
import { temporaryName } from '../../src/io/node/temporary.ts';
import { bundledScript } from './bundle.ts';
import { type Place, place } from './place.ts';
import { until } from './until.ts';

const child = bundledScript(new URL('child.ts', import.meta.url));

let here: Place;
beforeEach(() => {
  here = place();
});
afterEach(() => here.dispose());
const at = (path: string): string => `${here.directory}/${path}`;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('a file that is replaced keeps its permissions; a new one is ours alone', async () => {
  for (const mode of [0o644, 0o600, 0o755, 0o464]) {
    writeFileSync(at('plan.md'), 'old');
    chmodSync(at('plan.md'), mode);
    await nodeFiles.write(at('plan.md'), 'new');
    expect(statSync(at('plan.md')).mode & 0o7777).toBe(mode);
  }
  await nodeFiles.write(at('new.md'), 'new');
  expect(statSync(at('new.md')).mode & 0o7777).toBe(0o600);
});

describe('leftovers of a write that was killed', () => {
  const own = temporaryName();
  const dead = own.replace(`-${process.pid}-`, `-${spawnSync('true').pid}-`);

  test('are removed by the next write into the directory, and never listed', async () => {
    writeFileSync(at(dead), 'half');
    expect(await nodeFiles.list(here.directory)).toEqual([]);
    await nodeFiles.write(at('state.yml'), 'whole');
    expect(readdirSync(here.directory)).toEqual(['state.yml']);
  });

  test('of an earlier boot are removed too', async () => {
    writeFileSync(at(own.replace(/^(.mp-[0-9a-f]{8}-)[0-9a-f]{8}/, '$100000000')), 'half');
    await nodeFiles.makeDirectory(here.directory);
    expect(readdirSync(here.directory)).toEqual([]);
  });

  test('stay while their writer lives, or may live on another machine', async () => {
    const foreign = own.replace(/^.mp-[0-9a-f]{8}/, '.mp-00000000');
    writeFileSync(at(own), '');
    writeFileSync(at(foreign), '');
    writeFileSync(at('.mp-notes.tmp'), '');
    await nodeFiles.write(at('a'), '');
    expect(readdirSync(here.directory).sort()).toEqual([own, foreign, '.mp-notes.tmp', 'a'].sort());
  });

  test('of another machine go after an hour', async () => {
    const foreign = own.replace(/^.mp-[0-9a-f]{8}/, '.mp-00000000');
    writeFileSync(at(foreign), '');
    utimesSync(at(foreign), 1, 1);
    await nodeFiles.create(at('a'), '');
    expect(readdirSync(here.directory)).toEqual(['a']);
  });
});

describe('removing a tree', () => {
  test('names of any bytes', async () => {
    mkdirSync(at('tree'));
    const name = Buffer.concat([Buffer.from(`${at('tree')}/`), Buffer.from([0xff, 0xfe, 0x0a, 0x80])]);
    mkdirSync(name);
    writeFileSync(Buffer.concat([name, Buffer.from('/\xc3')]), '');
    expect(await nodeFiles.list(at('tree'))).toHaveLength(1);
    await nodeFiles.removeTree(at('tree'));
    expect(readdirSync(here.directory)).toEqual([]);
  });

  test('paths far longer than the system allows', async () => {
    // Each step moves the chain one level down, so that no path is ever long here.
    mkdirSync(at('chain'));
    for (let i = 0; i < 3000; i++) {
      mkdirSync(at('next'));
      renameSync(at('chain'), at('next/directory'));
      renameSync(at('next'), at('chain'));
    }
    await nodeFiles.removeTree(at('chain'));
    expect(readdirSync(here.directory)).toEqual([]);
  });

  test('directories that may be neither read nor written', async () => {
    mkdirSync(at('tree/closed/inner'), { recursive: true });
    writeFileSync(at('tree/closed/inner/file'), '');
    mkdirSync(at('tree/silent'));
    writeFileSync(at('tree/silent/file'), '', { mode: 0o400 });
    // Root is refused nothing: the removal runs as somebody else then.
    const user = process.getuid?.() === 0 ? 65534 : undefined;
    if (user !== undefined) {
      for (const path of ['', 'tree', 'tree/closed', 'tree/closed/inner', 'tree/silent'])
        chownSync(at(path), user, user);
    }
    chmodSync(at('tree/closed/inner'), 0o500);
    chmodSync(at('tree/closed'), 0o400);
    chmodSync(at('tree/silent'), 0o000);
    const identity = user === undefined ? {} : { uid: user, gid: user };
    if (user !== undefined) chmodSync(child.path.replace(/\/[^/]*$/, ''), 0o755);
    const said = spawnSync(process.execPath, [child.path, 'remove-tree', at('tree')], {
      encoding: 'utf8',
      ...identity,
    });
    expect(said.stdout + said.stderr).toBe('acknowledged\n');
    expect(readdirSync(here.directory)).toEqual([]);
  });
});

describe('appending', () => {
  test('a file that was replaced, removed or written by another is refused, and not cut', async () => {
    const refusals: [string, () => void, string][] = [
      ['replaced', () => renameSync(at('other'), at('replaced')), 'other'],
      ['removed', () => renameSync(at('removed'), at('gone')), ''],
      ['written', () => writeFileSync(at('written'), 'foreign\n', { flag: 'a' }), 'one\nforeign\n'],
    ];
    for (const [name, meddle, left] of refusals) {
      writeFileSync(at('other'), 'other');
      const file = await nodeFiles.openAppend(at(name));
      await file.append(bytes('one\n'));
      meddle();
      await expect(file.append(bytes('two\n'))).rejects.toMatchObject({ code: 'ECHANGED', path: at(name) });
      await expect(file.truncate(0)).rejects.toMatchObject({ code: 'ECHANGED' });
      expect(new TextDecoder().decode(await nodeFiles.read(at(name)))).toBe(left);
      await file.close();
    }
  });

  test.skipIf(process.platform === 'win32')('a short write is cut back, and what fits is written afterwards', () => {
    // The limit of the file's size lets the kernel write a part, then refuse.
    const limited = 'trap "" XFSZ; ulimit -f 1; exec "$@"';
    const args = ['-c', limited, 'bash', process.execPath, child.path, 'append', at('log'), '5', '300'];
    const said = execFileSync('bash', args, { encoding: 'utf8' }).trim().split('\n');
    const refused = 'FileError: the file would become larger than is allowed (EFBIG)';
    const expected = [
      'acknowledged 0',
      'acknowledged 1',
      'acknowledged 2',
      `refused 3: ${refused}`,
      `refused 4: ${refused}`,
    ];
    expect(said).toEqual(expected);
    expect(statSync(at('log')).size).toBe(900);
  });
});

test.skipIf(process.platform === 'win32')('a pipe where a file should be is refused, not waited for', async () => {
  execFileSync('mkfifo', [at('pipe')]);
  await expect(nodeFiles.read(at('pipe'))).rejects.toMatchObject({ code: 'ENXIO' });
  await expect(nodeFiles.openAppend(at('pipe'))).rejects.toMatchObject({ code: 'ENXIO' });
  expect(await nodeFiles.stat(at('pipe'))).toMatchObject({ kind: 'other' });
});

test('a change in a watched directory is heard of', async () => {
  let heard = 0;
  const watch = nodeFiles.watch(here.directory, () => heard++);
  await nodeFiles.write(at('a'), '');
  await until('a hint', () => heard > 0);
  watch.close();
});

test('words for people, with the code behind them', async () => {
  mkdirSync(at('d'));
  await expect(nodeFiles.read(at('d'))).rejects.toThrow('it is a directory (EISDIR)');
  await expect(nodeFiles.read(at('a\0b'))).rejects.toThrow('the name holds a NUL character');
  await expect(nodeFiles.write(at('n'.repeat(300)), '')).rejects.toThrow('the name is too long (ENAMETOOLONG)');
  expect(existsSync(at('n'))).toBe(false);
});

test.skipIf(process.platform !== 'linux')('a file system that makes no directories says so', async () => {
  await expect(nodeFiles.makeDirectory('/proc/masterplan/state')).rejects.toMatchObject({ code: 'ENOENT' });
});
