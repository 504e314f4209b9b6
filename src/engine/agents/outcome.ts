import type { LimitNotice, Usage } from '../../core/agents/event.ts';
import { FAILURE_CLASSES, type FailureClass } from '../../core/agents/failure.ts';
import { type Fields, fieldsOf, numberOf, readLine, textOf } from '../../core/agents/json.ts';
import { type AgentFamily, FAMILIES } from '../../core/agents/order.ts';
import type { ToldBy } from '../../core/run/lane-windows.ts';
import type { RunEvent } from '../../core/run/event.ts';
import { addUsage } from '../../core/agents/usage.ts';
import type { Files } from '../../io/files.ts';

/** What a keeper left of an attempt. */
export interface Kept {
  readonly report: Omit<Extract<RunEvent, { event: 'agent_reported' }>, 'event' | 'task' | 'attempt'>;
  readonly resetsAt: number | undefined;
  /** What it told of the limits of its account, each window as it was told of last. */
  readonly limits: readonly TellingLimit[];
  readonly resetsBy?: 'event';
  /** The keeper wrote how it ended. If not, it died, and what it noted on the way is all that is known. */
  readonly whole: boolean;
}

/** Outcomes are small; progress may be long, and only its end matters. */
const OUTCOME_LIMIT = 1024 * 1024;
const PROGRESS_TAIL = 4 * 1024 * 1024;
const PROGRESS_HEAD = 64 * 1024;

/**
 * Reads what the keeper of an attempt left. The agent could have written there too, so nothing of it is taken as it is. `undefined`:
 * the keeper died before it could write how it ended; then only what it noted on the way is known.
 */
export async function readOutcome(files: Files, inputs: string, kind: AgentFamily): Promise<Kept | undefined> {
  const fields = await readJson(files, `${inputs}/outcome.json`);
  if (fields === undefined) {
    const { usage, limits } = await lastTold(files, inputs);
    if (Object.keys(usage).length === 0) return undefined;
    // Without its model nobody could tell what it cost.
    const { model, program } = await firstTold(files, inputs);
    const nothing = { status: null, message: '', session: null, model, program };
    return {
      report: { family: kind, how: 'failed', failure: 'died', ...nothing, usage },
      resetsAt: undefined,
      limits,
      whole: false,
    };
  }
  const family = FAMILIES.find((one) => one === fields['family']);
  const how = (['completed', 'failed', 'cancelled'] as const).find((one) => one === fields['how']);
  if (family === undefined || how === undefined) return undefined;
  const named = FAILURE_CLASSES.find((one) => one === fields['failure']);
  const failure: FailureClass | null = how === 'failed' ? (named ?? 'unknown') : null;
  const { usage, limits } = await lastTold(files, inputs);
  const resetsAt = timeOf(fields['resetsAt']);
  const byEvent = fields['resetsBy'] === 'event';
  return {
    report: {
      family,
      how,
      failure,
      status: numberOf(fields['status']) ?? null,
      message: (textOf(fields['message']) ?? '').slice(0, 400),
      session: textOf(fields['session'])?.slice(0, 200) ?? null,
      model: textOf(fields['model'])?.slice(0, 200) ?? null,
      program: textOf(fields['program'])?.slice(0, 200) ?? null,
      usage,
      ...toldIn(fields['told']),
    },
    resetsAt,
    // Where no field told of it, its words alone did.
    limits:
      failure === 'usage-limit' && resetsAt !== undefined && !byEvent
        ? [...limits, { window: 'account', used: 100, resetsAt, by: 'message' }]
        : limits,
    ...(byEvent ? { resetsBy: 'event' as const } : {}),
    whole: true,
  };
}

/** A time that calendars have. */
function timeOf(value: unknown): number | undefined {
  const time = numberOf(value);
  return time !== undefined && time >= 0 && time <= 8.64e15 ? time : undefined;
}

/** What a program told of a limit of its account, and how. */
export type TellingLimit = LimitNotice & { readonly by: ToldBy };

/** A notice of a limit as somebody wrote it down. */
export function limitIn(value: unknown): TellingLimit | undefined {
  const fields = fieldsOf(value);
  const window = textOf(fields['window']);
  const used = numberOf(fields['used']);
  const resetsAt = timeOf(fields['resetsAt']);
  const left = textOf(fields['left']);
  if (window === undefined || (used === undefined && resetsAt === undefined && left === undefined)) return undefined;
  return {
    window,
    ...(used !== undefined && used >= 0 && used <= 1000 ? { used } : {}),
    ...(resetsAt === undefined ? {} : { resetsAt }),
    ...(left === undefined ? {} : { left: left.slice(0, 40) }),
    by: 'event',
  };
}

/** What the agent said of itself as it started: among the first lines that its keeper noted. */
async function firstTold(
  files: Files,
  inputs: string,
): Promise<{ readonly model: string | null; readonly program: string | null }> {
  const bytes = await files.readRange(`${inputs}/progress.jsonl`, 0, PROGRESS_HEAD);
  const lines = bytes === undefined ? [] : new TextDecoder().decode(bytes).split('\n');
  const started = readLine(lines.find((line) => line.includes('"type":"started"')) ?? '') ?? {};
  const told = (name: string): string | null => textOf(started[name])?.slice(0, 200) ?? null;
  return { model: told('model'), program: told('program') };
}

/** What the agent used and knows of its limits, as its keeper last noted it. */
async function lastTold(
  files: Files,
  inputs: string,
): Promise<{ readonly usage: Usage; readonly limits: readonly TellingLimit[] }> {
  const path = `${inputs}/progress.jsonl`;
  const size = (await files.stat(path))?.size ?? 0;
  const start = Math.max(0, size - PROGRESS_TAIL);
  const bytes = size === 0 ? undefined : await files.readRange(path, start, size - start);
  const lines = bytes === undefined ? [] : new TextDecoder().decode(bytes).split('\n');
  const limits = new Map<string, TellingLimit>();
  let usage: Usage = {};
  for (const line of lines) {
    if (line.includes('"type":"limit"')) {
      const limit = limitIn(readLine(line)?.['limit']);
      if (limit !== undefined) limits.set(limit.window, limit);
    }
  }
  for (const line of lines.reverse()) {
    if (!line.includes('"type":"usage"')) continue;
    usage = usageIn(readLine(line)?.['usage']);
    break;
  }
  return { usage, limits: [...limits.values()] };
}

/** A usage as somebody wrote it down: only numbers that can be counts. */
export function usageIn(value: unknown): Usage {
  const fields = fieldsOf(value);
  let sum: Usage = {};
  for (const name of ['input', 'cached', 'cacheWrite', 'output', 'cost', 'turns'] as const) {
    const count = numberOf(fields[name]);
    if (count !== undefined && count >= 0) sum = addUsage(sum, { [name]: count });
  }
  return sum;
}

async function readJson(files: Files, path: string): Promise<Fields | undefined> {
  try {
    const bytes = await files.read(path, OUTCOME_LIMIT);
    return bytes === undefined ? undefined : readLine(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

/** Names of the warnings that a keeper passed on. */
function toldIn(value: unknown): { readonly told?: readonly string[] } {
  if (!Array.isArray(value)) return {};
  const told = value
    .filter((one): one is string => typeof one === 'string' && /^[\w.-]{1,100}$/.test(one))
    .slice(0, 50);
  return told.length === 0 ? {} : { told };
}
