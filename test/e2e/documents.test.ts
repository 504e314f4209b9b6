import { expect, test } from 'vitest';
import { project } from '../rig/world.ts';

const PLAN = `---
kind: phased
slug: counter
status: draft
---

# A counter that lasts

## Context

The counter forgets its value when the program ends, and its users have asked for it to be kept in a small file.

## [ ] Phase 1 of 1: A counter that lasts

### [ ] 1. Keep the value in a file

Write the value into \`counter.txt\` after every change, so that the next start finds it where the last one left it, and
goes on counting from there without losing anything.

### Files

- \`counter.txt\` — the value

### Verification

- [ ] \`test -e counter.txt\`

## Verification

- [ ] \`test -e counter.txt\`

## Log
`;

test('a document is approved, carried out by a run that does not ask again, and done with the ticks of the run', async () => {
  const world = await project({ files: { 'docs/plans/counter/plan.md': PLAN } });
  const path = 'docs/plans/counter/plan.md';
  for (const command of ['approve', 'start']) {
    const ended = await world.masterplan(command, 'counter');
    expect(ended.code, ended.stderr).toBe(0);
  }
  const early = await world.masterplan('done', 'counter');
  expect([early.code, early.stderr]).toEqual([4, expect.stringContaining('4 boxes are open')]);
  world.commit('A plan');
  world.puppets.follow(async (agent) => {
    await agent.write('counter.txt', '1\n');
    await agent.done();
  });
  expect((await world.masterplan('run', path, '--finish', 'merge')).code).toBe(0);
  const [approved] = world
    .events(world.path('docs/masterplan/counter/events.jsonl'))
    .filter(({ event }) => event === 'plan_approved');
  expect(approved).toMatchObject({ how: expect.stringContaining('was approved by ada@') });
  expect(world.read(path)).toContain('[ ] Phase 1 of 1');
  const done = await world.masterplan('done', 'counter');
  expect(done.code, done.stderr).toBe(0);
  expect(world.read(path)).not.toContain('[ ]');
  expect(world.read(path)).toContain('status: done');
});
