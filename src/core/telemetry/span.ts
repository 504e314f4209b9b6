/** A value of an attribute. */
export type AttributeValue = string | number | boolean;
export type Attributes = Readonly<Record<string, AttributeValue | undefined>>;

/** Something that took time. Ids are lower-case hexadecimal: 32 digits of the trace, 16 of the span. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly start: number;
  readonly end: number;
  readonly attributes: Attributes;
  /** Why it came to nothing. */
  readonly error?: string;
}

/** One measurement of a metric at a time. */
export interface Point {
  readonly metric: MetricName;
  readonly value: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly attributes: Attributes;
}

export interface Metric {
  readonly kind: 'histogram' | 'sum';
  readonly unit: string;
  readonly about: string;
  /** Bounds of the buckets of a histogram. */
  readonly bounds?: readonly number[];
}

/** Seconds, as the GenAI conventions have them, and on to the hours that agents work. */
const SECONDS = [0.1, 0.5, 1, 5, 10, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400];
const TOKENS = [1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864];

/** Every metric. Names that begin with `gen_ai` are those of the GenAI conventions. */
export const METRICS = {
  'gen_ai.client.token.usage': {
    kind: 'histogram',
    unit: '{token}',
    about: 'Tokens that an attempt used',
    bounds: TOKENS,
  },
  'gen_ai.client.operation.duration': {
    kind: 'histogram',
    unit: 's',
    about: 'How long an attempt took',
    bounds: SECONDS,
  },
  'masterplan.cost': { kind: 'sum', unit: '{USD}', about: 'What attempts cost, as far as it is known' },
  'masterplan.attempts': { kind: 'sum', unit: '{attempt}', about: 'Attempts that ended' },
  'masterplan.tasks': { kind: 'sum', unit: '{task}', about: 'Tasks that were merged, failed or waived' },
  'masterplan.verification.duration': {
    kind: 'histogram',
    unit: 's',
    about: 'How long verifications took',
    bounds: SECONDS,
  },
  'masterplan.reviews': { kind: 'sum', unit: '{review}', about: 'Reviews that came to a verdict' },
} as const satisfies Readonly<Record<string, Metric>>;
export type MetricName = keyof typeof METRICS;
