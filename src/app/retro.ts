import { hostsIn, suppressedBy } from '../core/agents/host.ts';
import { err, ok, type Result } from '../core/base/result.ts';
import { sha256 } from '../core/base/sha256.ts';
import type { AgentSettings } from '../core/run/settings.ts';
import { retroMarkdown } from '../core/views/retro/markdown.ts';
import { retroOf, type Retro } from '../core/views/retro/retro.ts';
import { Chronicle } from '../core/views/retro/chronicle.ts';
import { Deviations } from '../core/views/retro/deviations.ts';
import { replay } from '../engine/log/log.ts';
import type { RunPaths } from '../engine/paths.ts';
import type { Io } from '../io/io.ts';
import { EXIT, type AppRefusal } from './api.ts';
import { chooseRun } from './choose.ts';
import type { Context } from './context.ts';
import { damageWords } from './load.ts';
import { shown } from './locate.ts';

export interface RetroRequest {
  readonly slug?: string;
  /** Write `retro.md` into the bundle; else it is only shown. */
  readonly write: boolean;
  /** Write it also where somebody has changed what an earlier one says. */
  readonly force: boolean;
  /** The implementation report instead: what the plan said against what happened. Only shown. */
  readonly report?: boolean;
}

export interface RetroAnswer {
  readonly retro: Retro;
  readonly markdown: string;
  /** As the user would type it; `undefined`: nothing was written. */
  readonly written: string | undefined;
}

const HEADING = '## Notes';
const MARK = /^<!-- Made by masterplan from events 1 to \d+ of the log; sha256 ([0-9a-f]{64})\. .*-->\n/;

/** The retro of a run, from its log alone; a run that is not over gets one of what was so far. */
export async function retroFor(context: Context, request: RetroRequest): Promise<Result<RetroAnswer, AppRefusal>> {
  const chosen = await chooseRun(context, request.slug);
  if (!chosen.ok) return chosen;
  const { paths } = chosen.value;
  const told = await tell(context.io, paths);
  if (!told.ok) return told;
  const { retro, markdown, seq } = told.value;
  if (request.report === true) return ok({ retro, markdown: told.value.report(), written: undefined });
  if (!request.write) return ok({ retro, markdown, written: undefined });
  const written = await writeRetro(context.io, paths, { markdown, seq }, request.force);
  return written.ok ? ok({ retro, markdown, written: shown(retroFile(paths), paths.root) }) : written;
}

/** Writes the retro of a run that is over beside its log, unless somebody has put words of their own there. */
export async function leaveRetro(io: Io, paths: RunPaths): Promise<void> {
  const told = await tell(io, paths);
  if (told.ok) await writeRetro(io, paths, told.value, false);
}

/** The retro of a run so far, as Markdown, for an agent to read; or why that agent is not asked about it here. */
export async function storyFor(
  { io, env }: Context,
  paths: RunPaths,
  agent: AgentSettings,
): Promise<Result<string, string>> {
  const suppressed = suppressedBy(hostsIn(env), agent);
  if (suppressed !== undefined) return err(suppressed);
  const told = await tell(io, paths);
  return told.ok ? ok(told.value.markdown) : err(told.error.message);
}

interface Told {
  readonly retro: Retro;
  readonly markdown: string;
  readonly report: () => string;
  /** Events that it was made from. */
  readonly seq: number;
}

async function tell(io: Io, paths: RunPaths): Promise<Result<Told, AppRefusal>> {
  const chronicle = new Chronicle();
  const deviations = new Deviations();
  const read = await replay(io.files, paths.log, {
    each: (event) => {
      chronicle.add(event);
      deviations.add(event);
    },
  });
  if (!read.ok) return err({ ...damageWords(read.error, paths), exit: EXIT.failed });
  const retro = retroOf(read.value.state, chronicle);
  const { state, position } = read.value;
  return ok({ retro, markdown: retroMarkdown(retro), report: () => deviations.report(state), seq: position.seq });
}

/** What people write below "Notes" stays; what they changed above it is not overwritten. */
async function writeRetro(
  io: Io,
  paths: RunPaths,
  { markdown, seq }: Pick<Told, 'markdown' | 'seq'>,
  force: boolean,
): Promise<Result<void, AppRefusal>> {
  const file = retroFile(paths);
  const bytes = await io.files.read(file);
  const there = bytes === undefined ? undefined : new TextDecoder().decode(bytes);
  const { made, notes } = split(there ?? '');
  const changed = made !== '' && MARK.exec(made)?.[1] !== hash(made.replace(MARK, ''));
  if (changed && !force)
    return err({
      message: `${shown(file, paths.root)} was written or changed by somebody else`,
      hint: `what stands below "${HEADING}" would be kept; to replace the rest: masterplan retro ${shown(paths.bundle, paths.root).split('/').at(-1) ?? ''} --write --force`,
      exit: EXIT.failed,
    });
  const body = `${markdown}\n`;
  const mark = `<!-- Made by masterplan from events 1 to ${seq} of the log; sha256 ${hash(body)}. What stands below "${HEADING}" is yours and is kept. -->\n`;
  await io.files.write(file, `${mark}${body}${notes === '' ? `${HEADING}\n` : notes}`);
  return ok(undefined);
}

/** A document as what was made, and what people wrote below the heading for it. */
function split(text: string): { readonly made: string; readonly notes: string } {
  const at = text.search(/^## Notes[ \t]*$/m);
  return at === -1 ? { made: text, notes: '' } : { made: text.slice(0, at), notes: text.slice(at) };
}

function hash(text: string): string {
  return sha256(text);
}

function retroFile(paths: RunPaths): string {
  return `${paths.bundle}/retro.md`;
}
