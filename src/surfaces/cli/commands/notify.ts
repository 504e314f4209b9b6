import { buildCommand } from '@stricli/core';
import { EXIT } from '../../../app/api.ts';
import { oneLine } from '../../../core/base/text.ts';
import { action, type Calling, type Cli, type JsonFlag } from '../command.ts';
import { jsonFlag } from '../options.ts';
import { paintOf, refuse, say, sayJson } from '../output.ts';

export const command = buildCommand<JsonFlag, [], Calling>({
  docs: {
    brief: 'Send a message for trying through every configured channel',
    fullDescription: [
      'Sends a message for trying through every channel that notify in the configuration names, and says what became of it.',
      'A run tells by itself when it waits for a person, is in trouble, or is over.',
    ].join('\n'),
  },
  parameters: { flags: { json: jsonFlag } },
  func: action(notify),
});

async function notify(cli: Cli, { json }: JsonFlag): Promise<number> {
  const tried = await cli.app.tryNotify(cli.context);
  if (!tried.ok) return refuse(cli, tried.error, json);
  const { channels } = tried.value;
  if (json) sayJson(cli, tried.value);
  else {
    const paint = await paintOf(cli);
    const line = ({ channel, why }: (typeof channels)[number]): string =>
      `${channel.padEnd(8)}  ${why === undefined ? paint.good('delivered') : paint.bad(`not delivered: ${oneLine(why, 300)}`)}`;
    say(cli, channels.map(line));
  }
  return channels.every(({ delivered }) => delivered) ? EXIT.ok : EXIT.failed;
}
