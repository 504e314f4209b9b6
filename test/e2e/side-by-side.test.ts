import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { until } from '../io/until.ts';
import { expectOrder } from '../rig/order.ts';
import { project } from '../rig/world.ts';

/*
 * Eight copies of a web service with a database, side by side: each in the worktree of its own agent, then verified at once. The
 * database server is one for all, as on a machine of somebody; databases are made by set-ups and dropped by teardowns.
 */

/** A database server: databases by name, each a list of rows. `POST /<name>` makes one or adds a row, `DELETE` drops it. */
async function databaseServer() {
  const databases = new Map<string, string[]>();
  const seen = { most: 0, refused: [] as string[] };
  const server = createServer((request, response) => {
    const name = (request.url ?? '').slice(1);
    let row = '';
    request.on('data', (chunk) => (row += String(chunk)));
    request.on('end', () => {
      const rows = databases.get(name);
      const refuse = (why: string): void => {
        seen.refused.push(`${request.method ?? ''} ${name}: ${why}`);
        response.writeHead(409).end(why);
      };
      if (request.method === 'PUT') {
        if (rows !== undefined) return refuse('exists');
        databases.set(name, []);
        seen.most = Math.max(seen.most, databases.size);
      } else if (request.method === 'DELETE') databases.delete(name);
      else if (rows === undefined) return refuse('no such database');
      else if (request.method === 'POST') rows.push(row);
      response.end(JSON.stringify(databases.get(name) ?? []));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, databases, seen };
}

/** The service: says which directory it is of, and keeps what it is sent in its database. */
const SERVER = `
import { createServer } from 'node:http';
const rows = (init) => fetch(process.env.DATABASE_URL, init).then((answer) => answer.json());
createServer(async (request, response) => {
  const all = request.method === 'POST' ? await rows({ method: 'POST', body: request.url }) : await rows();
  response.end(JSON.stringify({ directory: process.cwd(), rows: all }));
}).listen(Number(process.env.PORT), '127.0.0.1', () => console.log('listening'));
`;

/** Starts the service, sends it one row, and looks whether the answer is of this directory and knows no other row. */
const CHECK = `
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
const server = spawn(process.execPath, ['server.mjs'], { stdio: ['ignore', 'pipe', 'inherit'] });
const [first] = await Promise.race([once(server.stdout, 'data'), once(server, 'exit')]);
if (!String(first).startsWith('listening')) process.exit(3);
const token = '/' + process.cwd().split('/').at(-1);
const answer = await (await fetch('http://127.0.0.1:' + process.env.PORT + token, { method: 'POST' })).json();
const good = answer.directory === process.cwd() && answer.rows.join() === token;
console.log(JSON.stringify({ answer, token, good }));
// As long as the others are busy, too.
for (const until = Date.now() + 3000; process.argv[2] && !existsSync(process.argv[2]) && Date.now() < until;)
  await new Promise((resolve) => setTimeout(resolve, 10));
server.kill();
await once(server, 'exit');
process.exit(good ? 0 : 1);
`;

const EIGHT = ['T1', 'T2', 'T3', 'T4', 'T5', 'T6', 'T7', 'T8'];

test('eight copies of a web service with a database run side by side', async () => {
  const { url, databases, seen } = await databaseServer();
  const call = (method: string): string =>
    `node -e 'fetch("${url}/" + process.env.MASTERPLAN_DB, {method: "${method}"}).then((a) => process.exit(a.ok ? 0 : 1))'`;
  const world = await project({
    plan: EIGHT.map((id) => ({ id, verify: [`test -e ${id.toLowerCase()}.txt`, 'node check.mjs'] })),
    files: { 'server.mjs': SERVER, 'check.mjs': CHECK },
    config: {
      parallelism: { max_agents: 8, max_verifications: 8 },
      landing: { slots: 1, batch: 8 },
      environment: {
        ports: ['web'],
        env: { PORT: '{port:web}', DATABASE_URL: `${url}/{db}` },
        setup: [call('PUT')],
        teardown: [call('DELETE')],
      },
    },
  });
  const run = world.run();
  const agents = await Promise.all(EIGHT.map((id) => world.agent(id)));
  expect(databases.size).toBe(8);
  // All at once: each answers only when all eight have their service up and have sent their row.
  const together = `${world.directory}/together`;
  const checks = agents.map((agent) => agent.sh(`node check.mjs '${together}'`));
  await until('a row in every database', () => [...databases.values()].every((rows) => rows.length === 1));
  world.write(together, '');
  await Promise.all(checks);
  await Promise.all(
    agents.map(async (agent) => {
      await agent.write(`${agent.task.toLowerCase()}.txt`, 'x\n');
      await agent.done();
    }),
  );
  expect((await run.end()).code).toBe(3);
  expect(world.eventsOf('merge_finished')).toHaveLength(8);
  expect(world.eventsOf('verification_finished').filter(({ passed }) => !passed)).toEqual([]);
  const ports = world.eventsOf('setup_started').map(({ lease }) => lease.ports['web']);
  expect(new Set(ports).size).toBe(8);
  expect(seen.refused).toEqual([]);
  expect(databases.size).toBe(0);
  await expectOrder(world);
});
