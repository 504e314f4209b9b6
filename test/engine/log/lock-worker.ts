import { openSync, writeSync } from 'node:fs';
import { acquireLock } from '../../../src/engine/log/lock.ts';
import { nodeIo } from '../../../src/io/node/index.ts';

/** Takes and gives back a lock for ever, and writes down when it holds it: one of many, until it is killed. */
const [directory = '', journal = ''] = process.argv.slice(2);
const io = nodeIo();
const descriptor = openSync(journal, 'a');
const note = (what: string, generation: number): void =>
  void writeSync(
    descriptor,
    `${JSON.stringify({ what, generation, pid: process.pid, started: io.processes.self().started })}\n`,
  );
/** Up to a few milliseconds: long enough that others look in the middle. */
const pause = (): Promise<void> => io.clock.wait(Math.random() * 3);

while (process.connected) {
  const lock = await acquireLock(io, directory, 'a worker');
  if (!lock.ok) {
    await pause();
    continue;
  }
  const { generation, check, release } = lock.value;
  note('begin', generation);
  if (Math.random() < 0.5) await pause();
  if (!(await check())) note('robbed', generation);
  note('end', generation);
  await release();
  if (Math.random() < 0.5) await pause();
}
