import { buildCommand } from '@stricli/core';
import { EXIT } from '../../../app/api.ts';
import { action, type Calling, type Cli } from '../command.ts';
import { jsonFlag, slugArgument, text } from '../options.ts';
import { paintOf, refuse, say, sayJson } from '../output.ts';

interface Flags {
  readonly repo?: readonly string[];
  readonly since?: string;
  readonly format: 'table' | 'csv' | 'markdown';
  readonly json: boolean;
}

export const command = buildCommand<Flags, [string?], Calling>({
  docs: {
    brief: 'What runs took and cost, by task, role, agent, model and vendor',
    fullDescription: [
      'Time, attempts, tokens and cost of the runs of one or more repositories, by task, role, agent, model and vendor; how well',
      'agents were kept at work side by side; how much of what landed was reviewed; what people were asked; failure classes.',
      'From the logs alone; bundles of older tools are counted from what their logs say. What nobody knows is not zero.',
    ].join('\n'),
    customUsage: ['[slug]', '--since 7d', '--repo . --repo ../other --format csv', '--json'],
  },
  parameters: {
    flags: {
      repo: {
        kind: 'parsed',
        parse: text,
        brief: 'A repository to count in; may be given again',
        placeholder: 'path',
        optional: true,
        variadic: true,
      },
      since: {
        kind: 'parsed',
        parse: text,
        brief: 'Only attempts since a date, or since so long ago (90m, 36h, 7d, 2w)',
        placeholder: 'when',
        optional: true,
      },
      format: { kind: 'enum', values: ['table', 'csv', 'markdown'], brief: 'How to print', default: 'table' },
      json: jsonFlag,
    },
    positional: {
      ...slugArgument,
      parameters: [{ ...slugArgument.parameters[0], brief: 'Name of a run; without it, all of them' }],
    },
  },
  func: action(stats),
});

async function stats(cli: Cli, { repo, since, format, json }: Flags, slug?: string): Promise<number> {
  const found = await cli.app.runStats(cli.context, {
    repositories: repo ?? [],
    ...(since === undefined ? {} : { since }),
    ...(slug === undefined ? {} : { slug }),
  });
  if (!found.ok) return refuse(cli, found.error, json);
  if (json) sayJson(cli, { schema: 1, ...found.value });
  else {
    const { renderStats, statsCsv, statsMarkdown } = await import('../render/stats.ts');
    if (format === 'csv') say(cli, statsCsv(found.value));
    else if (format === 'markdown') say(cli, statsMarkdown(found.value));
    else say(cli, renderStats(found.value, await paintOf(cli)));
  }
  return found.value.uncounted.length > 0 ? EXIT.failed : EXIT.ok;
}
