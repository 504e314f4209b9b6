import { formatStamp } from '../../core/base/time.ts';
import { planIndex } from '../../core/formats/plan-index.ts';
import type { Completion } from '../../core/imports/completion.ts';
import type { Importable } from '../../core/imports/importable.ts';
import { encodeEvent } from '../../core/run/codec.ts';
import type { RecordedEvent, RunEvent } from '../../core/run/event.ts';
import { evolve } from '../../core/run/evolve.ts';
import type { Evidence, Verdict } from '../../core/run/import-event.ts';
import { emptyState, type RunState } from '../../core/run/state.ts';
import { boardOf } from '../../core/views/board.ts';
import { renderState } from '../../engine/projections.ts';
import { creationEvents, type NewRun, type PlanFile } from '../create.ts';

/** What was decided of one task, with what it was decided on. */
export interface Decided {
  readonly task: string;
  readonly title: string;
  /** `not_done`: it is worked on like any other. */
  readonly verdict: Verdict | 'not_done';
  readonly evidence: readonly Evidence[];
  readonly against: readonly string[];
  readonly commit?: string;
  readonly by?: string;
}

/** What a person said of tasks, which no evidence overrules. */
export interface Said {
  readonly by: string;
  readonly done: ReadonlySet<string>;
  readonly redo: ReadonlySet<string>;
  /** What becomes of tasks that are possibly done. */
  readonly possibly: 'redo' | 'done';
}

/** What becomes of a task: a person's word first, then what its records waived, then the evidence. */
export function decideTask(
  task: { readonly id: string; readonly title: string },
  completion: Completion,
  waived: boolean,
  said: Said,
): Decided {
  const { id, title } = task;
  const { verdict, evidence, against, commit } = completion;
  const of = { task: id, title, evidence, against, ...(commit === undefined ? {} : { commit }) };
  if (said.redo.has(id)) return { ...of, verdict: verdict === 'not_done' ? 'not_done' : 'possibly_done', by: said.by };
  if (said.done.has(id)) return { ...of, verdict: 'done', by: said.by };
  if (waived)
    return {
      ...of,
      verdict: 'waived',
      evidence: [{ signal: 'log', what: 'its state says that it was waived', where: 'state.yml' }],
    };
  if (verdict === 'possibly_done' && said.possibly === 'done') return { ...of, verdict: 'done', by: said.by };
  return { ...of, verdict };
}

/** The events of an imported run: one group, like those of any new run. */
export function importEvents(
  file: PlanFile,
  start: NewRun,
  imported: Importable,
  hashes: Readonly<Record<string, string>>,
  decided: readonly Decided[],
): RunEvent[] {
  const created = creationEvents(file, start);
  const gate = created.findIndex(({ event }) => event === 'gate_opened');
  const taken = decided.flatMap(({ task, verdict, evidence, commit, by }): RunEvent[] =>
    verdict === 'not_done'
      ? []
      : [
          {
            event: 'task_taken_over',
            task,
            verdict,
            evidence,
            commit: commit ?? start.base,
            ...(by === undefined ? {} : { by }),
          },
        ],
  );
  const events: RunEvent[] = [
    ...created.slice(0, gate),
    {
      event: 'run_imported',
      kind: imported.kind,
      from: imported.from,
      ...(imported.schema === undefined ? {} : { schema: imported.schema }),
      ...(imported.status === undefined ? {} : { status: imported.status }),
      files: hashes,
      ...(imported.began === undefined ? {} : { began: formatStamp(imported.began) }),
      ...(imported.last === undefined ? {} : { last: formatStamp(imported.last) }),
      ...(imported.events === undefined ? {} : { events: imported.events }),
    },
    ...taken,
  ];
  if (imported.over)
    return [...events, { event: 'run_completed', outcome: 'keep', branch: start.baseBranch, commit: start.base }];
  const asked = created[gate];
  if (asked?.event === 'gate_opened') {
    const open = decided.filter(({ verdict }) => verdict === 'possibly_done' || verdict === 'not_done');
    const done = decided.length - open.length;
    const possible = open.filter(({ verdict }) => verdict === 'possibly_done').map(({ task }) => task);
    events.push({
      ...asked,
      question: asked.question.replace(/^run .* of "/, `run ${open.length} of ${decided.length} tasks of "`),
      detail: [
        ...asked.detail,
        `imported from ${imported.from}: ${done} of ${decided.length} tasks taken over`,
        ...(possible.length === 0 ? [] : [`possibly done, and worked on again: ${possible.join(', ')}`]),
      ],
    });
  }
  return events;
}

/** The files of a bundle, by their names in it; the log last. */
export interface Composed {
  readonly files: ReadonlyMap<string, string | Uint8Array>;
  readonly state: RunState;
}

/** Folds the events and writes every file of the bundle out, nothing yet to the disk. Throws a `Defect` where they do not follow. */
export function composeBundle(
  file: PlanFile,
  events: readonly RunEvent[],
  now: number,
  beside: ReadonlyMap<string, string | Uint8Array>,
): Composed {
  let state: RunState = emptyState();
  let sum = 0;
  let size = 0;
  const parts: Uint8Array[] = [];
  for (const [i, event] of events.entries()) {
    const last = i === events.length - 1;
    const recorded = {
      ...event,
      seq: i + 1,
      ts: formatStamp(now),
      fence: 1,
      ...(last ? {} : { more: true as const }),
    } as RecordedEvent;
    state = evolve(state, recorded);
    const line = encodeEvent(recorded, sum);
    sum = line.sum;
    size += line.bytes.length;
    parts.push(line.bytes);
  }
  const log = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    log.set(part, at);
    at += part.length;
  }
  const files = new Map<string, string | Uint8Array>(beside);
  files.set('plan.md', file.source);
  files.set('plan.index.json', `${JSON.stringify(planIndex(file.plan), null, 2)}\n`);
  files.set('state.yml', renderState({ seq: state.seq, size, sum }, state, boardOf(state)));
  files.set('events.jsonl', log);
  return { files, state };
}
