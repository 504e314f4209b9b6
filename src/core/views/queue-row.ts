import type { RunState } from '../run/state.ts';

/** What the merge queue is at, and what it proved last. Times are milliseconds since 1970. */
export interface QueueRow {
  /** Tasks that wait for a train, in their order. */
  readonly waiting: readonly string[];
  /** Tasks that are carried onto the branch together, and which of them are being verified since when. */
  readonly trains: readonly {
    readonly train: number;
    readonly tasks: readonly string[];
    readonly since: number;
    readonly proven: number;
    readonly verifying: readonly { readonly tasks: number; readonly since: number }[];
    /** A tree of it failed, and the culprit is looked for. */
    readonly searching: boolean;
  }[];
  readonly landed: number;
  /** Tasks that were good alone and sent back. */
  readonly sentBack: number;
  /** The commit that landed last, and the tree that was proven last. */
  readonly lastLanded?: { readonly commit: string; readonly tree: string; readonly at: number };
  readonly lastProof?: {
    readonly commit: string;
    readonly tree: string;
    readonly at: number;
    readonly evidence: string;
  };
  /** Commands that failed and passed on the same tree, and how often. */
  readonly flaky: readonly { readonly command: string; readonly times: number; readonly quarantined: boolean }[];
}

/** The row of the merge queue. */
export function queueRow(state: RunState): QueueRow {
  const { landings, trains } = state;
  const riding = new Set(trains.flatMap(({ cars }) => cars.map(({ task }) => task)));
  return {
    waiting: state.queue.filter((id) => !riding.has(id)),
    trains: trains.map(({ id, cars, since, good, checking, reds }) => ({
      train: id,
      tasks: cars.map(({ task }) => task),
      since,
      proven: good,
      verifying: checking.map((one) => ({ tasks: one.cars, since: one.since })),
      searching: reds.length > 0,
    })),
    landed: landings.landed,
    sentBack: landings.rejected,
    ...(landings.last === undefined ? {} : { lastLanded: landings.last }),
    ...(landings.proof === undefined ? {} : { lastProof: landings.proof }),
    flaky: Object.entries(landings.flakes ?? {}).map(([command, times]) => ({
      command,
      times,
      quarantined: state.settings?.verify.flaky === 'quarantine',
    })),
  };
}

/** The merge queue in lines for people; empty when there is nothing to tell. */
export function queueLines(row: QueueRow, ago: (at: number) => string): string[] {
  const lines: string[] = [];
  for (const train of row.trains) {
    const at = train.verifying[0];
    const what = at === undefined ? 'about to land' : `being verified for ${ago(at.since)}`;
    const which = train.searching ? ', which do not all go together' : '';
    lines.push(`${list(train.tasks)}${which}: ${what}`);
  }
  if (row.waiting.length > 0) lines.push(`waiting to land: ${list(row.waiting)}`);
  if (row.lastLanded !== undefined) {
    const proof = row.lastProof === undefined ? '' : `, last proof ${ago(row.lastProof.at)} ago`;
    lines.push(`last landed ${row.lastLanded.commit.slice(0, 8)} ${ago(row.lastLanded.at)} ago${proof}`);
  }
  for (const { command, times, quarantined } of row.flaky)
    lines.push(`flaky: ${command} (${times === 1 ? 'once' : `${times} times`}${quarantined ? ', in quarantine' : ''})`);
  return lines;
}

function list(tasks: readonly string[]): string {
  return tasks.length > 6 ? `${tasks.slice(0, 5).join(', ')} and ${tasks.length - 5} more` : tasks.join(', ');
}
