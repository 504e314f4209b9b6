import { buildCommand } from '@stricli/core';
import { EXIT } from '../../../app/api.ts';
import { action, type Calling, type Cli } from '../command.ts';
import { jsonFlag, yesFlag } from '../options.ts';
import { paintOf, refuse, say, sayJson } from '../output.ts';
import { renderEnded, renderProcesses } from '../render/processes.ts';

interface Flags {
  readonly all: boolean;
  readonly 'kill-orphans': boolean;
  readonly yes: boolean;
  readonly json: boolean;
}

export const command = buildCommand<Flags, [], Calling>({
  docs: {
    brief: 'What runs now, and what it uses',
    fullDescription: [
      'Every agent, verify command and git command of the runs here, with its processes, since when, memory and processor time; and',
      'what the machine has left. --kill-orphans ends what belongs to nothing any more or to a run that nobody carries on; it asks',
      'first. Work that an agent left is kept by the next masterplan run.',
    ].join('\n'),
    customUsage: ['--json', '--kill-orphans'],
  },
  parameters: {
    flags: {
      all: { kind: 'boolean', brief: 'Those of other repositories, too', default: false, withNegated: false },
      'kill-orphans': {
        kind: 'boolean',
        brief: 'End what belongs to nothing any more, or is unattended',
        default: false,
        withNegated: false,
      },
      yes: yesFlag,
      json: jsonFlag,
    },
    aliases: { y: 'yes' },
  },
  func: action(ps),
});

async function ps(cli: Cli, flags: Flags): Promise<number> {
  const { json, yes, all } = flags;
  const running = await cli.app.listProcesses(cli.context, all);
  if (!running.ok) return refuse(cli, running.error, json);
  const now = cli.context.io.clock.now();
  if (!flags['kill-orphans']) {
    if (json) sayJson(cli, { schema: 1, ...running.value });
    else say(cli, renderProcesses(running.value, now, await paintOf(cli)));
    return EXIT.ok;
  }
  const orphans = running.value.rows.filter(({ standing }) => standing === 'orphan' || standing === 'unattended');
  if (orphans.length > 0 && !yes) {
    if (json || !cli.context.terminal.interactive) {
      const message = `${orphans.length} would be ended: ${orphans.map(({ pid }) => pid).join(', ')}`;
      return refuse(cli, { message, hint: 'masterplan ps --kill-orphans --yes', exit: EXIT.waits }, json);
    }
    say(cli, renderProcesses({ ...running.value, rows: orphans }, now, await paintOf(cli)));
    if ((await cli.prompts.confirm('End these?')) !== true) {
      say(cli, ['Nothing was ended.']);
      return EXIT.failed;
    }
  }
  const ended = await cli.app.endOrphans(cli.context);
  if (!ended.ok) return refuse(cli, ended.error, json);
  if (json) sayJson(cli, { schema: 1, ended: ended.value });
  else say(cli, renderEnded(ended.value));
  return EXIT.ok;
}
