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

const SHELVES = [1, 2]
  .map(
    (i) =>
      `### Task ${i}: Shelf ${i}\n\n**Files:** \`catalogue/\`\n**Needs:** ${i === 1 ? 'none' : 'T1'}\n**Verify:** \`test -e catalogue/${'ab'[i - 1]}.txt\`\n\nPut it up.\n`,
  )
  .join('\n');

test('a sub-plan that is carried out is amended by an edit where it lies, and by operations', async () => {
  const world = await project({ plan: BRIEFS.replace('phased', 'task') });
  const before = `# The catalogue\n\n${SHELVES}`;
  let at = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    at = resolve;
  });
  world.puppets.follow(async (agent) => {
    const { task, attempt } = agent;
    if (agent.hello.env['MASTERPLAN_PLAN'] !== undefined) {
      await agent.write(agent.hello.env['MASTERPLAN_PLAN'], before);
      return agent.done({ contract_id: 'plan.v1' });
    }
    // Nobody but a person who takes the task away ends the first attempt.
    if (task === 'T2/T1' && attempt === 1) return at();
    const files = { 'T2/T1': 'catalogue/a.txt', 'T2/T2': 'catalogue/b.txt', 'T2/T3': 'catalogue/b.txt' };
    await agent.write({ ...FILES, ...files }[task] ?? '', 'x\n');
    return agent.done();
  });
  const run = world.run(['--yes', '--finish', 'keep']);
  await held;
  const own = 'docs/masterplan/demo/modules/T2/plan.md';
  world.write(own, before.replace('Put it up.', 'Put it up in oak.'));
  const shown = await world.masterplan('amend', '--dry-run');
  for (const line of [`${own} says otherwise`, '~ T2/T1: its text', 'T2/T1 begins again'])
    expect(shown.stdout).toContain(line);
  // A task more first, so that the second attempt does not come to its end before.
  world.write(own, before);
  const add = ['add', 'Shelf 3', '--needs', 'T1', '--scope', 'catalogue/', '--verify', 'test -e catalogue/b.txt'];
  expect((await world.masterplan('amend', '--in', 'T2', ...add, '--yes')).code).toBe(0);
  expect((await world.masterplan('amend', 'drop', 'T2/T2', '--yes')).stderr).toBe('');
  const standing = world.read(own);
  expect(standing).toContain('Shelf 3');
  world.write(own, standing.replace('Put it up.', 'Put it up in oak.'));
  expect((await world.masterplan('amend', '--yes')).stdout).toContain('accepted by the process that runs it');
  const end = await run.end();
  expect(end.code, end.stderr).toBe(0);
  expect(world.eventsOf('subplan_amended').map(({ task }) => task)).toEqual(['T2', 'T2', 'T2']);
  expect(world.eventsOf('merge_finished').map(({ task, attempt }) => `${task}#${attempt}`)).toEqual([
    ...['T1#1', 'T2/T1#2', 'T2/T3#1', 'T3#1'],
  ]);
  const brief = world.puppets.all.find(({ name }) => name === 'T2/T1#2')?.hello.brief ?? '';
  expect(brief).toContain('Put it up in oak.');
  // Every text that was carried out is kept.
  const first = world.eventsOf('subplan_written')[0]?.sha256.slice(0, 12) ?? '';
  expect(world.read(`docs/masterplan/demo/amendments/${first}.md`)).toBe(before);
  expect(world.read(own)).not.toContain('Shelf 2');
  await expectOrder(world);
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
