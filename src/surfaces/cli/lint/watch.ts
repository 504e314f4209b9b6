import { EXIT } from '../../../app/api.ts';
import type { LintRequest } from '../../../app/lint.ts';
import { oneLine } from '../../../core/base/text.ts';
import { timeOfDay } from '../../words.ts';
import type { Cli } from '../command.ts';
import { paintOf, refuse, say } from '../output.ts';
import { renderLint, type LintLook } from '../render/lint.ts';

/** Shows findings, and again whenever something changes; ends with 0 when it is asked to stop, for nothing failed. */
export async function watch(cli: Cli, request: LintRequest, look: LintLook): Promise<number> {
  const { terminal, io } = cli.context;
  const paint = await paintOf(cli);
  const stop = new AbortController();
  const release = terminal.onInterrupt(() => stop.abort());
  try {
    const watched = await cli.app.watchPlans(
      cli.context,
      request,
      async ({ report, notes }) => {
        if (terminal.interactive) terminal.write('\u001b[H\u001b[2J\u001b[3J');
        say(cli, [
          ...notes.map((note) => `masterplan: ${oneLine(note, 1000)}`),
          ...renderLint(report, look, paint, terminal.columns()),
          paint.faint(`${timeOfDay(io.clock.now())}: waiting for changes; Ctrl-C ends`),
        ]);
      },
      stop.signal,
    );
    return watched.ok ? EXIT.ok : await refuse(cli, watched.error, false);
  } finally {
    release();
  }
}
