import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { showConfig, type ConfigReport, type ConfigRequest } from '../../src/app/config-show.ts';
import { initConfig } from '../../src/app/init.ts';
import { loadConfig } from '../../src/app/config.ts';
import { desk } from './rig.ts';

async function show(
  text: string,
  request: ConfigRequest = {},
  env: Record<string, string> = {},
): Promise<ConfigReport> {
  const { context } = desk({ '.masterplan.yaml': text });
  const shown = await showConfig({ ...context, env: { ...context.env, ...env } }, request);
  if (!shown.ok) throw new Error(shown.error.message);
  return shown.value;
}

const one = ({ values }: ConfigReport, key: string) => values.find((value) => value.key === key);

test('every value is shown with its origin, defaults too', async () => {
  const report = await show(
    'attempts: 5\ncodex: {review: on}\nuse_subagents: true\n',
    { set: ['finish=keep'] },
    { MASTERPLAN_SCOPES: 'advisory' },
  );
  expect(one(report, 'attempts')).toMatchObject({
    value: 5,
    from: 'file',
    where: expect.stringMatching(/\.masterplan\.yaml:1:11$/),
  });
  expect(one(report, 'scopes')).toMatchObject({ value: 'advisory', from: 'variable', where: 'MASTERPLAN_SCOPES' });
  expect(one(report, 'finish')).toMatchObject({ value: 'keep', from: 'flag', where: '--set finish=keep' });
  expect(one(report, 'verify.timeout')).toMatchObject({ value: '10m', from: 'default' });
  expect(one(report, 'codex.review')).toMatchObject({ value: 'on', remark: 'read as review.mode' });
  expect(one(report, 'review.mode')).toMatchObject({ value: 'on', from: 'file' });
  expect(one(report, 'use_subagents')?.remark).toMatch(/^means nothing here: /);
  expect(report.files.map(({ exists }) => exists)).toEqual([false, true]);
});

test('a preset is the origin of what it says', async () => {
  const report = await show('complexity: high\n');
  const preset = report.values.filter(({ from }) => from === 'preset');
  expect(preset.length).toBeGreaterThan(0);
  expect(preset[0]?.where).toContain('high');
});

test('values of variables and addresses are never shown', async () => {
  const secret = 'hunter2-hunter2';
  const report = await show(
    `agents: {a: {command: [x], env: {KEY: ${secret}}}}\nenvironment: {env: {B: ${secret}}}\nnotify: {webhook: "https://x/${secret}"}\n`,
  );
  expect(JSON.stringify(report)).not.toContain(secret);
  expect(one(report, 'agents.a.env.KEY')?.value).toBe('(hidden)');
});

test('one key, a section, a key without a value, and no key at all', async () => {
  expect((await show('attempts: 5\n', { key: 'attempts' })).values).toHaveLength(1);
  expect((await show('', { key: 'snapshots' })).values.map(({ key }) => key)).toEqual([
    'snapshots.exclude',
    'snapshots.interval',
    'snapshots.keep',
    'snapshots.max_file',
  ]);
  expect((await show('', { key: 'budget.run.cost' })).values).toEqual([]);
  await expect(show('', { key: 'verify.timout' })).rejects.toThrow(
    'there is no key "verify.timout"; did you mean "timeout"?',
  );
});

test('init writes a file that is valid, names its schema, and is never overwritten', async () => {
  const place = desk({});
  const made = await initConfig(place.context);
  if (!made.ok) throw new Error(made.error.message);
  const text = place.read('.masterplan.yaml');
  const schema = /^# yaml-language-server: \$schema=\.\/(\S+)$/m.exec(text)?.[1] ?? '';
  expect(JSON.parse(place.read(schema))).toEqual(JSON.parse(readFileSync('schema/masterplan.schema.json', 'utf8')));
  expect(place.git('status', '--porcelain')).toBe('?? .masterplan.yaml');
  expect((await loadConfig(place.context, place.root)).ok).toBe(true);
  // What is commented out is valid, too.
  const uncommented = text
    .split('\n')
    .filter((line) => !/^# (?:yaml-lang|What|No agent|Your)/.test(line))
    .map((line) => line.replace(/^# /, ''))
    .join('\n');
  expect(parse(uncommented)).toMatchObject({ budget: { run: { cost: 20 } } });
  place.write('.masterplan.yaml', uncommented);
  const loaded = await loadConfig(place.context, place.root);
  expect(loaded.ok ? loaded.value.warnings : loaded.error.message).toEqual([]);
  const again = await initConfig(place.context);
  expect(again.ok ? '' : again.error.message).toContain('is there already');
  expect(place.read('.masterplan.yaml')).toBe(uncommented);
});
