import { buildCommand } from '@stricli/core';
import { EXIT } from '../../../app/api.ts';
import { oneLine } from '../../../core/base/text.ts';
import { action, type Calling, type Cli } from '../command.ts';
import { jsonFlag, text } from '../options.ts';
import { paintOf, refuse, say, sayJson } from '../output.ts';
import { renderAgents, renderStep, renderTested } from '../render/agents.ts';

interface Flags {
  readonly keep: boolean;
  readonly json: boolean;
}

export const command = buildCommand<Flags, [string?, string?], Calling>({
  docs: {
    brief: 'Which agents there are, what they can do, and whether one works',
    fullDescription: [
      'Shows the agents that are configured and those that are installed: version, whether somebody is logged in (by the presence of',
      'a file or a variable alone), what each can do, and who would play which role here. Asks no model.',
      '',
      'agents test <name>: has that agent write one word into a file of a scratch repository, by the machinery of every run. This asks',
      'its model, and costs what that costs. Exit codes: 0 it works, 1 it does not.',
    ].join('\n'),
    customUsage: [
      { input: '[--json]', brief: 'what there is' },
      { input: 'test claude', brief: 'whether it works' },
      { input: 'test claude --keep', brief: 'and leave everything where it is, with what it printed' },
    ],
  },
  parameters: {
    flags: {
      keep: { kind: 'boolean', brief: 'With test: leave the scratch repository', default: false, withNegated: false },
      json: jsonFlag,
    },
    positional: {
      kind: 'tuple',
      parameters: [
        { brief: 'To try an agent', placeholder: 'test', parse: text, optional: true },
        { brief: 'Its name', placeholder: 'name', parse: text, optional: true },
      ],
    },
  },
  func: action(agents),
});

async function agents(cli: Cli, { keep, json }: Flags, what?: string, name?: string): Promise<number> {
  if (what === 'test' && name !== undefined) return test(cli, { name, keep }, json);
  if (what !== undefined || keep) {
    const message =
      what === 'test'
        ? 'the name of an agent is missing'
        : what === undefined
          ? '--keep goes with test'
          : `masterplan agents does not know ${JSON.stringify(what)}`;
    return refuse(cli, { message, hint: 'masterplan agents test <name>', exit: EXIT.usage }, json);
  }
  const listed = await cli.app.listAgents(cli.context);
  if (!listed.ok) return refuse(cli, listed.error, json);
  const { warnings, ...report } = listed.value;
  for (const warning of warnings) cli.context.terminal.error(`masterplan: ${oneLine(warning, 1000)}\n`);
  if (json) sayJson(cli, report);
  else say(cli, renderAgents(listed.value, await paintOf(cli)));
  return EXIT.ok;
}

async function test(
  cli: Cli,
  request: { readonly name: string; readonly keep: boolean },
  json: boolean,
): Promise<number> {
  const paint = await paintOf(cli);
  const stop = new AbortController();
  const release = cli.context.terminal.onInterrupt(() => stop.abort());
  try {
    const tested = await cli.app.testAgent(
      cli.context,
      request,
      (step) => {
        if (!json) say(cli, renderStep(step, paint));
      },
      stop.signal,
    );
    if (!tested.ok) return await refuse(cli, tested.error, json);
    if (json) sayJson(cli, tested.value);
    else say(cli, renderTested(tested.value, paint));
    if (stop.signal.aborted) return EXIT.interrupted;
    return tested.value.passed ? EXIT.ok : EXIT.failed;
  } finally {
    release();
  }
}
