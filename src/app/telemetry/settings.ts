import { z } from 'zod';

const header = z.record(z.string().regex(/^[A-Za-z0-9-]+$/, 'not a name of a header'), z.string());

/** The key `telemetry`; a word for truth alone is `enabled`. */
export const telemetrySchema = z
  .preprocess(
    (value) => (typeof value === 'boolean' ? { enabled: value } : value),
    z.strictObject({
      enabled: z.boolean().optional(),
      endpoint: z
        .string()
        .regex(
          /^(?:https?:\/\/\S+|\$\{?[A-Za-z_][A-Za-z0-9_]*\}?)$/,
          'must be an address, or $NAME of an environment variable that holds one',
        )
        .optional(),
      headers: header.optional(),
      path_suffix: z.string().optional(),
    }),
  )
  .optional();

/** Where telemetry goes. */
export interface TelemetrySettings {
  readonly traces: string;
  readonly metrics: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds for one request. */
  readonly timeout: number;
  readonly service: string;
  readonly resource: Readonly<Record<string, string>>;
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Where telemetry goes; a sentence says why nowhere, and `undefined` that nobody asked for any. The variables of OpenTelemetry
 * say where and how; only our own key says whether.
 */
export function telemetryOf(file: z.infer<typeof telemetrySchema>, env: Env): TelemetrySettings | string | undefined {
  if (file?.enabled !== true) return undefined;
  if (isTrue(env['DO_NOT_TRACK'])) return 'telemetry is off: DO_NOT_TRACK is set';
  if (isTrue(env['OTEL_SDK_DISABLED'])) return 'telemetry is off: OTEL_SDK_DISABLED is set';
  const base = given(env['OTEL_EXPORTER_OTLP_ENDPOINT']) ?? expand(file.endpoint, env);
  const at = (name: string): string | undefined =>
    given(env[`OTEL_EXPORTER_OTLP_${name.toUpperCase()}_ENDPOINT`]) ??
    (base === undefined ? undefined : `${base.replace(/\/+$/, '')}/v1/${name}`);
  const traces = at('traces');
  const metrics = at('metrics');
  if (traces === undefined || metrics === undefined)
    return 'telemetry is on, and nobody says where it goes: telemetry.endpoint, or OTEL_EXPORTER_OTLP_ENDPOINT';
  const timeout = Number(env['OTEL_EXPORTER_OTLP_TIMEOUT'] ?? 10_000);
  return {
    traces,
    metrics,
    headers: {
      ...Object.fromEntries(
        Object.entries(file.headers ?? {}).map(([name, value]) => [name.toLowerCase(), expand(value, env) ?? '']),
      ),
      ...pairs(env['OTEL_EXPORTER_OTLP_HEADERS'], (name) => name.toLowerCase()),
    },
    timeout: Number.isFinite(timeout) && timeout > 0 ? timeout : 10_000,
    service: given(env['OTEL_SERVICE_NAME']) ?? 'masterplan',
    resource: pairs(env['OTEL_RESOURCE_ATTRIBUTES'], (name) => name),
  };
}

/** What was asked to be left alone, is: any value but those that say no. */
const isTrue = (value: string | undefined): boolean =>
  value !== undefined && !/^(?:|0|false|no|off)$/i.test(value.trim());

const given = (value: string | undefined): string | undefined =>
  value === undefined || value.trim() === '' ? undefined : value.trim();

function expand(value: string | undefined, env: Env): string | undefined {
  const name = /^\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?$/.exec(value ?? '')?.[1];
  return given(name === undefined ? value : env[name]);
}

/** `a=1,b=2`, percent-encoded. */
function pairs(text: string | undefined, named: (name: string) => string): Record<string, string> {
  const all: Record<string, string> = {};
  for (const pair of (text ?? '').split(',')) {
    const at = pair.indexOf('=');
    if (at < 1) continue;
    try {
      all[named(decodeURIComponent(pair.slice(0, at).trim()))] = decodeURIComponent(pair.slice(at + 1).trim());
    } catch {
      // Not encoded after all.
      all[named(pair.slice(0, at).trim())] = pair.slice(at + 1).trim();
    }
  }
  return all;
}
