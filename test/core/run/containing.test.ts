import { describe, expect, test } from 'vitest';
import type { ContainmentPolicy, RoleContainment } from '../../../src/core/agents/containment.ts';
import { heldAs, networkDoubts, policiesOf } from '../../../src/core/run/containing.ts';
import type { Role } from '../../../src/core/run/role.ts';
import type { AgentSettings, RunSettings } from '../../../src/core/run/settings.ts';

const common = { env: [], idle_timeout: 0, timeout: 0, max_output: 0, max_concurrent: 0 };
const script = (containment?: ContainmentPolicy): AgentSettings => ({
  kind: 'command',
  command: ['./work.sh'],
  ...common,
  ...(containment === undefined ? {} : { containment }),
});
const claude = (containment?: ContainmentPolicy): AgentSettings => ({
  kind: 'claude',
  command: ['claude'],
  permission: 'ask',
  patience: 0,
  ...common,
  ...(containment === undefined ? {} : { containment }),
});
const settings = (
  agent: AgentSettings,
  containment_roles: { readonly [R in Role]?: RoleContainment },
): RunSettings => ({
  agents: { one: agent },
  roles: { implement: 'one' },
  containment_roles,
  parallel: 1,
  verify_parallel: 1,
  attempts: 1,
  losses: 1,
  verify: { timeout: 0, commands: [], env: [] },
  finish: 'ask',
});
const ON: ContainmentPolicy = { mode: 'on', network: 'host', writable: ['/a'] };

describe('the container of a role', () => {
  test.each<[string, ContainmentPolicy | undefined, RoleContainment, ContainmentPolicy | undefined]>([
    ['its network is over that of the agent', ON, { network: 'none' }, { ...ON, network: 'none' }],
    ['also when it opens it', { ...ON, network: 'none' }, { network: 'host' }, ON],
    ['its mode is over that of the agent', ON, { mode: 'required' }, { ...ON, mode: 'required' }],
    ['off is off', ON, { mode: 'off', network: 'none' }, undefined],
    ['its places are added', ON, { writable: ['/b', '/a'] }, { ...ON, writable: ['/a', '/b'] }],
    ['keys without a mode make one', undefined, { network: 'none' }, { mode: 'on', network: 'none', writable: [] }],
  ])('%s', (_, own, asked, policy) => {
    const held = heldAs(settings(script(own), { review: asked }), 'one', 'review');
    expect(held).toEqual(policy === undefined ? {} : { policy });
  });

  test('is nothing to the same agent in another role, and to attempts of which no role is known', () => {
    const all = settings(script(ON), { review: { network: 'none' } });
    expect(heldAs(all, 'one', 'implement')).toEqual({ policy: ON });
    expect(heldAs(all, 'one', undefined)).toEqual({ policy: ON });
    expect(policiesOf(all).map(({ network }) => network)).toEqual(['host', 'none']);
  });

  test('without network leaves it to a program that reaches its model by it, unless containment is required', () => {
    const on = settings(claude(), { review: { network: 'none' } });
    expect(heldAs(on, 'one', 'review')).toEqual({
      policy: { mode: 'on', network: 'host', writable: [] },
      needsNetwork: true,
    });
    expect(networkDoubts(on)).toEqual([{ role: 'review', agent: 'one', required: false }]);
    const required = settings(claude(), { review: { mode: 'required', network: 'none' } });
    expect(heldAs(required, 'one', 'review').policy?.network).toBe('none');
    expect(networkDoubts(required)).toEqual([{ role: 'review', agent: 'one', required: true }]);
  });

  test('an agent that is known by its program needs it, too; one that says itself that it has none is taken by its word', () => {
    const known: AgentSettings = { kind: 'command', command: ['/usr/bin/codex', 'exec'], ...common };
    expect(networkDoubts(settings(known, { implement: { network: 'none' } }))).toHaveLength(1);
    const own = settings(claude({ ...ON, network: 'none' }), { review: { network: 'none' } });
    expect(networkDoubts(own)).toEqual([]);
    expect(heldAs(own, 'one', 'review').policy?.network).toBe('none');
  });
});
