import { crc32 } from '../../core/base/crc32.ts';
import { oneLine, utf8 } from '../../core/base/text.ts';
import type { RunEvent } from '../../core/run/event.ts';
import type { RunState } from '../../core/run/state.ts';
import type { Io } from '../../io/io.ts';
import type { ProcessIdentity } from '../../io/processes.ts';
import { VERIFIES } from '../perform/verifying.ts';

/*
 * Everything that a run starts leads a process group of its own and carries a mark in its environment, which its children inherit:
 * agents the nonce of their attempt, verify commands that of their verification, git the mark of its run. By these and by the identity
 * of processes (pid, start time, boot) it is found again, whoever started it and however that one died.
 */

/** Environment variable by which every process of an attempt, a verification or a git command is found again. */
export const NONCE = 'MASTERPLAN_NONCE';
/** Environment variable of an agent and all it starts: the id of the run. */
export const RUN = 'MASTERPLAN_RUN';

/** Milliseconds that what was left behind gets to end. */
const GRACE = 2000;

/** The nonce of the git commands of one run: its slug and its place, for slugs are the same in many repositories. */
export function gitNonce(root: string, slug: string): string {
  return `git-${crc32(utf8(root)).toString(16)}-${slug}`;
}

/**
 * The supervisor of last resort: ends what an earlier life of this run left behind and that nobody will ask for any more. Agents of
 * attempts that are not over are left alone, for they are attached to. Whoever calls it holds the lock of the run, so whoever started
 * these processes is dead.
 */
export async function endLeftovers(
  io: Io,
  state: RunState,
  place: { readonly root: string; readonly slug: string },
): Promise<RunEvent[]> {
  const open = state.tasks.flatMap(({ attempts }) =>
    attempts.flatMap(({ ended, nonce }) => (ended === undefined ? [nonce] : [])),
  );
  const wanted = new Set((await io.processes.find(NONCE, ...open)).map(keyOf));
  const left = new Map<string, { readonly identity: ProcessIdentity; readonly what: string }>();
  const search: readonly (readonly [string, string, string])[] = [
    [VERIFIES, state.run, 'a verify command'],
    [NONCE, gitNonce(place.root, place.slug), 'git'],
    [RUN, state.run, 'an agent of an attempt that is over'],
  ];
  for (const [name, value, what] of search) {
    for (const identity of await io.processes.find(name, value)) {
      const key = keyOf(identity);
      if (!wanted.has(key) && !left.has(key)) left.set(key, { identity, what });
    }
  }
  if (left.size === 0) return [];
  const commands = new Map(io.machine?.processes().map((one) => [keyOf(one.identity), one.command]));
  await Promise.all([...left.values()].map(({ identity }) => io.processes.end(identity, GRACE)));
  const processes = [...left].map(([key, { identity, what }]) => {
    const command = commands.get(key);
    return `${what} (process ${identity.pid}${command === undefined ? '' : `: ${oneLine(command, 120)}`})`;
  });
  return [{ event: 'leftovers_ended', processes }];
}

function keyOf({ pid, started }: ProcessIdentity): string {
  return `${pid} ${started}`;
}
