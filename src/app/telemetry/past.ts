import { err, ok, type Result } from '../../core/base/result.ts';
import { redactorOf, secretValues } from '../../core/redact/redactor.ts';
import { metricsBody, tracesBody } from '../../core/telemetry/otlp.ts';
import { Projection } from '../../core/telemetry/project.ts';
import type { Point, Span } from '../../core/telemetry/span.ts';
import { replay } from '../../engine/log/log.ts';
import { EXIT, type AppRefusal } from '../api.ts';
import { chooseRun } from '../choose.ts';
import { loadConfig } from '../config.ts';
import type { Context } from '../context.ts';
import { damageWords } from '../load.ts';
import { resourceOf } from './exporter.ts';

export interface TelemetryRequest {
  readonly run?: string;
  /** To the configured collector; without it, it is only returned. */
  readonly send: boolean;
}

/** A run as OTLP writes it. */
export interface TelemetryReport {
  readonly slug: string;
  readonly traceId: string;
  readonly spans: number;
  readonly points: number;
  /** Bodies of requests to `/v1/traces` and `/v1/metrics`. */
  readonly traces: unknown;
  readonly metrics: unknown;
  /** Where it was sent. */
  readonly sent?: string;
}

/** Spans of one request. */
const BATCH = 1000;

/** What telemetry of a run is, from its log alone: the ids are those that were or would have been sent while it ran. */
export async function telemetryOfRun(
  context: Context,
  request: TelemetryRequest,
): Promise<Result<TelemetryReport, AppRefusal>> {
  const chosen = await chooseRun(context, request.run);
  if (!chosen.ok) return chosen;
  const { paths, slug } = chosen.value;
  const loaded = await loadConfig(context, paths.root);
  if (!loaded.ok) return loaded;
  const { telemetry, env } = loaded.value;
  if (request.send && (telemetry === undefined || typeof telemetry === 'string'))
    return err({
      message: telemetry ?? 'telemetry is off',
      hint: 'telemetry: {enabled: true, endpoint: "http://localhost:4318"} in ~/.masterplan.yaml',
      exit: EXIT.usage,
    });
  const projection = new Projection();
  const spans: Span[] = [];
  const points: Point[] = [];
  const replayed = await replay(context.io.files, paths.log, {
    each: (event) => {
      const made = projection.take(event);
      spans.push(...made.spans);
      points.push(...made.points);
    },
  });
  if (!replayed.ok) return err({ ...damageWords(replayed.error, paths), exit: EXIT.failed });
  const redactor = redactorOf(secretValues(env));
  const settings = typeof telemetry === 'object' ? telemetry : { service: 'masterplan', resource: {} };
  const resource = resourceOf(settings, context.version);
  const clean = (body: unknown): unknown => JSON.parse(redactor.text(JSON.stringify(body)));
  const report = {
    slug,
    traceId: projection.traceId,
    spans: spans.length,
    points: points.length,
    traces: clean(tracesBody(spans, resource)),
    metrics: clean(metricsBody(points, resource)),
  };
  if (!request.send || typeof telemetry !== 'object') return ok(report);
  const { headers, timeout } = telemetry;
  const bodies: [url: string, body: unknown][] = [];
  for (let at = 0; at < spans.length; at += BATCH)
    bodies.push([telemetry.traces, clean(tracesBody(spans.slice(at, at + BATCH), resource))]);
  if (points.length > 0) bodies.push([telemetry.metrics, report.metrics]);
  for (const [url, body] of bodies) {
    const posted = await context.http.post(url, JSON.stringify(body), { timeout, headers });
    if (!posted.ok)
      return err({
        message: `it was not sent: ${posted.why}`,
        hint: 'look at the collector, then send it again',
        exit: EXIT.failed,
      });
  }
  return ok({ ...report, sent: new URL(telemetry.traces).host });
}
