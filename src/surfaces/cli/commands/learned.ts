import { buildCommand } from '@stricli/core';
import { EXIT } from '../../../app/api.ts';
import type { LearnedRequest } from '../../../app/learned.ts';
import { printable } from '../../../core/base/text.ts';
import { learnedLine } from '../../../core/run/learned/pick.ts';
import { action, type Calling, type Cli } from '../command.ts';
import { jsonFlag, text } from '../options.ts';
import { refuse, say, sayJson } from '../output.ts';

interface Flags {
  readonly paths?: string;
  readonly command?: string;
  readonly from?: string;
  readonly olderThan?: string;
  readonly keep?: string;
  readonly json: boolean;
}

export const command = buildCommand<Flags, string[], Calling>({
  docs: {
    brief: 'What runs learned, and what briefs are told of it',
    fullDescription: [
      'What runs of this repository learned: commands that failed and what mended them, files that conflict, what people answered.',
      'A run that is over adds to it by itself; a brief holds the few of them that are about its paths or commands.',
      'It is a document that you may edit: docs/masterplan/learned.md.',
    ].join('\n'),
    customUsage: [
      { input: '[--json]', brief: 'all of it, newest first' },
      { input: 'add "the fixtures are generated" --paths test/fixtures/', brief: 'tell later briefs something' },
      { input: '--from demo', brief: 'take what a run learned, also one that is not over' },
      { input: 'prune L3f9a1c2b --older-than 90d --keep 100', brief: 'by id, by age, by number' },
    ],
  },
  parameters: {
    flags: {
      paths: {
        kind: 'parsed',
        parse: text,
        brief: 'With add: paths that it is about, with commas',
        placeholder: 'a,b/',
        optional: true,
      },
      command: {
        kind: 'parsed',
        parse: text,
        brief: 'With add: the command that it is about',
        placeholder: 'command',
        optional: true,
      },
      from: { kind: 'parsed', parse: text, brief: 'Take it from this run', placeholder: 'slug', optional: true },
      olderThan: { kind: 'parsed', parse: text, brief: 'With prune: days', placeholder: '90d', optional: true },
      keep: { kind: 'parsed', parse: text, brief: 'With prune: the newest stay', placeholder: 'n', optional: true },
      json: jsonFlag,
    },
    positional: {
      kind: 'array',
      parameter: { brief: 'add and its text, or prune and ids', placeholder: 'add|prune …', parse: text },
    },
  },
  func: action(learned),
});

async function learned(cli: Cli, flags: Flags, ...words: string[]): Promise<number> {
  const { json } = flags;
  const request = requestOf(flags, words);
  if (typeof request === 'string')
    return refuse(cli, { message: request, hint: 'masterplan learned --help', exit: EXIT.usage }, json);
  const answer = await cli.app.learned(cli.context, request);
  if (!answer.ok) return refuse(cli, answer.error, json);
  const { file, lessons, added, renewed, pruned } = answer.value;
  if (json) sayJson(cli, { schema: 1, ...answer.value });
  else if (request.what === 'list')
    say(cli, lessons.length === 0 ? [`nothing was learned yet (${file})`] : lessons.map(line));
  else
    say(cli, [
      ...added.map((one) => `added    ${line(one)}`),
      ...renewed.map((one) => `renewed  ${line(one)}`),
      ...pruned.map((one) => `pruned   ${line(one)}`),
      ...(added.length + renewed.length + pruned.length === 0 ? [`nothing changed in ${file}`] : []),
    ]);
  return EXIT.ok;
}

function line(one: Parameters<typeof learnedLine>[0]): string {
  return printable(learnedLine(one));
}

/** What is meant, or why it cannot be. */
function requestOf(
  { paths, command: about, from, olderThan, keep }: Flags,
  words: readonly string[],
): LearnedRequest | string {
  const [what, ...rest] = words;
  if (what !== 'add' && (paths !== undefined || about !== undefined)) return '--paths and --command go with add';
  if (what !== 'prune' && (olderThan !== undefined || keep !== undefined))
    return '--older-than and --keep go with prune';
  if (what === 'add') {
    const listed = (paths ?? '').split(',').map((one) => one.trim());
    return { what, text: rest.join(' '), paths: listed.filter((one) => one !== ''), command: about };
  }
  if (what === 'prune') {
    const days = olderThan === undefined ? undefined : /^(\d{1,5})d?$/.exec(olderThan)?.[1];
    const most = keep === undefined ? undefined : /^\d{1,6}$/.exec(keep)?.[0];
    if (olderThan !== undefined && days === undefined) return '--older-than takes days: 90d';
    if (keep !== undefined && most === undefined) return '--keep takes a number';
    if (rest.length === 0 && days === undefined && most === undefined)
      return 'say what to prune: ids, --older-than or --keep';
    const numberOf = (digits: string | undefined): number | undefined =>
      digits === undefined ? undefined : Number(digits);
    return { what, ids: rest, days: numberOf(days), keep: numberOf(most) };
  }
  if (what !== undefined && what !== 'list') return `masterplan learned does not know ${JSON.stringify(what)}`;
  return from === undefined ? { what: 'list' } : { what: 'from', run: from };
}
