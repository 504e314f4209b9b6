import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { redactorOf } from '../../src/core/redact/redactor.ts';
import type { RecordedEvent, RunEvent } from '../../src/core/run/event.ts';
import { Projection } from '../../src/core/telemetry/project.ts';
import { TelemetryExporter } from '../../src/app/telemetry/exporter.ts';
import { telemetryOf, type TelemetrySettings } from '../../src/app/telemetry/settings.ts';
import { desk } from './rig.ts';

interface Request {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Body;
}
interface Body {
  readonly resourceSpans?: readonly { scopeSpans: readonly { spans: readonly SpanBody[] }[]; resource: unknown }[];
  readonly resourceMetrics?: readonly { scopeMetrics: readonly { metrics: readonly { name: string }[] }[] }[];
}
interface SpanBody {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { key: string; value: Record<string, unknown> }[];
  readonly status: { code?: number; message?: string };
}

/** A collector on this machine. */
async function collector(status = 200): Promise<{ url: string; requests: Request[] }> {
  const requests: Request[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      requests.push({ path: request.url ?? '', headers: request.headers, body: JSON.parse(text) as Body });
      response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise((resolve) => server.close(() => resolve())));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

const commit = 'c'.repeat(40);
const key = `ghp_${'aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zCaB3d'}`;
const EVENTS: readonly (RunEvent & { readonly second: number })[] = [
  {
    second: 0,
    event: 'run_created',
    schema: 1,
    run: 'demo-1',
    slug: 'demo',
    title: 'Demo',
    plan_path: 'p.md',
    base_branch: 'main',
    base: commit,
    run_branch: 'masterplan/demo',
    masterplan: '1',
  },
  {
    second: 1,
    event: 'attempt_started',
    task: 'T1',
    attempt: 1,
    agent: 'claude',
    contract_id: 'implement.v1',
    base: commit,
    nonce: 'n',
    brief_sha256: 's',
    model: 'sonnet',
    role: 'implement',
  },
  {
    second: 50,
    event: 'agent_reported',
    task: 'T1',
    attempt: 1,
    family: 'claude',
    how: 'completed',
    failure: null,
    status: null,
    message: '',
    session: 's-1',
    model: 'claude-sonnet-4-5',
    program: '2',
    usage: { input: 10, cached: 90, output: 50, cost: 0.25 },
  },
  {
    second: 61,
    event: 'attempt_finished',
    task: 'T1',
    attempt: 1,
    ending: 'done',
    reason: '',
    exit_code: 0,
    commit,
    tree: commit,
    files_changed: 2,
  },
  {
    second: 70,
    event: 'verification_finished',
    task: 'T1',
    attempt: 1,
    base: commit,
    landing: false,
    commit,
    tree: commit,
    checks: 'x',
    passed: false,
    evidence: 'e',
    duration_ms: 5000,
    failed: { command: 'npm test', exit_code: 1, reason: `exit code 1 with ${key}`, tail: '' },
  },
  { second: 80, event: 'task_failed', task: 'T1', reason: 'given up' },
  { second: 90, event: 'run_cancelled', by: 'ada', reason: 'enough' },
];
const LOG = EVENTS.map(({ second, ...event }, i) => ({
  ...event,
  seq: i + 1,
  ts: new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString(),
  fence: 1,
})) as readonly RecordedEvent[];

type Around = ConstructorParameters<typeof TelemetryExporter>[0]['context'];

function exporter(url: string, headers: Record<string, string> = {}, other?: Pick<Around, 'http' | 'io'>) {
  const { context } = desk({}, { git: false });
  const troubles: string[] = [];
  const settings: TelemetrySettings = {
    traces: `${url}/v1/traces`,
    metrics: `${url}/v1/metrics`,
    headers,
    timeout: 2000,
    service: 'masterplan',
    resource: { team: 'a' },
  };
  const made = new TelemetryExporter({
    context: { ...context, ...other },
    settings,
    redactor: redactorOf(),
    trouble: (why) => void troubles.push(why),
  });
  return { made, troubles };
}
const spansOf = (requests: readonly Request[]): SpanBody[] =>
  requests.flatMap(
    ({ body }) => body.resourceSpans?.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)) ?? [],
  );

test('a collector gets spans and metrics of a run as OTLP has them, with the GenAI conventions, and no secrets', async () => {
  const { url, requests } = await collector();
  const { made, troubles } = exporter(url, { authorization: 'Bearer x' });
  made.take(LOG);
  await made.close();
  expect(troubles).toEqual([]);
  expect(requests.map(({ path }) => path).sort()).toEqual(['/v1/metrics', '/v1/traces']);
  expect(requests[0]?.headers).toMatchObject({ 'content-type': 'application/json', authorization: 'Bearer x' });
  const spans = spansOf(requests);
  expect(spans.map(({ name }) => name)).toEqual(['invoke_agent claude', 'verify', 'task T1', 'run demo']);
  for (const span of spans) {
    expect(span.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(span.spanId).toMatch(/^[0-9a-f]{16}$/);
    expect(span.startTimeUnixNano).toMatch(/^\d{19}$/);
    expect(span.endTimeUnixNano >= span.startTimeUnixNano).toBe(true);
  }
  const [attempt, verify, task, run] = spans;
  expect(run?.parentSpanId).toBeUndefined();
  expect(task?.parentSpanId).toBe(run?.spanId);
  expect([attempt?.parentSpanId, verify?.parentSpanId]).toEqual([task?.spanId, task?.spanId]);
  const said = Object.fromEntries(attempt?.attributes.map((one) => [one.key, Object.values(one.value)[0]]) ?? []);
  expect(said).toMatchObject({
    'gen_ai.operation.name': 'invoke_agent',
    'gen_ai.agent.name': 'claude',
    'gen_ai.request.model': 'sonnet',
    'gen_ai.response.model': 'claude-sonnet-4-5',
    'gen_ai.usage.input_tokens': '100',
    'gen_ai.usage.output_tokens': '50',
    'gen_ai.conversation.id': 's-1',
    'masterplan.cost.usd': 0.25,
  });
  expect(verify?.status).toEqual({ code: 2, message: 'exit code 1 with [redacted]' });
  const metrics = requests.find(({ path }) => path === '/v1/metrics')?.body.resourceMetrics?.[0]?.scopeMetrics[0]
    ?.metrics;
  expect(metrics?.map(({ name }) => name)).toEqual([
    'masterplan.attempts',
    'gen_ai.client.operation.duration',
    'gen_ai.client.token.usage',
    'masterplan.cost',
    'masterplan.verification.duration',
    'masterplan.tasks',
  ]);
  expect(metrics?.[2]).toMatchObject({
    unit: '{token}',
    histogram: {
      aggregationTemporality: 1,
      dataPoints: [
        { count: '1', sum: 100 },
        { count: '1', sum: 50 },
      ],
    },
  });
});

test('after a crash nothing is told twice, and what is told has the ids that it would have had', async () => {
  const ids = (events: readonly RecordedEvent[], from: number): string[] => {
    const projection = new Projection();
    return events.flatMap((event, i) => {
      const { spans } = projection.take(event);
      return i < from ? [] : spans.map(({ spanId }) => spanId);
    });
  };
  const whole = ids(LOG, 0);
  expect(new Set(whole).size).toBe(whole.length);
  for (let cut = 0; cut <= LOG.length; cut++) expect([...ids(LOG.slice(0, cut), 0), ...ids(LOG, cut)]).toEqual(whole);
});

test('a collector that is not there, or refuses, is said once, and what waits is bounded', async () => {
  const refusing = await collector(503);
  for (const url of ['http://127.0.0.1:1', refusing.url]) {
    const { made, troubles } = exporter(url);
    for (let i = 0; i < 3000; i++) made.take(LOG.slice(1, 4));
    expect(made.dropped).toBeGreaterThan(0);
    await made.close();
    expect(troubles).toHaveLength(1);
  }
});

test('a collector that never answers does not keep the end of a run', async () => {
  const { made } = exporter(
    'http://c',
    {},
    {
      http: { post: () => new Promise(() => undefined) },
      io: { clock: { now: () => 0, monotonic: () => 0, wait: () => Promise.resolve() } },
    },
  );
  made.take(LOG);
  // It is asked before the end comes.
  await new Promise((resolve) => setImmediate(resolve));
  await made.close();
});

const ON = { enabled: true, endpoint: 'http://c:4318/' };
test.each<[string, Parameters<typeof telemetryOf>[0], Record<string, string>, unknown]>([
  ['nobody asked', undefined, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://x' }, undefined],
  ['a place alone is no yes', { endpoint: 'http://c' }, {}, undefined],
  ['DO_NOT_TRACK', ON, { DO_NOT_TRACK: '1' }, 'telemetry is off: DO_NOT_TRACK is set'],
  ['DO_NOT_TRACK=0', ON, { DO_NOT_TRACK: '0' }, expect.objectContaining({ traces: 'http://c:4318/v1/traces' })],
  ['OTEL_SDK_DISABLED', ON, { OTEL_SDK_DISABLED: 'true' }, 'telemetry is off: OTEL_SDK_DISABLED is set'],
  ['nobody says where', { enabled: true }, {}, expect.stringContaining('nobody says where it goes')],
  [
    'variables of OpenTelemetry',
    { ...ON, headers: { 'X-Key': '$SECRET' } },
    {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://o:1',
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://m/all',
      OTEL_EXPORTER_OTLP_HEADERS: 'a=1%20b,Authorization=Bearer%20x',
      OTEL_SERVICE_NAME: 'nightly',
      OTEL_RESOURCE_ATTRIBUTES: 'team=core',
      SECRET: 's',
    },
    {
      traces: 'http://o:1/v1/traces',
      metrics: 'http://m/all',
      headers: { 'x-key': 's', a: '1 b', authorization: 'Bearer x' },
      timeout: 10_000,
      service: 'nightly',
      resource: { team: 'core' },
    },
  ],
])('telemetry: %s', (_, file, env, expected) => {
  expect(telemetryOf(file, env)).toEqual(expected);
});
