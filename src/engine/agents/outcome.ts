import { type Usage } from '../../core/agents/event.ts';
import { FAILURE_CLASSES, type FailureClass } from '../../core/agents/failure.ts';
import { type Fields, fieldsOf, numberOf, readLine, textOf } from '../../core/agents/json.ts';
import { type AgentFamily, FAMILIES } from '../../core/agents/order.ts';
import type { RunEvent } from '../../core/run/event.ts';
import { addUsage } from '../../core/agents/usage.ts';
import type { Files } from '../../io/files.ts';

/** What a keeper left of an attempt. */
export interface Kept {
  readonly report: Omit<Extract<RunEvent, { event: 'agent_reported' }>, 'event' | 'task' | 'attempt'>;
  readonly resetsAt: number | undefined;
  /** The keeper wrote how it ended. If not, it died, and what it noted on the way is all that is known. */
  readonly whole: boolean;
}

/** Outcomes are small; progress may be long, and only its end matters. */
const OUTCOME_LIMIT = 1024 * 1024;
const PROGRESS_TAIL = 4 * 1024 * 1024;

/**
 * Reads what the keeper of an attempt left. The agent could have written there too, so nothing of it is taken as it is. `undefined`:
 * the keeper died before it could write how it ended; then only what it noted on the way is known.
 */
export async function readOutcome(files: Files, inputs: string, kind: AgentFamily): Promise<Kept | undefined> {
  const fields = await readJson(files, `${inputs}/outcome.json`);
  if (fields === undefined) {
    const usage = await lastUsage(files, inputs);
    if (Object.keys(usage).length === 0) return undefined;
    const nothing = { status: null, message: '', session: null, model: null, program: null };
    return {
      report: { family: kind, how: 'failed', failure: 'died', ...nothing, usage },
      resetsAt: undefined,
      whole: false,
    };
  }
  const family = FAMILIES.find((one) => one === fields['family']);
  const how = (['completed', 'failed', 'cancelled'] as const).find((one) => one === fields['how']);
  if (family === undefined || how === undefined) return undefined;
  const named = FAILURE_CLASSES.find((one) => one === fields['failure']);
  const failure: FailureClass | null = how === 'failed' ? (named ?? 'unknown') : null;
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
      usage: await lastUsage(files, inputs),
    },
    resetsAt: timeOf(fields['resetsAt']),
    whole: true,
  };
}

/** A time that calendars have. */
function timeOf(value: unknown): number | undefined {
  const time = numberOf(value);
  return time !== undefined && time >= 0 && time <= 8.64e15 ? time : undefined;
}

/** What the agent used, as its keeper last noted it. */
async function lastUsage(files: Files, inputs: string): Promise<Usage> {
  const path = `${inputs}/progress.jsonl`;
  const size = (await files.stat(path))?.size ?? 0;
  const start = Math.max(0, size - PROGRESS_TAIL);
  const bytes = size === 0 ? undefined : await files.readRange(path, start, size - start);
  const lines = bytes === undefined ? [] : new TextDecoder().decode(bytes).split('\n');
  for (const line of lines.reverse()) {
    if (!line.includes('"type":"usage"')) continue;
    return usageIn(readLine(line)?.['usage']);
  }
  return {};
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
