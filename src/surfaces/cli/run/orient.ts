import { EXIT, type RunInfo } from '../../../app/api.ts';
import { oneLine } from '../../../core/base/text.ts';
import { counted, standing } from '../../words.ts';
import type { Cli } from '../command.ts';
import { paintOf, refuse, say, sayJson } from '../output.ts';
import { conduct } from './conduct.ts';

/** Runs that are named. */
const MOST = 3;

/** What can be done with a run that is not over. */
type Standing = 'waits' | 'halted' | 'running' | 'goes-on' | 'damaged' | 'legacy';

/**
 * `masterplan` and nothing else: where everything is, in a few lines; then it goes on with the one run that can, or lets the person
 * choose. It never begins anything. `undefined`: this is no place for runs, and help says more.
 */
export async function orient(cli: Cli, json: boolean): Promise<number | undefined> {
  const found = await cli.app.runStatus(cli.context);
  if (!found.ok) return json ? refuse(cli, found.error, json) : undefined;
  const open = found.value.filter(({ board }) => board.phase !== 'over');
  const rows = open.map((info) => ({ info, standing: standingOf(info) }));
  const able = rows.filter((row) => row.standing === 'goes-on');
  const waiting = rows.filter((row) => row.standing === 'waits');
  const { terminal } = cli.context;
  // Of several none is taken for granted, and a question is for whoever can answer it.
  const [one] = able.length === 1 && waiting.length === 0 ? able : [];
  if (json) {
    sayJson(cli, {
      open: open.length,
      waiting: waiting.length,
      goes_on: one?.info.board.slug ?? null,
      runs: rows.map(({ info, standing: word }) => ({
        slug: info.board.slug,
        standing: word,
        next: nextOf(info),
        why: whyOf(info),
      })),
    });
    return one === undefined ? endOf(waiting.length + able.length) : goOn(cli, one.info, true);
  }
  const paint = await paintOf(cli);
  if (open.length === 0) {
    // Reading every plan takes a while, so it is done where nothing else is to be said.
    const listed = await cli.app.listDocuments(cli.context);
    const plans = listed.ok ? listed.value.plans.filter(({ status }) => status !== 'done') : [];
    say(cli, [
      plans.length === 0 ? 'No run is open here.' : `No run is open here; ${counted(plans.length, 'plan')} not over:`,
      ...plans
        .slice(0, MOST)
        .flatMap(({ title, path, status, next }) => [
          `  ${paint.strong(oneLine(title, 64))}  ${status}`,
          `    ${paint.type(oneLine(status === 'approved' ? `masterplan run ${path}` : next.type, 200))}`,
        ]),
      ...(plans.length > MOST ? [`  … and ${plans.length - MOST} more: masterplan list`] : []),
      `  ${paint.type('masterplan brainstorm "what is to be built"')}   begins with an idea`,
      `  ${paint.type('masterplan run <plan.md>')}                       carries out a plan`,
      `  ${paint.type('masterplan --help')}                              everything else`,
    ]);
    return EXIT.ok;
  }
  const blocked = rows.filter((row) => row.standing === 'damaged').length;
  say(cli, [
    [
      `${counted(open.length, 'run')} open`,
      `${waiting.length} ${waiting.length === 1 ? 'waits' : 'wait'} for you`,
      ...(blocked === 0 ? [] : [`${counted(blocked, 'bundle')} damaged`]),
    ].join(', '),
    ...rows
      .slice(0, MOST)
      .flatMap(({ info }) => [
        `  ${paint.strong(oneLine(info.board.slug, 64))}  ${oneLine(whyOf(info), 160)}`,
        `    ${paint.type(oneLine(nextOf(info), 200))}`,
      ]),
    ...(rows.length > MOST ? [`  … and ${rows.length - MOST} more: masterplan status`] : []),
  ]);
  if (one !== undefined) return goOn(cli, one.info, false);
  const choices = [...waiting, ...able];
  if (choices.length === 0 || !terminal.interactive) return endOf(choices.length);
  const [first] = choices;
  const later = 'nothing now';
  const chosen = await cli.prompts.choose(
    'Which one goes on?',
    [
      ...choices.map(({ info }) => ({
        value: info.board.slug,
        label: `${oneLine(info.board.slug, 64)}: ${oneLine(whyOf(info), 100)}`,
      })),
      { value: '', label: later },
    ],
    first?.info.board.slug ?? '',
  );
  const picked = choices.find(({ info }) => info.board.slug === chosen);
  return picked === undefined ? EXIT.waits : goOn(cli, picked.info, false);
}

/** A run that could go on, or waits for somebody, is no reason for an error; but whoever runs this without a person should know. */
function endOf(left: number): number {
  return left === 0 ? EXIT.ok : EXIT.waits;
}

function goOn(cli: Cli, { board }: RunInfo, json: boolean): Promise<number> {
  return conduct(cli, { run: { target: board.slug }, yes: false, json, plain: false });
}

function standingOf({ board, owner, problem, legacy }: RunInfo): Standing {
  if (problem !== undefined) return 'damaged';
  if (legacy !== undefined) return 'legacy';
  if (owner?.alive === true) return 'running';
  if (board.halted !== undefined) return 'halted';
  if (board.waiting.length > 0 || board.status === 'blocked') return 'waits';
  return 'goes-on';
}

function nextOf({ board, owner, problem }: RunInfo): string {
  if (problem !== undefined) return problem.hint;
  return owner?.alive === true ? `masterplan watch ${board.slug}` : board.next;
}

function whyOf({ board, owner, problem }: RunInfo): string {
  if (problem !== undefined) return problem.message;
  const [waits] = board.waiting;
  if (waits !== undefined) return waits.what;
  return owner?.alive === true ? `${standing(board)}; process ${owner.pid ?? '?'} runs it` : standing(board);
}
