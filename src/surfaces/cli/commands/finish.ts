import { buildCommand } from '@stricli/core';
import { EXIT } from '../../../app/api.ts';
import { oneLine } from '../../../core/base/text.ts';
import type { MergeCommit } from '../../../core/run/finish/settings.ts';
import type { FinishChoice } from '../../../core/run/settings.ts';
import { standing } from '../../words.ts';
import { action, type Calling, type Cli } from '../command.ts';
import {
  discardRefusal,
  FINISH_CHOICES,
  jsonFlag,
  mergeCommitFlag,
  slugArgument,
  saying,
  text,
  yesFlag,
} from '../options.ts';
import { refuse, say, sayJson } from '../output.ts';
import { conduct } from '../run/conduct.ts';
import { send } from '../run/send.ts';

interface Flags {
  readonly finish?: FinishChoice;
  readonly mergeCommit?: MergeCommit;
  readonly waive?: string;
  readonly reason?: string;
  readonly yes: boolean;
  readonly json: boolean;
  readonly plain: boolean;
}

export const command = buildCommand<Flags, [string?], Calling>({
  docs: {
    brief: 'Verify a run as a whole, and say what happens with its branch',
    fullDescription: [
      'Goes on with a run whose tasks have all landed: the whole is verified, the balance is drawn, and you are asked what happens with the',
      'branch. A run with open tasks is refused: nothing unfinished passes for done.',
      '',
      'Exit codes: 0 done, 1 refused or failed, 3 waits for you.',
    ].join('\n'),
    customUsage: [
      { input: '[slug]', brief: 'verify it and ask' },
      { input: '[slug] --finish merge', brief: 'answer what is asked' },
      { input: '[slug] --waive AC-5,T3 --reason "next month"', brief: 'do without some of it' },
    ],
  },
  parameters: {
    flags: {
      finish: { kind: 'enum', values: FINISH_CHOICES, brief: 'What happens with the branch', optional: true },
      mergeCommit: mergeCommitFlag,
      waive: {
        kind: 'parsed',
        parse: text,
        brief: 'Criteria and tasks that need no proof, by their ids',
        placeholder: 'ids',
        optional: true,
      },
      reason: { kind: 'parsed', parse: saying, brief: 'Why they need none', placeholder: 'words', optional: true },
      yes: { ...yesFlag, brief: 'Throw the work away without being asked again (discard)' },
      json: jsonFlag,
      plain: { kind: 'boolean', brief: 'Plain lines instead of the live view', default: false, withNegated: false },
    },
    aliases: { y: 'yes' },
    positional: slugArgument,
  },
  func: action(finish),
});

async function finish(cli: Cli, flags: Flags, slug?: string): Promise<number> {
  const { finish: choice, mergeCommit, waive, reason, yes, json, plain } = flags;
  const refusal = discardRefusal({ yes, ...(choice === undefined ? {} : { finish: choice }) });
  if (refusal !== undefined) return refuse(cli, refusal, json);
  if (waive !== undefined && (reason ?? '').trim() === '')
    return refuse(cli, { message: 'a waiver needs a reason', hint: '--reason "why"', exit: EXIT.usage }, json);
  const found = await cli.app.runStatus(cli.context, slug);
  if (!found.ok) return refuse(cli, found.error, json);
  const open = found.value.filter(
    ({ board, legacy }) => slug !== undefined || (board.phase !== 'over' && legacy === undefined),
  );
  const [one] = open;
  if (one === undefined || open.length > 1) {
    const names = open.map(({ board }) => board.slug);
    const message = one === undefined ? 'no run is open here' : `several runs are open: ${names.join(', ')}`;
    const hint =
      one === undefined ? 'masterplan status' : names.map((name) => `masterplan finish ${name}`).join(', or: ');
    return refuse(cli, { message, hint, exit: EXIT.usage }, json);
  }
  const { board, owner } = one;
  const run = board.slug;
  if (board.phase === 'over') {
    // Whoever wants something else than what became of it is not told that it is done.
    if (choice !== undefined && board.outcome !== choice) {
      const message = `the run is over: ${board.outcome ?? ''}`;
      return refuse(cli, { message, hint: `masterplan status ${run}`, exit: EXIT.failed }, json);
    }
    if (json) sayJson(cli, { finished: { slug: run, outcome: board.outcome ?? null } });
    else say(cli, [`${oneLine(run)} is over: ${board.outcome ?? ''}`]);
    return EXIT.ok;
  }
  if (mergeCommit !== undefined) {
    // Recorded before anything is answered; a run that another process carries out is refused with its words.
    const typed = [{ key: 'merge.commit', value: mergeCommit, flag: `--merge-commit ${mergeCommit}` }];
    const opened = await cli.app.openRun(cli.context, { target: run, typed });
    if (!opened.ok) return refuse(cli, opened.error, json);
    await opened.value.close();
  }
  for (const task of (waive ?? '').split(',').flatMap((id) => (id.trim() === '' ? [] : [id.trim()]))) {
    const sent = await cli.app.sendToRun(cli.context, { request: 'waive', run, task, reason: reason ?? '' });
    if (!sent.ok) return refuse(cli, sent.error, json);
  }
  const asks = board.waiting.some(({ gate }) => gate?.id === 'finish');
  if (choice !== undefined && asks && waive === undefined) return send(cli, { request: 'finish', run, choice }, json);
  const landed = board.phase === 'finish' || board.counts.merged === board.total;
  if (!landed && waive === undefined) {
    // Somebody carries it out: nothing has to be started, and it can be looked at.
    const goesOn = owner === undefined ? `masterplan execute ${run}` : `masterplan watch ${run}`;
    const hint = board.waiting[0]?.type[0] ?? goesOn;
    const message = `"${run}" is not at its end: ${standing(board)}`;
    return refuse(cli, { message, hint, exit: EXIT.failed }, json);
  }
  // What was typed here answers what is asked there, unless that turns out to be another question: a branch without what it should hold.
  const typed = choice === undefined ? {} : { finish: choice };
  return conduct(cli, { run: { target: run, ...typed }, yes: false, json, plain });
}
