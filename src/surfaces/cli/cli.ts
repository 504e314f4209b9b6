import {
  buildApplication,
  buildCommand,
  buildRouteMap,
  help,
  run,
  text_en,
  version,
  type Command,
} from '@stricli/core';
import { EXIT } from '../../app/api.ts';
import type { Calling, Cli } from './command.ts';
import { unexpected } from './command.ts';
import { rootHelp } from './help.ts';
import { COMMANDS } from './table.ts';

/** Runs one command line and returns the exit code. Never throws, never ends the process by itself. */
export async function runCli(argv: readonly string[], cli: Cli): Promise<number> {
  const json = argv.includes('--json');
  try {
    if (argv.every((argument) => argument === '--json')) {
      const code = await (await import('./run/orient.ts')).orient(cli, json);
      if (code !== undefined) return code;
    }
    const { terminal } = cli.context;
    // Without a word, too, when there is nothing to go on with.
    if (argv.every((argument) => argument === '--help' || argument === '-h')) {
      terminal.write(rootHelp());
      return EXIT.ok;
    }
    const complaints: string[] = [];
    const outcome: Calling['outcome'] = { code: undefined };
    const process: { exitCode?: number | string | null } & Calling['process'] = {
      stdout: { write: (text) => terminal.write(text) },
      // Kept back: with --json a complaint about the command line is JSON too.
      stderr: { write: (text) => void complaints.push(text) },
    };
    await run(await application(argv, cli), argv, { process, cli, outcome });
    if (outcome.code !== undefined) return outcome.code;
    if (process.exitCode === 0) return EXIT.ok;
    return usage(complaints.join('').trim(), argv, cli, json);
  } catch (error) {
    return unexpected(cli, error, json);
  }
}

/** Only the command that is called is loaded; of the others, help and "did you mean" need no more than the name. */
async function application(argv: readonly string[], cli: Cli): ReturnType<typeof build> {
  const called = argv.find((argument) => !argument.startsWith('-'));
  const routes: Record<string, Command<Calling>> = {};
  for (const [name, { brief, load }] of Object.entries(COMMANDS)) {
    routes[name] =
      name === called
        ? (await load()).command
        : buildCommand<object, [], Calling>({ func: async () => undefined, parameters: {}, docs: { brief } });
  }
  return build(routes, cli);
}

async function build(routes: Record<string, Command<Calling>>, cli: Cli) {
  const root = buildRouteMap<string, Calling>({
    routes,
    docs: {
      brief: 'Carries out Markdown plans with coding agents, and loses nothing when the power goes.',
    },
  });
  return buildApplication(
    root,
    {
      name: 'masterplan',
      scanner: {
        caseStyle: 'allow-kebab-for-camel',
        allowArgumentEscapeSequence: true,
        // Weights are those of the library; with its threshold of 7 anything comes near something.
        distanceOptions: { threshold: 4, weights: { insertion: 1, deletion: 3, substitution: 2, transposition: 0 } },
      },
      documentation: { disableAnsiColor: true },
      localization: {
        text: {
          ...text_en,
          noCommandRegisteredForInput: ({ input, corrections }) =>
            corrections.length > 0
              ? `there is no command ${JSON.stringify(input)}; did you mean ${corrections.join(' or ')}?`
              : `there is no command ${JSON.stringify(input)}`,
        },
      },
    },
    {
      help: help({
        brief: 'Show help',
        formatting: { useAliasInUsageLine: false, onlyRequiredInUsageLine: false, caseStyle: 'convert-camel-to-kebab' },
        defaultForRouteMap: true,
      }),
      version: version({ brief: 'Show the version', alias: false, info: { currentVersion: cli.context.version } }),
    },
  );
}

function usage(message: string, argv: readonly string[], cli: Cli, json: boolean): number {
  const called = argv.find((argument) => Object.hasOwn(COMMANDS, argument));
  const hint =
    called === undefined
      ? 'masterplan shows what is open, masterplan --help lists the commands'
      : `masterplan ${called} --help`;
  if (json) cli.context.terminal.write(`${JSON.stringify({ error: { message, hint, exit: EXIT.usage } })}\n`);
  else cli.context.terminal.error(`masterplan: ${message}\n  ${hint}\n`);
  return EXIT.usage;
}
