import type { ProcessIdentity } from '../processes.ts';
import { nodeClock } from './clock.ts';
import { codeOf } from './errors.ts';
import { processTable } from './process-table.ts';

/** How long a killed process may take to disappear before we say so: only one stuck in the kernel takes longer. */
const LAST_WAIT = 10_000;

/** Ends the group of a process: see `Processes.end`. */
export async function end(identity: ProcessIdentity, grace: number): Promise<void> {
  const table = processTable();
  const self = table.self();
  if (identity.host !== self.host || identity.boot !== self.boot) return;
  // A leader that is a zombie still holds its number, so its group is still the one meant.
  const entry = table.look(identity.pid);
  if (entry === undefined || entry.started !== identity.started) return;
  const group = entry.group;
  if (group === table.look(self.pid)?.group)
    throw new Error(`will not end process ${identity.pid}: it is in our own group`);
  if (!groupAlive(group)) return;
  signalGroup(group, 'SIGTERM');
  // A stopped process hears nothing but SIGKILL until it is continued.
  signalGroup(group, 'SIGCONT');
  if (await gone(group, grace)) return;
  signalGroup(group, 'SIGKILL');
  if (await gone(group, LAST_WAIT)) return;
  throw new Error(`process group ${group} is still there ${LAST_WAIT / 1000} s after it was killed`);
}

/** Sends a signal to every process of a group; `false` when there is none left that we may signal. */
export function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-group, signal);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** The kernel gives a number out again only when no process and no group has it, so an answer here is about one group. */
function groupAlive(group: number): boolean {
  // The first question is cheap and answers most; it counts zombies, which the second leaves out.
  return (
    signalGroup(group, 0) &&
    processTable()
      .all()
      .some((entry) => entry.group === group && !entry.zombie)
  );
}

async function gone(group: number, within: number): Promise<boolean> {
  const until = nodeClock.monotonic() + within;
  for (let pause = 1; groupAlive(group); pause = Math.min(pause * 2, 50)) {
    const left = until - nodeClock.monotonic();
    if (left <= 0) return false;
    await nodeClock.wait(Math.min(pause, left));
  }
  return true;
}
