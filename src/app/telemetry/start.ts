import type { Redactor } from '../../core/redact/redactor.ts';
import { replay, type Log } from '../../engine/log/log.ts';
import type { RunPaths } from '../../engine/paths.ts';
import type { Context } from '../context.ts';
import type { TelemetryExporter } from './exporter.ts';
import type { TelemetrySettings } from './settings.ts';

/** What sends the telemetry of a run from now on; `undefined`: nobody asked for it. What the log holds already was told before. */
export async function telemetryFor(
  context: Context,
  settings: TelemetrySettings | string | undefined,
  paths: RunPaths,
  redactor: Redactor,
  log: Log,
): Promise<TelemetryExporter | undefined> {
  if (settings === undefined || typeof settings === 'string') return undefined;
  const { TelemetryExporter } = await import('./exporter.ts');
  const exporter = new TelemetryExporter({
    context,
    settings,
    redactor,
    trouble: (why) =>
      void log
        .append([{ event: 'anomaly', what: 'telemetry does not arrive; the run goes on without', detail: why }])
        .catch(() => undefined),
  });
  await log.settled();
  await replay(context.io.files, paths.log, { each: (event) => exporter.remember(event) });
  return exporter;
}
