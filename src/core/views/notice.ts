import { oneLine } from '../base/text.ts';
import { boardOf } from './board.ts';
import { lastAttempt, type RunState } from '../run/state.ts';

/** What a person away from the terminal may want to hear of. */
export const NOTICE_KINDS = ['waits', 'trouble', 'over'] as const;

/**
 * `waits`: nothing goes on there without an answer. `trouble`: a task was given up, or the machine refuses. `over`: the run
 * has ended.
 */
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** One thing to tell. */
export interface Notice {
  /** The same thing has the same key, so that it is told once; the same gate opened again has another. */
  readonly key: string;
  readonly kind: NoticeKind;
  /** What it is, on one line. */
  readonly text: string;
  /** What to type about it; `undefined`: nothing has to be done. */
  readonly type: string | undefined;
  /** Milliseconds since 1970 when it came up. */
  readonly since: number;
}

/** Everything about a run that is worth telling as it stands now; what was told before is left out by its key. */
export function noticesOf(state: RunState): Notice[] {
  const board = boardOf(state);
  if (state.phase === 'over') {
    const how = state.outcome === 'cancelled' ? 'cancelled' : `over (${state.outcome ?? 'completed'})`;
    const key = `over:${state.run}:${state.outcome ?? ''}`;
    return [
      {
        key,
        kind: 'over',
        text: `${how}: ${board.counts.merged} of ${board.total} tasks merged`,
        type: undefined,
        since: state.updated,
      },
    ];
  }
  const typed = new Map(board.waiting.flatMap(({ gate, type }) => (gate === undefined ? [] : [[gate.id, type[0]]])));
  const gates = state.gates.map((gate): Notice => ({
    key: `gate:${gate.id}:${gate.opened}`,
    kind: 'waits',
    text: oneLine(gate.question, 300),
    type: typed.get(gate.id),
    since: gate.opened,
  }));
  const failed = state.tasks.flatMap((task): Notice[] => {
    if (task.progress.status !== 'failed') return [];
    const since = lastAttempt(task)?.ended?.at ?? state.updated;
    return [
      {
        key: `failed:${task.task.id}:${task.attempts.length}`,
        kind: 'trouble',
        text: oneLine(`${task.task.id} failed: ${task.progress.reason}`, 300),
        type: `masterplan retry ${task.task.id} --run ${state.slug}`,
        since,
      },
    ];
  });
  return [...gates, ...failed];
}

/** What is sent: one message about everything that came up together. Documented in docs/formats/notice.md. */
export interface Message {
  readonly schema: 1;
  readonly run: string;
  readonly slug: string;
  /** Of the plan. */
  readonly title: string;
  readonly summary: string;
  /** Everything as plain lines, for channels that show one text. */
  readonly text: string;
  readonly notices: readonly (Omit<Notice, 'key' | 'since'> & { readonly since: string })[];
}

/** The message about notices of a run; there is at least one. */
export function messageOf(
  run: { readonly run: string; readonly slug: string; readonly title: string },
  notices: readonly Notice[],
  stamp: (at: number) => string,
): Message {
  const kinds = new Set(notices.map(({ kind }) => kind));
  const what = kinds.has('waits') ? 'waits for you' : kinds.has('trouble') ? 'is in trouble' : 'is over';
  const summary = `masterplan: ${run.slug} ${what}`;
  const lines = notices.map(({ text, type }) => (type === undefined ? text : `${text}\n  ${type}`));
  return {
    schema: 1,
    run: run.run,
    slug: run.slug,
    title: oneLine(run.title),
    summary,
    text: [summary, ...lines].join('\n'),
    notices: notices.map(({ kind, text, type, since }) => ({ kind, text, type, since: stamp(since) })),
  };
}
