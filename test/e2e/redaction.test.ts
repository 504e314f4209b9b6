import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { project } from '../rig/world.ts';

/** Every file below a directory with its text, but for those of git. */
function texts(directory: string): [path: string, text: string][] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('.git'))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [path, readFileSync(path, 'utf8')]);
}

test('what an agent and a command print of secrets stands nowhere: transcript, digest, evidence, log', async () => {
  const key = ['sk-ant', 'api03', 'aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zCaB3dE5gH7jK9'].join('-');
  const word = 'a quiet word';
  const world = await project({
    plan: [{ id: 'T1', verify: ['echo "$DB_PASSWORD" >&2; test -e nowhere'] }],
    config: { verify: { env: { DB_PASSWORD: word } }, attempts: 1 },
  });
  world.puppets.follow(async (agent) => {
    await agent.say(`my key is ${key}, and\nTOKEN=abcdefgh\nthat is all\n`);
    await agent.write('t1.txt', 'one\n');
    await agent.done({ summary: `I used ${key}` });
  });
  expect((await world.runs()).code).not.toBe(0);
  const own = texts(world.root).filter(([path]) => /\/transcripts\/|\/evidence\/|docs\/masterplan\//.test(path));
  const said = own.filter(([, text]) => text.includes(key) || text.includes(word) || text.includes('abcdefgh'));
  expect(said.map(([path]) => path)).toEqual([]);
  const redacted = own.filter(([, text]) => text.includes('[redacted]')).map(([path]) => path.slice(world.root.length));
  for (const place of [/\/transcripts\//, /\/evidence\/.*\.log$/, /evidence\.json$/, /\/digests\//, /events\.jsonl$/])
    expect(redacted).toContainEqual(expect.stringMatching(place));
  expect(own.find(([path]) => path.includes('/transcripts/'))?.[1]).toContain('that is all');
});
