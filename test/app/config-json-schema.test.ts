import { expect, test } from 'vitest';
import { z } from 'zod';
import { configJsonSchema, schemaKeys } from '../../src/app/config-json-schema.ts';
import { loadConfig } from '../../src/app/config.ts';
import type { Context } from '../../src/app/context.ts';

/** Texts with a form of their own, which only the program looks at. */
const FORMS = /^(?:runs_path|archive_path|.*quiet_hours|.*\.writable|environment\.files\..*|circuit\.after)$/;
const VALUES = [null, true, 'off', 3, 'x', ['x'], false, 'Yes', 0, '10m', {}, 'on', '2 GB', { x: 1 }, '', -1];

/** Whether the program takes a file that says only this. */
async function takes(document: unknown): Promise<boolean> {
  const files = {
    read: async (path: string) =>
      path.startsWith('/r/') ? new TextEncoder().encode(JSON.stringify(document)) : undefined,
  };
  return (await loadConfig({ env: {}, cwd: '/r', io: { files } } as unknown as Context, '/r')).ok;
}

const schema = z.fromJSONSchema(configJsonSchema() as Parameters<typeof z.fromJSONSchema>[0]);

test('what the JSON Schema says of a value of each key is what the program says', async () => {
  const keys = new Set(
    schemaKeys().flatMap(({ key }) => key.split('.').map((_, at, all) => all.slice(0, at + 1).join('.'))),
  );
  const differ: unknown[] = [];
  let at = 0;
  for (const key of keys) {
    if (key.startsWith('containment.roles.') && !key.startsWith('containment.roles.review')) continue;
    at++;
    // A few values for each key, other ones for the next: every kind of key meets every kind of value.
    for (const value of [0, 7].map((step) => VALUES[(at + step) % VALUES.length])) {
      const path = key.split('.').map((part, i, all) => {
        if (part !== '*') return part;
        return all[0] === 'agents' || all[1] === 'families'
          ? 'claude'
          : all[i - 1] === 'rules' && all[0] === 'lint'
            ? 'GEN-001'
            : 'x';
      });
      let document: unknown = value;
      for (const part of path.toReversed()) document = { [part]: document };
      const program = await takes(document);
      const editor = schema.safeParse(document).success;
      if (program !== editor && !(editor && FORMS.test(key))) differ.push({ document, program, editor });
    }
  }
  expect(at).toBeGreaterThan(200);
  expect(differ).toEqual([]);
});

test.each([
  ['a key that is unknown at the top', { autonom: 'full' }, false],
  ['one that is unknown below', { verify: { comands: [] } }, false],
  ['keys of whoever wrote the file', { 'x-anchors': { a: 1 }, $schema: './masterplan.schema.json' }, true],
])('%s: the schema and the program agree', async (_, document, is) => {
  expect(schema.safeParse(document).success).toBe(is);
  expect(await takes(document)).toBe(is);
});
