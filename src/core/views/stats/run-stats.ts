import { tokensOf } from '../../agents/price.ts';
import { vendorOf } from '../../agents/vendor.ts';
import { parseStamp } from '../../base/time.ts';
import { taskGraph, topologicalOrder } from '../../plan/graph.ts';
import { attemptName, type Ending, type RecordedEvent } from '../../run/event.ts';
import type { AgentSettings, RunSettings } from '../../run/settings.ts';
import { costOf } from '../../run/spending.ts';
import type { RunState } from '../../run/state.ts';
import type { Usage } from '../../agents/event.ts';
import { boardOf } from '../board.ts';
import { failureRows } from '../failures.ts';
import { Chronicle } from '../retro/chronicle.ts';
import type { Grouping, RunStats, StatsRow } from './model.ts';
import { addRows, coverage, groupRows } from './rows.ts';

interface Tried {
  readonly task: string;
  readonly agent: string;
  readonly role: string;
  readonly started: number;
  ms: number;
  ending: Ending | undefined;
  landed: boolean;
  model: string | undefined;
  usage: Usage | undefined;
  /** It did no task: it was asked what it makes of the run. What it used counts, and is no attempt. */
  readonly narrates?: true;
}

/** Where the narrative of the retro stands among the attempts; no attempt has this name. */
const NARRATIVE = 'narrative';

/** Endings that are the attempt's own fault. */
const FAULTS: readonly Ending[] = ['failed', 'blocked', 'timed_out', 'out_of_memory', 'contract_violation'];

/** What only the events know of a run's figures. Feed it every event in order; the state is given at the end. */
export class StatsFold {
  readonly #chronicle = new Chronicle();
  readonly #tried = new Map<string, Tried>();
  readonly #verified = new Map<string, number>();
  readonly #reviewed = new Set<string>();
  readonly #since: number;

  /** `since`: attempts that started before are left out. Milliseconds since 1970. */
  constructor(since = 0) {
    this.#since = since;
  }

  add(event: RecordedEvent): void {
    this.#chronicle.add(event);
    switch (event.event) {
      case 'attempt_started':
        this.#tried.set(attemptName(event.task, event.attempt), {
          task: event.task,
          agent: event.agent,
          role: event.role ?? event.contract_id.split('.', 1)[0] ?? '',
          started: parseStamp(event.ts),
          ms: 0,
          ending: undefined,
          landed: false,
          model: event.model ?? undefined,
          usage: undefined,
        });
        break;
      case 'agent_reported': {
        const tried = this.#of(event);
        if (tried === undefined) break;
        tried.usage = event.usage;
        tried.model = event.model ?? tried.model;
        break;
      }
      case 'attempt_finished': {
        const tried = this.#of(event);
        if (tried === undefined) break;
        tried.ms = Math.max(0, parseStamp(event.ts) - tried.started);
        tried.ending = event.ending;
        break;
      }
      case 'document_written':
      case 'subplan_written': {
        const tried = this.#of(event);
        if (tried === undefined) break;
        tried.ms = Math.max(0, parseStamp(event.ts) - tried.started);
        tried.ending = 'done';
        break;
      }
      case 'subplan_approved':
        for (const tried of this.#tried.values())
          if (tried.task === event.task && tried.ending === 'done') tried.landed = true;
        break;
      case 'narrative_asked':
        this.#tried.set(NARRATIVE, {
          task: 'RETRO',
          agent: event.agent,
          role: 'retro',
          started: parseStamp(event.ts),
          ms: 0,
          ending: undefined,
          landed: false,
          model: event.model ?? undefined,
          usage: undefined,
          narrates: true,
        });
        break;
      case 'narrative_told': {
        const tried = this.#tried.get(NARRATIVE);
        if (tried === undefined) break;
        tried.ms = Math.max(0, parseStamp(event.ts) - tried.started);
        tried.ending = event.ending;
        tried.usage = event.usage;
        tried.model = event.model ?? tried.model;
        break;
      }
      case 'review_finished':
        this.#reviewed.add(event.task);
        break;
      case 'verification_finished':
        this.#verified.set(event.task, (this.#verified.get(event.task) ?? 0) + event.duration_ms);
        break;
      case 'merge_finished': {
        const tried = this.#of(event);
        if (tried !== undefined) tried.landed = true;
        break;
      }
      default:
        break;
    }
  }

  /** The figures. `repository`: its directory, for tables over several. */
  stats(state: RunState, repository: string): RunStats {
    const chronicle = this.#chronicle;
    const board = boardOf(state);
    const counted = [...this.#tried.values()].filter(({ started }) => started >= this.#since);
    const rows = counted.map((tried) => ({ tried, row: rowOf(tried, state.settings) }));
    const by = (key: (tried: Tried) => string): readonly StatsRow[] =>
      groupRows(rows.map(({ tried, row }) => ({ ...row, key: key(tried) })));
    // Documents, and tasks whose sub-plan was carried out, are no part of what landed.
    const merged = state.tasks.filter(
      ({ task, progress, subplan }) =>
        progress.status === 'merged' && progress.attempt > 0 && subplan === undefined && task.authors === undefined,
    );
    const landed = counted.filter((one) => one.landed && one.role !== 'plan');
    const reviewed = merged.filter(({ task }) => this.#reviewed.has(task.id)).length;
    const answered = chronicle.asked.filter((one) => one.answered !== undefined);
    const grouped: Record<Grouping, readonly StatsRow[]> = {
      task: by(({ task }) => task),
      role: by(({ role }) => role),
      agent: by(({ agent }) => agent),
      model: by(({ agent, model }) => model ?? modelOf(state.settings?.agents[agent]) ?? 'unknown'),
      vendor: by(({ agent }) => vendorIn(state.settings, agent)),
    };
    return {
      repository,
      slug: state.slug,
      run: state.run,
      title: state.title,
      source: 'log',
      status: board.status,
      started: state.created,
      ended: state.updated,
      tasks: { total: state.tasks.length, landed: board.counts.merged, failed: board.counts.failed },
      routing: {
        codex: landed.filter(({ agent }) => vendorIn(state.settings, agent) === 'openai').length,
        other: landed.filter(({ agent }) => vendorIn(state.settings, agent) !== 'openai').length,
        untold: 0,
      },
      sum: addRows(
        'all',
        rows.map(({ row }) => row),
      ),
      verifyMs: chronicle.verifications,
      passed: chronicle.passed,
      parallelism: this.#parallelism(state),
      review: coverage(merged.length, reviewed),
      people: {
        asked: chronicle.asked.length,
        answered: answered.length,
        openMs: chronicle.asked.reduce((sum, one) => sum + (one.answered?.at ?? chronicle.last) - one.opened, 0),
      },
      by: grouped,
      failures: failureRows(state).map((row) => ({
        class: row.class,
        signature: row.signature,
        count: row.count,
        settled: row.settled,
        what: row.what,
      })),
      problems: [],
    };
  }

  #of(event: { readonly task: string; readonly attempt: number }): Tried | undefined {
    return this.#tried.get(attemptName(event.task, event.attempt));
  }

  /** Against the same attempts without any waiting: the longest chain of needs, and all work over all places. */
  #parallelism(state: RunState): RunStats['parallelism'] {
    const worked = new Map<string, number>();
    for (const { task, ms, narrates } of this.#tried.values())
      if (narrates !== true) worked.set(task, (worked.get(task) ?? 0) + ms);
    const durations = state.tasks.map(({ task }) => (worked.get(task.id) ?? 0) + (this.#verified.get(task.id) ?? 0));
    const graph = taskGraph(state.tasks.map(({ task }) => task));
    const ends: number[] = durations.map(() => 0);
    let chain = 0;
    for (const at of topologicalOrder(graph)) {
      const before = (graph.needs[at] ?? []).reduce((most, need) => Math.max(most, ends[need] ?? 0), 0);
      ends[at] = before + (durations[at] ?? 0);
      chain = Math.max(chain, ends[at]);
    }
    const agents = [...worked.values()].reduce((sum, ms) => sum + ms, 0);
    const places = Math.max(1, state.settings?.parallel ?? 1);
    const bound = Math.max(chain, agents / places);
    const { atWork } = this.#chronicle.passed;
    return {
      bound,
      atWork,
      efficiency: atWork === 0 || bound === 0 ? null : Math.min(1, bound / atWork),
      peak: this.#chronicle.peak,
      mean: atWork === 0 ? 0 : agents / atWork,
    };
  }
}

function rowOf(tried: Tried, settings: RunSettings | undefined): StatsRow {
  const { cost } =
    tried.usage === undefined
      ? { cost: undefined }
      : costOf(settings?.agents[tried.agent], tried.usage, tried.model, settings?.prices);
  // An attempt that is under way has not told yet; one that ended and told nothing is unknown.
  const untold = cost === undefined && tried.ending !== undefined;
  return {
    key: tried.task,
    attempts: tried.narrates === true ? 0 : 1,
    landed: tried.landed ? 1 : 0,
    failed: tried.narrates !== true && tried.ending !== undefined && FAULTS.includes(tried.ending) ? 1 : 0,
    ms: tried.ms,
    tokens: tried.usage === undefined ? 0 : tokensOf(tried.usage),
    cost: cost ?? 0,
    costUnknown: untold ? 1 : 0,
  };
}

function modelOf(agent: AgentSettings | undefined): string | undefined {
  return agent === undefined || agent.kind === 'command' ? undefined : agent.model;
}

function vendorIn(settings: RunSettings | undefined, name: string): string {
  const agent = settings?.agents[name];
  return agent === undefined ? 'unknown' : vendorOf(name, agent);
}
