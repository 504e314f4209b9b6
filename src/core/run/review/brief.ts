import { printable } from '../../base/text.ts';
import { duration } from '../../base/time.ts';
import { attemptName } from '../event.ts';
import type { RunState, TaskState } from '../state.ts';
import { REVIEW_CONTRACT, REVIEW_LIMIT } from './contract.ts';
import type { ReviewFinding } from './finding.ts';
import type { Subject } from './ledger.ts';
import { findingWords } from '../witnessing.ts';
import { placeOf } from './plan-reviews.ts';

/** A diff as it is quoted: never more than the settings say. */
export interface QuotedDiff {
  readonly text: string;
  /** Bytes of the whole diff. */
  readonly bytes: number;
  readonly whole: boolean;
}

/** What one review is told. */
export interface ReviewBrief {
  readonly schema: 1;
  readonly contract_id: typeof REVIEW_CONTRACT;
  readonly run: string;
  readonly task: string;
  /** Number of the review's own attempt. */
  readonly attempt: number;
  readonly reviews: Subject;
  readonly base: string;
  readonly title: string;
  readonly goal: string;
  readonly context: string;
  readonly scope: readonly string[];
  readonly summary: string;
  /** Commands that passed on the tree under review. */
  readonly verified: readonly string[];
  /** What we noticed in the change ourselves: tests and checks that may prove less than before. */
  readonly noticed: readonly string[];
  /** Ids that each need a verdict. */
  readonly rows: readonly string[];
  /** What the review contract of the plan wants to be checked, in words. */
  readonly contract?: readonly string[];
  /** The whole change; in later rounds what changed since the last one stands in `delta`. */
  readonly diff: QuotedDiff;
  readonly delta?: QuotedDiff;
  readonly earlier: readonly ReviewFinding[];
  readonly timeout_ms: number;
}

/** Composes the brief of a review. */
export function composeReview(
  state: RunState,
  task: TaskState,
  attempt: number,
  agent: string,
  subject: Subject,
  text: {
    readonly goal: string;
    readonly context: string;
    readonly rows: readonly string[];
    readonly contract?: readonly string[];
    readonly verified: readonly string[];
    readonly diff: QuotedDiff;
    readonly delta?: QuotedDiff;
  },
): ReviewBrief {
  return {
    schema: 1,
    contract_id: REVIEW_CONTRACT,
    run: state.run,
    task: task.task.id,
    attempt,
    reviews: subject,
    base: subject.base,
    title: task.task.title,
    goal: text.goal,
    context: text.context,
    scope: task.task.scope,
    summary: task.attempts[subject.attempt - 1]?.summary ?? '',
    verified: text.verified,
    noticed: (task.attempts[subject.attempt - 1]?.examined?.findings ?? []).slice(0, 50).map(findingWords),
    rows: text.rows,
    ...(text.contract === undefined ? {} : { contract: text.contract }),
    diff: text.diff,
    ...(text.delta === undefined ? {} : { delta: text.delta }),
    earlier: task.review?.findings ?? [],
    timeout_ms: state.settings?.agents[agent]?.timeout ?? 0,
  };
}

/** The brief as Markdown. */
export function renderReview(brief: ReviewBrief): string {
  const { reviews, earlier, delta } = brief;
  const parts: string[] = [];
  const what = attemptName(brief.task, reviews.attempt);
  parts.push(`# ${attemptName(brief.task, brief.attempt)} — Review of ${what}: ${brief.title}`);
  parts.push(
    `## Goal\n\nJudge whether the change below does what its task asks for, and nothing that it must not. You are another one than its author. Change nothing: whatever you change is thrown away.\n\nThe task:\n\n${quote(brief.goal)}`,
  );
  parts.push(
    `## Inputs\n\n${[
      ...(brief.context.trim() === '' ? [] : [brief.context.trim()]),
      `Your worktree is the tree under review (\`git show\` in it, or read its files). The change is \`${reviews.base.slice(0, 12)}..${reviews.commit.slice(0, 12)}\`.`,
      brief.summary === '' ? 'Its author says nothing about it.' : `Its author says: ${printable(brief.summary)}`,
      brief.verified.length === 0
        ? 'No command verifies it.'
        : `We ran these commands on this very tree, and they passed:\n\n${brief.verified.map((one) => fence(one, 'sh')).join('\n\n')}`,
      brief.scope.length === 0 ? '' : `It may change: ${brief.scope.map((path) => `\`${path}\``).join(', ')}`,
    ]
      .filter((one) => one !== '')
      .join('\n\n')}`,
  );
  if (delta !== undefined)
    parts.push(
      `## What changed since the last round\n\nLook at this, and at the findings below; the rest was looked at before.\n\n${quoted(delta)}`,
    );
  parts.push(`## The ${delta === undefined ? '' : 'whole '}change\n\n${quoted(brief.diff)}`);
  if (brief.noticed.length > 0)
    parts.push(
      `## What we noticed\n\nA program compared tests and checks with what they were. It does not know why they changed: you may.\n\n${brief.noticed.map((one) => `- ${printable(one)}`).join('\n')}`,
    );
  if (earlier.length > 0) {
    const rows = earlier.map((one) => {
      const lines = [`- **${one.id}** (${one.severity}, ${one.fate}) \`${placeOf(one)}\`: ${printable(one.claim)}`];
      if (one.check_command !== null)
        lines.push(
          `  - its check: \`${printable(one.check_command)}\`${one.shown === undefined ? '' : ` (${one.shown})`}`,
        );
      if (one.argument !== undefined) lines.push(`  - the author disputes it: ${printable(one.argument)}`);
      return lines.join('\n');
    });
    parts.push(
      `## Findings of earlier rounds\n\nSay of each that is open or disputed what it is now, under \`earlier\`: \`fixed\`, \`open\`, or \`withdrawn\` when the author is right.\n\n${rows.join('\n')}`,
    );
  }
  if (brief.rows.length > 0)
    parts.push(
      `## Rows\n\nGive each of these a verdict of its own under \`rows\`: ${brief.rows.join(', ')}.${brief.contract === undefined ? '' : `\n\nWhat the plan wants you to check, and when it passes:\n\n${brief.contract.map((row) => `- ${printable(row)}`).join('\n')}`}`,
    );
  parts.push(
    `## Constraints\n\n${[
      '- Name what matters, each thing once. There is no number to reach: no findings is a good answer.',
      '- `high`: it is wrong, loses data or is unsafe. `medium`: it should not land like this. `low`: everything else.',
      '- Each `high` finding carries the check that would show it, best as `check_command`: one shell command that exits with another code than 0 as long as the finding is true. We run it ourselves; when it passes, the finding does not count.',
      ...(reviews.round > 1
        ? ['- What is low, new and not in what changed since the last round holds nobody up.']
        : []),
      ...(brief.timeout_ms > 0 ? [`- You have ${duration(brief.timeout_ms)}; then the review is ended.`] : []),
    ].join('\n')}`,
  );
  parts.push(
    `## Return\n\nWrite one JSON object of at most ${REVIEW_LIMIT} bytes to the file named by \`$MASTERPLAN_DIGEST\`:\n\n${fence(
      JSON.stringify(
        {
          contract_id: REVIEW_CONTRACT,
          verdict: 'approve | request-changes',
          summary: 'what you looked at, in a few sentences',
          findings: [
            {
              severity: 'high | medium | low',
              file: 'src/a.ts',
              line: 12,
              symbol: 'name of the function or class',
              category: 'correctness',
              claim: 'what is wrong',
              check: 'what would show it',
              check_command: 'npm test -- a.test.ts',
              same_as: null,
            },
          ],
          earlier: [{ id: 'F1', state: 'fixed | open | withdrawn', note: null }],
          rows: [{ id: 'AC-1', verdict: 'met | not-met | unclear | not-applicable', note: null }],
        },
        null,
        2,
      ),
      'json',
    )}`,
  );
  return `${parts.join('\n\n')}\n`;
}

function quoted({ text, bytes, whole }: QuotedDiff): string {
  if (bytes === 0) return 'Nothing.';
  return `${fence(text, 'diff')}${whole ? '' : `\n\nThis is not all of it: the diff has ${bytes} bytes. Read the rest in your worktree.`}`;
}

function quote(text: string): string {
  return text.trim() === '' ? '> (says nothing but its title)' : text.trim().replace(/^/gm, '> ');
}

/** A fence longer than any run of backticks inside. */
function fence(text: string, language: string): string {
  let ticks = '```';
  while (text.includes(ticks)) ticks += '`';
  return `${ticks}${language}\n${text}\n${ticks}`;
}
