import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { RecordedEvent } from '../../src/core/run/event.ts';
import { processesOf } from './processes.ts';
import type { World } from './world.ts';

interface Validated {
  readonly runs: readonly { readonly slug: string; readonly ok: boolean; readonly findings: readonly unknown[] }[];
}

/**
 * What must hold whenever nobody runs a run any more, whatever happened before: a whole log, each task landed at most
 * once and after its needs, only what was verified on the branch, and nothing left lying or running but what is `fine`.
 */
export async function expectOrder(world: World, fine: (left: string) => boolean = () => false): Promise<void> {
  const { runs } = await world.json<Validated>(['validate']);
  expect(runs.flatMap((run) => run.findings)).toEqual([]);
  expectFacts(world.events());
  expectBranch(world);
  expect(leftovers(world).filter((one) => !fine(one))).toEqual([]);
}

/** The statements about a log that hold by themselves. */
export function expectFacts(events: readonly RecordedEvent[]): void {
  expect(events.map((event) => event.seq)).toEqual(events.map((_, i) => i + 1));
  const started = events.flatMap((event) =>
    event.event === 'attempt_started' ? [`${event.task}#${event.attempt}`] : [],
  );
  expect(new Set(started).size, 'an attempt was started twice').toBe(started.length);
  const needs = new Map(
    events.flatMap((event) => (event.event === 'plan_written' ? event.tasks : [])).map((task) => [task.id, task]),
  );
  const merged = new Set<string>();
  // A task with a sub-plan is merged when the last task of that is.
  const children = new Map<string, readonly string[]>();
  const verified = new Set<string>();
  for (const event of events) {
    if (event.event === 'verification_finished' && event.passed) verified.add(event.tree);
    if (event.event === 'subplan_written') {
      children.set(
        event.task,
        event.tasks.map(({ id }) => id),
      );
      for (const task of event.tasks) needs.set(task.id, task);
    }
    if (event.event === 'task_waived' && event.criterion === undefined) merged.add(event.task);
    if (event.event === 'plan_amended' || event.event === 'subplan_amended') {
      for (const task of event.tasks) needs.set(task.id, task);
      for (const { task, effect } of event.impact) if (effect === 'ended') merged.add(task);
    }
    if (event.event === 'attempt_started') {
      for (const need of needs.get(event.task)?.needs ?? [])
        expect(merged, `${event.task} started before ${need}`).toContain(need);
    }
    if (event.event !== 'merge_finished') continue;
    expect(merged, `${event.task} landed twice`).not.toContain(event.task);
    // Of tasks that landed as one the last tree is that of the branch.
    if (event.more !== true) expect(verified, `${event.task} landed unverified`).toContain(event.tree);
    merged.add(event.task);
    const [parent = ''] = event.task.split('/');
    if (children.get(parent)?.every((child) => merged.has(child)) === true) merged.add(parent);
  }
}

/** The tasks under way after each start of an attempt; a task is under way until `end`, or until its attempt failed. */
export function together(
  events: readonly RecordedEvent[],
  end: 'attempt_finished' | 'merge_finished' = 'merge_finished',
): string[][] {
  const under = new Set<string>();
  return events.flatMap((event) => {
    if (event.event === end || (event.event === 'attempt_finished' && event.ending !== 'done'))
      under.delete(event.task);
    if (event.event !== 'attempt_started') return [];
    under.add(event.task);
    return [[...under]];
  });
}

/** The run branch is a line of commits, one for each task that the log calls merged. */
function expectBranch(world: World): void {
  const completed = world.eventsOf('run_completed')[0];
  if (completed?.outcome === 'discard') return;
  const merged = world.eventsOf('merge_finished');
  if (merged.length === 0) return;
  const ours = world.landed().filter((one) => one.trailers['Masterplan-Run'] !== undefined);
  expect(ours.map((one) => one.commit)).toEqual(merged.map((one) => one.commit));
  expect(ours.map((one) => one.trailers['Masterplan-Task'])).toEqual(merged.map((one) => one.task));
  for (const one of ours) expect(one.parents).toHaveLength(1);
}

/** What a run that nobody runs must not leave: processes, worktrees, locks, half-written files. */
export function leftovers(world: World): string[] {
  const found = processesOf(world).map((one) => `process ${one.pid}: ${one.command}`);
  const empty = [
    world.path('.masterplan/worktrees', world.slug),
    world.path('.masterplan/scratch', world.slug),
    world.runtime('checkouts'),
    world.runtime('inbox'),
    world.runtime('replies'),
  ];
  for (const directory of empty) found.push(...list(directory).map((name) => join(directory, name)));
  for (const directory of [world.path('.git'), world.queue, world.bundle(), world.runtime()])
    found.push(...debris(directory));
  const records = list(world.runtime('lock')).map((name) => Number.parseInt(name, 10));
  const last = readFileSync(world.runtime('lock', `${Math.max(...records)}.json`), 'utf8');
  if ((JSON.parse(last) as { state: string }).state !== 'released') found.push(`the lock is held: ${last}`);
  return found;
}

function debris(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:lock|tmp|keep)$|^tmp_|^\.tmp/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

function list(directory: string): string[] {
  return existsSync(directory) ? readdirSync(directory) : [];
}
