import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { project } from '../rig/world.ts';

/** A place on loopback that keeps what is posted to it. */
async function hook(): Promise<{ readonly url: string; readonly posted: { summary: string; text: string }[] }> {
  const posted: { summary: string; text: string }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      posted.push(JSON.parse(body) as (typeof posted)[number]);
      response.end();
    });
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, posted };
}

test('a run that waits says so where it was asked to, and once; when it is over, too', async () => {
  const { url, posted } = await hook();
  const program = ['sh', '-c', 'cat >> "$HOME/told.jsonl"'];
  const world = await project({ config: { notify: { webhook: '$HOOK', command: program } } });
  world.everyoneWorks();
  const env = { HOOK: url };
  expect((await world.run(['--yes'], env).end()).code).toBe(3);
  expect(posted.map(({ summary }) => summary)).toEqual(['masterplan: demo waits for you']);
  expect(posted[0]?.text).toContain('masterplan approve demo --finish merge');
  expect((await world.run([], env).end()).code).toBe(3);
  expect(posted).toHaveLength(1);
  expect((await world.start(['approve', 'demo', '--finish', 'keep'], env).end()).code).toBe(0);
  expect((await world.run([], env).end()).code).toBe(0);
  expect(posted.slice(1).map(({ text }) => text)).toEqual(['masterplan: demo is over\nover (keep): 1 of 1 merged']);
  const told = world.read(`${world.home}/told.jsonl`).trimEnd().split('\n');
  expect(told.map((line) => JSON.parse(line) as unknown)).toEqual(posted);
  // Neither the address nor anything else of it is in the log.
  expect(world.read(world.logFile)).not.toContain(url);
});

test('what cannot be delivered is said once and changes nothing', async () => {
  const world = await project({ config: { notify: { webhook: '$HOOK', command: ['false'] } } });
  world.everyoneWorks();
  expect((await world.run(['--yes', '--finish', 'keep']).end()).code).toBe(0);
  expect(
    world
      .eventsOf('anomaly')
      .map(({ what, detail }) => `${what}: ${detail}`)
      .sort(),
  ).toEqual([
    'a notification by command was not delivered: false: exit code 1',
    'a notification by webhook was not delivered: the environment variable HOOK is not set',
  ]);
  const tried = await world.masterplan('notify');
  expect([tried.code, tried.stdout]).toEqual([1, expect.stringContaining('HOOK is not set')]);
});
