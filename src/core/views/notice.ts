import { oneLine } from '../base/text.ts';
import { formatStamp } from '../base/time.ts';
import { boardOf, type Waiting } from './board.ts';
import { landedWords } from './landed-words.ts';
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
  /** The question, as `status` shows it; of a gate alone. */
  readonly gate?: NonNullable<Waiting['gate']>;
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
        text: `${how}: ${landedWords(board)}`,
        type: undefined,
        since: state.updated,
      },
    ];
  }
  const rows = new Map(board.waiting.flatMap((row) => (row.gate === undefined ? [] : [[row.gate.id, row]])));
  const gates = state.gates.map((gate): Notice => {
    const row = rows.get(gate.id);
    return {
      key: `gate:${gate.id}:${gate.opened}`,
      kind: 'waits',
      text: oneLine(gate.question, 300),
      type: row?.type[0],
      since: gate.opened,
      ...(row?.gate === undefined ? {} : { gate: row.gate }),
    };
  });
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
  readonly notices: readonly (Omit<Notice, 'key' | 'since' | 'gate'> & {
    readonly since: string;
    readonly gate?: Omit<NonNullable<Notice['gate']>, 'deadline'> & { readonly deadline?: string };
  })[];
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
  const lines = notices.map(({ text, type, gate }) =>
    [text, ...gateLines(gate), ...(type === undefined ? [] : [`  ${type}`])].join('\n'),
  );
  return {
    schema: 1,
    run: run.run,
    slug: run.slug,
    title: oneLine(run.title),
    summary,
    text: [summary, ...lines].join('\n'),
    notices: notices.map(({ kind, text, type, since, gate }) => {
      const told = { kind, text, type, since: stamp(since) };
      if (gate === undefined) return told;
      const { deadline, ...rest } = gate;
      return { ...told, gate: { ...rest, ...(deadline === undefined ? {} : { deadline: stamp(deadline) }) } };
    }),
  };
}

/** What belongs to a question beside its words, for somebody who is not at the terminal. */
function gateLines(gate: Notice['gate']): string[] {
  if (gate === undefined) return [];
  const { options, recommended, cost, deadline, default: fallback } = gate;
  return [
    `  options: ${options.map((one) => (one === recommended ? `${one} (recommended)` : one)).join(', ')}`,
    ...(cost === undefined ? [] : [`  while it waits: ${cost}`]),
    ...(deadline === undefined || fallback === undefined
      ? []
      : [`  without an answer by ${formatStamp(deadline).slice(0, 16).replace('T', ' ')} UTC: ${fallback}`]),
  ];
}
