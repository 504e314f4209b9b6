import { redactFile } from '../machine/redact-file.ts';
import { FAILURES } from '../../core/agents/failure.ts';
import { sha256 } from '../../core/base/sha256.ts';
import { formatStamp } from '../../core/base/time.ts';
import { oneLine } from '../../core/base/text.ts';
import { leavingWords } from '../../core/run/amend/leaving.ts';
import { type Brief, composeBrief, contractOf, renderBrief } from '../../core/run/brief.ts';
import {
  type ContractId,
  derivedDigest,
  type Digest,
  DIGEST_LIMIT,
  DISCOVERY_CONTRACT,
  INTERVIEW_CONTRACT,
  parseDigest,
} from '../../core/run/contract.ts';
import { briefProblems, contractCalled } from '../../core/run/contracts/registry.ts';
import type { BadDigest } from '../../core/run/contracts/spec.ts';
import { conversationFor } from '../../core/run/conversation.ts';
import type { EffectOf } from '../../core/run/effect.ts';
import { attemptName, type Ending, type RunEvent } from '../../core/run/event.ts';
import { laneNews } from '../../core/run/lane-limits.ts';
import { laneOf, restUntil } from '../../core/run/lanes.ts';
import { commitText } from '../../core/run/commit-text.ts';
import { taskOf, type Attempt, type TaskState } from '../../core/run/state.ts';
import { makeReady, type Ready } from '../environment/ready.ts';
import { attendAgent, launchAgent, readExit, type AgentEnd } from '../agents/command.ts';
import type { AttemptPlace } from '../agents/place.ts';
import {
  contractFor,
  endOfRepair,
  placeOfRepair,
  prepareRepair,
  problemsToRepair,
  unreadable,
} from '../agents/repair.ts';
import { type Kept, readOutcome } from '../agents/outcome.ts';
import { attemptFile } from '../paths.ts';
import { collectArtefacts } from './artefacts.ts';
import { watchingCheckout } from './checkout-watch.ts';
import { adoptDocument, BETTER, stageDocuments } from './adopt-document.ts';
import { adoptSubplan } from './adopt-subplan.ts';
import { authoringTexts } from './authoring-texts.ts';
import { toldBeside } from '../../core/run/learned/beside.ts';
import { readLearned } from '../learned.ts';
import { researchFor } from './research-notes.ts';
import { handedBack, lossFound } from './hand-back.ts';
import { layOut } from './by-hand.ts';
import { beginningOf, handoffFor } from './handoff.ts';
import { tamperCheck } from './land.ts';
import { touchesOf } from '../../core/run/queue/touches.ts';
import { textsFor } from './subplan-texts.ts';
import { templateOf } from '../../core/plan/kinds/templates.ts';
import type { Performing } from './performer.ts';
import { removeUnused } from './removal.ts';
import { Snapshots } from './snapshots.ts';
import { witness } from './witness.ts';

/** Carries an attempt from its brief to its digest; see the table in ARCHITECTURE.md for what it looks at first. */
export async function work(effect: EffectOf<'work'>, performing: Performing, signal: AbortSignal): Promise<RunEvent[]> {
  const task = taskOf(performing.state(), effect.task);
  if (task === undefined) return [];
  if (!effect.started) {
    const refused = await begin(effect, task, performing);
    if (refused.length > 0) return refused;
  }
  const attempt = task.attempts[effect.attempt - 1];
  if (attempt === undefined) return [];
  const end =
    attempt.person === undefined
      ? await watchingCheckout(effect, attempt, performing, () =>
          attend(effect, task, attempt, performing, signal, {
            from: () => beginningOf(task, attempt, performing),
            write: () => writeBrief(effect, task, performing),
          }),
        )
      : await layOut(effect, task, attempt, attempt.person, performing);
  // Large files take a while.
  performing.doing?.(attemptName(effect.task, effect.attempt), 'what it left is stored');
  const events = await conclude(effect, task, attempt, end, performing).finally(() =>
    performing.doing?.(attemptName(effect.task, effect.attempt), undefined),
  );
  const tampered = await tamperCheck(performing);
  return tampered === undefined ? events : [...events, tampered];
}

/**
 * Writes the brief and then, durably, the intent: from here on the attempt number is taken. Returns what is to be recorded instead when the
 * brief is not what its contract says: nobody is asked for what cannot be read.
 */
async function begin(effect: EffectOf<'work'>, task: TaskState, performing: Performing): Promise<RunEvent[]> {
  const { brief, markdown, problems } = await writeBrief(effect, task, performing);
  const settings = performing.state().settings?.agents[effect.agent];
  const talk = conversationFor(task, effect.agent, settings, effect.assignment?.model);
  if (problems.length > 0) {
    const reason = `its brief does not fit ${brief.contract_id}: ${problems.join('; ')}`;
    return [{ event: 'task_failed', task: effect.task, reason }];
  }
  await performing.record([
    {
      event: 'attempt_started',
      task: effect.task,
      attempt: effect.attempt,
      agent: effect.agent,
      contract_id: brief.contract_id,
      base: effect.base,
      nonce: performing.io.random.hex(16),
      brief_sha256: sha256(markdown),
      ...assignedBy(effect),
      ...(talk === undefined ? {} : { session: talk.session }),
      ...(brief.learned === undefined ? {} : { learned: brief.learned.map(({ id }) => id) }),
    },
  ]);
  return [];
}

/** Writes what the agent is given to read. */
async function writeBrief(
  effect: EffectOf<'work'>,
  task: TaskState,
  performing: Performing,
): Promise<{ readonly brief: Brief; readonly markdown: string; readonly problems: readonly string[] }> {
  const { io, paths, texts } = performing;
  const state = performing.state();
  const { planFirst } = task.task;
  const handoff = await handoffFor(task, effect.attempt, effect.base, performing);
  const told = await textsFor(io, paths, state, texts, task);
  const brief = composeBrief(state, task, effect.attempt, effect.base, effect.agent, {
    ...told,
    ...(await researchFor(io, paths, task, told)),
    ...(task.task.authors === undefined ? {} : { authoring: await authoringTexts(io, paths, state, task) }),
    ...(handoff === undefined
      ? {}
      : handoff.back === undefined
        ? { handoff: handoff.from }
        : { back: await handedBack(handoff, performing) }),
    ...(planFirst === undefined ? {} : { template: templateOf(planFirst, task.task.title, effect.task) }),
    learned: await readLearned(io, paths, state.settings),
  });
  const markdown = renderBrief(brief);
  const json = `${JSON.stringify(brief, null, 2)}\n`;
  const problems = briefProblems(brief.contract_id, brief, new TextEncoder().encode(json).length);
  if (problems.length > 0) return { brief, markdown, problems };
  const file = attemptFile(effect.task, effect.attempt);
  const inputs = `${paths.attempts}/${file}`;
  await io.files.makeDirectory(inputs);
  await io.files.makeDirectory(paths.briefs);
  await io.files.write(`${paths.briefs}/${file}.md`, markdown);
  await io.files.write(`${inputs}/brief.md`, markdown);
  await io.files.write(`${inputs}/brief.json`, json);
  return { brief, markdown, problems };
}

/** What the log says of the choice of an agent. */
export function assignedBy({ assignment }: EffectOf<'work'>): Partial<Extract<RunEvent, { event: 'attempt_started' }>> {
  if (assignment === undefined) return {};
  const { role, model, effort, reason, source } = assignment;
  return { role, model: model ?? null, effort: effort ?? null, reason, source };
}

/** What an agent begins with: a commit in its worktree, and what it is given to read. */
export interface Beginning {
  from(): Promise<string>;
  write(): Promise<unknown>;
}

/** Starts the agent of an attempt, or attaches to it, and waits for its end. */
export async function attend(
  effect: EffectOf<'work'>,
  task: TaskState,
  attempt: Attempt,
  performing: Performing,
  signal: AbortSignal,
  beginning: Beginning,
): Promise<AgentEnd> {
  const { io, paths, git } = performing;
  const file = attemptFile(effect.task, effect.attempt);
  const scratch = `${paths.scratch}/${file}.git`;
  const place: AttemptPlace = {
    name: attemptName(effect.task, effect.attempt),
    worktree: `${paths.worktrees}/${file}`,
    scratch,
    inputs: `${paths.attempts}/${file}`,
    record: `${paths.processes}/${file}.json`,
    transcript: `${paths.transcripts}/${file}.log`,
  };
  const carry = (at: AttemptPlace, prepare: () => Promise<Ready>): Promise<AgentEnd> =>
    carryStart(at, effect, attempt, performing, signal, prepare);
  if (attempt.repair === undefined) {
    const end = await carry(place, async () => {
      // No agent was in it yet, and a worktree from before a crash may look whole and have lost files to a power cut.
      await performing.confirm();
      return makeReady(effect.task, attempt, performing, signal, async () => {
        await removeUnused(git, place.worktree, scratch);
        const from = await beginning.from();
        // Who slept until now may find the worktree of the next owner's agent there.
        await performing.confirm();
        await git.openWorktree(place.worktree, scratch, from);
        // Somebody deleted what was written when the attempt began.
        if ((await io.files.stat(`${place.inputs}/brief.md`)) === undefined) await beginning.write();
        return from;
      });
    });
    const problems = await problemsToRepair(effect, task, end, place, performing, signal);
    if (problems === undefined) return end;
    const { id: contract_id } = contractFor(effect, task);
    await performing.record([
      { event: 'repair_asked', task: effect.task, attempt: effect.attempt, contract_id, problems },
    ]);
  }
  const end = await carry(placeOfRepair(place), () => prepareRepair(effect, task, attempt, place, performing));
  return endOfRepair(await readExit(performing, place), end);
}

/** Starts an agent, or attaches to it, and waits for its end, with snapshots of what it does. */
async function carryStart(
  place: AttemptPlace,
  effect: EffectOf<'work'>,
  attempt: Attempt,
  performing: Performing,
  signal: AbortSignal,
  prepare: () => Promise<Ready>,
): Promise<AgentEnd> {
  const launched = await launchAgent(place, effect, attempt, performing, prepare);
  if (launched.recovered !== undefined) {
    const names = [place.name];
    await performing.record([
      {
        event: 'recovered',
        attached: launched.recovered === 'attached' ? names : [],
        adopted: launched.recovered === 'adopted' ? names : [],
        lost: launched.recovered === 'lost' ? names : [],
      },
    ]);
  }
  const snapshots = new Snapshots(effect.task, attempt, performing, launched.worktree);
  if (launched.process !== undefined) snapshots.start();
  try {
    const end = await attendAgent(place, launched, effect, attempt, performing, signal, () => snapshots.turned());
    await snapshots.stop();
    // Whoever is stopped here does it when the attempt is adopted.
    if (performing.redactor !== undefined) await redactFile(performing.io.files, place.transcript, performing.redactor);
    // What a power cut left must not pass for what the agent made, nor what lies where none ever was; what was kept before is whole.
    // Nor may what a set-up put into a worktree in which no agent was yet: what that is, the log says only when it is through.
    const ofAgent = end.how !== 'rebooted' && end.how !== 'vanished' && end.unstarted !== true;
    if (ofAgent && attempt.setup !== 'running') await snapshots.take('end');
    return end;
  } finally {
    await snapshots.stop();
  }
}

/** What the end of an agent is worth: by what git shows and by what its digest claims, in this order. */
async function conclude(
  effect: EffectOf<'work'>,
  task: TaskState,
  attempt: Attempt,
  end: AgentEnd,
  performing: Performing,
): Promise<RunEvent[]> {
  const { io, git, paths } = performing;
  const state = performing.state();
  const file = attemptFile(effect.task, effect.attempt);
  const of = { task: effect.task, attempt: effect.attempt };
  const events: RunEvent[] = [];
  if (end.how === 'rebooted') {
    // A power cut takes what was not synced, here and there: files may be empty or missing that the agent had finished. What
    // was taken over before it is whole, and must not be replaced by what is left now.
    const before = await git.kept(file);
    if (before !== undefined) {
      events.push({
        event: 'snapshot_taken',
        ...of,
        commit: before,
        ref: `refs/masterplan/result/${state.slug}/${file}`,
      });
      return [...events, { event: 'attempt_finished', ...of, ending: 'lost', reason: end.reason, exit_code: null }];
    }
  }
  if (end.how === 'vanished') return vanished(end, effect, performing);
  // What lies in a worktree in which no agent ever was is nobody's work, and a power cut may have torn it.
  if (
    end.unstarted === true &&
    attempt.person === undefined &&
    (await git.lastSnapshot(state.run, file)) === undefined
  ) {
    const reason = whyEnded(task, attempt);
    return [{ event: 'attempt_finished', ...of, ending: 'cancelled', reason, exit_code: null }];
  }
  const contract = contractOf(task);
  const read =
    end.how === 'rebooted' ? {} : await readDigest(performing, `${paths.attempts}/${file}/digest.json`, contract);
  const wrong = read.problems ?? unrepaired(attempt, read);
  if (wrong !== undefined) events.push({ event: 'contract_violation', ...of, contract_id: contract, problems: wrong });
  const byHand = attempt.person === undefined ? undefined : `Done by hand by ${attempt.person.by}.`;
  const summary = oneLine(read.digest?.summary ?? byHand ?? '', 400);
  await performing.confirm();
  if (attempt.put !== undefined) await git.keepOut(`${paths.worktrees}/${file}`, attempt.put);
  events.push(...(await collectArtefacts(effect.task, effect.attempt, performing)));
  if (end.how !== 'rebooted') await stageDocuments(effect, performing);
  let collected = await git.collect(
    `${paths.worktrees}/${file}`,
    `${paths.scratch}/${file}.git`,
    attempt.base,
    file,
    commitText(state, task.task, effect.attempt, summary, attempt.started),
  );
  const agent = state.settings?.agents[effect.agent];
  const kept =
    agent === undefined || agent.kind === 'command'
      ? undefined
      : await readOutcome(io.files, `${paths.attempts}/${file}`, agent.kind);
  if (kept !== undefined)
    events.push({ event: 'agent_reported', ...of, ...kept.report }, ...told(performing, effect.agent, kept));
  const finished = (ending: Ending, reason: string): RunEvent[] => {
    if (collected !== undefined && collected.changed.length > 0 && ending !== 'done') {
      events.push({
        event: 'snapshot_taken',
        ...of,
        commit: collected.commit,
        ref: `refs/masterplan/result/${state.slug}/${file}`,
      });
    }
    events.push({
      event: 'attempt_finished',
      ...of,
      ending,
      reason,
      exit_code: end.code ?? null,
      ...(ending === 'done' && collected !== undefined
        ? {
            commit: collected.commit,
            tree: collected.tree,
            files_changed: collected.changed.length,
            touches: touchesOf(collected.changed.map(({ path }) => path)),
          }
        : {}),
    });
    return events;
  };
  if (end.how === 'cancelled') return finished('cancelled', whyEnded(task, attempt));
  if (end.how === 'unready') {
    events.push(...(end.events ?? []));
    return finished('unready', end.reason);
  }
  if (end.how === 'timed-out') return finished('timed_out', end.reason);
  if (end.how === 'too-large') return finished('out_of_memory', end.reason);
  if (end.how === 'rebooted') return finished('lost', end.reason);
  if (end.how === 'out-of-budget') return finished('limited', end.reason);
  if (end.how === 'too-loud' || end.how === 'over-budget') return finished('failed', end.reason);
  if (collected === undefined) return vanished({ ...end, worktree: 'missing' }, effect, performing);
  if (kept?.whole === true && kept.report.failure !== null) {
    const { failure, message } = kept.report;
    const { counts, lane } = FAILURES[failure];
    const reason = `${FAILURES[failure].about}${message === '' ? '' : `: ${oneLine(message, 300)}`}`;
    events.push(...park(performing, effect.agent, kept));
    if (counts) return finished('failed', reason);
    return finished(lane === 'open' ? 'lost' : 'limited', reason);
  }
  if (end.how === 'not-started') return finished('failed', end.reason);
  if (read.admits !== undefined)
    return finished(
      read.admits.status,
      oneLine(read.admits.reason, 400) || `the agent says it is ${read.admits.status}`,
    );
  if (end.how === 'lost' && read.digest === undefined) return finished('lost', end.reason);
  if (read.digest === undefined && end.code !== 0) {
    if (wrong !== undefined) return finished('contract_violation', wrong[0] ?? 'the digest is not valid');
    return finished(
      'failed',
      end.explained || end.code === undefined
        ? end.reason
        : `the agent exited with code ${end.code} and without a digest`,
    );
  }

  const digest =
    read.digest ??
    derivedDigest(
      contract,
      collected.changed.map((one) => one.path),
      // Whoever writes documents changes nothing: where no digest was written, nothing was said.
      byHand ??
        (task.task.authors === undefined ? 'No digest was written; this one is derived from the changed files.' : ''),
    );
  const said = read.said ?? digest;
  const whole = `${JSON.stringify({ ...said, source: read.digest === undefined ? 'derived' : 'agent' }, null, 2)}
`;
  const text = performing.redactor?.text(whole) ?? whole;
  await io.files.makeDirectory(paths.digests);
  await io.files.write(`${paths.digests}/${file}.json`, text);
  events.push({
    event: 'digest_recorded',
    ...of,
    contract_id: contract,
    source: read.digest === undefined ? 'derived' : 'agent',
    status: digest.status,
    summary,
    sha256: sha256(text),
    ...(digest.disputes.length === 0 ? {} : { disputes: digest.disputes }),
    ...toldBeside(digest),
  });
  if (digest.status === 'blocked')
    return finished('blocked', oneLine(digest.blocker_reason ?? digest.summary, 400) || 'the agent says it is blocked');
  if (digest.status === 'failed') return finished('failed', oneLine(digest.summary, 400) || 'the agent says it failed');
  if (task.task.authors !== undefined) {
    const adopted = await adoptDocument(effect, task, { text, value: said }, collected, performing);
    if (adopted.event === 'document_written') return [...events, adopted];
    events.push(adopted);
    return finished('failed', adopted.check.startsWith(BETTER) ? BETTER : 'what it wrote cannot be taken over');
  }
  if (effect.plans) {
    const planned = await adoptSubplan(effect, task, performing);
    if (planned.event === 'subplan_written') return [...events, planned];
    events.push(planned);
    return finished('failed', 'its sub-plan cannot be carried out');
  }
  const above = task.parent === undefined ? undefined : taskOf(state, task.parent)?.task.scope;
  const seen = await witness(
    { task, attempt, above: above ?? [], collected, digest, claimed: read.digest !== undefined },
    performing,
  );
  events.push(...seen.events);
  collected = seen.kept;
  if (seen.objection !== undefined) return finished('failed', seen.objection);
  // Whoever did it by hand saw both sides in their place.
  const handoff =
    attempt.person === undefined ? await handoffFor(task, effect.attempt, attempt.base, performing) : undefined;
  const lost =
    handoff?.back === undefined
      ? undefined
      : await lossFound(handoff, attempt, collected, digest.superseded, of, performing);
  if (lost !== undefined) {
    events.push(lost);
    return finished(
      'failed',
      lost.event === 'witness_failed' ? lost.check : 'lines of one side of a conflict vanished',
    );
  }
  return finished('done', '');
}

function whyEnded({ leaving }: TaskState, { person }: Attempt): string {
  if (person?.gave_up === true) return `${person.by} gave it back`;
  return leaving === undefined ? 'the run was stopped' : leavingWords(leaving);
}

/** What was wrong with a digest that its agent did not give back when it was asked once more. */
export function unrepaired(attempt: Attempt, read: object | undefined): readonly string[] | undefined {
  if (attempt.repair === undefined || (read !== undefined && Object.keys(read).length > 0)) return undefined;
  return [...attempt.repair, 'asked for it once more, the agent gave none'];
}

/** Somebody took the worktree away: what is in its place is nobody's work, and what was in it is in the last snapshot. */
export async function vanished(end: AgentEnd, effect: EffectOf<'work'>, performing: Performing): Promise<RunEvent[]> {
  const of = { task: effect.task, attempt: effect.attempt };
  const snapshot =
    (await performing.git.lastSnapshot(performing.state().run, attemptFile(effect.task, effect.attempt))) ?? null;
  const how = end.worktree ?? 'missing';
  const reason = `its worktree was ${how === 'missing' ? 'removed' : 'replaced'} while it worked`;
  return [
    { event: 'worktree_vanished', ...of, failure: 'vanished', how, snapshot },
    { event: 'attempt_finished', ...of, ending: 'lost', reason, exit_code: end.code ?? null },
  ];
}

/** What its program told of the limits of its account, as far as that is news. */
export function told(performing: Performing, agent: string, { limits }: Kept): RunEvent[] {
  const news = laneNews(performing.state(), agent, limits);
  return news === undefined ? [] : [news];
}

/** What a failure means for the lane of the agent, if anything. */
export function park(performing: Performing, agent: string, { report, resetsAt, resetsBy }: Kept): RunEvent[] {
  const { io } = performing;
  const state = performing.state();
  if (report.failure === null) return [];
  const lane = laneOf(state.settings, agent);
  // Those who were at work beside the first one who hit the limit learn nothing new.
  const known = state.lanes[lane];
  if (known?.parked?.failure === report.failure) return [];
  const jitter = Number.parseInt(io.random.hex(2), 16) / 0xffff;
  const rest = restUntil(report.failure, known?.tries ?? 0, io.clock.now(), resetsAt, jitter, resetsBy);
  if (rest === undefined) return [];
  const until = rest.until === null ? null : formatStamp(rest.until);
  const { failure, message } = report;
  return [
    {
      event: 'lane_parked',
      lane,
      failure,
      until,
      known: rest.known,
      ...(rest.by === undefined ? {} : { by: rest.by }),
      message,
    },
  ];
}

async function readDigest(
  performing: Performing,
  path: string,
  contract: ContractId,
): Promise<{ digest?: Digest; said?: object } & Partial<BadDigest>> {
  let bytes: Uint8Array | undefined;
  try {
    bytes = await performing.io.files.read(path, DIGEST_LIMIT * 20);
  } catch (error) {
    return { problems: [unreadable(error, contractCalled(contract)?.digest.limit ?? DIGEST_LIMIT)] };
  }
  if (bytes === undefined) return {};
  if (contract === DISCOVERY_CONTRACT || contract === INTERVIEW_CONTRACT) return readFindings(bytes, contract);
  const parsed = parseDigest(new TextDecoder().decode(bytes), bytes.length, contract);
  return parsed.ok ? { digest: parsed.value } : parsed.error;
}

/** The digest of a scan or an interview, which says more than what was done. */
function readFindings(
  bytes: Uint8Array,
  contract: ContractId,
): { digest?: Digest; said?: object } & Partial<BadDigest> {
  const read = contractCalled(contract)?.digest.check(new TextDecoder().decode(bytes), bytes.length);
  if (read === undefined || !read.ok) return read?.error ?? { problems: [`there is no contract ${contract}`] };
  const said = read.value as Pick<Digest, 'status' | 'summary' | 'blocker_reason'>;
  const { status, summary, blocker_reason } = said;
  return { digest: { ...derivedDigest(contract, [], summary), status, blocker_reason }, said };
}
