import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { encodeEvent } from '../../../src/core/run/codec.ts';
import { evolve } from '../../../src/core/run/evolve.ts';
import { emptyState } from '../../../src/core/run/state.ts';
import { replay } from '../../../src/engine/log/log.ts';
import { replayProven } from '../../../src/engine/log/proven.ts';
import { ownRun } from '../../../src/engine/open.ts';
import { readSnapshot } from '../../../src/engine/log/snapshot.ts';
import { runPaths, type RunPaths } from '../../../src/engine/paths.ts';
import { writeProjections } from '../../../src/engine/projections.ts';
import { nodeIo } from '../../../src/io/node/index.ts';
import { Story, task } from '../../core/run/story.ts';
import { type Place, place } from '../../io/place.ts';

const io = nodeIo();
let here: Place;
let paths: RunPaths;

/** Every event but the last three is held by the snapshot, whose title tells that it was believed. */
beforeEach(async () => {
  here = place();
  paths = runPaths(here.directory, 'docs/masterplan', 'demo');
  await io.files.makeDirectory(paths.bundle);
  const events = new Story([task('T1'), task('T2')]).approved().started('T1').done('T1').told;
  let [state, sum, size] = [emptyState(), 0, 0];
  const parts: Uint8Array[] = [];
  for (const [i, event] of events.entries()) {
    state = evolve(state, event);
    const line = encodeEvent(event, sum);
    sum = line.sum;
    size += line.bytes.length;
    parts.push(line.bytes);
    if (i === events.length - 4)
      await writeProjections(
        io,
        paths,
        { seq: event.seq, size, sum },
        { ...structuredClone(state), title: 'Believed' },
      );
  }
  writeFileSync(paths.log, Buffer.concat(parts));
});
afterEach(() => here.dispose());

async function read(): Promise<{ title: string; names: readonly string[]; all: readonly string[] }> {
  let names: string[] = [];
  const proven = await replayProven(io, paths, await readSnapshot(io, paths), {
    names: new Set(['plan_approved', 'attempt_started', 'attempt_finished']),
    each: (event, line) => names.push(`${line} ${event.event}`),
    restart: () => (names = []),
  });
  if (!proven.ok) return { title: `${proven.error.line}: ${proven.error.problem}`, names, all: [] };
  const all: string[] = [];
  const anew = await replay(io.files, paths.log, { each: (event, line) => all.push(`${line} ${event.event}`) });
  expect(anew).toMatchObject({ ok: true, value: { position: proven.value.position, torn: proven.value.torn } });
  if (anew.ok) expect({ ...proven.value.state, title: '' }).toEqual({ ...anew.value.state, title: '' });
  return { title: proven.value.state.title, names, all: all.filter((one) => /approved|attempt_/.test(one)) };
}

function edit(path: string, from: string | RegExp, to: string): void {
  const text = readFileSync(path, 'utf8');
  expect(text.search(from)).toBeGreaterThanOrEqual(0);
  writeFileSync(path, text.replace(from, to));
}

describe('a snapshot', () => {
  test('that every line leads to stands for the events that it holds, and no event goes unseen', async () => {
    const { title, names, all } = await read();
    expect(title).toBe('Believed');
    expect(names).toEqual(all);
    expect(names.length).toBe(3);
  });

  test('in which a bit was changed is not believed', async () => {
    edit(paths.snapshot, /(\n.*)Believed/, '$1Bemieved');
    expect((await read()).title).toBe('Demo');
  });

  test.each([
    ['of another release', /"version":"[^"]*"/, '"version":"0.0.1"'],
    ['without a checksum of its own', /"state_sum":\d+,/, ''],
  ])('%s only saves nobody a moment', async (_, from, to) => {
    edit(paths.snapshot, from, to);
    const { title, names, all } = await read();
    expect(title).toBe('Demo');
    expect(names).toEqual(all);
  });

  test('that is proven is what an owner goes on from, and one that is not holds nobody up', async () => {
    const owned = await ownRun(io, paths, 'test', false);
    expect(owned.ok && owned.value.log.state.title).toBe('Believed');
    if (owned.ok) await owned.value.lock.release();
    edit(paths.snapshot, /(\n.*)Believed/, '$1Bemieved');
    const anew = await ownRun(io, paths, 'test', false);
    expect(anew.ok && anew.value.log.state.title).toBe('Demo');
    if (anew.ok) await anew.value.lock.release();
    edit(paths.log, '"phase":"execute"', '"phase":"exexute"');
    expect(await ownRun(io, paths, 'test', false)).toMatchObject({ ok: false, error: { why: 'damaged' } });
  });

  test.each([
    ['in the first line', 'run_created', 'run_xreated', /^1: /],
    ['in a line that nobody asks for', '"phase":"execute"', '"phase":"exexute"', /^\d: .*does not match its checksum/],
    ['of a line that is gone', /\n.*\n/, '\n', /^2: event 2 is missing/],
  ])('does not hide a change of the log %s', async (_, from, to, problem) => {
    edit(paths.log, from, to);
    expect((await read()).title).toMatch(problem);
  });

  test('does not hide that state.yml was made from another log', async () => {
    edit(paths.stateFile, /^sum: "....(....)"$/m, 'sum: "0000$1"');
    expect((await read()).title).toMatch(/this line is not the one that state.yml was made from/);
  });
});
