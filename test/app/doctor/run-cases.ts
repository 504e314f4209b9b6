import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';

import { dirname, join } from 'node:path';
import { acquireLock } from '../../../src/engine/log/lock.ts';
import { sendRequest } from '../../../src/engine/inbox.ts';
import type { RunEvent } from '../../../src/core/run/event.ts';
import { NO_CHECKS } from '../../../src/core/run/checks.ts';
import type { Story } from '../../core/run/story.ts';
import { task } from '../../core/run/story.ts';
import { beginning, deadPid, type Bundle } from './bundles.ts';

const DAY = 86_400_000;

export interface RunCase {
  readonly story?: () => Story;
  /** Milliseconds before now at which the run began. */
  readonly ago?: number;
  readonly make?: (bundle: Bundle) => void | Promise<void>;
  /** What every other bundle has, and this one has not: a retro, a place in git. */
  readonly without?: 'retro' | 'git';
  /** What else doctor has to say of it, because it is so as well. */
  readonly also?: readonly string[];
}

const running = (): Story => beginning().approved();
const working = (): Story => running().started('T1');
const cancelled = (): Story => running().tell({ event: 'run_cancelled', by: 'me', reason: 'enough' });
const failed = (): Story =>
  working().ended('T1', 1, 'failed').tell({ event: 'task_failed', task: 'T1', reason: 'no attempt left' });
const verifying = (): Story => working().done('T1');
const landed = (checks: string, tree = 't-T1-1'): Story =>
  verifying()
    .verified('T1', true, { checks })
    .landing('T1', 'base', 't-T1-1')
    .verified('T1', true, { checks, tree: 't-T1-1' })
    .merged('T1', 'base', tree);
const unfolded = (): Story =>
  running()
    .started('T1')
    .tell({
      event: 'subplan_written',
      task: 'T1',
      attempt: 1,
      kind: 'task',
      sha256: 's',
      clean: true,
      tasks: [task('T1/A')],
    })
    .tell({ event: 'subplan_approved', task: 'T1', sha256: 's', by: 'me', how: 'test' });
const merged = (): Story =>
  running().tell({ event: 'run_completed', outcome: 'merge', branch: 'main', commit: 'base' });
const withEvent = (event: RunEvent) => (): Story => running().tell(event);
const parked = (until: string | null) =>
  withEvent({
    event: 'lane_parked',
    lane: 'worker',
    failure: 'authentication',
    until,
    known: 'estimated',
    message: '',
  });
const anomalies = (count: number): Story => {
  const story = running();
  for (let i = 0; i < count; i++) story.tell({ event: 'anomaly', what: 'w', detail: 'd' });
  return story;
};
const long = (): Story => {
  const story = running();
  for (let i = 0; i < 2000; i++) story.tell({ event: 'agent_restored', role: 'implement', agent: `a${i % 3}` });
  return story;
};
const lines =
  (change: (all: string[]) => string[]) =>
  (bundle: Bundle): void =>
    bundle.edit('events.jsonl', (text) =>
      change(text.split('\n').slice(0, -1))
        .map((line) => `${line}\n`)
        .join(''),
    );
const lock =
  (fields: Record<string, unknown>) =>
  ({ runtime, desk }: Bundle): void => {
    const self = desk.context.io.processes.self();
    const record = {
      schema: 1,
      generation: 1,
      state: 'held',
      ...self,
      nonce: 'n',
      command: 'masterplan run',
      since: '2026-01-01T00:00:00.000Z',
      ...fields,
    };
    runtime('lock/1.json', `${JSON.stringify(record)}\n`);
  };
const dead = lock({ pid: deadPid(), started: '1' });
const held = async ({ desk, paths }: Bundle): Promise<void> => {
  await acquireLock(desk.context.io, paths.runtime, 'masterplan run');
};
const worktree = (bundle: Bundle, name: string): void => {
  mkdirSync(join(bundle.paths.worktrees, name), { recursive: true });
};
const record =
  (fields: Record<string, unknown>) =>
  ({ runtime }: Bundle): void =>
    runtime('processes/T1.1.json', `${JSON.stringify({ schema: 1, attempt: 'T1#1', nonce: 'T1-1', ...fields })}\n`);
const request = { request: 'approve', id: 'r1', by: 'me', how: 'test' } as never;

/** For each check of a run: what shows it, and what comes near and does not. */
export const RUN_CASES: Readonly<Record<string, readonly [shows: RunCase, near: RunCase]>> = {
  'DR-101': [{ make: lines((all) => all.with(2, (all[2] ?? '').replace('"attempts":2', '"attempts":9'))) }, {}],
  'DR-102': [
    { make: lines((all) => ['<<<<<<< HEAD', ...all, '=======', ...all, '>>>>>>> other']) },
    // It is damaged, in another way.
    { make: lines((all) => all.with(2, '{}')), also: ['DR-101'] },
  ],
  'DR-103': [
    { make: ({ edit }) => edit('events.jsonl', (text) => `${text}{"seq":99,"ts":"20`) },
    // Somebody is writing just now.
    {
      make: async (bundle) => {
        await held(bundle);
        bundle.edit('events.jsonl', (text) => `${text}{"seq":99,"ts":"20`);
      },
    },
  ],
  'DR-104': [
    { make: ({ remove }) => remove('events.jsonl') },
    { make: ({ edit }) => edit('events.jsonl', (text) => text) },
  ],
  'DR-105': [
    {
      make: (b) => {
        b.edit('events.jsonl', () => '');
        b.remove('state.yml');
        b.runtime('snapshot.json', '');
      },
    },
    { story: beginning },
  ],
  'DR-106': [
    { story: withEvent({ event: 'task_teleported' } as never) },
    { story: withEvent({ event: 'anomaly', what: 'task_teleported', detail: '' }) },
  ],
  // A copy of the bundle of DR-108: the two are made together.
  'DR-107': [{}, {}],
  'DR-108': [{}, {}],
  'DR-109': [{ make: ({ remove }) => remove('state.yml') }, { make: ({ edit }) => edit('state.yml', (text) => text) }],
  'DR-110': [
    {
      make: ({ edit }) => edit('state.yml', (text) => text.replace(/^seq: \d+$/m, 'seq: 3').replace(/^sum: .*\n/m, '')),
    },
    {
      make: async (bundle) => {
        await held(bundle);
        bundle.edit('state.yml', (text) => text.replace(/^seq: \d+$/m, 'seq: 3').replace(/^sum: .*\n/m, ''));
      },
    },
  ],
  'DR-111': [
    { make: ({ edit }) => edit('state.yml', (text) => text.slice(0, 120)) },
    {
      make: ({ edit }) =>
        edit('state.yml', (text) => text.replace(/^next_action: .*$/m, 'next_action: "<<<<<<< Demo"')),
    },
  ],
  'DR-112': [
    { story: long, make: ({ runtime }) => runtime('snapshot.json', '{') },
    { make: ({ runtime }) => runtime('snapshot.json', '{') },
  ],
  'DR-113': [{}, {}],
  'DR-114': [
    {
      make: ({ remove, paths }) => {
        remove('plan.index.json');
        mkdirSync(join(paths.bundle, 'plan.index.json'));
      },
    },
    { make: ({ remove }) => remove('plan.index.json'), also: ['DR-203'] },
  ],
  'DR-201': [
    { make: ({ remove }) => remove('plan.md') },
    { story: cancelled, make: ({ remove }) => remove('plan.md') },
  ],
  'DR-202': [
    { make: ({ edit }) => edit('plan.md', (text) => text.replace('Make t1.txt', 'Make t9.txt')) },
    // Ticks, line ends and a mark at the start are not the text that was approved.
    { make: ({ edit }) => edit('plan.md', (text) => `\uFEFF${text.replaceAll('\n', '\r\n')}`) },
  ],
  'DR-203': [
    { make: ({ edit }) => edit('plan.index.json', (text) => text.replace(/sha256:[0-9a-f]{8}/, 'sha256:00000000')) },
    { make: ({ edit }) => edit('plan.md', (text) => `${text}\nMore.\n`), also: ['DR-202'] },
  ],
  'DR-204': [
    { make: ({ edit }) => edit('plan.index.json', (text) => text.slice(0, 40)) },
    { make: ({ edit }) => edit('plan.index.json', (text) => JSON.stringify(JSON.parse(text))) },
  ],
  'DR-205': [
    { story: unfolded },
    { story: unfolded, make: ({ edit }) => edit('modules/T1/plan.md', () => '# Plan\n') },
  ],
  'DR-206': [{ story: working, make: ({ remove }) => remove('briefs/T1.1.md') }, { story: working }],
  'DR-207': [
    { make: ({ edit }) => edit('digests/T1.1.json', () => JSON.stringify({ summary: 'x'.repeat(30_000) })) },
    { make: ({ edit }) => edit('digests/T1.1.json', () => JSON.stringify({ summary: 'x'.repeat(5_000) })) },
  ],
  'DR-208': [
    { make: ({ edit }) => edit('digests/T1.1.json', () => '{"summary":') },
    { make: ({ edit }) => edit('digests/T1.1.json', () => '{"summary":"done"}') },
  ],
  'DR-209': [
    { story: cancelled, without: 'retro' },
    { story: running, without: 'retro' },
  ],
  'DR-210': [
    { make: ({ edit }) => edit('state.queue.jsonl', () => '') },
    { make: ({ edit }) => edit('notes.md', () => 'state.lock\n') },
  ],
  'DR-211': [
    { story: cancelled, without: 'git' },
    { story: running, without: 'git' },
  ],
  'DR-301': [
    { make: ({ runtime }) => runtime('lock/1.json', 'not JSON') },
    { make: ({ runtime }) => runtime('lock/notes.txt', 'not JSON') },
  ],
  'DR-302': [{ make: lock({ host: 'elsewhere 1', boot: 'x' }) }, { make: held }],
  'DR-303': [{ make: dead }, { story: cancelled, make: dead }],
  'DR-304': [
    { make: ({ desk, paths }) => sendRequest(desk.context.io, paths, request) },
    {
      make: async (bundle) => {
        await held(bundle);
        await sendRequest(bundle.desk.context.io, bundle.paths, request);
      },
    },
  ],
  'DR-305': [
    {
      make: async (bundle) => {
        await held(bundle);
        bundle.runtime('inbox/000000000000001-r1.json', '{}');
        old(join(bundle.paths.inbox, '000000000000001-r1.json'));
      },
    },
    {
      make: async (bundle) => {
        await held(bundle);
        await sendRequest(bundle.desk.context.io, bundle.paths, request);
      },
    },
  ],
  'DR-306': [
    { make: ({ runtime }) => runtime('inbox/notes.txt', 'hello') },
    { make: ({ desk, paths }) => sendRequest(desk.context.io, paths, request), also: ['DR-304'] },
  ],
  'DR-307': [
    { story: working, make: record({}) },
    {
      story: working,
      make: (b) => {
        record({})(b);
        worktree(b, 'T1.1');
      },
    },
  ],
  'DR-308': [
    { story: cancelled, make: (b) => worktree(b, 'T1.1') },
    { story: working, make: (b) => worktree(b, 'T1.1') },
  ],
  'DR-309': [
    { make: ({ runtime }) => runtime('checkouts/T1.1/file', 'x') },
    {
      make: async (bundle) => {
        await held(bundle);
        bundle.runtime('checkouts/T1.1/file', 'x');
      },
    },
  ],
  'DR-310': [{ make: ({ runtime }) => runtime('torn/after-3.txt', '{') }, {}],
  'DR-311': [{ make: ({ runtime }) => runtime('processes/T1.1.json', '{') }, { make: record({}) }],
  'DR-312': [
    {
      story: working,
      make: (b) => {
        worktree(b, 'T1.1');
        record({ process: b.desk.context.io.processes.self() })(b);
      },
    },
    {
      story: working,
      make: async (b) => {
        await held(b);
        worktree(b, 'T1.1');
        record({ process: b.desk.context.io.processes.self() })(b);
      },
    },
  ],
  'DR-313': [{}, {}],
  'DR-314': [{ story: verifying }, { story: working }],
  'DR-315': [{ ago: -3_600_000 }, { ago: 0 }],
  'DR-401': [{ ago: 40 * DAY }, { ago: 20 * DAY }],
  'DR-402': [
    { story: beginning, ago: 8 * DAY },
    { story: running, ago: 8 * DAY },
  ],
  'DR-403': [
    { story: failed, ago: 20 * DAY },
    { story: failed, ago: 2 * DAY },
  ],
  'DR-404': [{ story: () => anomalies(5) }, { story: () => anomalies(4) }],
  'DR-405': [{ story: () => landed('c', 'another') }, { story: () => landed('c') }],
  'DR-406': [{ story: () => landed(NO_CHECKS) }, { story: () => landed('c') }],
  'DR-407': [
    { story: withEvent({ event: 'agent_degraded', role: 'implement', from: 'worker', to: 'codex', why: 'not there' }) },
    { story: withEvent({ event: 'agent_restored', role: 'implement', agent: 'worker' }) },
  ],
  'DR-408': [{ story: parked(null) }, { story: parked('2030-01-01T00:00:00.000Z') }],
  'DR-501': [{ story: () => renamed('gone') }, { story: running }],
  'DR-502': [
    { make: ({ desk, slug }) => void desk.git('update-ref', '-d', `refs/heads/masterplan/${slug}`) },
    { story: cancelled, make: ({ desk, slug }) => void desk.git('update-ref', '-d', `refs/heads/masterplan/${slug}`) },
  ],
  'DR-503': [
    {
      make: ({ desk, slug }) =>
        void desk.git(
          'update-ref',
          `refs/heads/masterplan/${slug}`,
          desk.git('commit-tree', 'HEAD^{tree}', '-m', 'else'),
        ),
    },
    {},
  ],
  'DR-504': [
    { story: merged, make: ({ desk, slug }) => void desk.git('update-ref', `refs/heads/masterplan/${slug}`, 'HEAD') },
    { story: merged },
  ],
};

/** A run on a base branch of that name. */
function renamed(branch: string): Story {
  const story = running();
  const first = story.told[0] as Extract<RunEvent, { event: 'run_created' }>;
  Object.assign(first, { base_branch: branch });
  return story;
}

function old(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, '{}');
  const at = new Date(Date.now() - 3_600_000);
  utimesSync(path, at, at);
}
