import { err, ok, type Result } from '../core/base/result.ts';
import type { Finding } from '../core/base/finding.ts';
import type { PlanKind } from '../core/plan/model.ts';
import { parsePlan } from '../core/plan/parse.ts';
import type { RecordedEvent } from '../core/run/event.ts';
import { SUBPLAN_KINDS } from '../core/run/subplan.ts';
import { runPaths, subplanFile } from '../engine/paths.ts';
import { EXIT, type AppRefusal } from './api.ts';
import { configFor } from './agents/list.ts';
import type { Config } from './config.ts';
import type { Context } from './context.ts';
import { RUNS_PATH } from './locate.ts';
import { openRun } from './run.ts';
import { makeScratch } from './scratch.ts';
import { write } from './convert.ts';

export interface ConvertWithRequest {
  /** The document, of whatever form. */
  readonly path: string;
  readonly to: PlanKind;
  readonly agent: string;
  readonly out?: string;
  readonly force: boolean;
}

/** A plan that an agent made of a document. */
export interface ConvertedWith {
  readonly to: PlanKind;
  readonly agent: string;
  readonly text: string;
  /** What lint finds in it. */
  readonly findings: readonly Finding[];
  readonly out: string | undefined;
}

/** Bytes that a document may have: more than any model reads in one go. */
const LONGEST = 1024 * 1024;

/**
 * Has an agent write a document that no reader understands as a plan: by the machinery of every run, as the planning attempt of a task in a
 * scratch repository that holds nothing else, under its contract. What it wrote is read and linted by us; nothing of it is carried out.
 */
export async function convertWith(
  context: Context,
  request: ConvertWithRequest,
  signal: AbortSignal,
): Promise<Result<ConvertedWith, AppRefusal>> {
  const { io } = context;
  const { path, to, agent, out } = request;
  if (!SUBPLAN_KINDS.includes(to))
    return err({
      message: `an agent writes plans of kind ${SUBPLAN_KINDS.join(', ')}, not ${to}`,
      hint: `masterplan convert ${path} --to phased --with ${agent} --out phased.md, and then: masterplan convert phased.md --to ${to}`,
      exit: EXIT.usage,
    });
  const source = await documentAt(context, path);
  if (!source.ok) return source;
  const config = await configFor(context, agent);
  if (!config.ok) return config;
  const place = `${context.env['TMPDIR'] ?? '/tmp'}/masterplan-convert-${io.random.hex(4)}`;
  const directory = `${place}/project`;
  try {
    const name = `source/${(path.split('/').at(-1) ?? '').replace(/[^A-Za-z0-9._-]/g, '_') || 'document.md'}`;
    const made = await makeScratch(context, {
      directory,
      files: { [name]: source.value, 'conversion.md': planFor(name, to) },
      name: 'Scratch',
      message: 'A document to convert',
      what: 'the scratch repository',
    });
    if (!made.ok) return made;
    const reason = await carryOut({ ...context, cwd: directory }, only(config.value, agent), signal);
    if (!reason.ok) return reason;
    const written = await io.files.read(subplanFile(runPaths(directory, RUNS_PATH, 'conversion'), 'T1'), LONGEST);
    if (written === undefined)
      return err({
        message: `${agent} wrote no plan: ${reason.value}`,
        hint: `masterplan agents test ${agent} tells whether it works`,
        exit: EXIT.failed,
      });
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(written);
    const parsed = parsePlan(text, { fileName: out ?? 'plan.md', stage: 'draft' });
    const findings = parsed.ok ? parsed.value.findings : parsed.error.findings;
    if (out !== undefined) {
      const put = await write(context, out, text, request.force);
      if (!put.ok) return put;
    }
    return ok({ to: parsed.ok ? parsed.value.kind : to, agent, text, findings, out });
  } finally {
    await io.files.removeTree(place).catch(() => undefined);
  }
}

async function documentAt({ io, cwd }: Context, path: string): Promise<Result<string, AppRefusal>> {
  try {
    const bytes = await io.files.read(path.startsWith('/') ? path : `${cwd}/${path}`, LONGEST);
    if (bytes !== undefined) return ok(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return err({ message: `there is no file ${path}`, hint: 'check the path', exit: EXIT.usage });
  } catch (error) {
    const why = error instanceof TypeError ? 'it is no text in UTF-8' : error instanceof Error ? error.message : '';
    return err({ message: `cannot read ${path}: ${why}`, hint: 'check the path', exit: EXIT.failed });
  }
}

function planFor(name: string, to: PlanKind): string {
  return `# Plan: A document becomes a plan

### Task 1: Write the document as a plan

**Files:** \`plan/\`
**Needs:** none
**Plan first:** ${to}
**Verify:** \`true\`

Write what \`${name}\` plans as a plan of kind \`${to}\`. Carry over every unit of work, what it needs, which files it changes and how it is
proven, in the words of the document, and every box as it is ticked. Add nothing that it does not say: what the form wants and the document
does not say is \`[placeholder]\`. Nothing of it is to be carried out.
`;
}

/** Lets the agent write; returns why it did not, where it did not. */
async function carryOut(context: Context, config: Config, signal: AbortSignal): Promise<Result<string, AppRefusal>> {
  const opened = await openRun(context, { target: 'conversion.md', slug: 'conversion', finish: 'keep' }, config);
  if (!opened.ok) return opened;
  const handle = opened.value;
  let reason = 'it was interrupted';
  const stop = (): void => handle.stop('now');
  try {
    handle.subscribe((events) => {
      for (const event of events) {
        reason = reasonIn(event) ?? reason;
        // Whatever it is worth is looked at; nothing of it begins. Nobody waits for the end of a limit.
        if (event.event === 'subplan_written' || event.event === 'task_failed' || event.event === 'lane_parked') stop();
      }
    });
    const approved = await handle.approve('convert');
    if (!approved.ok) return err({ ...approved.error, exit: EXIT.failed });
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    const end = await handle.run();
    return ok(end.end === 'trouble' ? `${end.what}: ${end.message}` : reason);
  } finally {
    signal.removeEventListener('abort', stop);
    await handle.close();
  }
}

function reasonIn(event: RecordedEvent): string | undefined {
  if (event.event === 'attempt_finished' && event.ending !== 'done') return event.reason;
  if (event.event === 'witness_failed') return event.check;
  return event.event === 'lane_parked' || event.event === 'task_failed'
    ? 'message' in event
      ? event.message
      : event.reason
    : undefined;
}

/** The configuration with nobody in it but this agent, and nothing that would open a gate by itself. */
function only(config: Config, name: string): Config {
  const {
    autonomy: _,
    complexity: __,
    review: ___,
    environment: ____,
    narrative: _____,
    ...settings
  } = config.settings;
  const agent = config.settings.agents[name];
  return {
    ...config,
    environment: undefined,
    settings: {
      ...settings,
      agents: agent === undefined ? {} : { [name]: agent },
      roles: { implement: name },
      failover: [],
      unavailable_policy: 'block',
      attempts: 2,
      losses: 1,
      subplans: 'ask',
      verify: { timeout: 60_000, commands: [], env: [] },
      finish: 'keep',
    },
    warnings: [],
  };
}
