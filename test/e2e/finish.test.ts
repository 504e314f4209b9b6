import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { project, type World } from '../rig/world.ts';

/** A forge's program that notes what it is asked and remembers its pull requests; `kill` is how often it takes masterplan with it. */
function forge(world: World): { readonly asked: () => string[]; readonly state: string } {
  const state = join(world.directory, 'forge');
  mkdirSync(state);
  const script = `#!/bin/sh
[ "$1" = --version ] && exit 0
{ printf '%s|' "$@"; echo; } | tr -d '\\n' >> ${state}/asked; echo >> ${state}/asked
case "$1 $2" in
'pr list') for one in ${state}/open-*; do [ -e "$one" ] && [ "open-$(echo "$4" | tr / _)" = "$(basename "$one")" ] && echo '[{"url":"https://forge.test/pull/7"}]'; done;;
'pr create') touch "${state}/open-$(echo "$4" | tr / _)"; [ -e ${state}/kill ] && rm ${state}/kill && kill -9 $PPID; echo https://forge.test/pull/7;;
esac
exit 0
`;
  writeFileSync(join(world.bin, 'gh'), script);
  chmodSync(join(world.bin, 'gh'), 0o755);
  return { state, asked: () => readFileSync(join(state, 'asked'), 'utf8').trimEnd().split('\n') };
}

function remote(world: World): string {
  const bare = join(world.directory, 'remote.git');
  world.git('init', '--quiet', '--bare', bare);
  world.git('remote', 'add', 'origin', bare);
  return bare;
}

test('a pull request is opened once, whoever is killed between the push and the answer', async () => {
  const world = await project({ plan: [{ id: 'T1' }] });
  const { state, asked } = forge(world);
  const bare = remote(world);
  writeFileSync(join(state, 'kill'), '');
  world.everyoneWorks();
  await world.runs(['--yes', '--finish', 'pull-request']);
  expect(existsSync(join(state, 'kill'))).toBe(false);
  expect(world.eventsOf('pull_request_opened')).toEqual([]);
  expect((await world.runs([])).code).toBe(0);
  expect(world.eventsOf('branch_pushed')).toHaveLength(1);
  expect(world.eventsOf('pull_request_opened')).toMatchObject([
    { tool: 'gh', branch: 'masterplan/demo', base: 'main', url: 'https://forge.test/pull/7', adopted: true },
  ]);
  const created = asked().filter((line) => line.startsWith('pr|create'));
  expect(created).toHaveLength(1);
  expect(created[0]).toContain('T1');
  const tip = world.git('rev-parse', 'masterplan/demo');
  expect(world.git('--git-dir', bare, 'rev-parse', 'refs/heads/masterplan/demo')).toBe(tip);
  expect(world.events().at(-1)?.event).toBe('run_archived');
});

test('without a forge no pull request is offered, and the question says why', async () => {
  const world = await project({ plan: [{ id: 'T1' }] });
  world.everyoneWorks();
  const ended = await world.runs(['--yes', '--finish', 'pull-request']);
  expect(ended.code).toBe(3);
  expect(ended.stdout).toContain('no pull request can be opened: the repository has no remote');
  const refused = await world.masterplan('approve', 'demo', '--finish', 'pull-request');
  expect(refused.stderr).toContain('the repository has no remote');
});

test('the commit that would be merged is what is verified, and merge.commit says how it is merged', async () => {
  const world = await project({
    plan: [{ id: 'T1' }],
    config: { verify: { commands: ['test -f t1.txt -o ! -f late.txt'] } },
  });
  world.everyoneWorks();
  expect((await world.runs(['--yes', '--merge-commit', 'fast-forward'])).code).toBe(3);
  const recorded = () => world.eventsOf('config_resolved').map(({ settings }) => settings.finishing?.commit);
  expect(recorded()).toEqual(['fast-forward']);
  const [verified] = world.eventsOf('branch_verified');
  expect(verified).toMatchObject({ passed: true });
  const merged = await world.masterplan('finish', 'demo', '--finish', 'merge', '--merge-commit', 'merge-commit');
  expect(merged.code, merged.stderr).toBe(0);
  expect(recorded()).toEqual(['fast-forward', 'merge-commit']);
  // Two parents, and the tree that was verified.
  expect(world.git('rev-list', '--parents', '-1', 'main').split(' ')).toHaveLength(3);
  expect(world.git('rev-parse', 'main^{tree}')).toBe(verified?.tree);
});

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

### AC-2: Refuse (FR-1)

**Given** nothing
**When** the name is empty
**Then** it is refused

## Work Streams

| Stream | Agent | Command | Requirements | Depends On | Parallel With |
|---|---|---|---|---|---|
| WS-1: Widgets | — | /implement | FR-1 | — | — |

## Open Questions

- [ ] How many widgets may there be (FR-1)?

## SE Verification Contract

| FR | AC | Observable Behaviour | Verified? |
|---|---|---|---|
| FR-1 | AC-1 | There is a widget | [ ] |
| FR-1 | AC-2 | It is refused | [ ] |
`;
const SUBPLAN = `# Widgets

## [ ] Phase 1 of 1: All

### [ ] 1. Write it

Write \`widget.js\` with its test.

### Files

- \`widget.js\`
- \`test/widget.test.js\`

### Verification

- [ ] \`node --test test/widget.test.js\`
`;

test('a question of the plan is answered before the work, and what nothing proves is named, waived, and never complete', async () => {
  const world = await project({ plan: PLAN, config: { subplans: 'always' } });
  let told = '';
  world.puppets.follow(async (agent) => {
    told += agent.hello.brief;
    const plan = agent.hello.env['MASTERPLAN_PLAN'];
    if (plan !== undefined) {
      await agent.write(plan, SUBPLAN);
      return agent.done({ contract_id: 'plan.v1' });
    }
    await agent.write('widget.js', 'export const make = (name) => ({ name });\n');
    const text = `import assert from 'node:assert';
import test from 'node:test';
import { make } from '../widget.js';
test('AC-1: there is a widget', () => assert.equal(make('one').name, 'one'));
`;
    await agent.write('test/widget.test.js', text);
    await agent.done();
  });
  expect((await world.runs(['--yes', '--finish', 'merge'])).code).toBe(3);
  expect(world.puppets.all).toHaveLength(0);
  const answered = await world.masterplan('answer', 'open-question:Q-1', 'answer', '--note', 'at most ten');
  expect(answered.code, answered.stderr).toBe(0);
  const ended = await world.runs([]);
  expect(ended.code, ended.stderr).toBe(3);
  expect(told).toContain('at most ten');
  expect(ended.stdout).toContain('AC-2');
  const [gate] = world.eventsOf('gate_opened').filter(({ gate: id }) => id === 'finish');
  expect(gate?.detail.join('\n')).toMatch(/nothing proves AC-2, D2/);
  // What was said about the branch is no answer to the question as it stood before the waiver, and none that is lost either.
  const end = await world.masterplan('finish', 'demo', '--waive', 'D2', '--reason', 'next month', '--finish', 'keep');
  expect(end.code, end.stderr).toBe(0);
  expect(world.eventsOf('run_completed')).toMatchObject([{ missing: ['AC-2'], waived: ['D2'] }]);
  expect((await world.masterplan('status', 'demo')).stdout).toContain('incomplete');
  expect(world.read(world.bundle('retro.md'))).toContain('**not complete**');
});

test('a series has a branch and a pull request for each, stacked where one needs another, and opened in order', async () => {
  const folder = resolve('examples/loglines');
  const world = await project({
    plan: readFileSync(join(folder, 'plan.md'), 'utf8'),
    planFile: 'plan.md',
    agent: { command: [process.execPath, resolve('examples/agent.mjs'), folder] },
    config: { subplans: 'always' },
  });
  const { asked } = forge(world);
  remote(world);
  expect((await world.runs(['--yes', '--finish', 'pull-request'])).code).toBe(0);
  const log = world.path('docs/masterplan/loglines/events.jsonl');
  const opened = world.events(log).filter((event) => event.event === 'pull_request_opened');
  const branch = (pull: number): string => `masterplan/loglines-pr-${pull}`;
  const bases = Object.fromEntries(opened.map((event) => [event.branch, event.base]));
  expect(bases).toMatchObject({ [branch(1)]: 'main', [branch(2)]: branch(1), [branch(3)]: branch(1) });
  expect([branch(2), branch(3)]).toContain(bases[branch(4)]);
  expect(asked().filter((line) => line.startsWith('pr|create'))).toHaveLength(4);
  // Each holds its own work and that of those it needs, and nothing else.
  const files = (name: string): string[] => Object.keys(world.files(name)).filter((path) => path.startsWith('src/'));
  expect(files(branch(2)).sort()).toEqual(['src/line.js', 'src/tally.js']);
  expect(files(branch(3)).sort()).toEqual(['src/line.js', 'src/table.js']);
  expect(files(branch(4)).sort()).toEqual(['src/line.js', 'src/main.js', 'src/table.js', 'src/tally.js']);
});
