import { type Attributes, type AttributeValue, type Metric, METRICS, type Point, type Span } from './span.ts';

/** Who sends: the service, and what is said of it. */
export interface Resource {
  readonly version: string;
  readonly attributes: Attributes;
}

/** The body of a request to `/v1/traces`, as OTLP writes it in JSON. */
export function tracesBody(spans: readonly Span[], resource: Resource): unknown {
  return {
    resourceSpans: [
      {
        resource: { attributes: attributes(resource.attributes) },
        scopeSpans: [
          {
            scope: { name: 'masterplan', version: resource.version },
            spans: spans.map((span) => ({
              traceId: span.traceId,
              spanId: span.spanId,
              ...(span.parentSpanId === undefined ? {} : { parentSpanId: span.parentSpanId }),
              name: span.name,
              // Internal: nothing of it is an answer to somebody else's request.
              kind: 1,
              startTimeUnixNano: nano(span.start),
              endTimeUnixNano: nano(Math.max(span.start, span.end)),
              attributes: attributes(span.attributes),
              status: span.error === undefined ? {} : { code: 2, message: span.error },
            })),
          },
        ],
      },
    ],
  };
}

/** The body of a request to `/v1/metrics`: what was measured since the last one (delta), summed by metric and attributes. */
export function metricsBody(points: readonly Point[], resource: Resource): unknown {
  const byMetric = grouped(points);
  return {
    resourceMetrics: [
      {
        resource: { attributes: attributes(resource.attributes) },
        scopeMetrics: [
          {
            scope: { name: 'masterplan', version: resource.version },
            metrics: [...byMetric].map(([name, all]) => {
              const metric: Metric = METRICS[name];
              const dataPoints = series(all).map((one) => dataPoint(metric, one));
              const data =
                metric.kind === 'sum'
                  ? { sum: { aggregationTemporality: 1, isMonotonic: true, dataPoints } }
                  : { histogram: { aggregationTemporality: 1, dataPoints } };
              return { name, unit: metric.unit, description: metric.about, ...data };
            }),
          },
        ],
      },
    ],
  };
}

function grouped(points: readonly Point[]): Map<Point['metric'], Point[]> {
  const groups = new Map<Point['metric'], Point[]>();
  for (const point of points) {
    const group = groups.get(point.metric);
    if (group === undefined) groups.set(point.metric, [point]);
    else group.push(point);
  }
  return groups;
}

/** Points that have the same attributes. */
function series(points: readonly Point[]): readonly Point[][] {
  const groups = new Map<string, Point[]>();
  for (const point of points) {
    const key = JSON.stringify(Object.entries(point.attributes).filter(([, value]) => value !== undefined));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [point]);
    else group.push(point);
  }
  return [...groups.values()];
}

function dataPoint(metric: Metric, points: readonly Point[]): unknown {
  const values = points.map(({ value }) => value);
  const times = points.map(({ at }) => at);
  const sum = values.reduce((all, one) => all + one, 0);
  const common = {
    attributes: attributes(points[0]?.attributes ?? {}),
    startTimeUnixNano: nano(least(times)),
    timeUnixNano: nano(-least(times.map((one) => -one))),
  };
  if (metric.kind === 'sum')
    return { ...common, ...(Number.isInteger(sum) ? { asInt: String(sum) } : { asDouble: sum }) };
  const bounds = metric.bounds ?? [];
  const buckets = Array.from({ length: bounds.length + 1 }, () => 0);
  for (const value of values) {
    const at = bounds.findIndex((bound) => value <= bound);
    buckets[at < 0 ? bounds.length : at] = (buckets[at < 0 ? bounds.length : at] ?? 0) + 1;
  }
  return {
    ...common,
    count: String(values.length),
    sum,
    min: least(values),
    max: -least(values.map((one) => -one)),
    bucketCounts: buckets.map(String),
    explicitBounds: bounds,
  };
}

/** The least of as many as there are: a call takes only so many arguments. */
const least = (values: readonly number[]): number => values.reduce((all, one) => Math.min(all, one), Infinity);

function attributes(all: Attributes): unknown[] {
  return Object.entries(all).flatMap(([key, value]) => (value === undefined ? [] : [{ key, value: anyValue(value) }]));
}

function anyValue(value: AttributeValue): unknown {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  // 64-bit integers are strings in JSON.
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

/** Milliseconds as nanoseconds, which no number of JSON holds. */
const nano = (ms: number): string => `${Math.round(ms)}000000`;
