import { expect, test } from 'vitest';
import { project } from '../rig/world.ts';

const PLAN = `# Implementation Plan: Widgets

**Task**: W-1
**Feature**: Widgets
**Created**: 2026-11-20

## Functional Requirements

### FR-1: Make a widget

**Description**: Somebody makes a widget.

## Acceptance Criteria

### AC-1: Make (FR-1)

**Given** nothing
**When** a widget is made
**Then** there is one

## Work Streams

| Stream | Agent | Command | Requirements | Depends On | Parallel With |
|---|---|---|---|---|---|
| WS-1: Widgets | — | /implement | FR-1 | — | — |

## SE Verification Contract

| FR | AC | Observable Behaviour | Verified? |
|---|---|---|---|
| FR-1 | AC-1 | There is a widget with a name | [ ] |

## Test Mandate

| AC | Test Type | Scenario | Expected |
|---|---|---|---|
| AC-1 | Unit | Make one | It has its name |

## Review Contract

| FR | AC | What to Check | Pass Criteria |
|---|---|---|---|
| FR-1 | AC-1 | How names are kept | As they are written |
`;
const SUBPLAN = `# Widgets

## [ ] Phase 1 of 1: All

### [ ] 1. Write it

Write \`widget.js\`, which makes a widget with a name.

### Files

- \`widget.js\`

### Verification

- [ ] \`node --check widget.js\`
`;
const CODE = 'export const make = (name) => ({ name });\n';
const tests = (name: string): string => `import assert from 'node:assert';
import test from 'node:test';
import { make } from '../widget.js';
test('${name}', () => assert.equal(make('one').name, 'one'));
`;

test('a stream is planned, developed, tested and reviewed by its contracts, and its run is complete', async () => {
  const world = await project({ plan: PLAN, config: { subplans: 'always', review: 'on' } });
  const briefs: Record<string, string> = {};
  world.puppets.follow(async (agent) => {
    const { brief, env } = agent.hello;
    const plan = env['MASTERPLAN_PLAN'];
    const reviews = brief.includes('— Review of ');
    briefs[`${reviews ? 'review of ' : ''}${agent.task}`] ??= brief;
    if (reviews) {
      const ids = (/under `rows`: ([^\n]*)\./.exec(brief)?.[1] ?? '').split(', ').filter((id) => id !== '');
      return agent.reviews({ rows: ids.map((id) => ({ id, verdict: 'met', note: null })) });
    }
    if (plan !== undefined) {
      await agent.write(plan, SUBPLAN);
      return agent.done({ contract_id: 'plan.v1' });
    }
    if (agent.task === 'WS-1/P1') await agent.write('widget.js', CODE);
    // The first time it forgets what its test is of.
    else await agent.write('test/widget.test.js', tests(agent.attempt === 1 ? 'a name' : 'AC-1: it keeps its name'));
    await agent.done();
  });
  const ended = await world.runs(['--yes', '--finish', 'merge']);
  expect(ended.code, ended.stdout).toBe(0);
  expect(briefs['WS-1/P1']).toContain('**D1** (AC-1) There is a widget with a name');
  expect(briefs['WS-1/P1']).not.toContain('**T1**');
  expect(briefs['WS-1/TEST']).toContain('**T1** (AC-1) Make one: It has its name');
  expect(briefs['WS-1/TEST']).not.toContain('**D1**');
  expect(briefs['review of WS-1/TEST']).toContain('**R1** (AC-1) How names are kept: As they are written');
  expect(world.eventsOf('witness_failed')).toMatchObject([
    { task: 'WS-1/TEST', check: expect.stringContaining('T1 (AC-1') },
  ]);
  const [balance] = world.eventsOf('balance_drawn');
  expect(balance?.items.map(({ id, state }) => [id, state])).toEqual(
    ['AC-1', 'D1', 'T1', 'R1'].map((id) => [id, 'proven']),
  );
  expect(world.eventsOf('run_completed')).toMatchObject([{ outcome: 'merge', missing: [] }]);
  const progress = await world.masterplan('status', 'demo', '--progress');
  expect(progress.stdout).toContain('[x] M-ws-1.plan  [x] M-ws-1.se  [x] M-ws-1.test  [x] M-ws-1.review');
});
