import type { Usage } from '../agents/event.ts';
import { vendorOf } from '../agents/vendor.ts';
import { sha256 } from '../base/sha256.ts';
import { parseStamp } from '../base/time.ts';
import type { RecordedEvent } from '../run/event.ts';
import type { RunSettings } from '../run/settings.ts';
import { costOf } from '../run/spending.ts';
import type { Attributes, Point, Span } from './span.ts';

/** What an event adds. */
export interface Projected {
  readonly spans: readonly Span[];
  readonly points: readonly Point[];
}

type Of<Name extends RecordedEvent['event']> = Extract<RecordedEvent, { event: Name }>;

interface OpenAttempt {
  readonly started: number;
  readonly event: Of<'attempt_started'>;
  report?: Of<'agent_reported'>;
  digest?: Of<'digest_recorded'>;
}

/** An agent from its start to its end. */
interface Invocation {
  readonly key: string;
  readonly parent: string;
  readonly start: number;
  readonly end: number;
  readonly agent: string;
  /** The model that was asked for, and the one that answered. */
  readonly model: string | undefined;
  readonly said: string | undefined;
  readonly usage: Usage;
  readonly ending: string;
  readonly reason: string;
  readonly attributes: Attributes;
}

const NOTHING: Projected = { spans: [], points: [] };

/**
 * Spans and measurements of a run, made from its events and nothing else. All ids follow from the run and the thing, so that the
 * same log always gives the same spans, however often it is read: after a crash, on another machine, years later. A span is made
 * when what it tells of is over.
 */
export class Projection {
  #run = '';
  #slug = '';
  #started = 0;
  #masterplan = '';
  #settings: RunSettings | undefined;
  #isOver = false;
  readonly #attempts = new Map<string, OpenAttempt>();
  #asked: { readonly at: number; readonly event: Of<'narrative_asked'> } | undefined;
  /** When each attempt was begun, and when the work of one came into the merge queue's hands. */
  readonly #begun = new Map<string, number>();
  readonly #queued = new Map<string, number>();
  /** When each task was begun. */
  readonly #tasks = new Map<string, number>();
  #titles: ReadonlyMap<string, string> = new Map();

  /** The id of the run's trace. */
  get traceId(): string {
    return sha256(`trace\0${this.#run}`).slice(0, 32);
  }

  /** The next event of the log, in its order. */
  take(event: RecordedEvent): Projected {
    const at = parseStamp(event.ts);
    switch (event.event) {
      case 'run_created':
        this.#run = event.run;
        this.#slug = event.slug;
        this.#started = at;
        this.#masterplan = event.masterplan;
        return NOTHING;
      case 'plan_written':
        this.#titles = new Map(event.tasks.map(({ id, title }) => [id, title]));
        return NOTHING;
      case 'config_resolved':
        this.#settings = event.settings;
        return NOTHING;
      case 'attempt_started':
        this.#attempts.set(attempt(event), { started: at, event });
        this.#begun.set(attempt(event), at);
        if (!this.#tasks.has(event.task)) this.#tasks.set(event.task, at);
        return NOTHING;
      case 'agent_reported': {
        const open = this.#attempts.get(attempt(event));
        if (open !== undefined) open.report = event;
        return NOTHING;
      }
      case 'digest_recorded': {
        const open = this.#attempts.get(attempt(event));
        if (open !== undefined) open.digest = event;
        return NOTHING;
      }
      case 'attempt_finished':
        return this.#attemptOver(event, at);
      // What an attempt wrote for the run instead of work ends it, too.
      case 'subplan_written':
      case 'document_written':
        return this.#attemptOver({ ...event, ending: 'done', reason: '' }, at);
      case 'verification_finished':
        return this.#verified(event, at);
      case 'review_finished':
        return this.#reviewed(event, at);
      case 'train_started':
        for (const car of event.cars) this.#queue(car, at);
        return NOTHING;
      case 'merge_started':
        this.#queue(event, at);
        return NOTHING;
      case 'merge_finished':
        return join(this.#landed(event, at), this.#taskOver(event.task, 'merged', at));
      case 'task_failed':
        return this.#taskOver(event.task, 'failed', at, event.reason);
      case 'task_waived':
        return this.#taskOver(event.task, 'waived', at);
      case 'task_reopened':
        // Its next end is told as a span of its own.
        this.#tasks.set(event.task, at);
        return NOTHING;
      case 'narrative_asked':
        this.#asked = { at, event };
        return NOTHING;
      case 'narrative_told':
        return this.#narrated(event, at);
      case 'run_completed':
        return this.#runOver(event.outcome, at);
      case 'run_cancelled':
        return this.#runOver('cancelled', at, event.reason);
      default:
        return NOTHING;
    }
  }

  #queue(of: { readonly task: string; readonly attempt: number }, at: number): void {
    if (!this.#queued.has(attempt(of))) this.#queued.set(attempt(of), at);
  }

  #attemptOver(
    event: Pick<Of<'attempt_finished'>, 'task' | 'attempt' | 'ending' | 'reason'> & {
      readonly files_changed?: number;
    },
    at: number,
  ): Projected {
    const key = attempt(event);
    const open = this.#attempts.get(key);
    if (open === undefined) return NOTHING;
    this.#attempts.delete(key);
    const { agent, role, model, effort, session, reviews } = open.event;
    const { usage, model: said, session: spoken, family, program } = open.report ?? {};
    const { spans, points } = this.#invoked({
      key: `attempt\0${key}`,
      parent: `task\0${event.task}\0${this.#tasks.get(event.task) ?? 0}`,
      start: open.started,
      end: at,
      agent,
      model: model ?? undefined,
      said: said ?? undefined,
      usage: usage ?? {},
      ending: event.ending,
      reason: event.reason,
      attributes: {
        'gen_ai.conversation.id': spoken ?? session,
        'masterplan.task.id': event.task,
        'masterplan.attempt': event.attempt,
        'masterplan.role': role ?? (reviews === undefined ? undefined : 'review'),
        'masterplan.effort': effort ?? undefined,
        'masterplan.agent.family': family ?? this.#settings?.agents[agent]?.kind,
        'masterplan.agent.program': program ?? undefined,
        'masterplan.files_changed': event.files_changed,
      },
    });
    const counted = { 'gen_ai.agent.name': agent, 'masterplan.ending': event.ending };
    return { spans, points: [{ metric: 'masterplan.attempts', value: 1, at, attributes: counted }, ...points] };
  }

  /** What an agent was asked about the run when it was over: no attempt of a task, and paid for all the same. */
  #narrated(event: Of<'narrative_told'>, at: number): Projected {
    const { at: start = at - event.duration_ms, event: asked } = this.#asked ?? {};
    this.#asked = undefined;
    return this.#invoked({
      key: 'narrative',
      parent: 'run',
      start,
      end: at,
      agent: event.agent,
      model: asked?.model ?? undefined,
      said: event.model ?? undefined,
      usage: event.usage ?? {},
      ending: event.ending,
      reason: event.reason,
      attributes: {
        'masterplan.role': 'retro',
        'masterplan.agent.family': this.#settings?.agents[event.agent]?.kind,
      },
    });
  }

  /** An agent that was started and has ended: its span, how long it took, what it used. */
  #invoked({ key, parent, start, end, agent, model, said, usage, ending, reason, attributes }: Invocation): Projected {
    const settings = this.#settings?.agents[agent];
    const sent = usage.input === undefined ? undefined : usage.input + (usage.cached ?? 0) + (usage.cacheWrite ?? 0);
    const { cost, estimated } = costOf(settings, usage, said ?? model, this.#settings?.prices);
    const who: Attributes = {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.provider.name': settings === undefined ? undefined : vendorOf(agent, settings),
      'gen_ai.request.model': model,
      'gen_ai.response.model': said,
    };
    const good = ending === 'done';
    const error = good ? {} : { 'error.type': ending };
    const span: Span = {
      ...this.#place(key, parent),
      name: `invoke_agent ${agent}`,
      start,
      end,
      attributes: {
        ...who,
        ...error,
        'gen_ai.agent.name': agent,
        'gen_ai.usage.input_tokens': sent,
        'gen_ai.usage.output_tokens': usage.output,
        'gen_ai.usage.cache_read.input_tokens': usage.cached,
        'gen_ai.usage.cache_creation.input_tokens': usage.cacheWrite,
        'masterplan.ending': ending,
        'masterplan.cost.usd': cost,
        'masterplan.cost.estimated': cost === undefined ? undefined : estimated,
        ...attributes,
      },
      ...(good ? {} : { error: reason }),
    };
    const seconds = (end - start) / 1000;
    const points: Point[] = [
      { metric: 'gen_ai.client.operation.duration', value: seconds, at: end, attributes: { ...who, ...error } },
    ];
    for (const [type, value] of [
      ['input', sent],
      ['output', usage.output],
    ] as const)
      if (value !== undefined)
        points.push({
          metric: 'gen_ai.client.token.usage',
          value,
          at: end,
          attributes: { ...who, 'gen_ai.token.type': type },
        });
    if (cost !== undefined)
      points.push({
        metric: 'masterplan.cost',
        value: cost,
        at: end,
        attributes: { 'gen_ai.agent.name': agent, 'masterplan.cost.estimated': estimated },
      });
    return { spans: [span], points };
  }

  #verified(event: Of<'verification_finished'>, at: number): Projected {
    const attributes = { 'masterplan.landing': event.landing, 'masterplan.passed': event.passed };
    const span: Span = {
      ...this.#place(`verification\0${event.seq}`, `task\0${event.task}\0${this.#tasks.get(event.task) ?? 0}`),
      name: 'verify',
      start: at - event.duration_ms,
      end: at,
      attributes: {
        ...attributes,
        'masterplan.task.id': event.task,
        'masterplan.attempt': event.attempt,
        'masterplan.commands': event.results?.length,
        'masterplan.tree': event.tree,
      },
      ...(event.passed ? {} : { error: event.failed?.reason ?? 'it failed' }),
    };
    const point: Point = {
      metric: 'masterplan.verification.duration',
      value: event.duration_ms / 1000,
      at,
      attributes,
    };
    return { spans: [span], points: [point] };
  }

  #reviewed(event: Of<'review_finished'>, at: number): Projected {
    const attributes = { 'masterplan.review.verdict': event.verdict, 'gen_ai.agent.name': event.agent };
    const span: Span = {
      ...this.#place(`review\0${event.seq}`, `task\0${event.task}\0${this.#tasks.get(event.task) ?? 0}`),
      name: 'review',
      start: this.#begun.get(attempt(event)) ?? at,
      end: at,
      attributes: {
        ...attributes,
        'masterplan.task.id': event.task,
        'masterplan.attempt': event.attempt,
        'masterplan.review.round': event.round,
        'masterplan.review.findings': event.findings.length,
      },
    };
    return { spans: [span], points: [{ metric: 'masterplan.reviews', value: 1, at, attributes }] };
  }

  #landed(event: Of<'merge_finished'>, at: number): Projected {
    const span: Span = {
      ...this.#place(`landing\0${event.seq}`, `task\0${event.task}\0${this.#tasks.get(event.task) ?? 0}`),
      name: 'land',
      start: this.#queued.get(attempt(event)) ?? at,
      end: at,
      attributes: {
        'masterplan.task.id': event.task,
        'masterplan.attempt': event.attempt,
        'vcs.ref.head.revision': event.commit,
        'masterplan.tree': event.tree,
      },
    };
    return { spans: [span], points: [] };
  }

  #taskOver(task: string, outcome: 'merged' | 'failed' | 'waived', at: number, error?: string): Projected {
    const start = this.#tasks.get(task) ?? at;
    const span: Span = {
      ...this.#place(`task\0${task}\0${this.#tasks.get(task) ?? 0}`, 'run'),
      name: `task ${task}`,
      start,
      end: at,
      attributes: {
        'masterplan.task.id': task,
        'masterplan.task.title': this.#titles.get(task),
        'masterplan.task.outcome': outcome,
      },
      ...(error === undefined ? {} : { error }),
    };
    return {
      spans: [span],
      points: [{ metric: 'masterplan.tasks', value: 1, at, attributes: { 'masterplan.task.outcome': outcome } }],
    };
  }

  #runOver(outcome: string, at: number, error?: string): Projected {
    if (this.#isOver) return NOTHING;
    this.#isOver = true;
    const { spanId, traceId } = this.#place('run', 'run');
    const span: Span = {
      traceId,
      spanId,
      name: `run ${this.#slug}`,
      start: this.#started,
      end: at,
      attributes: {
        'gen_ai.operation.name': 'invoke_workflow',
        'masterplan.run.id': this.#run,
        'masterplan.run.slug': this.#slug,
        'masterplan.run.outcome': outcome,
        'masterplan.run.tasks': this.#titles.size,
        'masterplan.version': this.#masterplan,
      },
      ...(error === undefined ? {} : { error }),
    };
    return { spans: [span], points: [] };
  }

  #place(key: string, parent: string): Pick<Span, 'traceId' | 'spanId' | 'parentSpanId'> {
    const id = (of: string): string => sha256(`span\0${this.#run}\0${of}`).slice(0, 16);
    return { traceId: this.traceId, spanId: id(key), parentSpanId: id(parent) };
  }
}

const attempt = (event: { readonly task: string; readonly attempt: number }): string =>
  `${event.task}#${event.attempt}`;

function join(one: Projected, other: Projected): Projected {
  return { spans: [...one.spans, ...other.spans], points: [...one.points, ...other.points] };
}
