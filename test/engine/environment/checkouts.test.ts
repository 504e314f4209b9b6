import { expect, test } from 'vitest';
import { furnish } from '../../../src/engine/environment/checkouts.ts';
import type { Performing } from '../../../src/engine/perform/performer.ts';

test('where ports cannot be leased the machine refuses, and no verification fails', async () => {
  const environment = {
    setup: [],
    teardown: [],
    files: [],
    copy: [],
    share: [],
    tools: [],
    env: [],
    ports: { web: 1 },
    checkouts: true,
  };
  const performing = {
    io: { files: { read: () => Promise.resolve(undefined) } },
    paths: { furnished: '/furnished', worktrees: '/worktrees' },
    confirm: () => Promise.resolve(),
    state: () => ({ run: 'r', tasks: [], settings: { environment } }),
  } as unknown as Performing;
  const site = { path: '/checkouts/T1', slug: 's', task: 'T1', commit: 'c', outputs: '/o', nonce: 'n' };
  await expect(furnish(site, performing, new AbortController().signal)).rejects.toThrow(/which ports are free/);
});
