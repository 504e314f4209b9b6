import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { acquireLock, type Lock } from '../../../src/engine/log/lock.ts';
import { openLog, replay, type Log } from '../../../src/engine/log/log.ts';
import { nodeIo } from '../../../src/io/node/index.ts';
import { Story, task } from '../../core/run/story.ts';
import { type Place, place } from '../../io/place.ts';

const io = nodeIo();
let here: Place;
let path: string;

beforeEach(() => {
  here = place();
  path = `${here.directory}/events.jsonl`;
});
afterEach(() => here.dispose());

/** Events of a run with two tasks, told without stamps. */
const EVENTS = new Story([task('T1'), task('T2')])
  .approved()
  .started('T1')
  .done('T1')
  .told.map(({ seq: _seq, ts: _ts, fence: _fence, ...event }) => event);

async function owner(): Promise<Lock> {
  const lock = await acquireLock(io, here.directory, 'test');
  if (!lock.ok) throw new Error(lock.error.message);
  return lock.value;
}

async function open(lock: Lock): Promise<Log> {
  const opened = await openLog(io, path, lock, { tornDirectory: `${here.directory}/torn` });
  if (!opened.ok) throw new Error(`${opened.error.line}: ${opened.error.problem}`);
  return opened.value.log;
}

/** A log with {@link EVENTS}: the first four as one group, the others one by one. */
async function written(): Promise<string[]> {
  writeFileSync(path, '');
  const lock = await owner();
  const log = await open(lock);
  await log.append(EVENTS.slice(0, 4));
  for (const event of EVENTS.slice(4)) await log.append([event]);
  await log.close();
  await lock.release();
  return readFileSync(path, 'utf8').split(/(?<=\n)/);
}

describe('a log reads back as it was written', () => {
  test('the state is the fold, wherever chunks end', async () => {
    const lines = await written();
    const read = await replay(io.files, path);
    expect(read).toMatchObject({
      ok: true,
      value: { torn: 0, position: { seq: EVENTS.length, size: lines.join('').length } },
    });
    if (read.ok) expect(read.value.state.tasks.map((one) => one.progress.status)).toEqual(['verifying', 'pending']);
  });

  test('callers of one moment share a sync, and each gets its own events', async () => {
    writeFileSync(path, '');
    const log = await open(await owner());
    const [first, second] = await Promise.all([log.append(EVENTS.slice(0, 4), 'abc'), log.append(EVENTS.slice(4, 5))]);
    expect(first?.map((event) => [event.seq, event.more, event.request])).toEqual([
      [1, true, 'abc'],
      [2, true, 'abc'],
      [3, true, 'abc'],
      [4, undefined, 'abc'],
    ]);
    expect(second?.map((event) => event.seq)).toEqual([5]);
  });
});

describe('a crash', () => {
  test('at any byte leaves whole groups, and what is torn is cut, kept and overwritten', async () => {
    const lines = await written();
    const whole = lines.join('');
    const ends = [lines.slice(0, 4).join('').length];
    for (const line of lines.slice(4)) ends.push((ends.at(-1) ?? 0) + line.length);
    for (let size = 0; size < whole.length; size += 7) {
      writeFileSync(path, whole.slice(0, size));
      const kept = ends.filter((end) => end <= size).at(-1) ?? 0;
      expect(await replay(io.files, path)).toMatchObject({
        ok: true,
        value: { torn: size - kept, position: { size: kept } },
      });
    }
    writeFileSync(path, `${whole.slice(0, -20)}\0\0\0\0\0\0`);
    const lock = await owner();
    const opened = await openLog(io, path, lock, { tornDirectory: `${here.directory}/torn` });
    expect(opened).toMatchObject({ ok: true, value: { repaired: { cutBytes: (lines.at(-1) ?? '').length - 20 + 6 } } });
    if (!opened.ok) return;
    expect(readFileSync(opened.value.repaired?.keptIn ?? '', 'utf8')).toBe(
      `${(lines.at(-1) ?? '').slice(0, -20)}\0\0\0\0\0\0`,
    );
    await opened.value.log.append([EVENTS.at(-1) as (typeof EVENTS)[number]]);
    expect(await replay(io.files, path)).toMatchObject({
      ok: true,
      value: { torn: 0, position: { seq: EVENTS.length } },
    });
  });
});

describe('damage is named by its line, and nothing is written to it', () => {
  const cases: readonly [string, (lines: string[]) => string[], number, RegExp][] = [
    ['an edited line', (lines) => lines.with(5, (lines[5] ?? '').replace('"me"', '"you"')), 6, /checksum/],
    [
      'an edited last line',
      (lines) => lines.with(-1, (lines.at(-1) ?? '').replace('"exit_code":0', '"exit_code":1')),
      EVENTS.length,
      /checksum/,
    ],
    ['a doubled line', (lines) => lines.toSpliced(6, 0, lines[5] ?? ''), 7, /repeats event 6/],
    ['a missing line', (lines) => lines.toSpliced(5, 1), 6, /event 6 is missing/],
    ['swapped lines', (lines) => lines.with(5, lines[6] ?? '').with(6, lines[5] ?? ''), 6, /event 6 is missing/],
    ['garbage in the middle', (lines) => lines.with(5, 'garbage\n'), 6, /event 6 is missing/],
    ['an empty line in the middle', (lines) => lines.toSpliced(5, 0, '\n'), 6, /checksum/],
    ['windows line ends', (lines) => lines.map((line) => line.replace('\n', '\r\n')), 1, /checksum/],
  ];
  test.each(cases)('%s', async (_, damage, line, problem) => {
    const text = damage(await written()).join('');
    writeFileSync(path, text);
    const opened = await openLog(io, path, await owner(), { tornDirectory: `${here.directory}/torn` });
    expect(opened).toMatchObject({ ok: false, error: { line, problem: expect.stringMatching(problem) } });
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  test('lines missing at the end, when something was made from them', async () => {
    const lines = await written();
    writeFileSync(path, lines.slice(0, -2).join(''));
    const claims = [{ name: 'state.yml', seq: EVENTS.length }];
    expect(await replay(io.files, path, { claims })).toMatchObject({
      ok: false,
      error: { problem: expect.stringMatching(/lines are missing/) },
    });
  });
});

describe('the owner', () => {
  test('who lost the lock cannot write, and knows', async () => {
    await written();
    const first = await owner();
    const log = await open(first);
    await first.release();
    const second = await owner();
    const size = readFileSync(path).length;
    await expect(log.append([{ event: 'anomaly', what: 'late', detail: '' }])).rejects.toThrow(/taken over/);
    await expect(log.append([{ event: 'anomaly', what: 'again', detail: '' }])).rejects.toThrow(/taken over/);
    expect(readFileSync(path).length).toBe(size);
    const next = await open(second);
    await next.append([{ event: 'anomaly', what: 'fine', detail: '' }]);
    expect((await replay(io.files, path)).ok).toBe(true);
  });

  test('who reads the log before a robbed owner has written its last line learns it at rest', async () => {
    const lines = await written();
    const late = lines.pop() ?? '';
    writeFileSync(path, lines.join(''));
    const log = await open(await owner());
    await expect(log.confirmUnchanged()).resolves.toBeUndefined();
    writeFileSync(path, late, { flag: 'a' });
    await expect(log.confirmUnchanged()).rejects.toThrow(/another process has written to it/);
    expect(log.intact).toBe(false);
    await expect(log.append([{ event: 'anomaly', what: 'late', detail: '' }])).rejects.toThrow(/another process/);
  });

  test('what comes when it is closed already is refused, and changes nothing that is made of it', async () => {
    await written();
    const log = await open(await owner());
    const { seq } = log.state;
    await log.close();
    await expect(log.append([{ event: 'anomaly', what: 'late', detail: '' }])).rejects.toThrow(/is closed/);
    expect([log.state.seq, log.intact]).toEqual([seq, true]);
  });

  test('a fact that cannot follow never reaches the disk', async () => {
    await written();
    const log = await open(await owner());
    const before = readFileSync(path, 'utf8');
    await expect(log.append([{ event: 'task_reopened', task: 'T1', by: 'me' }])).rejects.toThrow(/not failed/);
    expect(readFileSync(path, 'utf8')).toBe(before);
  });

  test('a log that was written under higher generations goes on under a still higher one', async () => {
    await written();
    const lock = await owner();
    await lock.release();
    await (await owner()).release();
    const opened = await openLog(io, path, await owner(), { tornDirectory: `${here.directory}/torn` });
    if (!opened.ok) throw new Error(opened.error.problem);
    await opened.value.log.append([{ event: 'anomaly', what: 'one', detail: '' }]);
    await opened.value.lock.release();
    await io.files.removeTree(`${here.directory}/lock`);
    const anew = await openLog(io, path, await owner(), { tornDirectory: `${here.directory}/torn` });
    if (!anew.ok) throw new Error(anew.error.problem);
    const [event] = await anew.value.log.append([{ event: 'anomaly', what: 'two', detail: '' }]);
    expect(event?.fence).toBeGreaterThan(opened.value.lock.generation);
  });
});
