import { spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { processTable } from '../../src/io/node/process-table.ts';
import { nodeProcesses } from '../../src/io/node/processes.ts';
import type { ProcessIdentity, Program } from '../../src/io/processes.ts';
import { bundledScript } from './bundle.ts';
import { PATH_ONLY, type Place, place } from './place.ts';
import { until } from './until.ts';

const child = bundledScript(new URL('child.ts', import.meta.url));
const NONCE = 'MASTERPLAN_TEST_NONCE';

let here: Place;
let nonce: string;
beforeEach(() => {
  here = place();
  nonce = here.directory.slice(-6);
  writeFileSync(at('in'), '');
});
afterEach(async () => {
  // Whatever a failing test left behind.
  for (const identity of await nodeProcesses.find(NONCE, nonce)) await nodeProcesses.end(identity, 0);
  await here.dispose();
});

const at = (path: string): string => `${here.directory}/${path}`;
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const program = (...argv: Program['argv']): Program => ({
  argv,
  cwd: here.directory,
  env: { ...PATH_ONLY, [NONCE]: nonce },
});
const shell = (script: string): Program => program('sh', '-c', script);
const start = (what: Program): Promise<ProcessIdentity> =>
  nodeProcesses.start(what, { stdin: at('in'), output: at('out') });
const found = (): Promise<ProcessIdentity[]> => nodeProcesses.find(NONCE, nonce);
const state = async (pid: number): Promise<string | undefined> =>
  /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, 'latin1'))?.[1];
const linux = describe.skipIf(process.platform !== 'linux');

linux('ending a tree', () => {
  test('a grandchild that fled into its own session is found by the nonce', async () => {
    const leader = await start(shell('setsid sleep 1000 & exec sleep 1000'));
    const both = await until('two groups', async () => (await found()).length === 2 && (await found()));
    expect(both).toContainEqual(leader);
    for (const identity of both) await nodeProcesses.end(identity, 2000);
    expect(await found()).toEqual([]);
    for (const identity of both) expect(await nodeProcesses.liveness(identity)).toBe('dead');
  });

  test('children of the group go with their leader', async () => {
    const leader = await start(shell('sleep 1000 & sleep 1000 & echo ready; wait'));
    await until('the children', () => readFileSync(at('out'), 'utf8') === 'ready\n');
    const members = () =>
      processTable()
        .all()
        .filter((entry) => entry.group === leader.pid && !entry.zombie);
    expect(members()).toHaveLength(3);
    await nodeProcesses.end(leader, 2000);
    expect(members()).toEqual([]);
  });

  test('of a group without its leader, a member is found and the group ended', async () => {
    const leader = await start(shell('sleep 1000 & sleep 1000 & echo gone'));
    // Not only dead but reaped: the number of a zombie leader still proves whose group it is.
    await until('the end of the leader', () => processTable().look(leader.pid) === undefined);
    const [member, ...others] = await found();
    expect(others).toEqual([]);
    expect(member?.pid).not.toBe(leader.pid);
    await nodeProcesses.end(leader, 0);
    expect(await found()).toEqual([member]);
    await nodeProcesses.end(member as ProcessIdentity, 2000);
    expect(await found()).toEqual([]);
  });

  test('a stopped process ends politely, a deaf one firmly', async () => {
    // Without children: a shell stopped between vfork and exec of a child waits for that, and never gets to its own stop.
    const polite = await start(shell('trap "echo bye; exit" TERM; echo ready; while :; do :; done'));
    await until('its trap', () => readFileSync(at('out'), 'utf8') === 'ready\n');
    process.kill(-polite.pid, 'SIGSTOP');
    await until('the stop', async () => (await state(polite.pid)) === 'T');
    expect(await nodeProcesses.liveness(polite)).toBe('alive');
    await nodeProcesses.end(polite, 20_000);
    expect(readFileSync(at('out'), 'utf8')).toContain('bye\n');
    writeFileSync(at('out'), '');
    const deaf = await start(shell('trap "" TERM; echo ready; while :; do :; done'));
    await until('its trap', () => readFileSync(at('out'), 'utf8') === 'ready\n');
    process.kill(-deaf.pid, 'SIGSTOP');
    await nodeProcesses.end(deaf, 50);
    expect(await nodeProcesses.liveness(deaf)).toBe('dead');
  });

  test('a pid that was given out again is not touched', async () => {
    const leader = await start(program('sleep', '1000'));
    for (const other of [{ started: '1' }, { boot: 'another' }, { host: 'another - -' }]) {
      await nodeProcesses.end({ ...leader, ...other }, 0);
      expect(await nodeProcesses.liveness(leader)).toBe('alive');
    }
    await nodeProcesses.end(leader, 0);
  });

  test('a zombie is dead', async () => {
    // The shell becomes a program that never asks after its children.
    const leader = await start(shell('true & exec sleep 1000'));
    const zombie = await until('a zombie', () =>
      processTable()
        .all()
        .find((entry) => entry.group === leader.pid && entry.zombie),
    );
    expect(await nodeProcesses.liveness({ ...leader, pid: zombie.pid, started: zombie.started })).toBe('dead');
    expect(await found()).toEqual([leader]);
    await nodeProcesses.end(leader, 0);
  });

  test('those of several values are found in one look', async () => {
    const marked = (value: string) => ({
      ...program('sleep', '1000'),
      env: { PATH: process.env['PATH'] ?? '', MARK: value },
    });
    const [one, two, three] = [await start(marked('one')), await start(marked('two')), await start(marked('three'))];
    const pids = (all: readonly ProcessIdentity[]): number[] => all.map(({ pid }) => pid).toSorted((a, b) => a - b);
    expect(pids(await nodeProcesses.find('MARK', 'two', 'three', 'four'))).toEqual(pids([two, three]));
    expect(await nodeProcesses.find('MARK')).toEqual([]);
    for (const each of [one, two, three]) await nodeProcesses.end(each, 0);
  });

  test('we never end our own group, nor find ourselves', async () => {
    await expect(nodeProcesses.end(nodeProcesses.self(), 0)).rejects.toThrow('our own group');
    const [name, value] = Object.entries(process.env).find(([name]) => name === 'PATH') ?? ['', ''];
    const own = processTable().look(process.pid)?.group;
    for (const one of await nodeProcesses.find(name, value ?? ''))
      expect(processTable().look(one.pid)?.group).not.toBe(own);
  });

  test('another boot is death on the same installation, unknown elsewhere', async () => {
    const self = nodeProcesses.self();
    const [name, machine] = self.host.split(' ');
    const then = { ...self, boot: 'an earlier one', host: `${name} ${machine} pid:[1]` };
    expect(await nodeProcesses.liveness(then)).toBe(machine === '-' ? 'unknown' : 'dead');
    expect(await nodeProcesses.liveness({ ...then, host: `${name} - -` })).toBe('unknown');
    expect(await nodeProcesses.liveness({ ...then, host: `other ${machine} -` })).toBe('unknown');
  });
});

describe('starting', () => {
  test('a program outlives us, and its output is complete', async () => {
    const wait = 'echo begin; cat; until [ -e go ]; do sleep 0.01; done; echo end';
    writeFileSync(at('in'), 'the brief\n');
    const args = [child.path, 'start', here.directory, at('in'), at('out'), 'sh', '-c', wait];
    const said = spawnSync(process.execPath, args, { encoding: 'utf8', env: PATH_ONLY });
    const identity = JSON.parse(said.stdout) as ProcessIdentity;
    expect(await nodeProcesses.liveness(identity)).toBe('alive');
    writeFileSync(at('go'), '');
    await until('its end', async () => (await nodeProcesses.liveness(identity)) === 'dead');
    expect(readFileSync(at('out'), 'utf8')).toBe('begin\nthe brief\nend\n');
  });

  test('refusals name the program or the file', async () => {
    writeFileSync(at('plain'), '#!/bin/sh\n');
    chmodSync(at('plain'), 0o600);
    await expect(start(program(at('plain')))).rejects.toThrow(
      `cannot start ${at('plain')}: it is not executable for us (EACCES)`,
    );
    await expect(start(program('nowhere'))).rejects.toThrow('cannot start nowhere: no such program on PATH (ENOENT)');
    await expect(start(program('true', 'x'.repeat(3_000_000)))).rejects.toThrow(
      'cannot start true: arguments and environment are too long',
    );
    await expect(start(program('true', 'a\0b'))).rejects.toThrow(
      'cannot start true: an argument or variable holds a NUL character',
    );
    await expect(start({ ...program('true'), cwd: at('absent') })).rejects.toThrow(
      `its directory ${at('absent')} is not there`,
    );
    symlinkSync(at('in'), at('link'));
    await expect(nodeProcesses.start(program('true'), { stdin: at('in'), output: at('link') })).rejects.toMatchObject({
      code: 'ELOOP',
    });
  });
});

describe('running', () => {
  test('arguments reach the program byte for byte', async () => {
    const args = ['two words', 'line\nbreak', 'grün 漢字 🙂', '$HOME $(id) `id`', '*', '; rm', '', '-n', '"\'\\'];
    const printed = await nodeProcesses.run(program('printf', '%s\\0', ...args));
    expect(text(printed.stdout)).toBe(args.map((one) => `${one}\0`).join(''));
  });

  test('the environment is exactly the one given', async () => {
    process.env['NODE_V8_COVERAGE'] = here.directory;
    try {
      const env = { B: 'two words', A: 'line\nbreak', C: '' };
      const printed = await nodeProcesses.run({ argv: ['/usr/bin/env', '-0'], cwd: here.directory, env });
      expect(text(printed.stdout).split('\0').sort()).toEqual(['', 'A=line\nbreak', 'B=two words', 'C=']);
    } finally {
      delete process.env['NODE_V8_COVERAGE'];
    }
  });

  test('a signal is told by name', async () => {
    expect(await nodeProcesses.run(shell('kill -SEGV $$'))).toMatchObject({
      code: undefined,
      signal: 'SIGSEGV',
      ended: 'exited',
    });
  });

  test('large output arrives whole, and unread input does no harm', async () => {
    const large = await nodeProcesses.run(shell('head -c 20000000 /dev/zero; echo end'));
    expect(large.stdout.length).toBe(20_000_004);
    const unread = await nodeProcesses.run(program('true'), { stdin: new Uint8Array(5_000_000) });
    expect(unread).toMatchObject({ code: 0, ended: 'exited' });
    const both = await nodeProcesses.run(shell('cat | wc -c; cat >&2 <<E\nwords\nE'), {
      stdin: new Uint8Array(5_000_000),
    });
    expect([text(both.stdout).trim(), both.stderr]).toEqual(['5000000', 'words\n']);
  });

  test('a flood is ended, in memory and in a file', async () => {
    const flood = await nodeProcesses.run(program('yes'), { maxOutput: 1_000_000 });
    expect(flood).toMatchObject({ code: undefined, ended: 'overflow' });
    expect(flood.stdout.length).toBeLessThan(2_000_000);
    const filed = await nodeProcesses.run(shell('yes | head -c 2000000; exec sleep 1000'), {
      maxOutput: 1_000_000,
      output: at('log'),
    });
    expect(filed).toMatchObject({ code: undefined, ended: 'overflow' });
  });

  linux('what is left behind', () => {
    test('in the group is killed', async () => {
      const ran = await nodeProcesses.run(shell('sleep 1000 & echo $!'));
      const pid = Number(text(ran.stdout));
      await until('its end', () => {
        const entry = processTable().look(pid);
        return entry === undefined || entry.zombie;
      });
    });

    test('a daemon that keeps the pipe does not keep us, and what was printed is not lost', async () => {
      const daemon = 'setsid sh -c "echo ready > flag; exec sleep 1000" & until [ -e flag ]; do sleep 0.01; done;';
      const ran = await nodeProcesses.run(shell(`${daemon} head -c 100000 /dev/zero; echo end`), { timeout: 20_000 });
      expect(ran).toMatchObject({ code: 0, ended: 'exited' });
      expect(ran.stdout.length).toBe(100_004);
      expect(await found()).toHaveLength(1);
    });

    test('a program deaf to the polite signal is killed', async () => {
      // Long enough for a busy machine to get as far as the trap.
      const ran = await nodeProcesses.run(shell('trap "" TERM; while :; do sleep 0.01; done'), { timeout: 2000 });
      expect(ran).toMatchObject({ code: undefined, signal: 'SIGKILL', ended: 'timeout' });
      // The shell's child is killed in the same breath, but nobody here is told when it is through with dying.
      await until('nothing of it left', async () => (await found()).length === 0);
    });

    test('no descriptor, no zombie', async () => {
      const descriptors = () => readdirSync('/proc/self/fd').length;
      await nodeProcesses.run(program('true'));
      const before = descriptors();
      for (let i = 0; i < 30; i++) {
        await nodeProcesses.run(program('echo', 'x'), { stdin: new Uint8Array(10), timeout: 60_000 });
        await nodeProcesses.run(program('nowhere'), { output: at('log') });
        await start(program('true'));
      }
      // Streams close in the turn of the event loop after the one in which they end.
      await until('the descriptors', () => descriptors() <= before);
      const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'latin1').trim().split(' ');
      await until('no zombie', () => children.every((pid) => !processTable().look(Number(pid))?.zombie));
    });
  });
});
