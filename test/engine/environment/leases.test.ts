import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { releasePorts, takePorts } from '../../../src/engine/environment/leases.ts';
import type { Io } from '../../../src/io/io.ts';
import { acquireLock } from '../../../src/engine/log/lock.ts';
import { nodeIo } from '../../../src/io/node/index.ts';

function place(io: Io = nodeIo()) {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'masterplan-leases-')));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const holder = (name: string): string => {
    mkdirSync(join(root, name), { recursive: true });
    return join(root, name);
  };
  const register = join(root, 'leases');
  const take = (name: string, ports: Record<string, number> = { web: 1 }) =>
    takePorts(io, register, holder(name), 'run', ports);
  return { root, register, take, release: (name: string) => releasePorts(io, register, join(root, name)) };
}

const listen = (port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
    onTestFinished(() => void server.close());
  });

test('twelve at once get different ports, and the same ones again', async () => {
  const { take } = place();
  const names = Array.from({ length: 12 }, (_, i) => `w${i}`);
  const first = await Promise.all(names.map((name) => take(name, { web: 1, db: 2 })));
  const all = first.flatMap(({ web = 0, db = 0 }) => [web, db, db + 1]);
  expect(new Set(all).size).toBe(36);
  expect(await Promise.all(names.map((name) => take(name, { web: 1, db: 2 })))).toEqual(first);
});

test('a port on which somebody listens is not given out', async () => {
  const { take, release } = place();
  const { web = 0 } = await take('a');
  await release('a');
  await listen(web);
  expect((await take('a'))['web']).not.toBe(web);
});

test('what is given back, and what belonged to a directory that is gone, is free again', async () => {
  const { root, take, release, register } = place();
  const one = await take('a');
  await release('a');
  // Where a search begins follows from the place: nobody else's lease is in the way now.
  expect(await take('a')).toEqual(one);
  await take('b');
  rmSync(join(root, 'a'), { recursive: true });
  await take('c');
  const { leases } = JSON.parse(new TextDecoder().decode(await nodeIo().files.read(join(register, 'leases.json')))) as {
    leases: { holder: string }[];
  };
  expect(leases.map(({ holder }) => holder)).toEqual([join(root, 'b'), join(root, 'c')]);
});

test('a port that the log still counts is given to nobody, though the register has forgotten it', async () => {
  const { root, register, take } = place();
  const io = nodeIo();
  const { web = 0 } = await take('a');
  // Where a search begins follows from the place: it would be the same port again.
  await releasePorts(io, register, join(root, 'a'));
  const kept = [web, web + 1];
  const other = await takePorts(io, register, join(root, 'a'), 'run', { web: 1 }, kept);
  expect(kept).not.toContain(other['web']);
});

test('nobody waits for ever for a register that a stopped process holds, and it is said what to do', async () => {
  const io = nodeIo();
  let now = 0;
  const wait = async (ms: number): Promise<void> => void (now += 100 * ms);
  const { register, take } = place({ ...io, clock: { ...io.clock, monotonic: () => now, wait } });
  const locked = await acquireLock(io, register, 'leases');
  expect(locked.ok).toBe(true);
  await expect(take('a')).rejects.toThrow(`kill -CONT ${process.pid}`);
  expect(now).toBeLessThan(120_000);
});

test('when all ports are taken, those of dead processes are given out, and else it is said', async () => {
  const io = nodeIo();
  const { register, root, take } = place({ ...io, ports: { free: async () => true } });
  mkdirSync(register);
  const entry = (owner: object) => ({
    holder: root,
    run: 'old',
    owner,
    since: '2026-01-01T00:00:00.000Z',
    ports: { all: [20_000, 10_000] },
  });
  const write = (owner: object): void =>
    writeFileSync(join(register, 'leases.json'), JSON.stringify({ schema: 1, leases: [entry(owner)] }));
  write(io.processes.self());
  await expect(take('a')).rejects.toThrow(/no port is free between 20000 and 29999/);
  write({ ...io.processes.self(), started: 'long ago' });
  expect((await take('a'))['web']).toBeGreaterThanOrEqual(20_000);
});

test('a register that cannot be read is begun anew', async () => {
  const { register, take } = place();
  mkdirSync(register);
  writeFileSync(join(register, 'leases.json'), '{"schema":1,"lea');
  expect((await take('a'))['web']).toBeGreaterThanOrEqual(20_000);
});
