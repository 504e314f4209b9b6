import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { expectOrder } from '../rig/order.ts';
import type { Puppet } from '../rig/puppets.ts';
import { project, type World } from '../rig/world.ts';

const BRIEFS = `# Plan: A shop

Sells things.

### Task 1: Lay the ground

**Files:** \`base.txt\`
**Needs:** none
**Verify:** \`test -e base.txt\`

### Task 2: The catalogue

**Files:** \`catalogue/\`
**Needs:** T1
**Plan first:** phased
**Verify:** \`test -e catalogue/a.txt && test -e catalogue/b.txt\`

- [ ] Somebody can find things

### Task 3: The door

**Files:** \`door.txt\`
**Needs:** T2
**Verify:** \`test -e door.txt\`
`;

const SUBPLAN = `# The catalogue

## Context

Two shelves.

## [ ] Phase 1 of 2: The first shelf

### [ ] 1. Put up the first shelf in catalogue/a.txt

### Files

- \`catalogue/a.txt\` — the shelf

### Verification

- [ ] \`test -e catalogue/a.txt\`

## [ ] Phase 2 of 2: The second shelf

### [ ] 2. Put up the second shelf in catalogue/b.txt

### Files

- \`catalogue/b.txt\` — the shelf

### Verification

- [ ] \`test -e catalogue/b.txt\`

## Verification

- [ ] \`test -e catalogue/b.txt\`
`;

const FILES: Readonly<Record<string, string>> = {
  T1: 'base.txt',
  'T2/P1': 'catalogue/a.txt',
  'T2/P2': 'catalogue/b.txt',
  T3: 'door.txt',
};

async function play(agent: Puppet): Promise<void> {
  const place = agent.hello.env['MASTERPLAN_PLAN'];
  if (place === undefined) {
    await agent.write(FILES[agent.task] ?? '', 'x\n');
    return agent.done();
  }
  await agent.write(place, SUBPLAN);
  return agent.done({ contract_id: 'plan.v1' });
}

const subplan = (world: World): string => join(world.root, 'docs/masterplan/demo/modules/T2/plan.md');

test('a brief is planned, its sub-plan carried out, and the ticks roll up', async () => {
  const world = await project({ plan: BRIEFS });
  world.puppets.follow(play);
  expect((await world.runs(['--yes', '--finish', 'merge'])).code).toBe(0);
  const landed = world.landed('main').map((one) => one.trailers['Masterplan-Task']);
  expect(landed).toEqual(['T1', 'T2/P1', 'T2/P2', 'T3']);
  expect(world.eventsOf('subplan_approved')).toMatchObject([{ task: 'T2', by: 'policy' }]);
  expect(readFileSync(subplan(world), 'utf8')).toBe(SUBPLAN.replaceAll('[ ]', '[x]'));
  const plan = readFileSync(join(world.root, 'docs/masterplan/demo/plan.md'), 'utf8');
  expect(plan).toContain('- [x] Somebody can find things');
  const brief = world.puppets.all.find(({ task }) => task === 'T2/P1')?.hello.brief ?? '';
  for (const part of ['Sells things.', 'Somebody can find things', 'Two shelves.', 'The first shelf'])
    expect(brief).toContain(part);
  await expectOrder(world);
});

test('a person is asked, asks for another one, and approves it', async () => {
  const world = await project({ plan: BRIEFS });
  world.puppets.follow(play);
  expect((await world.runs(['--yes', '--subplans', 'ask', '--finish', 'keep'])).code).toBe(3);
  expect(world.eventsOf('gate_opened').at(-1)).toMatchObject({ gate: 'plan:T2', recommended: 'approve' });
  expect(world.eventsOf('attempt_started').map(({ task }) => task)).toEqual(['T1', 'T2']);
  const answer = async (said: string): Promise<void> => {
    const ended = await world.masterplan('approve', 'demo', '--gate', 'plan:T2', '--answer', said);
    expect(ended.code, ended.stderr).toBe(0);
  };
  await answer('replan');
  expect((await world.masterplan('run', 'demo')).code).toBe(3);
  expect(world.puppets.all.at(-1)?.hello.brief).toContain('a person asked for another sub-plan');
  await answer('approve');
  expect((await world.masterplan('run', 'demo')).code).toBe(0);
  expect(world.landed()).toHaveLength(4);
});

test('what the linter objects to is told to the next attempt', async () => {
  const world = await project({ plan: BRIEFS });
  world.puppets.follow(async (agent) => {
    const place = agent.hello.env['MASTERPLAN_PLAN'];
    if (place === undefined || agent.attempt > 1) return play(agent);
    await agent.write(place, SUBPLAN.replace('Phase 2 of 2', 'Phase 1 of 2'));
    return agent.done({ contract_id: 'plan.v1' });
  });
  expect((await world.runs(['--yes', '--subplans', 'ask', '--finish', 'keep'])).code).toBe(3);
  expect(world.eventsOf('witness_failed')).toHaveLength(1);
  expect(world.puppets.all.at(-1)?.hello.brief).toMatch(/the sub-plan cannot be carried out: line \d+: GEN-002/);
  expect(existsSync(subplan(world))).toBe(true);
});

test('a sub-plan that a person edited is carried out as it stands when they approve it', async () => {
  const world = await project({ plan: BRIEFS });
  world.puppets.follow(play);
  expect((await world.runs(['--yes', '--subplans', 'ask', '--finish', 'keep'])).code).toBe(3);
  const approve = () => world.masterplan('approve', 'demo', '--gate', 'plan:T2', '--answer', 'approve');

  writeFileSync(subplan(world), SUBPLAN.replace('Phase 2 of 2', 'Phase 1 of 2'));
  const refused = await approve();
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(/was edited and cannot be carried out: line \d+: GEN-002/);

  writeFileSync(subplan(world), SUBPLAN.replace('Put up the second shelf', 'Put up the wide shelf'));
  expect((await approve()).code).toBe(0);
  expect(world.eventsOf('subplan_edited')).toMatchObject([{ task: 'T2', clean: true }]);
  expect((await world.masterplan('run', 'demo')).code).toBe(0);
  expect(world.puppets.all.find(({ task }) => task === 'T2/P2')?.hello.brief).toContain('the wide shelf');
  expect(world.landed()).toHaveLength(4);
});

const SERIES = `# Two locks

## Objectives

1. Boats pass.

## PR Series

### PR 1: Lock policies

- **Extension Type:** policy template
- **Building Block Change:** adds LockPolicy
- **Behavioral Guarantees:**
  - BC-1-1: A lock opens
- **Depends On:** none
- **Files Changed:** \`locks/policy.txt\`

### PR 2: Tides

- **Extension Type:** subsystem module
- **Building Block Change:** adds Tide
- **Behavioral Guarantees:**
  - BC-2-1: Water rises
- **Depends On:** PR 1
- **Files Changed:** \`tide/tide.txt\`
`;

test('a series of pull requests is planned one by one, and its document says which are completed', async () => {
  const world = await project({ plan: SERIES });
  const files: Readonly<Record<string, string>> = { 'PR-1': 'locks/policy.txt', 'PR-2': 'tide/tide.txt' };
  world.puppets.follow(async (agent) => {
    const place = agent.hello.env['MASTERPLAN_PLAN'];
    const file = files[agent.task.split('/')[0] ?? ''] ?? '';
    if (place === undefined) {
      await agent.write(file, 'x\n');
      return agent.done();
    }
    await agent.write(
      place,
      `# ${agent.task}\n\n### Task 1: Write it\n\n**Files:** \`${file}\`\n**Verify:** \`test -e ${file}\`\n`,
    );
    return agent.done({ contract_id: 'plan.v1' });
  });
  expect((await world.runs(['--yes', '--finish', 'keep'])).code).toBe(0);
  expect(world.landed().map((one) => one.trailers['Masterplan-Task'])).toEqual(['PR-1/T1', 'PR-2/T1']);
  const plan = readFileSync(join(world.root, 'docs/masterplan/demo/plan.md'), 'utf8');
  expect(plan).toMatch(/### PR 1: Lock policies — ✅ COMPLETED \d{4}-\d\d-\d\d\n/);
  expect(plan.replace(/ — ✅ COMPLETED \S+/g, '')).toBe(SERIES);
  expect((await world.masterplan('validate')).code).toBe(0);
});
