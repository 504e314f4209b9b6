import type { Redactor } from '../../core/redact/redactor.ts';
import type { RecordedEvent } from '../../core/run/event.ts';
import { metricsBody, type Resource, tracesBody } from '../../core/telemetry/otlp.ts';
import { Projection } from '../../core/telemetry/project.ts';
import type { Point, Span } from '../../core/telemetry/span.ts';
import type { Context } from '../context.ts';
import type { TelemetrySettings } from './settings.ts';

/** Milliseconds that what is to be sent gathers. */
const GATHER = 5000;
/** Milliseconds after which a collector that did not answer is asked again, at first and at most. */
const AGAIN = 5000;
const AT_MOST = 300_000;
/** Spans and measurements that wait at most; the oldest go. */
const MOST = 4096;
/** Of them, in one request. */
const BATCH = 512;
/** Milliseconds for the last request, when masterplan ends. */
const HURRIED = 2000;

interface Around {
  readonly context: Pick<Context, 'http' | 'version'> & { readonly io: Pick<Context['io'], 'clock'> };
  readonly settings: TelemetrySettings;
  readonly redactor: Redactor;
  /** Says once why nothing arrives. */
  readonly trouble: (why: string) => void;
}

/** Who sends, for the settings of this machine. */
export function resourceOf(settings: Pick<TelemetrySettings, 'service' | 'resource'>, version: string): Resource {
  return {
    version,
    attributes: { ...settings.resource, 'service.name': settings.service, 'service.version': version },
  };
}

/**
 * Sends spans and measurements of a run to a collector. It never waits for it and never fails because of it: what cannot be
 * sent is kept for a while, then dropped, and said once. What was before this start is projected and not sent.
 */
export class TelemetryExporter {
  readonly #around: Around;
  readonly #projection = new Projection();
  readonly #over = new AbortController();
  #spans: Span[] = [];
  #points: Point[] = [];
  #loop: Promise<void> | undefined;
  #wait = GATHER;
  #told = false;
  /** How many were dropped. */
  dropped = 0;

  constructor(around: Around) {
    this.#around = around;
  }

  /** What the log held before; its spans were sent by whoever wrote it, or are sent by `masterplan telemetry --send`. */
  remember(event: RecordedEvent): void {
    this.#projection.take(event);
  }

  /** What was written just now. */
  take(events: readonly RecordedEvent[]): void {
    for (const event of events) {
      const { spans, points } = this.#projection.take(event);
      this.#spans.push(...spans);
      this.#points.push(...points);
    }
    this.dropped += cut(this.#spans) + cut(this.#points);
    if (this.#spans.length + this.#points.length > 0 && !this.#over.signal.aborted)
      this.#loop ??= this.#send().finally(() => {
        this.#loop = undefined;
      });
  }

  /** Sends what is left, once and quickly. A collector that has not answered what is under way by then gets nothing more. */
  async close(): Promise<void> {
    this.#over.abort();
    if (this.#loop !== undefined) {
      const settled = new AbortController();
      const ended = this.#loop.then(() => true);
      const late = this.#around.context.io.clock.wait(HURRIED, settled.signal).then(() => false);
      const inTime = await Promise.race([ended, late]);
      settled.abort();
      if (!inTime) return;
    }
    await this.#flush(Math.min(HURRIED, this.#around.settings.timeout));
  }

  async #send(): Promise<void> {
    const { clock } = this.#around.context.io;
    while (this.#spans.length + this.#points.length > 0) {
      await clock.wait(this.#wait, this.#over.signal);
      if (this.#over.signal.aborted) return;
      const sent = await this.#flush(this.#around.settings.timeout);
      this.#wait = sent ? GATHER : Math.min(AT_MOST, Math.max(AGAIN, this.#wait * 2));
    }
  }

  /** One batch of each; what did not arrive stays. */
  async #flush(timeout: number): Promise<boolean> {
    const { settings, context } = this.#around;
    const resource = resourceOf(settings, context.version);
    const spans = this.#spans.slice(0, BATCH);
    const points = this.#points.slice(0, BATCH);
    const [traces, metrics] = await Promise.all([
      spans.length === 0 ? true : this.#post(settings.traces, tracesBody(spans, resource), timeout),
      points.length === 0 ? true : this.#post(settings.metrics, metricsBody(points, resource), timeout),
    ]);
    // Others may have been dropped meanwhile; what is still there of the batch goes.
    if (traces) this.#spans = without(this.#spans, spans);
    if (metrics) this.#points = without(this.#points, points);
    return traces && metrics;
  }

  async #post(url: string, body: unknown, timeout: number): Promise<boolean> {
    const { context, settings, redactor, trouble } = this.#around;
    const posted = await context.http.post(url, redactor.text(JSON.stringify(body)), {
      timeout,
      headers: settings.headers,
    });
    if (!posted.ok && !this.#told) {
      this.#told = true;
      trouble(posted.why);
    }
    return posted.ok;
  }
}

function without<T>(all: readonly T[], sent: readonly T[]): T[] {
  const gone = new Set(sent);
  return all.filter((one) => !gone.has(one));
}

function cut(items: unknown[]): number {
  const over = Math.max(0, items.length - MOST);
  if (over > 0) items.splice(0, over);
  return over;
}
