import { closeSync, fdatasyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { RunEvent } from '../src/core/run/event.ts';
import { acquireLock } from '../src/engine/log/lock.ts';
import { openLog, type Log } from '../src/engine/log/log.ts';
import { nodeIo } from '../src/io/node/index.ts';
import { Chance } from './lib/chance.ts';
import { history, someTasks } from './lib/history.ts';
import { paired } from './lib/measure.ts';
import { inPlace } from './lib/place.ts';
import { options, print, type Row } from './lib/report.ts';

/*
 * What a durable event costs: the log's append (lock asked, folded, encoded, written, synced, file looked at) against
 * nothing but write and fdatasync of the same bytes, one event for each sync and in groups.
 */

const { json, events: count, rounds } = options({ events: 10_000, rounds: 20 });
const io = nodeIo();

async function logAt(directory: string): Promise<{ log: Log; path: string; close: () => Promise<void> }> {
  await io.files.makeDirectory(directory);
  const lock = await acquireLock(io, directory, 'bench');
  if (!lock.ok) throw new Error(lock.error.message);
  const path = `${directory}/events.jsonl`;
  await (await io.files.openAppend(path)).close();
  const opened = await openLog(io, path, lock.value, { tornDirectory: `${directory}/torn` });
  if (!opened.ok) throw new Error(opened.error.problem);
  const { log } = opened.value;
  const close = async (): Promise<void> => {
    await log.close();
    await lock.value.release();
  };
  return { log, path, close };
}

/** As many events of a run, cut into groups of `size`. */
function groups(size: number, total: number): RunEvent[][] {
  const all = [...history(someTasks(Math.ceil(total / 9), new Chance(3)), 'bench', total)].flat();
  const cut: RunEvent[][] = [];
  for (let at = 0; at < total; at += size) cut.push(all.slice(at, at + size));
  return cut;
}

await inPlace(async (directory) => {
  const rows: Row[] = [];
  for (const size of [1, 10, 100]) {
    // One round more than is measured: the first is thrown away.
    const work = groups(size, Math.ceil((count * (rounds + 1)) / rounds));
    const each = Math.floor(work.length / (rounds + 1));
    const { log, path, close } = await logAt(`${directory}/${size}`);
    const bare = openSync(`${directory}/bare-${size}`, 'a');
    let next = 0;
    let from = 0;
    let lines: Uint8Array[] = [];
    const [yardstick, ours] = await paired(
      {
        // The same bytes as the log wrote in the round before, which is why it comes first and is empty at first.
        bare: () => {
          for (const bytes of lines) {
            writeSync(bare, bytes);
            fdatasyncSync(bare);
          }
        },
        log: async () => {
          const sizes: number[] = [];
          const start = performance.now();
          for (const group of work.slice(next, next + each)) {
            await log.append(group);
            sizes.push(log.position.size);
          }
          const took = performance.now() - start;
          next += each;
          const file = readFileSync(path);
          lines = sizes.map((to) => file.subarray(from, (from = to)));
          return took;
        },
      },
      rounds,
    );
    closeSync(bare);
    await close();
    if (yardstick === undefined || ours === undefined) continue;
    rows.push({
      'events a sync': size,
      'bare, µs an event': (yardstick.ms * 1000) / (each * size),
      'log, µs an event': (ours.ms * 1000) / (each * size),
      'log / bare': ours.ratio,
      'log, ms a sync': ours.ms / each,
      'events a second': Math.round((each * size * 1000) / ours.ms),
    });
  }
  print({ name: `${count} durable events, Log.append against write + fdatasync`, rows }, json);
});
