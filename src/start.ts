import { createContext } from './app/context.ts';
import { runStatus, nextAction } from './app/status.ts';
import { VERSION } from './core/base/version.ts';
import { unexpected } from './surfaces/cli/command.ts';
import { askedQuickly, runQuickly } from './surfaces/cli/quick/quick.ts';

/*
 * What `masterplan` starts. Hooks and shell prompts call `status` and `next` all the time, so these are answered here, from
 * one small file; everything else is handed to main.ts. The file is bundled as CommonJS: the loader of ES modules alone
 * takes Node a quarter longer to start (bench/startup.ts).
 */
/** The directory that we were started in, or the root of all when it was deleted under us. */
function workingDirectory(): string {
  try {
    return process.cwd();
  } catch {
    return '/';
  }
}

const argv = process.argv.slice(2);
const asked = askedQuickly(argv);

const context = createContext({ cwd: workingDirectory(), env: process.env, argv, node: process.execPath });

if (asked !== undefined) {
  const cli = { context, app: { runStatus, nextAction } };
  runQuickly(asked, cli).then(
    (code) => process.exit(code),
    (error: unknown) => process.exit(unexpected(cli, error, asked.flags.json)),
  );
} else if (argv.length === 1 && argv[0] === '--version') {
  context.terminal.write(`${VERSION}\n`);
} else {
  void import('./main.ts');
}
