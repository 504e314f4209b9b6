import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { until } from '../io/until.ts';
import type { Puppet } from '../rig/puppets.ts';
import { project, type World } from '../rig/world.ts';

const SPEC = `# Invoices can be cancelled

## Intent

Who sent a wrong invoice can take it back.

## Scope boundary

- In: invoices. Out: payments.

## Requirements

- FR-1: a sent invoice can be cancelled
- FR-2: a cancelled invoice says so

## Assumptions

- None

## Open decisions

- None
`;

const PLAN = `# Plan: Invoices can be cancelled

Take them back.

### Task 1: Cancel

**Files:** \`cancel.txt\`
**Needs:** none
**Verify:** \`test -e cancel.txt\`

### Task 2: Say so

**Files:** \`say.txt\`
**Needs:** T1
**Verify:** \`test -e say.txt\`
`;

const FILES: Readonly<Record<string, string>> = { T1: 'cancel.txt', T2: 'say.txt' };

async function play(agent: Puppet): Promise<void> {
  const { env } = agent.hello;
  if (agent.task.startsWith('SCAN'))
    return agent.done({
      contract_id: 'discovery.v1',
      summary: `${agent.task} looked around`,
      answers: [{ question: 'where', answer: 'in the readme', places: ['README.md:1'] }],
    });
  if (agent.task === 'INTERVIEW')
    return agent.done({
      contract_id: 'interview.v1',
      questions: [
        { question: 'Who may cancel?', options: ['the sender', 'anybody'], recommended: 'the sender', why: 'rights' },
        { question: 'Until when?', options: ['a day', 'ever'], recommended: 'ever' },
      ],
    });
  if (agent.task === 'SPEC') {
    await agent.write(env['MASTERPLAN_SPEC'] ?? '', SPEC);
    return agent.done({ contract_id: 'spec.v1' });
  }
  if (agent.task === 'PLAN') {
    // The linter objects to the first one.
    const text = agent.attempt === 1 ? PLAN.replace('**Needs:** T1', '**Needs:** T7') : PLAN;
    await agent.write(env['MASTERPLAN_PLAN'] ?? '', text);
    return agent.done({ contract_id: 'plan.v1' });
  }
  await agent.write(FILES[agent.task] ?? '', 'x\n');
  return agent.done();
}

const TOPIC = 'invoices can be cancelled';
const SLUG = 'invoices-cancelled';

async function topic(config: Readonly<Record<string, unknown>> = {}): Promise<World> {
  const world = await project({ planFile: `${SLUG}.md`, config });
  world.puppets.follow(play);
  return world;
}

test('from an idea to a finished branch, verb by verb, with a kill in between', async () => {
  const world = await topic();
  // Two questions of the agent's, filled up to five.
  writeFileSync(world.path('../answers.yaml'), 'Q1: anybody\n"Until when?": 1\n');
  const first = await world.masterplan('brainstorm', ...TOPIC.split(' '), '--answers', world.path('../answers.yaml'));
  expect(first.code, first.stderr + first.stdout).toBe(3);
  expect(world.eventsOf('gate_opened')).toHaveLength(5);
  for (const n of [3, 4, 5]) expect((await world.masterplan('answer', `interview:Q${n}`, '1')).code).toBe(0);

  // Killed while the spec is written.
  world.puppets.follow(async (agent) => (agent.task === 'SPEC' && agent.attempt === 1 ? undefined : play(agent)));
  const killed = world.start(['brainstorm', TOPIC]);
  const writer = await until('an agent for SPEC', () => world.puppets.all.find(({ task }) => task === 'SPEC'));
  killed.kill();
  await killed.end();
  expect(writer.hello.brief).toContain('Who may cancel? **anybody**');
  expect(writer.hello.brief).toContain('SCAN-CODE looked around');
  expect(writer.hello.brief).not.toContain('SCAN-PAST looked around\n\n### Which');
  const again = world.start(['brainstorm', TOPIC]);
  await play(writer);
  expect((await again.end()).code).toBe(3);
  expect(readFileSync(world.bundle('spec.md'), 'utf8')).toBe(SPEC);
  expect((await world.masterplan('approve', SLUG)).code).toBe(0);
  const done = await world.masterplan('brainstorm', TOPIC);
  expect(done.code, done.stderr).toBe(0);
  expect(world.eventsOf('attempt_started').map(({ task }) => task)).not.toContain('PLAN');

  expect((await world.masterplan('plan', SLUG)).code).toBe(3);
  const planners = world.puppets.all.filter(({ task }) => task === 'PLAN');
  expect(planners).toHaveLength(2);
  expect(planners[1]?.hello.brief).toMatch(/the plan cannot be carried out: line \d+: /);
  expect(existsSync(world.bundle('appendix.md'))).toBe(true);
  expect((await world.masterplan('approve', SLUG)).code).toBe(0);
  expect(world.eventsOf('plan_approved')).toHaveLength(1);
  expect(world.puppets.all.map(({ task }) => task)).not.toContain('T1');

  expect((await world.masterplan('finish')).code).toBe(1);
  const end = await world.masterplan('execute', 'cancelled invoices');
  expect(end.code, end.stderr + end.stdout).toBe(3);
  expect((await world.masterplan('execute', SLUG, '--finish', 'merge')).code).toBe(0);
  expect(world.landed('main').map((one) => one.trailers['Masterplan-Task'])).toEqual(['T1', 'T2']);
  expect((await world.masterplan('validate')).code).toBe(0);
});

test('full goes all the way without a person', async () => {
  const world = await topic();
  const end = await world.masterplan('full', TOPIC, '--yes', '--finish', 'keep', '--complexity', 'low');
  expect(end.code, end.stderr + end.stdout).toBe(0);
  expect(world.landed().map((one) => one.trailers['Masterplan-Task'])).toEqual(['T1', 'T2']);
  const writer = world.puppets.all.find(({ task }) => task === 'SPEC');
  expect(writer?.hello.brief).toContain('**the sender** (assumed: nobody was asked)');
  const brief = world.puppets.all.find(({ task }) => task === 'T2')?.hello.brief ?? '';
  expect(brief).toContain('Take them back.');
  expect(brief).toContain('**Verify:** `test -e say.txt`');
});
