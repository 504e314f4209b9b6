import { buildCommand } from '@stricli/core';
import { EXIT } from '../../../app/api.ts';
import { action, type Calling, type Cli, type JsonFlag } from '../command.ts';
import { jsonFlag } from '../options.ts';
import { say, sayJson } from '../output.ts';

export const command = buildCommand<JsonFlag, [], Calling>({
  docs: {
    brief: 'For a hook: tell a new session what is pending here',
    fullDescription: [
      'For the hook that runs when a session with a coding agent begins: says in a few lines which plans are pending here and what',
      'to type, and notes that the session was told. Reads the JSON of the hook (session_id, cwd) on standard input, if there is',
      'any. Prints nothing when nothing is pending or outside of a repository. Never fails: the exit code is 0.',
      'With --json: the answer of a SessionStart hook, with the same lines as additional context.',
    ].join('\n'),
    customUsage: ['--json'],
  },
  parameters: { flags: { json: jsonFlag }, positional: { kind: 'tuple', parameters: [] } },
  func: action(notice),
});

async function notice(cli: Cli, { json }: JsonFlag): Promise<number> {
  // Whatever is wrong here, the session that begins has other things to do.
  const { lines } = await cli.app.noticeFor(cli.context).catch(() => ({ lines: [] }));
  if (lines.length === 0) return EXIT.ok;
  if (json) {
    const additionalContext = lines.join('\n');
    sayJson(cli, { hookSpecificOutput: { hookEventName: 'SessionStart', additionalContext } });
  } else say(cli, lines);
  return EXIT.ok;
}
