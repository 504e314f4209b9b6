import type { Order } from '../../core/agents/order.ts';
import { effortFor } from '../../core/agents/effort.ts';
import { FAILURES } from '../../core/agents/failure.ts';
import { err } from '../../core/base/result.ts';
import { sha256 } from '../../core/base/sha256.ts';
import { oneLine } from '../../core/base/text.ts';
import { DIGEST_LIMIT } from '../../core/run/contract.ts';
import { briefProblems, contractCalled } from '../../core/run/contracts/registry.ts';
import type { EffectOf } from '../../core/run/effect.ts';
import type { RunEvent } from '../../core/run/event.ts';
import {
  keptNarrative,
  NARRATIVE_TIME,
  NARRATIVE_TURNS,
  narrativeBrief,
  renderNarrativeBrief,
  RETRO_CONTRACT,
} from '../../core/run/finish/narrative.ts';
import type { Narrative, NarrativeEnding } from '../../core/run/finish/narrative-model.ts';
import { laneNews } from '../../core/run/lane-limits.ts';
import type { AgentSettings, SpokenAgent } from '../../core/run/settings.ts';
import type { Finished } from '../../io/processes.ts';
import { containAgent } from '../agents/containment.ts';
import { readOutcome } from '../agents/outcome.ts';
import { unreadable } from '../agents/repair.ts';
import { spokenFor, voiceEnv } from '../agents/voice.ts';
import { NONCE, RUN } from '../machine/custody.ts';
import { redactFile } from '../machine/redact-file.ts';
import type { Performing } from './performer.ts';

type Told = Extract<RunEvent, { event: 'narrative_told' }>;

/** Milliseconds that what an agent left behind gets to end. */
const GRACE = 2000;
/** Bytes that it may print. */
const LOUDEST = 16 * 1024 * 1024;

/**
 * Asks an agent what it makes of a run that is over: once, in an empty directory, with the retro and nothing else. Whatever comes of it, the
 * run goes on to its end; what was asked in an earlier life is ended, and not asked again.
 */
export async function narrate(
  effect: EffectOf<'narrate'>,
  performing: Performing,
  signal: AbortSignal,
): Promise<RunEvent[]> {
  const { io, paths } = performing;
  const inputs = `${paths.attempts}/_retro`;
  const began = io.clock.monotonic();
  const told = (ending: NarrativeEnding, reason: string, more: Partial<Told> = {}): RunEvent[] => {
    const duration_ms = Math.round(io.clock.monotonic() - began);
    const model = effect.model ?? null;
    return [{ event: 'narrative_told', agent: effect.agent, model, ending, reason, duration_ms, ...more }];
  };
  if (effect.begun) {
    await endAll(performing, performing.state().end?.narrative?.nonce);
    return told('lost', 'masterplan ended while it was asked');
  }
  // Whoever dies from here on leaves the retro without it.
  await performing.leave?.(signal);
  const agent = performing.state().settings?.agents[effect.agent];
  if (agent === undefined) return told('failed', `no agent "${effect.agent}" is configured`);
  const story = await performing.story?.(agent).catch((error: unknown) => err(String(error)));
  if (story?.ok !== true) return told('failed', oneLine(story?.error ?? 'there is no retro', 300));
  const timeout = agent.timeout > 0 ? Math.min(agent.timeout, NARRATIVE_TIME) : NARRATIVE_TIME;
  const brief = narrativeBrief(performing.state(), story.value, timeout);
  const json = new TextEncoder().encode(`${JSON.stringify(brief, null, 2)}\n`);
  const problems = briefProblems(RETRO_CONTRACT, brief, json.length);
  if (problems.length > 0) return told('failed', `the brief does not fit its contract: ${problems.join('; ')}`);
  const nonce = io.random.hex(16);
  const markdown = renderNarrativeBrief(brief);
  const { agent: name, model = null } = effect;
  await performing.record([{ event: 'narrative_asked', agent: name, model, nonce, brief_sha256: sha256(markdown) }]);
  try {
    for (const directory of [`${inputs}/desk`, `${inputs}/scratch`, `${inputs}/answers`, paths.transcripts])
      await io.files.makeDirectory(directory);
    await io.files.write(`${inputs}/brief.md`, markdown);
    await io.files.write(`${inputs}/brief.json`, json);
    const finished = await ask(effect, agent, { inputs, markdown, nonce, timeout }, performing, signal);
    if (typeof finished === 'string') return told('failed', finished);
    const spoken = agent.kind === 'command' ? undefined : await readOutcome(io.files, inputs, agent.kind);
    // The run is over: nothing waits for its account any more. What is known of its limits is kept all the same.
    const news = laneNews(performing.state(), effect.agent, spoken?.limits ?? []);
    if (news !== undefined) await performing.record([news]);
    const used: Partial<Told> =
      spoken === undefined ? {} : { usage: spoken.report.usage, model: spoken.report.model ?? model };
    if (signal.aborted) return told('cancelled', 'the run was stopped', used);
    if (finished.ended === 'timeout') return told('timed_out', 'it took too long', used);
    if (finished.ended !== 'exited') return told('failed', oneLine(finished.stderr, 300) || finished.ended, used);
    const failure = spoken?.report.failure ?? undefined;
    if (failure !== undefined) return told('failed', FAILURES[failure].about, used);
    const read = await digestIn(`${inputs}/digest.json`, performing);
    return typeof read === 'string'
      ? told(read === NONE ? 'failed' : 'contract_violation', read, used)
      : told('done', '', { ...used, said: read });
  } catch (error) {
    // A disk that is full, a directory that somebody took away: the run is over all the same.
    return told('failed', oneLine(error instanceof Error ? error.message : String(error), 300));
  } finally {
    await endAll(performing, nonce);
  }
}

const NONE = 'it gave no digest';

/** Starts it and waits for its end; words: why it could not be started. */
async function ask(
  effect: EffectOf<'narrate'>,
  agent: AgentSettings,
  given: { readonly inputs: string; readonly markdown: string; readonly nonce: string; readonly timeout: number },
  performing: Performing,
  signal: AbortSignal,
): Promise<Finished | string> {
  const { io, paths } = performing;
  const { inputs, markdown, nonce, timeout } = given;
  const { model, effort } = effect;
  const voice = {
    role: 'retro',
    ...(model === undefined ? {} : { model }),
    ...(effort === undefined ? {} : { effort }),
  };
  const desk = `${inputs}/desk`;
  const env = { ...performing.base, ...performing.env[effect.agent] };
  const place = { worktree: desk, scratch: `${inputs}/scratch`, inputs };
  const held = await containAgent(place, { agent: effect.agent, role: 'retro' }, env, performing, false);
  if (!held.ok) return held.error;
  let argv: readonly string[];
  if (agent.kind === 'command') argv = [...held.value, ...spokenFor(agent.command, voice)];
  else {
    const order = `${inputs}/order.json`;
    await io.files.write(order, `${JSON.stringify(orderFor(agent, effect, inputs, markdown, held.value))}\n`);
    argv = [...performing.keeper, order];
  }
  const transcript = `${paths.transcripts}/retro.log`;
  const [program = '', ...words] = argv;
  const finished = await io.processes.run(
    {
      argv: [program, ...words],
      cwd: desk,
      env: {
        ...env,
        GIT_CEILING_DIRECTORIES: inputs,
        [NONCE]: nonce,
        [RUN]: performing.state().run,
        MASTERPLAN_TASK: 'RETRO',
        MASTERPLAN_ATTEMPT: '1',
        MASTERPLAN_BRIEF: `${inputs}/brief.md`,
        MASTERPLAN_BRIEF_JSON: `${inputs}/brief.json`,
        MASTERPLAN_DIGEST: `${inputs}/digest.json`,
        ...voiceEnv(voice),
      },
    },
    { stdin: new TextEncoder().encode(markdown), output: transcript, maxOutput: LOUDEST, timeout, signal },
  );
  if (performing.redactor !== undefined) await redactFile(io.files, transcript, performing.redactor);
  return finished;
}

/** What the keeper of a spoken agent is told: it may read, and write its digest. */
function orderFor(
  agent: SpokenAgent,
  { model, effort }: EffectOf<'narrate'>,
  inputs: string,
  markdown: string,
  container: readonly string[],
): Order {
  const digest = `${inputs}/digest.json`;
  return {
    schema: 1,
    family: agent.kind,
    command: agent.command,
    ...(container.length === 0 ? {} : { contained: container }),
    worktree: `${inputs}/desk`,
    prompt: `${markdown}\nIf you cannot write that file, end with the digest as your last answer: the JSON object and nothing else.\n`,
    permission: 'read',
    rules: { writable: [digest], commands: [], otherCommands: 'deny', otherPaths: 'deny', network: 'deny' },
    patience: agent.patience,
    contract: RETRO_CONTRACT,
    digest,
    inputs,
    digestSchema: contractCalled(RETRO_CONTRACT)?.digest.schema(),
    ...(model === undefined ? {} : { model }),
    ...(effort === undefined ? {} : { effort: effortFor(agent.kind, effort) }),
    maxTurns: Math.min(agent.max_turns ?? NARRATIVE_TURNS, NARRATIVE_TURNS),
    ...(agent.max_cost === undefined ? {} : { maxCost: agent.max_cost }),
  };
}

/** What it said, or what is wrong with it. */
async function digestIn(path: string, performing: Performing): Promise<Narrative | string> {
  let bytes: Uint8Array | undefined;
  try {
    bytes = await performing.io.files.read(path, DIGEST_LIMIT * 20);
  } catch (error) {
    return unreadable(error, DIGEST_LIMIT);
  }
  if (bytes === undefined) return NONE;
  const source = new TextDecoder().decode(bytes);
  const text = performing.redactor?.text(source) ?? source;
  const read = contractCalled(RETRO_CONTRACT)?.digest.check(text, bytes.length);
  if (read === undefined || !read.ok) return read?.error.problems[0] ?? 'its digest is not valid';
  const said = read.value as Narrative & { readonly status: string; readonly blocker_reason: string | null };
  if (said.status !== 'completed') return `it says that it is ${said.status}`;
  const kept = keptNarrative(performing.state(), said);
  const remarks = [kept.went_well, kept.went_badly, kept.next_time].flat();
  return kept.summary === '' && remarks.length === 0 ? 'it said nothing' : kept;
}

/** Ends what carries the mark of the question: the agent, and whatever it left behind. */
async function endAll({ io }: Performing, nonce: string | undefined): Promise<void> {
  if (nonce === undefined || nonce === '') return;
  for (const left of await io.processes.find(NONCE, nonce)) await io.processes.end(left, GRACE).catch(() => undefined);
}
