import { FAILURES } from '../../core/agents/failure.ts';
import { sha256 } from '../../core/base/sha256.ts';
import { oneLine } from '../../core/base/text.ts';
import { commitText } from '../../core/run/commit-text.ts';
import { commandsOf } from '../../core/run/queue/commands.ts';
import { heldAs } from '../../core/run/containing.ts';
import { allowedCommands } from '../../core/run/leave.ts';
import type { EffectOf } from '../../core/run/effect.ts';
import { attemptName, type Ending, type RunEvent } from '../../core/run/event.ts';
import { composeReview, renderReview } from '../../core/run/review/brief.ts';
import {
  parseReview,
  REVIEW_CONTRACT,
  REVIEW_LIMIT,
  type ReviewDigest,
  rowsIn,
} from '../../core/run/review/contract.ts';
import {
  anchorIn,
  NO_ANCHOR,
  type Anchor,
  type Claim,
  type ReviewFinding,
  type Shown,
} from '../../core/run/review/finding.ts';
import { rowsToJudge, rowWords } from '../../core/run/finish/rows.ts';
import { briefProblems } from '../../core/run/contracts/registry.ts';
import { identify, toCheck, weigh } from '../../core/run/review/judge.ts';
import { REVIEW_DEFAULTS } from '../../core/run/review/settings.ts';
import type { Subject } from '../../core/run/review/ledger.ts';
import { taskOf, type Attempt, type TaskState } from '../../core/run/state.ts';
import { type AgentEnd } from '../agents/command.ts';
import { containAgent } from '../agents/containment.ts';
import { readOutcome } from '../agents/outcome.ts';
import { attemptFile } from '../paths.ts';
import { check } from './check.ts';
import { tamperCheck, voidUnlessKept } from './land.ts';
import type { Performing } from './performer.ts';
import { deltaOf, quote } from './review-delta.ts';
import { textsFor } from './subplan-texts.ts';
import { assignedBy, attend, park, told, unrepaired, vanished } from './work.ts';

/** Characters of the plan that a brief quotes. */
const MOST_TEXT = 200_000;

/**
 * Carries a review from its brief to its verdict: an attempt like any other, but for what comes of it. Whatever the reviewer
 * changed is kept under a ref, told, and goes nowhere.
 */
export async function review(
  effect: EffectOf<'work'>,
  subject: Subject,
  performing: Performing,
  signal: AbortSignal,
): Promise<RunEvent[]> {
  const task = taskOf(performing.state(), effect.task);
  if (task === undefined) return [];
  const missing = await voidUnlessKept({ task: effect.task, attempt: subject.attempt }, performing);
  if (missing !== undefined) return [...(await giveUp(effect, subject, task, performing)), ...missing];
  if (!effect.started) await begin(effect, subject, task, performing);
  const attempt = task.attempts[effect.attempt - 1];
  if (attempt === undefined) return [];
  const end = await attend(effect, task, attempt, performing, signal, {
    from: () => Promise.resolve(subject.commit),
    write: () => writeBrief(effect, subject, task, performing),
  });
  performing.doing?.(attemptName(effect.task, effect.attempt), undefined);
  const events = await conclude(effect, subject, task, attempt, end, performing, signal);
  const tampered = await tamperCheck(performing);
  return tampered === undefined ? events : [...events, tampered];
}

/** Ends a review of work that is gone: nothing can be said of it any more. */
async function giveUp(
  effect: EffectOf<'work'>,
  subject: Subject,
  task: TaskState,
  performing: Performing,
): Promise<RunEvent[]> {
  const attempt = task.attempts[effect.attempt - 1];
  if (!effect.started || attempt === undefined) return [];
  await attend({ ...effect, end: true }, task, attempt, performing, AbortSignal.abort(), {
    from: () => Promise.resolve(subject.commit),
    write: () => Promise.resolve(),
  });
  const of = { task: effect.task, attempt: effect.attempt };
  return [
    { event: 'attempt_finished', ...of, ending: 'lost', reason: 'the work that it judges is gone', exit_code: null },
  ];
}

/** Writes the brief and then, durably, the intent: from here on the attempt number is taken. */
async function begin(
  effect: EffectOf<'work'>,
  subject: Subject,
  task: TaskState,
  performing: Performing,
): Promise<void> {
  const { markdown, problems } = await writeBrief(effect, subject, task, performing);
  // Everything in it has a bound. Nobody is asked for what cannot be read, and nothing goes on as if it had been reviewed.
  if (problems.length > 0) throw new Error(`the brief does not fit ${REVIEW_CONTRACT}: ${problems.join('; ')}`);
  await performing.record([
    {
      event: 'attempt_started',
      task: effect.task,
      attempt: effect.attempt,
      agent: effect.agent,
      contract_id: REVIEW_CONTRACT,
      base: effect.base,
      nonce: performing.io.random.hex(16),
      brief_sha256: sha256(markdown),
      ...assignedBy(effect),
      reviews: subject,
    },
  ]);
}

/** The rows of a review contract; a spec that is quoted to the author of a plan is none. */
function rowsOf({ task }: TaskState, goal: string): ReturnType<typeof rowsIn> {
  return task.authors === undefined ? rowsIn(goal) : [];
}

/** Text of the plan, of which there may be any amount. */
function bounded(text: string): string {
  return text.length <= MOST_TEXT ? text : `${text.slice(0, MOST_TEXT)}\n\n(The rest of it is left out.)`;
}

/** Writes what the reviewer is given to read. */
async function writeBrief(
  effect: EffectOf<'work'>,
  subject: Subject,
  task: TaskState,
  performing: Performing,
): Promise<{ readonly markdown: string; readonly problems: readonly string[] }> {
  const { io, paths, texts } = performing;
  const state = performing.state();
  const most = (state.settings?.review ?? REVIEW_DEFAULTS).diff;
  const quoted = await textsFor(io, paths, state, texts, task);
  const delta = await deltaOf(task, subject, performing);
  const judged = rowsToJudge(state, task);
  const brief = composeReview(state, task, effect.attempt, effect.agent, subject, {
    goal: bounded(quoted.goal),
    context: bounded(quoted.context),
    rows: [...judged.map(({ id }) => id), ...rowsOf(task, quoted.goal)],
    ...(judged.length === 0 ? {} : { contract: judged.map(rowWords) }),
    verified: task.task.authors === undefined ? commandsOf(state, task) : [],
    diff: quote(await performing.git.diff(subject.base, subject.commit), most),
    ...(delta === undefined ? {} : { delta: quote(delta.text, most) }),
  });
  const markdown = renderReview(brief);
  const file = attemptFile(effect.task, effect.attempt);
  const inputs = `${paths.attempts}/${file}`;
  await io.files.makeDirectory(inputs);
  await io.files.makeDirectory(paths.briefs);
  await io.files.write(`${paths.briefs}/${file}.md`, markdown);
  await io.files.write(`${inputs}/brief.md`, markdown);
  const json = new TextEncoder().encode(`${JSON.stringify(brief, null, 2)}\n`);
  await io.files.write(`${inputs}/brief.json`, json);
  return { markdown, problems: briefProblems(REVIEW_CONTRACT, brief, json.length) };
}

/** What the end of a reviewer is worth: its digest, and what its checks show. */
async function conclude(
  effect: EffectOf<'work'>,
  subject: Subject,
  task: TaskState,
  attempt: Attempt,
  end: AgentEnd,
  performing: Performing,
  signal: AbortSignal,
): Promise<RunEvent[]> {
  const { io, paths } = performing;
  const file = attemptFile(effect.task, effect.attempt);
  const inputs = `${paths.attempts}/${file}`;
  const of = { task: effect.task, attempt: effect.attempt };
  if (end.how === 'vanished') return vanished(end, effect, performing);
  const events: RunEvent[] = [];
  events.push(...(await discard(effect, subject, task, attempt, performing)));
  const agent = performing.state().settings?.agents[effect.agent];
  const kept =
    agent === undefined || agent.kind === 'command' ? undefined : await readOutcome(io.files, inputs, agent.kind);
  if (kept !== undefined)
    events.push({ event: 'agent_reported', ...of, ...kept.report }, ...told(performing, effect.agent, kept));
  const finished = (ending: Ending, reason: string): RunEvent[] => [
    ...events,
    { event: 'attempt_finished', ...of, ending, reason, exit_code: end.code ?? null },
  ];
  if (end.how === 'cancelled') return finished('cancelled', 'the run was stopped');
  if (end.how === 'unready') {
    events.push(...(end.events ?? []));
    return finished('unready', end.reason);
  }
  if (end.how === 'timed-out') return finished('timed_out', end.reason);
  if (end.how === 'rebooted') return finished('lost', end.reason);
  if (end.how === 'too-loud' || end.how === 'over-budget') return finished('failed', end.reason);
  if (kept?.whole === true && kept.report.failure !== null) {
    const { failure, message } = kept.report;
    const { counts, lane, about } = FAILURES[failure];
    events.push(...park(performing, effect.agent, kept));
    const reason = `${about}${message === '' ? '' : `: ${oneLine(message, 300)}`}`;
    return finished(counts ? 'failed' : lane === 'open' ? 'lost' : 'limited', reason);
  }
  if (end.how === 'not-started') return finished('failed', end.reason);
  const { goal } = await textsFor(io, paths, performing.state(), performing.texts, task);
  const rows = [...rowsToJudge(performing.state(), task).map(({ id }) => id), ...rowsOf(task, goal)];
  const read = await readReview(performing, `${inputs}/digest.json`, rows);
  if (read === undefined) {
    if (end.how === 'lost') return finished('lost', end.reason);
    const problems = unrepaired(attempt, read);
    if (problems !== undefined) {
      events.push({ event: 'contract_violation', ...of, contract_id: REVIEW_CONTRACT, problems });
      return finished('contract_violation', problems[0] ?? 'the verdict is not valid');
    }
    return finished('failed', `the reviewer ended without a verdict (${end.reason})`);
  }
  if ('problems' in read) {
    events.push({ event: 'contract_violation', ...of, contract_id: REVIEW_CONTRACT, problems: read.problems });
    if (read.admits !== undefined)
      return finished(
        read.admits.status,
        oneLine(read.admits.reason, 400) || `the reviewer says it is ${read.admits.status}`,
      );
    return finished('contract_violation', read.problems[0] ?? 'the verdict is not valid');
  }
  const judged = await judge(effect, subject, task, read.digest, performing, signal);
  // Stopped while its checks ran: the next start adopts its digest, and runs them.
  if (judged === undefined) return effect.end ? finished('cancelled', 'it was stopped') : [];
  await io.files.makeDirectory(paths.digests);
  const said = `${JSON.stringify({ ...read.digest, source: 'agent' }, null, 2)}\n`;
  await io.files.write(`${paths.digests}/${file}.json`, performing.redactor?.text(said) ?? said);
  return [...finished('done', ''), judged];
}

/** The verdict: by the findings, and by what the commands that would show them say on the very tree. */
async function judge(
  effect: EffectOf<'work'>,
  subject: Subject,
  task: TaskState,
  digest: ReviewDigest,
  performing: Performing,
  signal: AbortSignal,
): Promise<RunEvent | undefined> {
  const { hold } = performing.state().settings?.review ?? REVIEW_DEFAULTS;
  const delta = (await deltaOf(task, subject, performing))?.delta;
  const anchors = await anchorsOf(digest.findings, subject, performing);
  const found = identify(
    task.review?.findings ?? [],
    digest,
    subject.round,
    delta,
    (claim) => anchors.get(claim) ?? NO_ANCHOR,
  );
  const shown: Record<string, Shown> = {};
  for (const one of toCheck(found)) {
    const result = await tryCheck(one, effect, subject, task, performing, signal);
    if (result === 'stopped') return undefined;
    shown[one.id] = result;
  }
  const { verdict, findings } = weigh(found, shown, subject.round, delta, hold);
  return {
    event: 'review_finished',
    task: effect.task,
    attempt: effect.attempt,
    reviews: subject.attempt,
    base: subject.base,
    commit: subject.commit,
    tree: subject.tree,
    round: subject.round,
    agent: effect.agent,
    how: subject.how,
    verdict,
    said: digest.verdict,
    summary: oneLine(digest.summary, 400),
    findings,
    rows: digest.rows.map(({ id, verdict: row }) => ({ id, verdict: row })),
  };
}

/** Runs the command of a finding on a clean checkout. What could not be run to its own end shows nothing. */
async function tryCheck(
  { id, check_command }: ReviewFinding,
  effect: EffectOf<'work'>,
  subject: Subject,
  task: TaskState,
  performing: Performing,
  signal: AbortSignal,
): Promise<Shown | 'stopped'> {
  const command = check_command ?? '';
  const where = placeFor(command, effect, task, performing);
  if (where === 'nowhere') return 'not-run';
  const name = `${attemptFile(effect.task, effect.attempt)}.${id}`;
  const within = where === 'contained' ? container(effect, performing) : undefined;
  const { commit, tree } = subject;
  const result = await check({ commit, tree }, [command], name, performing, signal, undefined, within);
  if (result === undefined) return 'stopped';
  if (result.passed) return 'passes';
  const { failed } = result;
  const ended = failed?.command === command && failed.reason.startsWith('exit code ');
  return ended && failed.exit_code !== 126 && failed.exit_code !== 127 ? 'fails' : 'not-run';
}

/**
 * Where a command that a reviewer names may be run by us. Those that the plan declares or a person allowed are run as ever; others with no
 * more rights than the reviewer has itself: in its container, openly for one that may run anything, and nowhere for one that has to ask.
 */
function placeFor(
  command: string,
  effect: EffectOf<'work'>,
  task: TaskState,
  performing: Performing,
): 'open' | 'contained' | 'nowhere' {
  const state = performing.state();
  const agent = state.settings?.agents[effect.agent];
  const squeeze = (text: string): string => text.trim().replace(/\s+/g, ' ');
  if (
    [...commandsOf(state, task), ...allowedCommands(state, effect.task)].some(
      (one) => squeeze(one) === squeeze(command),
    )
  )
    return 'open';
  if (agent === undefined) return 'nowhere';
  const held = state.settings === undefined ? undefined : heldAs(state.settings, effect.agent, 'review').policy;
  if (held !== undefined && performing.containment !== undefined) return 'contained';
  return agent.kind === 'command' || agent.permission === 'all' ? 'open' : 'nowhere';
}

/** A shell in the container of the reviewer, around a checkout that may be changed; a container that cannot be made ends the check. */
function container(
  effect: EffectOf<'work'>,
  performing: Performing,
): (checkout: string, evidence: string) => Promise<readonly [string, ...string[]]> {
  return async (checkout, evidence) => {
    const place = { worktree: checkout, scratch: `${checkout}/.git`, inputs: evidence };
    const who = { agent: effect.agent, role: 'review' as const };
    const made = await containAgent(place, who, { ...performing.base }, performing);
    // Where it cannot be made, nothing is run outside of it instead.
    const [program, ...words] = made.ok ? [...made.value, ...performing.shell] : [];
    return program === undefined ? ['sh', '-c', 'exit 126', 'sh'] : [program, ...words];
  };
}

/** What stands where each claim points, in the tree under review. */
async function anchorsOf(
  claims: readonly Claim[],
  subject: Subject,
  { git }: Performing,
): Promise<ReadonlyMap<Claim, Anchor>> {
  const texts = new Map<string, string | undefined>();
  const anchors = new Map<Claim, Anchor>();
  for (const claim of claims) {
    if (claim.file === '' || claim.line === null) continue;
    if (!texts.has(claim.file)) texts.set(claim.file, decoded(await git.read(subject.commit, claim.file)));
    const text = texts.get(claim.file);
    if (text !== undefined) anchors.set(claim, anchorIn(text, claim.line));
  }
  return anchors;
}

function decoded(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}

/** Keeps what a reviewer left in its worktree, and says so where it changed anything. */
async function discard(
  effect: EffectOf<'work'>,
  subject: Subject,
  task: TaskState,
  attempt: Attempt,
  performing: Performing,
): Promise<RunEvent[]> {
  const { git, paths } = performing;
  const file = attemptFile(effect.task, effect.attempt);
  const text = commitText(performing.state(), task.task, effect.attempt, 'What a reviewer changed.', attempt.started);
  await performing.confirm();
  if (attempt.put !== undefined) await git.keepOut(`${paths.worktrees}/${file}`, attempt.put);
  const collected = await git.collect(
    `${paths.worktrees}/${file}`,
    `${paths.scratch}/${file}.git`,
    subject.commit,
    file,
    text,
  );
  if (collected === undefined || collected.changed.length === 0) return [];
  const changed = collected.changed.slice(0, 50).map(({ path }) => path);
  return [{ event: 'review_discarded', task: effect.task, attempt: effect.attempt, paths: changed }];
}

async function readReview(
  performing: Performing,
  path: string,
  rows: readonly string[],
): Promise<
  | { readonly digest: ReviewDigest }
  | {
      readonly problems: readonly string[];
      readonly admits?: { readonly status: 'blocked' | 'failed'; readonly reason: string };
    }
  | undefined
> {
  let bytes: Uint8Array | undefined;
  try {
    bytes = await performing.io.files.read(path, REVIEW_LIMIT * 20);
  } catch (error) {
    return { problems: [`the digest cannot be read: ${error instanceof Error ? error.message : String(error)}`] };
  }
  if (bytes === undefined) return undefined;
  const parsed = parseReview(new TextDecoder().decode(bytes), bytes.length, rows);
  return parsed.ok ? { digest: parsed.value } : parsed.error;
}
