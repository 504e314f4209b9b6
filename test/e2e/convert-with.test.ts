import { join } from 'node:path';
import { expect, test } from 'vitest';
import { project, type World } from '../rig/world.ts';

const NOTES = 'First the wire, then the switch.\n';
const PLAN = `---
kind: task
---

# Plan: Lamps

### Task 1: Wire

**Files:** \`wire.txt\`
**Verify:** \`test -e wire.txt\`
**Needs:** none
`;
const DIGEST = '{"contract_id":"plan.v1","status":"completed","summary":"One task."}';

/** A project with a document of no known form, and an agent that does what the shell script says. */
async function notes(script: string): Promise<World> {
  const world = await project({ files: { 'notes.txt': NOTES } });
  world.write(join(world.home, 'lamps.plan'), PLAN);
  const command = ['sh', '-c', `${script}; printf %s '${DIGEST}' >"$MASTERPLAN_DIGEST"`];
  world.configure({ agents: { writer: { command } }, roles: { implement: 'writer' } });
  return world;
}

test('an agent writes a document of no known form as a plan, which is read and linted, and nothing of it is carried out', async () => {
  const looks = 'grep -q wire source/notes.txt && grep -q plan.v1 "$MASTERPLAN_BRIEF_JSON" || exit 1';
  const world = await notes(`${looks}; cp "$HOME/lamps.plan" "$MASTERPLAN_PLAN"`);
  const asked = ['convert', 'notes.txt', '--to', 'task', '--with', 'writer', '--out', 'lamps.md'];
  const ended = await world.masterplan(...asked);
  expect(ended.code, ended.stderr).toBe(0);
  expect(ended.stdout).toMatch(/lamps.md is a plan of kind task now[^]*writer wrote it; lint finds 0 errors/);
  expect(world.read('lamps.md')).toBe(PLAN);
  expect(world.read('notes.txt')).toBe(NOTES);
  expect((await world.masterplan('status')).stdout).toContain('No run here yet');
});

test('what it writes that is no plan is told to the person', async () => {
  const world = await notes('echo Nothing. >"$MASTERPLAN_PLAN"');
  const ended = await world.masterplan('convert', 'notes.txt', '--to', 'task', '--with', 'writer');
  expect(ended.code).toBe(1);
  expect(ended.stdout).toBe('');
  expect(ended.stderr).toMatch(/writer wrote no plan: .*sub-plan cannot be carried out/);
  const other = await world.masterplan('convert', 'notes.txt', '--to', 'macro', '--with', 'writer');
  expect(other.code).toBe(2);
  expect(other.stderr).toContain('--to phased --with writer');
});
