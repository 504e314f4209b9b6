import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { RunEvent } from '../../src/core/run/event.ts';
import type { AgentSettings } from '../../src/core/run/settings.ts';
import type { Performing } from '../../src/engine/perform/performer.ts';
import { Radar } from '../../src/engine/perform/radar.ts';
import { nodeIo } from '../../src/io/node/index.ts';
import { until } from '../io/until.ts';
import { SETTINGS, Story, task } from '../core/run/story.ts';

/** Two tasks at work, the first by an agent that is spoken with; `conflicting` says which paths a merge of the two conflicts in. */
function rig() {
  const attempts = realpathSync(mkdtempSync(join(tmpdir(), 'mp-radar-')));
  onTestFinished(() => rmSync(attempts, { recursive: true, force: true }));
  const plain = SETTINGS.agents['worker'] as AgentSettings;
  const worker = { ...plain, kind: 'claude', patience: 0, permission: {} } as unknown as AgentSettings;
  const agents = { worker, plain };
  const story = new Story([task('T1'), task('T2', { title: 'The other', agent: 'plain' })], { ...SETTINGS, agents });
  story.approved().started('T1').tell({
    event: 'attempt_started',
    task: 'T2',
    attempt: 1,
    agent: 'plain',
    contract_id: 'implement.v1',
    base: 'base',
    nonce: 'T2-1',
    brief_sha256: '',
  });
  const rig = { conflicting: ['a.ts'] as string[], commits: 0 };
  const performing = {
    io: nodeIo(),
    paths: { attempts },
    state: () => story.state,
    git: { touched: async () => ['a.ts', 'b.ts'], foresee: async () => rig.conflicting },
    record: async (events: readonly RunEvent[]) => void story.tell(...events),
  } as unknown as Performing;
  const notes = (id: string): string[] => {
    try {
      return readdirSync(join(attempts, id, 'notes'));
    } catch {
      return [];
    }
  };
  const start = (): Radar => new Radar(() => performing);
  const look = (radar: Radar): void => {
    radar.seen('T1', 1, `one-${++rig.commits}`, 'base');
    radar.seen('T2', 1, `two-${rig.commits}`, 'base');
  };
  return { rig, story, attempts, notes, start, look };
}

test('who is spoken with is told of a conflict that is foreseen, by a name that says which; what is cleared is taken away', async () => {
  const { rig: world, notes, start, look, attempts, story } = rig();
  const radar = start();
  look(radar);
  const [name] = await until('a note', () => (notes('T1.1').length > 0 ? notes('T1.1') : undefined));
  expect(name).toMatch(/^T2-[0-9a-f]{12}$/);
  expect(readFileSync(join(attempts, 'T1.1/notes', name ?? ''), 'utf8')).toMatch(
    /what T2 \(The other\) did at the same time conflicts in a\.ts/,
  );
  expect(notes('T2.1')).toEqual([]);
  // After a crash it is the same note.
  const again = start();
  rmSync(join(attempts, 'T1.1/notes'), { recursive: true });
  look(again);
  expect(await until('the note again', () => (notes('T1.1').length > 0 ? notes('T1.1') : undefined))).toEqual([name]);
  // Other paths are another note, and the old one is gone.
  world.conflicting = ['a.ts', 'b.ts'];
  look(again);
  await until('another note', () => notes('T1.1').length === 1 && notes('T1.1')[0] !== name);
  world.conflicting = [];
  look(again);
  await until('no note', () => notes('T1.1').length === 0);
  expect(story.state.foreseen).toEqual([]);
});
