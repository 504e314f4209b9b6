import { buildCommand } from '@stricli/core';
import { EXIT } from '../../../app/api.ts';
import { action, type Calling, type Cli } from '../command.ts';
import { jsonFlag, slugArgument } from '../options.ts';
import { refuse, say, sayJson } from '../output.ts';

interface Flags {
  readonly send: boolean;
  readonly json: boolean;
}

export const command = buildCommand<Flags, [string?], Calling>({
  docs: {
    brief: 'Spans and metrics of a run, as OpenTelemetry has them',
    fullDescription: [
      'Shows what telemetry of a run is, made from its log: with --json the bodies of OTLP/HTTP requests. Nothing leaves this machine',
      'without --send, which needs telemetry in the configuration. A run that sends while it runs has the same ids: nothing is doubled.',
    ].join('\n'),
    customUsage: ['[slug]', '[slug] --json', '[slug] --send'],
  },
  parameters: {
    flags: {
      send: { kind: 'boolean', brief: 'Send it to the configured collector', default: false, withNegated: false },
      json: jsonFlag,
    },
    positional: slugArgument,
  },
  func: action(telemetry),
});

async function telemetry(cli: Cli, { send, json }: Flags, slug?: string): Promise<number> {
  const made = await cli.app.telemetryOfRun(cli.context, { send, ...(slug === undefined ? {} : { run: slug }) });
  if (!made.ok) return refuse(cli, made.error, json);
  const { spans, points, traceId, sent } = made.value;
  if (json) sayJson(cli, { schema: 1, ...made.value });
  else
    say(cli, [
      `${made.value.slug}: trace ${traceId}, ${spans} spans, ${points} measurements`,
      sent === undefined ? 'Nothing was sent: --send sends it, --json shows it.' : `Sent to ${sent}.`,
    ]);
  return EXIT.ok;
}
