import { EXIT } from './app/api.ts';
import { createContext } from './app/context.ts';
import { unexpected, type Cli } from './surfaces/cli/command.ts';
import { prompts } from './surfaces/cli/prompts.ts';
import { askedQuickly, runQuickly } from './surfaces/cli/quick/quick.ts';
import { useCases } from './surfaces/cli/use-cases.ts';

const argv = process.argv.slice(2);

/** The directory that we were started in, or the root of all when it was deleted under us. */
function workingDirectory(): string {
  try {
    return process.cwd();
  } catch {
    return '/';
  }
}

const cli: Cli = {
  context: createContext({
    cwd: workingDirectory(),
    env: process.env,
    argv,
    node: process.execPath,
    keeper: `${import.meta.dirname}/keeper.mjs`,
    program: process.argv[1],
  }),
  app: useCases,
  prompts,
  exitNow: (code) => process.exit(code),
};

// Thrown where nobody awaits it: still one sentence and no stack trace. The log is durable, so ending is safe.
process.on('uncaughtException', (error) => process.exit(unexpected(cli, error, argv.includes('--json'))));

const quick = askedQuickly(argv);
const code =
  quick === undefined ? await (await import('./surfaces/cli/cli.ts')).runCli(argv, cli) : await runQuickly(quick, cli);
// Leaving a terminal that was closed makes Node 20 abort when it puts the terminal's modes back, so we end by the signal.
if (code === EXIT.hangup) {
  process.removeAllListeners('SIGHUP');
  process.kill(process.pid, 'SIGHUP');
}
// All output is written synchronously, so nothing is lost here; and no handle left open can keep the command from ending.
process.exit(code);
