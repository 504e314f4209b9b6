import { expect, test } from 'vitest';
import { checksOf } from '../../../src/core/run/checks.ts';
import { boardOf } from '../../../src/core/views/board.ts';
import { queueLines, queueRow } from '../../../src/core/views/queue-row.ts';
import { SETTINGS, Story, task } from '../run/story.ts';

test('what the queue verifies, since when, what landed last and what was proven last', () => {
  const settings = { ...SETTINGS, verify: { ...SETTINGS.verify, flaky: 'quarantine' as const } };
  const story = new Story([task('T1'), task('T2'), task('T3')], settings).approved();
  expect(queueRow(story.state)).toMatchObject({ waiting: [], trains: [], landed: 0, flaky: [] });
  for (const id of ['T1', 'T2', 'T3']) story.started(id, 1, 'base').done(id);
  for (const id of ['T1', 'T2', 'T3']) story.verified(id, true, { checks: checksOf([`check ${id}`]) });
  story.landing('T1', 'base', 't-T1-1').merged('T1', 'base', 't-T1-1').landing('T2', 'l-T1', 'both');
  story.tell(
    {
      event: 'verification_started',
      task: 'T2',
      attempt: 1,
      tree: 'both',
      base: 'l-T1',
      landing: true,
      train: 2,
      cars: 1,
    },
    { event: 'verification_flaked', task: 'T2', attempt: 1, tree: 'both', command: 'check T2' },
  );
  const row = boardOf(story.state).queue;
  expect(row).toMatchObject({
    waiting: ['T3'],
    trains: [{ train: 2, tasks: ['T2'], proven: 0, verifying: [{ tasks: 1 }], searching: false }],
    landed: 1,
    lastLanded: { commit: 'l-T1' },
    flaky: [{ command: 'check T2', times: 1, quarantined: true }],
  });
  if (row === undefined) return;
  expect(queueLines(row, () => '5 s')).toEqual([
    'T2: being verified for 5 s',
    'waiting to land: T3',
    'last landed l-T1 5 s ago',
    'flaky: check T2 (once, in quarantine)',
  ]);
  story.checked('T2', true, { tree: 'both', checks: checksOf(['check T2', 'check T1']), base: 'l-T1' });
  expect(queueRow(story.state)).toMatchObject({ lastProof: { tree: 'both' }, trains: [{ proven: 1, verifying: [] }] });
});
