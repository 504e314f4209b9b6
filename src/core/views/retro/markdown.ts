import { oneLine } from '../../base/text.ts';
import { duration, formatStamp } from '../../base/time.ts';
import type { EventName } from '../../run/event.ts';
import { standingOf } from '../../run/finish/balance.ts';
import { coverageWords, findingWords } from '../../run/review/coverage.ts';
import type { Narrative } from '../../run/finish/narrative-model.ts';
import type { Retro } from './retro.ts';
import type { Asked, Trouble } from './chronicle.ts';

/** Lines of a list before the rest is only counted: a retro is read, the log has everything. */
const LIST = 40;

/** A retro as a Markdown document, with one line end at its end. The same log always makes the same bytes. */
export function retroMarkdown(retro: Retro): string {
  return `${[
    `# Retro: ${words(retro.title)}`,
    '',
    ...head(retro),
    ...outcomes(retro),
    ...balance(retro),
    ...time(retro),
    ...timeline(retro),
    ...went(retro),
    ...blocked(retro),
    ...asked(retro),
    ...deviations(retro),
    ...reviews(retro),
    ...agents(retro),
    ...followUps(retro),
    ...narrative(retro),
  ]
    .join('\n')
    .trimEnd()}\n`;
}

function head(retro: Retro): string[] {
  const { approved } = retro;
  return [
    `- **Run:** ${code(retro.slug)} (${code(retro.run)}), ${ended(retro)}`,
    `- **Started:** ${stamp(retro.started)}`,
    `- **${['completed', 'incomplete', 'cancelled'].includes(retro.status) ? 'Ended' : 'Last event'}:** ${stamp(retro.ended)} (after ${duration(retro.ended - retro.started)})`,
    `- **Plan:** ${code(retro.plan.path)}, ${retro.kind}, sha256 ${code(retro.plan.sha256.slice(0, 12))}`,
    `- **Approved:** ${approved === undefined ? 'not yet' : `by ${words(approved.by)} (${words(approved.how)})`}`,
    `- **Branch:** ${code(retro.branch)} from ${code(retro.baseBranch)} at ${code(retro.base.slice(0, 12))}${retro.tip === undefined ? '' : `, now at ${code(retro.tip.slice(0, 12))}`}`,
    '',
  ];
}

function ended({ status, outcome, branch, baseBranch }: Retro): string {
  if (status === 'cancelled') return 'cancelled';
  if (status === 'completed' || status === 'incomplete') {
    const rest = status === 'incomplete' ? ', **not complete**' : '';
    if (outcome === 'merge') return `merged into ${code(baseBranch)}${rest}`;
    if (outcome === 'pull-request') return `a pull request from ${code(branch)}${rest}`;
    return outcome === 'discard' ? 'discarded' : `kept on ${code(branch)}${rest}`;
  }
  return status === 'waiting' ? 'waits for a person' : status === 'blocked' ? 'cannot go on by itself' : 'not finished';
}

function outcomes(retro: Retro): string[] {
  const { total, landed, below = { merged: 0, total: 0 } } = retro;
  const left = total - landed;
  // A task that was planned first is merged with the last one of its sub-plan, and has no commit of its own.
  const inSubplans = below.total === 0 ? '' : `, ${below.merged} of ${below.total} in sub-plans`;
  const rows = retro.merged.map(
    ({ task, title, commit, attempts }) =>
      `| ${cell(task)} | ${cell(title)} | ${code(commit.slice(0, 12))} | ${attempts} |`,
  );
  return [
    '## Outcomes',
    '',
    `${landed - below.merged} of ${count(total - below.total, 'task')} merged${inSubplans}${left === 0 ? '' : `; ${left} not`}. ${proof(retro)}`,
    '',
    ...(rows.length === 0 ? [] : ['| Task | Title | Commit | Attempts |', '|---|---|---|---|', ...rows, '']),
    ...(retro.open.length === 0
      ? []
      : [
          'Not merged:',
          '',
          ...some(
            retro.open.map(
              ({ task, title, status }) => `- ${words(task)} ${words(title)}: ${status}${why(retro, task)}`,
            ),
          ),
          '',
        ]),
    ...criteria(retro),
  ];
}

/** What the plan asks for, and what came of it. */
function balance({ balance: items }: Retro): string[] {
  if (items.length === 0) return [];
  const { asked, proven, waived, missing } = standingOf(items);
  const rest = [
    ...(waived.length === 0 ? [] : [`${waived.length} waived`]),
    ...(missing.length === 0
      ? []
      : [
          `**${missing.length} missing:** ${missing
            .slice(0, LIST)
            .map((one) => words(one))
            .join(', ')}`,
        ]),
  ];
  const rows = items.map(
    ({ id, kind, state, text, by }) =>
      `| ${kind === 'whole' ? 'of the whole' : cell(id)} | ${cell(text)} | ${state === 'proven' ? 'proven' : `**${state}**`} | ${cell(by)} |`,
  );
  return [
    '## What the plan asked for',
    '',
    ...(asked === 0
      ? ['Nothing in it has a name to be proven by; what it says of the whole was held against what ran.']
      : [`${proven} of ${asked} proven${rest.length === 0 ? '' : `, ${rest.join(', ')}`}.`]),
    '',
    '| | Asked for | | By |',
    '|---|---|---|---|',
    ...rows.slice(0, 200),
    ...(rows.length > 200 ? [`| … | and ${rows.length - 200} more, in the log | | |`] : []),
    '',
  ];
}

/** Criteria that nobody proves, because a person said so. */
function criteria({ waived }: Retro): string[] {
  const rows = (waived ?? []).flatMap(({ task, criterion, by, reason }) =>
    criterion === undefined ? [] : [`- ${words(task)}, ${words(criterion)}: by ${words(by)} (${words(reason)})`],
  );
  return rows.length === 0 ? [] : ['Criteria that were waived, and not proven:', '', ...rows, ''];
}

function why(retro: Retro, task: string): string {
  const waived = retro.waived?.find((one) => one.task === task && one.criterion === undefined);
  if (waived !== undefined) return ` by ${words(waived.by)} (${words(waived.reason)})`;
  const failed = retro.failed.find((one) => one.task === task);
  return failed === undefined ? '' : ` (${words(failed.reason)})`;
}

function proof({ branchVerified, unproven, merged }: Retro): string {
  const parts = [
    branchVerified === true
      ? 'The commands of the whole plan passed on the branch as it stands.'
      : branchVerified === false
        ? 'The commands of the whole plan **do not pass** on the branch.'
        : 'No command of the whole plan ran on the branch as it stands.',
  ];
  if (unproven.length > 0 && unproven.length === merged.length)
    parts.push('No task had a verify command: **nothing proves what landed.**');
  else if (unproven.length > 0)
    parts.push(`Without a verify command landed: ${unproven.map((one) => words(one)).join(', ')}.`);
  return parts.join(' ');
}

function time(retro: Retro): string[] {
  const { passed } = retro;
  const all = Math.max(1, retro.ended - retro.started);
  const row = (what: string, ms: number): string => `| ${what} | ${duration(ms)} | ${Math.round((100 * ms) / all)} % |`;
  return [
    '## Where the time went',
    '',
    '| | Time | Share |',
    '|---|---|---|',
    row('Agents or verification at work', passed.atWork),
    row('Waiting for a person', passed.waitedForPeople),
    row('Waiting for limits of accounts', passed.waitedForLimits),
    row('Nothing under way', passed.still),
    '',
    `Agents worked ${duration(retro.agentTime)} in ${count(retro.attempts, 'attempt')}, at most ${retro.peak} at once and ${retro.mean.toFixed(1)} on average while anything was under way; verify commands ran ${duration(retro.verifyTime)}.`,
    '',
  ];
}

function timeline({ milestones }: Retro): string[] {
  return ['## Timeline', '', ...some(milestones.map(({ at, text }) => `- ${stamp(at)} ${words(text)}`)), ''];
}

function went(retro: Retro): string[] {
  const { merged, firstTry, troubles } = retro;
  const lines = [
    ...(merged.length > 0
      ? [`${firstTry} of ${count(merged.length, 'merged task')} landed with the first attempt.`]
      : []),
    ...(merged.length > 0 && !troubles.some(({ kind }) => kind === 'scope_violated')
      ? ['Every change stayed in its scope.']
      : []),
    ...(merged.length > 1 && !troubles.some(({ kind }) => kind === 'merge_conflicted') ? ['Nothing conflicted.'] : []),
    ...(retro.branchVerified === true ? ['The finished branch is verified as a whole.'] : []),
  ];
  return [
    '## What went well',
    '',
    ...(lines.length === 0 ? ['Nothing landed.'] : lines.map((line) => `- ${line}`)),
    '',
  ];
}

/** Kinds of trouble in the words of a heading. */
const KINDS: Partial<Record<EventName, string>> = {
  attempt_finished: 'attempts that did not end well',
  attempt_voided: 'attempts that count for nothing',
  verification_finished: 'claims of success that verification did not bear out',
  contract_violation: 'digests that broke their contract',
  scope_violated: 'changes outside of their scope',
  witness_failed: 'claims that evidence contradicts',
  change_examined: 'changes that weakened what should prove them',
  old_tests_tried: 'changes on whose result the tests fail as they were',
  worktree_vanished: 'worktrees that somebody removed',
  setup_finished: 'worktrees that could not be set up',
  review_finished: 'reviews that asked for changes',
  review_skipped: 'reviews that did not take place',
  review_discarded: 'reviewers that changed files',
  loss_found: 'changes of others that would have vanished',
  landing_rejected: 'tasks that failed together with others',
  circuit_opened: 'tasks that failed in the same way again and again',
  dispatch_paused: 'shortages of the machine',
  merge_conflicted: 'conflicts',
  task_failed: 'tasks given up',
  task_reopened: 'tasks opened again',
  finish_refused: 'finishes refused',
  lane_parked: 'accounts at a limit',
  agent_degraded: 'agents that were not there',
  branch_moved: 'the branch moved by somebody else',
  repository_tampered: 'changes in the git directory',
  subplan_rejected: 'sub-plans rejected',
  log_repaired: 'torn ends of the log',
  recovered: 'starts after a crash',
  anomaly: 'oddities of the machine',
};

function blocked({ troubles }: Retro): string[] {
  if (troubles.length === 0) return ['## What blocked', '', 'Nothing.', ''];
  const groups = new Map<EventName, Trouble[]>();
  for (const one of troubles) groups.set(one.kind, [...(groups.get(one.kind) ?? []), one]);
  const sorted = [...groups].sort(([, a], [, b]) => b.length - a.length);
  return [
    '## What blocked',
    '',
    ...sorted.flatMap(([kind, list]) => [
      `**${list.length} × ${KINDS[kind] ?? kind.replaceAll('_', ' ')}**`,
      '',
      ...some(list.map(({ at, text }) => `- ${stamp(at)} ${words(text)}`)),
      '',
    ]),
  ];
}

function asked(retro: Retro): string[] {
  if (retro.asked.length === 0) return [];
  const line = ({ question, opened, answered }: Asked): string =>
    answered === undefined
      ? `- ${words(question)}: open since ${stamp(opened)}`
      : `- ${words(question)}: **${words(answered.answer)}** by ${words(answered.by)} (${words(answered.how)}), after ${duration(answered.at - opened)}`;
  return ['## What was asked', '', ...some(retro.asked.map(line)), ''];
}

function deviations({ troubles, retried }: Retro): string[] {
  const lessons = retried.filter(({ lesson }) => lesson !== undefined);
  const off = troubles.filter(
    ({ kind }) => kind === 'scope_violated' || kind === 'branch_moved' || kind === 'task_reopened',
  );
  if (off.length + lessons.length === 0) return ['## Deviations from the plan', '', 'None that the log knows of.', ''];
  return [
    '## Deviations from the plan',
    '',
    ...some([
      ...off.map(({ text }) => `- ${words(text)}`),
      ...lessons.map(
        ({ task, attempt, lesson }) =>
          `- ${words(task)} needed another attempt after ${attempt}: ${words(lesson ?? '')}`,
      ),
    ]),
    '',
  ];
}

function reviews({ review }: Retro): string[] {
  const found = findingWords(review);
  return [
    '## Review',
    '',
    `${words(coverageWords(review).replace(/^review: /, ''))}.${found === '' ? '' : ` Findings: ${found}.`}`,
    '',
    ...some(review.gaps.map(({ task, reason }) => `- **${words(task)} was not reviewed:** ${words(reason)}`)),
    ...(review.gaps.length === 0 ? [] : ['']),
  ];
}

function agents({ spent }: Retro): string[] {
  if (spent.length === 0) return [];
  return [
    '## Agents',
    '',
    '| Agent | Attempts | Tokens | Cost |',
    '|---|---|---|---|',
    ...spent.map(
      ({ agent, attempts, tokens, cost, estimated, unknown }) =>
        `| ${cell(agent)} | ${attempts} | ${tokens} | ${unknown === attempts ? 'not known' : `$${cost.toFixed(2)}${estimated ? ' (estimated)' : ''}${unknown > 0 ? `, ${unknown} not known` : ''}`} |`,
    ),
    '',
  ];
}

function followUps({ followUps: list }: Retro): string[] {
  return [
    '## Follow-ups',
    '',
    ...(list.length === 0 ? ['None.'] : some(list.map(({ what, type }) => `- [ ] ${words(what)} — ${code(type)}`))),
    '',
  ];
}

/** What an agent said, told apart from all the rest: nothing of it is found out by us. */
function narrative({ narrative: told }: Retro): string[] {
  if (told === undefined) return [];
  const { agent, model, said } = told;
  const list = (heading: string, remarks: Narrative['went_well']): string[] =>
    remarks.length === 0
      ? []
      : [
          `### ${heading}`,
          '',
          ...some(
            remarks.map(({ text, tasks }) => `- ${words(text, 600)} (${tasks.map((id) => words(id)).join(', ')})`),
          ),
          '',
        ];
  return [
    '## In the words of an agent',
    '',
    `*${words(agent)}${model === undefined ? '' : ` (model ${words(model)})`} wrote this of what stands above. Nothing of it was checked, but that the tasks exist.*`,
    '',
    ...(said.summary === '' ? [] : [words(said.summary, 1500), '']),
    ...list('It went well', said.went_well),
    ...list('It went badly', said.went_badly),
    ...list('Next time', said.next_time),
  ];
}

function some(lines: readonly string[]): string[] {
  return lines.length <= LIST
    ? [...lines]
    : [...lines.slice(0, LIST), `- … and ${lines.length - LIST} more, in the log`];
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function stamp(at: number): string {
  return `${formatStamp(at).slice(0, 16).replace('T', ' ')} UTC`;
}

/** Foreign text in a line of Markdown: it can neither open markup nor end the line. */
function words(text: string, most = 300): string {
  return oneLine(text, most).replaceAll(/[\\`*_[\]<>]/g, (mark) => `\\${mark}`);
}

function cell(text: string): string {
  return words(text).replaceAll('|', '\\|');
}

function code(text: string): string {
  const flat = oneLine(text, 300);
  return flat.includes('`') ? words(flat) : `\`${flat}\``;
}
