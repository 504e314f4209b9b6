import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { project } from '../rig/world.ts';

/** Every file below a directory with its text, but for those of git. */
function texts(directory: string): [path: string, text: string][] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('.git'))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [path, readFileSync(path, 'utf8')]);
}

test('what an agent and a command print of secrets stands nowhere: transcript, digest, evidence, log, telemetry', async () => {
  const key = ['sk-ant', 'api03', 'aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zCaB3dE5gH7jK9'].join('-');
  const word = 'a quiet word';
  let sent = '';
  const server = createServer((request, response) => {
    request.setEncoding('utf8').on('data', (chunk: string) => (sent += chunk));
    request.on('end', () => response.end('{}'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise((resolve) => server.close(() => resolve())));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const world = await project({
    plan: [{ id: 'T1', verify: ['echo "$DB_PASSWORD" >&2; test -e nowhere'] }],
    config: { verify: { env: { DB_PASSWORD: word } }, attempts: 1, telemetry: { enabled: true, endpoint } },
  });
  world.puppets.follow(async (agent) => {
    await agent.say(`my key is ${key}, and\nTOKEN=abcdefgh\nthat is all\n`);
    await agent.write('t1.txt', 'one\n');
    await agent.done({ summary: `I used ${key}` });
  });
  expect((await world.runs()).code).not.toBe(0);
  expect(sent).toContain('invoke_agent puppet');
  expect([key, word].filter((one) => sent.includes(one))).toEqual([]);
  // Whoever names a place and does not say yes sends nothing.
  sent = '';
  world.configure({ telemetry: { endpoint } });
  await world.runs();
  expect(sent).toBe('');
  const own = texts(world.root).filter(([path]) => /\/transcripts\/|\/evidence\/|docs\/masterplan\//.test(path));
  const said = own.filter(([, text]) => text.includes(key) || text.includes(word) || text.includes('abcdefgh'));
  expect(said.map(([path]) => path)).toEqual([]);
  const redacted = own.filter(([, text]) => text.includes('[redacted]')).map(([path]) => path.slice(world.root.length));
  for (const place of [/\/transcripts\//, /\/evidence\/.*\.log$/, /evidence\.json$/, /\/digests\//, /events\.jsonl$/])
    expect(redacted).toContainEqual(expect.stringMatching(place));
  expect(own.find(([path]) => path.includes('/transcripts/'))?.[1]).toContain('that is all');
});
