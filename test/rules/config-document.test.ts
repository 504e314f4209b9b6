import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadConfig } from '../../src/app/config.ts';
import { defaultsFor, NOTED } from '../../src/app/config-keys.ts';
import { schemaKeys } from '../../src/app/config-json-schema.ts';
import { treeOf, valueOf, withNode, type ConfigMap } from '../../src/app/config-tree.ts';
import { desk } from '../app/rig.ts';
import { configKeysDocument, configSchemaText, keysWithoutNote } from './config-document.ts';

test('schema and table of keys are what the program reads: npm run rules writes them', () => {
  expect(readFileSync('schema/masterplan.schema.json', 'utf8') === configSchemaText(), 'type: npm run rules').toBe(
    true,
  );
  expect(readFileSync('docs/configuration-keys.md', 'utf8') === configKeysDocument(), 'type: npm run rules').toBe(true);
});

test('every key has a note in config-keys.ts, and every note a key', () => {
  expect(keysWithoutNote()).toEqual([]);
  const keys = schemaKeys().map(({ key }) => key.split('.'));
  const lost = NOTED.filter((note) => {
    const parts = note.split('.');
    return !keys.some((key) => parts.every((part, i) => part === '*' || part === key[i]));
  });
  expect(lost).toEqual([]);
});

test('a file that says every default says nothing', async () => {
  const agents = { one: { command: ['x'] }, claude: {} };
  let tree = treeOf({ agents }, { from: 'file', where: 'f' }) as ConfigMap;
  const bare = await settings(valueOf(tree));
  /** What is not said, and means the same as its default, though a run records it only when it is said. */
  const unsaid = {
    unavailable_policy: 'degrade-loudly',
    resume_unattended: true,
    landing: { mode: 'lanes', returns: 2, batch: 0 },
  };
  Object.assign(bare.settings, unsaid);
  bare.settings.verify.flaky = 'retry';
  for (const [path, value] of defaultsFor(['one', 'claude'])) {
    // Who says it, says it of the merge queue, too.
    if (path.join('.') === 'parallelism.max_verifications') continue;
    // A command agent has none of the keys of a conversation.
    if (path[1] === 'one' && ['permission', 'patience', 'resume'].includes(path[2] ?? '')) continue;
    tree = withNode(tree, path, treeOf(value, { from: 'file', where: 'f' }));
  }
  expect(await settings(valueOf(tree))).toEqual(bare);
});

async function settings(value: unknown): Promise<{ settings: { verify: Record<string, unknown> } }> {
  const { context } = desk({ '.masterplan.yaml': JSON.stringify(value) });
  const loaded = await loadConfig(context, context.cwd);
  if (!loaded.ok) throw new Error(loaded.error.message);
  const { settings, notify, lint } = loaded.value;
  // Nothing of a kind, and nothing said of it, are the same.
  const plain = JSON.stringify({ settings, notify, lint }, (_, one: unknown) => (isEmpty(one) ? undefined : one));
  return JSON.parse(plain) as { settings: { verify: Record<string, unknown> } };
}

const isEmpty = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0;
