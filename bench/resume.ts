import { closeSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { loadRun } from '../src/app/load.ts';
import { formatStamp } from '../src/core/base/time.ts';
import { encodeEvent } from '../src/core/run/codec.ts';
import type { RecordedEvent } from '../src/core/run/event.ts';
import { replay } from '../src/engine/log/log.ts';
import { runPaths } from '../src/engine/paths.ts';
import { writeProjections } from '../src/engine/projections.ts';
import { nodeIo } from '../src/io/node/index.ts';
import { Chance } from './lib/chance.ts';
import { history, someTasks } from './lib/history.ts';
import { paired } from './lib/measure.ts';
import { inPlace } from './lib/place.ts';
import { options, print, type Goal, type Row } from './lib/report.ts';

/*
 * What it costs to know the state of a run again: replay of its whole log (checksum of every line, parsed, folded), the
 * way with the snapshot, and as yardstick a bare JSON.parse of every line.
 */

const { json, rounds, most } = options({ rounds: 5, most: 1_000_000 });
const io = nodeIo();

/** Nobody writes a plan of more tasks than this; a longer log is one of more attempts. */
const MOST_TASKS = 10_000;

/** Writes the log of a realistic run of about that many events and returns how many there are. */
function writeLog(path: string, count: number): number {
  const file = openSync(path, 'w');
  let sum = 0;
  let seq = 0;
  let bytes: Uint8Array[] = [];
  const tasks = Math.min(MOST_TASKS, Math.ceil(count / 10));
  // A rejected attempt makes 6 events, one that lands makes 10.
  const rejected = Math.max(0.15, (count / tasks - 10) / 6);
  for (const group of history(someTasks(tasks, new Chance(5)), 'bench', tasks, rejected)) {
    group.forEach((event, i) => {
      seq++;
      const more = i < group.length - 1 ? { more: true as const } : {};
      const stamped: RecordedEvent = {
        ...event,
        seq,
        ts: formatStamp(1_700_000_000_000 + seq * 977),
        fence: 1 + Math.floor(seq / 50_000),
        ...more,
      };
      const line = encodeEvent(stamped, sum);
      sum = line.sum;
      bytes.push(line.bytes);
    });
    if (bytes.length > 5_000) {
      writeSync(file, Buffer.concat(bytes));
      bytes = [];
    }
    if (seq >= count) break;
  }
  writeSync(file, Buffer.concat(bytes));
  closeSync(file);
  return seq;
}

function parseAll(path: string): void {
  const bytes = readFileSync(path);
  for (let start = 0, end = bytes.indexOf(10); end >= 0; start = end + 1, end = bytes.indexOf(10, start)) {
    JSON.parse(bytes.toString('utf8', start, end));
  }
}

const rows: Row[] = [];
const goals: Goal[] = [];
await inPlace(async (directory) => {
  for (const { count, atMost } of [
    { count: 100_000, atMost: 250 },
    { count: 1_000_000, atMost: 2000 },
  ]) {
    if (count > most) continue;
    const paths = runPaths(directory, 'runs', String(count));
    await io.files.makeDirectory(paths.bundle);
    const events = writeLog(paths.log, count);
    const first = await replay(io.files, paths.log);
    if (!first.ok) throw new Error(`line ${first.error.line}: ${first.error.problem}`);
    await writeProjections(io, paths, first.value.position, first.value.state);
    const [bare, whole, snapshot] = await paired(
      {
        parse: () => parseAll(paths.log),
        replay: async () => {
          const replayed = await replay(io.files, paths.log);
          if (!replayed.ok) throw new Error(replayed.error.problem);
        },
        snapshot: async () => {
          const loaded = await loadRun(io, paths);
          if (!loaded.ok) throw new Error(loaded.error.problem);
        },
      },
      count > 100_000 ? Math.min(rounds, 2) : rounds,
    );
    if (bare === undefined || whole === undefined || snapshot === undefined) continue;
    rows.push({
      events,
      tasks: first.value.state.tasks.length,
      'log, MB': statSync(paths.log).size / 1e6,
      'JSON.parse alone, ms': bare.ms,
      'replay, ms': whole.ms,
      'replay / parse': whole.ratio,
      'with snapshot, ms': snapshot.ms,
      'snapshot, MB': statSync(paths.snapshot).size / 1e6,
    });
    goals.push({ what: `resume of ${count} events`, value: whole.ms, atMost, unit: 'ms' });
  }
});
print({ name: 'resume from the log', rows, goals }, json);
