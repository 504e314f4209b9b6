import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/app/config.ts';
import { desk } from './rig.ts';

async function load(text: string) {
  const { context } = desk({ '.masterplan.yaml': text });
  return loadConfig(context, context.cwd);
}

async function policies(text: string): Promise<Record<string, unknown>> {
  const loaded = await load(text);
  if (!loaded.ok) throw new Error(loaded.error.message);
  return Object.fromEntries(
    Object.entries(loaded.value.settings.agents).map(([name, agent]) => [name, agent.containment]),
  );
}

const ONE = 'agents: {one: {command: [x]}, two: {command: [y]}}\n';

describe('containment in the configuration', () => {
  test.each([
    ['', undefined],
    ['containment: off', undefined],
    ['containment: false', undefined],
    ['containment: {mode: off, network: none}', undefined],
    ['containment: on', { mode: 'on', network: 'host', writable: [] }],
    ['containment: true', { mode: 'on', network: 'host', writable: [] }],
    ['containment: required', { mode: 'required', network: 'host', writable: [] }],
    ['containment: {network: none}', { mode: 'on', network: 'none', writable: [] }],
    [
      'containment: {mode: required, writable: [~/a b/, /srv/x, /srv/x]}',
      { mode: 'required', network: 'host', writable: ['~/a b', '/srv/x'] },
    ],
  ])('%s', async (line, policy) => {
    expect(await policies(`${ONE}${line}\n`)).toEqual({ one: policy, two: policy });
  });

  test("an agent's own keys are over those for all, and its places are added to theirs", async () => {
    const all = 'containment: {mode: required, writable: [/srv/a]}\n';
    const own = (value: string): string =>
      `agents: {one: {command: [x], containment: ${value}}, two: {command: [y]}}\n`;
    const two = { mode: 'required', network: 'host', writable: ['/srv/a'] };
    expect(await policies(all + own('off'))).toEqual({ one: undefined, two });
    expect(await policies(all + own('{network: none, writable: [~/b]}'))).toEqual({
      one: { mode: 'required', network: 'none', writable: ['/srv/a', '~/b'] },
      two,
    });
    expect(await policies(own('on'))).toEqual({ one: { mode: 'on', network: 'host', writable: [] }, two: undefined });
  });

  test('single roles have their own, which is none for all', async () => {
    const loaded = await load(
      `${ONE}containment: {roles: {review: {network: none, writable: [~/r/]}, judge: required, plan: off}}\n`,
    );
    if (!loaded.ok) throw new Error(loaded.error.message);
    const { agents, containment_roles } = loaded.value.settings;
    expect(Object.values(agents).map(({ containment }) => containment)).toEqual([undefined, undefined]);
    expect(containment_roles).toEqual({
      review: { network: 'none', writable: ['~/r'] },
      judge: { mode: 'required' },
      plan: { mode: 'off' },
    });
    expect((await policies(`${ONE}containment: {network: none, roles: {review: on}}\n`))['one']).toEqual({
      mode: 'on',
      network: 'none',
      writable: [],
    });
    expect((await load(`${ONE}containment: {roles: {reviewer: on}}\n`)).ok).toBe(false);
    expect((await load(`${ONE}containment: {roles: {review: {roles: {}}}}\n`)).ok).toBe(false);
  });

  test.each([
    'maybe',
    '{mode: always}',
    '{network: some}',
    '{other: 1}',
    '{writable: [relative]}',
    '{writable: [/]}',
    '{writable: ["~"]}',
    '{writable: ["~/"]}',
    '{writable: ["~bob/x"]}',
    '{writable: [//x]}',
    '{writable: [/a/../b]}',
    '{writable: [/a/.]}',
    '{writable: ["/a\\nb"]}',
  ])('refuses %j with its place', async (value) => {
    const loaded = await load(`containment: ${value}\n${ONE}`);
    expect(loaded.ok ? undefined : loaded.error.message).toMatch(/\.masterplan\.yaml:\d+:\d+: containment/);
  });
});
