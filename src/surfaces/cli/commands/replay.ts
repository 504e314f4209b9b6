import { buildCommand } from '@stricli/core';
import type { ReplayAnswer } from '../../../app/replay-answer.ts';
import { EXIT } from '../../../app/api.ts';
import { oneLine } from '../../../core/base/text.ts';
import { formatStamp } from '../../../core/base/time.ts';
import type { Change, Step } from '../../../core/views/replay.ts';
import { action, type Calling, type Cli } from '../command.ts';
import { jsonFlag, text } from '../options.ts';
import { paintOf, refuse, say, sayJson } from '../output.ts';
import type { Paint } from '../paint.ts';

interface Flags {
  readonly at?: number;
  readonly diff?: readonly [number, number];
  readonly from?: number;
  readonly to?: number;
  readonly json: boolean;
}

export const command = buildCommand<Flags, [string], Calling>({
  docs: {
    brief: "Step through a run's state, event by event",
    fullDescription: [
      'Every event of a run in words, with what it changed; with --at, where everything was after one event; with --diff, what is',
      'otherwise between two. From the log alone: snapshots are not looked at. Reads only.',
      'Of a bundle or a status file of an older tool: what its log tells, with file and line; events are counted from its first line.',
    ].join('\n'),
    customUsage: ['add-login', 'add-login --from 40 --to 60', 'add-login --at 57', 'add-login --diff 40,57'],
  },
  parameters: {
    flags: {
      at: { kind: 'parsed', parse: whole, brief: 'The state after this event', placeholder: 'seq', optional: true },
      diff: {
        kind: 'parsed',
        parse: pair,
        brief: 'What is otherwise between two events (0: before the first)',
        placeholder: 'a,b',
        optional: true,
      },
      from: { kind: 'parsed', parse: whole, brief: 'First event that is shown', placeholder: 'seq', optional: true },
      to: { kind: 'parsed', parse: whole, brief: 'Last event that is shown', placeholder: 'seq', optional: true },
      json: jsonFlag,
    },
    positional: { kind: 'tuple', parameters: [{ brief: 'Name of the run', placeholder: 'slug', parse: text }] },
  },
  func: action(replay),
});

function whole(input: string): number {
  if (!/^\d{1,12}$/.test(input)) throw new Error(`"${input}" is no number of an event`);
  return Number(input);
}

function pair(input: string): readonly [number, number] {
  const [, a, b] = /^(\d{1,12})(?:,|\.\.|:)(\d{1,12})$/.exec(input) ?? [];
  if (a === undefined || b === undefined) throw new Error(`"${input}" is no pair of events: --diff 40,57`);
  return [Number(a), Number(b)];
}

async function replay(cli: Cli, { at, diff, from, to, json }: Flags, slug: string): Promise<number> {
  const told = await cli.app.replayRun(cli.context, {
    slug,
    ...(at === undefined ? {} : { at }),
    ...(diff === undefined ? {} : { diff }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  });
  if (!told.ok) return refuse(cli, told.error, json);
  if (json) sayJson(cli, { schema: 1, ...told.value });
  else say(cli, render(told.value, at, await paintOf(cli)));
  return EXIT.ok;
}

function render(answer: ReplayAnswer, at: number | undefined, paint: Paint): string[] {
  return [...plain(answer, at, paint), ...(answer.legacy === undefined ? [] : legacyLines(answer.legacy, paint))];
}

/** What of a bundle of an older tool only its log tells, and what its state says beside that. */
function legacyLines({ notes, beyond }: NonNullable<ReplayAnswer['legacy']>, paint: Paint): string[] {
  const otherwise = beyond.slice(0, MOST_BEYOND).map(({ what, from, to }) => `${what}: ${arrow({ what, from, to })}`);
  const more = beyond.length > MOST_BEYOND ? `, and ${beyond.length - MOST_BEYOND} more` : '';
  return [
    '',
    ...notes.map((note) => paint.faint(oneLine(note, 300))),
    ...(beyond.length === 0
      ? []
      : [oneLine(`what its state says otherwise than all of its log: ${otherwise.join(', ')}${more}`, 1000)]),
  ];
}

/** Differences between state and log that are named. */
const MOST_BEYOND = 8;

function plain({ steps, point, changes, events }: ReplayAnswer, at: number | undefined, paint: Paint): string[] {
  if (changes !== undefined)
    return changes.length === 0
      ? ['Nothing is otherwise.']
      : changes.map((change) => `${oneLine(change.what)}: ${arrow(change)}`);
  const width = String(events).length;
  const out = steps.map((step) => {
    const line = `${String(step.seq).padStart(width)}  ${when(step)}  ${wordsOf(step, paint)}`;
    const changed = step.changes.map((change) => `${change.what}: ${arrow(change)}`).join(', ');
    const mark = step.seq === at ? paint.strong(line) : line;
    return changed === '' ? mark : `${mark}\n${' '.repeat(width)}    ${paint.faint(oneLine(changed, 300))}`;
  });
  if (point === undefined) return out;
  return [
    ...out,
    '',
    paint.strong(`after event ${point.seq} of ${events}: ${point.status}`),
    ...Object.entries(point.values).map(([what, value]) => `  ${oneLine(what)}: ${oneLine(value, 200)}`),
  ];
}

/** When it was; of a bundle of an older tool as it stands there, because many of its stamps are days, or minutes without a zone. */
function when({ at, stamp }: Step): string {
  return stamp === undefined ? formatStamp(at).slice(0, 19).replace('T', ' ') : oneLine(stamp, 32).padEnd(20);
}

function wordsOf({ event, text, place }: Step, paint: Paint): string {
  if (place === undefined) return text === '' ? paint.faint(event) : oneLine(text, 200);
  // Every line of an old activity log has the same name.
  const words = [event === 'legacy_activity' ? '' : event, text].filter((one) => one !== '').join(': ');
  return `${oneLine(words, 200)}  ${paint.faint(place)}`;
}

function arrow({ from, to }: Change): string {
  return `${oneLine(from ?? '–', 120)} → ${oneLine(to ?? '–', 120)}`;
}
