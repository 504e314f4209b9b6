import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { entriesIn, Registry } from '../../src/engine/machine/registry.ts';
import { MachineRoom } from '../../src/engine/machine/room.ts';
import { nodeIo } from '../../src/io/node/index.ts';
import { SETTINGS, Story, task } from '../core/run/story.ts';

const io = nodeIo();
function folder(): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'mp-machine-')));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
const of = (run: string) => ({ run, slug: run, root: '/somewhere' });

test('twenty that ask at once never get more than there is', async () => {
  const directory = folder();
  const got = await Promise.all(
    Array.from({ length: 20 }, async (_, at) => {
      const registry = new Registry(io, directory, of(`r${at}`));
      const left = await registry.ask(5, ({ agents = 1 }) => ({ using: 0, wants: Math.min(1, agents), resources: {} }));
      return left.agents ?? 0;
    }),
  );
  expect(got.reduce((sum, one) => sum + one, 0)).toBe(5);
  expect((await entriesIn(io, directory)).reduce((sum, { using }) => sum + using, 0)).toBe(5);
});

test('a thing that another run has is taken, and free again when that one leaves or is dead', async () => {
  const directory = folder();
  const settings = { ...SETTINGS, resources: { device: 1 } };
  const state = new Story([task('T1', { resources: { device: 1 } })], settings).approved().state;
  const first = new MachineRoom(io, {}, directory, new Registry(io, directory, of('a')));
  const second = new MachineRoom(io, {}, directory, new Registry(io, directory, of('b')));
  expect(await first.look(state, [])).toMatchObject({ room: { taken: {} }, again: false, events: [] });
  const look = await second.look(state, []);
  expect(look).toMatchObject({ room: { taken: { device: 1 } }, again: true });
  expect(look.events).toMatchObject([{ event: 'dispatch_paused', why: 'places' }]);
  await first.leave();
  expect(await second.look(state, [])).toMatchObject({ room: { taken: {} }, again: false });
  // Who died had it: its number may be somebody's again, its start time is not.
  await second.leave();
  const self = io.processes.self();
  const dead = { id: 'dead', run: 'c', slug: 'c', root: '/', using: 1, wants: 0, since: 0, at: io.clock.now() };
  const entry = { schema: 1, ...dead, process: { ...self, started: 'before' }, resources: { device: 1 } };
  writeFileSync(join(directory, 'runs/dead.json'), JSON.stringify(entry));
  expect(await first.look(state, [])).toMatchObject({ room: { taken: {} }, again: false });
});

test('a register that cannot be written is told once, and the run keeps to the limit by itself', async () => {
  const directory = folder();
  writeFileSync(join(directory, 'file'), '');
  const room = new MachineRoom(io, { agents: 1 }, directory, new Registry(io, join(directory, 'file/below'), of('a')));
  const { state } = new Story([task('T1'), task('T2')]).approved();
  const look = await room.look(state, []);
  expect(look.room.agents).toBe(1);
  expect(look.events).toMatchObject([{ event: 'anomaly' }]);
  expect((await room.look(state, [])).events).toEqual([]);
});

test('scopes are leased between runs of a repository, and free again when their run leaves or is dead', async () => {
  const directory = folder();
  const state = new Story([task('T1', { scope: ['src/'] })]).approved().state;
  const room = (run: string, root = '/somewhere'): MachineRoom =>
    new MachineRoom(io, {}, directory, new Registry(io, directory, { ...of(run), root }));
  const [first, second, beside] = [room('a'), room('b'), room('c', '/elsewhere')];
  expect(await first.look(state, [])).toMatchObject({ again: false, events: [] });
  const look = await second.look(state, []);
  expect(look).toMatchObject({ room: { scopes: [{ run: 'a', task: 'T1', scope: ['src/'] }] }, again: true });
  expect(look.events).toMatchObject([{ event: 'dispatch_paused', why: 'places' }]);
  expect(await beside.look(state, [])).toMatchObject({ room: { scopes: [] }, again: false });
  await first.leave();
  expect(await second.look(state, [])).toMatchObject({ room: { scopes: [] }, again: false });
  await second.leave();
  const dead = {
    id: 'dead',
    run: 'd',
    slug: 'd',
    root: '/somewhere',
    using: 1,
    wants: 0,
    since: 0,
    at: io.clock.now(),
  };
  const entry = { schema: 1, ...dead, process: { ...io.processes.self(), started: 'before' }, resources: {} };
  writeFileSync(
    join(directory, 'runs/dead.json'),
    JSON.stringify({ ...entry, scopes: [{ task: 'X', scope: ['src/'] }] }),
  );
  expect(await first.look(state, [])).toMatchObject({ room: { scopes: [] }, again: false });
});
