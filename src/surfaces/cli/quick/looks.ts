import { EXIT } from '../../../app/api.ts';
import { oneLine } from '../../../core/base/text.ts';
import type { JsonFlag, Speaker } from '../command.ts';
import { paintOf, refuse, say, sayJson } from '../output.ts';
import { NOTHING_YET, renderStatus } from '../render/status.ts';
import type { UseCases } from '../use-cases.ts';

/** What looking takes: small enough to be loaded as a whole by every call. */
export type Looker = Speaker & { readonly app: Pick<UseCases, 'runStatus' | 'nextAction'> };

/** How far the runs are, and what waits for a person. */
export async function status(cli: Looker, { json }: JsonFlag, slug?: string): Promise<number> {
  const found = await cli.app.runStatus(cli.context, slug);
  if (!found.ok) return refuse(cli, found.error, json);
  if (json) sayJson(cli, { runs: found.value });
  else say(cli, renderStatus(found.value, cli.context.io.clock.now(), await paintOf(cli)));
  return found.value.some(({ problem }) => problem !== undefined) ? EXIT.failed : EXIT.ok;
}

/** The next thing to type for every run that is not over, and why. */
export async function next(cli: Looker, { json }: JsonFlag, slug?: string): Promise<number> {
  const found = await cli.app.nextAction(cli.context, slug);
  if (!found.ok) return refuse(cli, found.error, json);
  const { runs } = found.value;
  if (json) {
    sayJson(cli, { runs });
    return EXIT.ok;
  }
  const paint = await paintOf(cli);
  const lines = runs.flatMap((run) => [
    paint.type(oneLine(run.next)),
    paint.faint(`  ${oneLine(run.slug)}: ${oneLine(run.why, 400)}`),
  ]);
  say(cli, lines.length > 0 ? lines : ['Nothing waits: no run is open.', ...NOTHING_YET.slice(1)]);
  return EXIT.ok;
}
