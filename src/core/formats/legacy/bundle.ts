import { parseDocument } from 'yaml';
import { parsePlan } from '../../plan/parse.ts';
import { yamlHead } from '../yaml-head.ts';
import { activityEvents, legacyDispatches, legacyEvents, legacyTime } from './log-lines.ts';
import type { LegacyBundle, LegacyFiles, LegacyProblem, LegacyStatus, LegacyTask, LegacyTaskStatus } from './model.ts';
import { legacyTaskId, routingOf, type Told, toldOfTasks } from './routing.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads a bundle that an older tool of this name wrote, of any age. Never throws: what cannot be read is a problem with its
 * place, and what is not said is `unknown`, never zero and never done.
 */
export function readLegacyBundle(files: LegacyFiles): LegacyBundle {
  const problems: LegacyProblem[] = [];
  const statusFile = files.stateName.endsWith('.md');
  const { fields, body, bodyLine } = statusFile ? readStatusFile(files, problems) : readState(files, problems);
  const events = [
    ...(files.events === undefined ? [] : legacyEvents(files.events, 'events.jsonl', problems)),
    ...activityEvents(section(body, 'Activity log'), bodyLine),
  ];
  const told = toldOfTasks(events);
  const written = { status: words(fields['status']), phase: words(fields['phase']) || words(fields['current_phase']) };
  const status = statusOf(written.status, written.phase);
  const titles = titlesOf(files, problems);
  const tasks = tasksOf(fields, told.tasks, titles, status);
  const times = events.flatMap(({ at }) => (at === undefined ? [] : [at]));
  return {
    slug: words(fields['slug']) || files.name,
    title: words(fields['topic']) || /^# (.+)$/m.exec(body)?.[1]?.trim() || titles.title || files.name,
    schema: statusFile ? 'status.md' : words(fields['schema_version']) || 'none',
    status,
    written,
    started: legacyTime(words(fields['started']) || words(fields['created_at'])) ?? least(times),
    last: legacyTime(words(fields['last_activity'])) ?? most(times),
    autonomy: words(fields['autonomy']),
    complexity: words(fields['complexity']),
    branch: words(fields['branch']),
    worktree: placeOf(fields['worktree']),
    currentTask: words(fields['current_task']),
    nextAction: words(fields['next_action']),
    gate: gateOf(fields['pending_gate']),
    critical: criticalOf(fields['critical_error']),
    tasks,
    events,
    routing: routingOf(tasks, told.decisions),
    reviewed: [...told.tasks.values()].filter(({ done, reviewed }) => done && reviewed).length,
    dispatches: files.subagents === undefined ? [] : legacyDispatches(files.subagents, 'subagents.jsonl', problems),
    artifacts: artifactsOf(fields),
    retro: files.retro,
    fields,
    problems,
  };
}

interface Head {
  readonly fields: Fields;
  readonly body: string;
  readonly bodyLine: number;
}

function readState({ state, stateName }: LegacyFiles, problems: LegacyProblem[]): Head {
  return { fields: readYaml(state, stateName, problems), body: '', bodyLine: 1 };
}

function readStatusFile({ state, stateName }: LegacyFiles, problems: LegacyProblem[]): Head {
  const head = yamlHead(state);
  if (head === undefined) problems.push({ file: stateName, line: 1, message: 'has no front matter' });
  const end = head?.end ?? 0;
  const body = state.slice(end);
  const at = body.indexOf('## Activity log');
  const bodyLine = state.slice(0, end + Math.max(0, at)).split('\n').length;
  return {
    fields:
      head === undefined ? {} : readYaml(state.slice(head.start, end).replace(/\n---\s*$/, '\n'), stateName, problems),
    body,
    bodyLine,
  };
}

/** The values as text, as they stand there: `off` stays `off`, a date a date. */
function readYaml(text: string, file: string, problems: LegacyProblem[]): Fields {
  const yaml = text.replace(/^\uFEFF?---[ \t]*\r?\n/, '').replace(/\n---[ \t]*\n[\s\S]*$/, '\n');
  try {
    const document = parseDocument(yaml, { prettyErrors: true, uniqueKeys: false, schema: 'core' });
    for (const error of document.errors.slice(0, 5))
      problems.push({ file, line: error.linePos?.[0].line ?? 1, message: error.message.split('\n', 1)[0] ?? '' });
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
    problems.push({ file, line: 1, message: 'holds no keys' });
  } catch (error) {
    problems.push({ file, line: 1, message: error instanceof Error ? error.message : String(error) });
  }
  return {};
}

function section(body: string, heading: string): string {
  const at = body.indexOf(`## ${heading}`);
  if (at < 0) return '';
  const end = body.indexOf('\n## ', at + 3);
  return body.slice(at, end < 0 ? undefined : end);
}

function words(value: unknown): string {
  if (typeof value === 'string') return value.trim();
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** The status, through all spellings that real files hold. Of two that disagree, the status counts. */
function statusOf(status: string, phase: string): LegacyStatus {
  const one = known(status);
  return one === 'unknown' ? known(phase) : one;
}

function known(word: string): LegacyStatus {
  const plain = word.toLowerCase().replaceAll('_', '-');
  if (/^archived$/.test(plain)) return 'archived';
  if (/^(?:complete|completed|done|finished)$/.test(plain)) return 'complete';
  if (/^(?:pending-retro|retro-pending|ready-for-retro|retro-gate|retro)$/.test(plain)) return 'pending-retro';
  if (/^(?:blocked|critical-error)$/.test(plain)) return 'blocked';
  if (plain === '') return 'unknown';
  return /^(?:in-progress|active|executing|execute|plan|planning|brainstorm|brainstorming|ready|c|step-|spec|plan-|task-gate|worktree-|wave-|finish)/.test(
    plain,
  )
    ? 'in-progress'
    : 'unknown';
}

function gateOf(value: unknown): LegacyBundle['gate'] {
  if (typeof value === 'string' && value.trim() !== '' && value.trim() !== 'none')
    return { id: value.trim(), question: value.trim(), options: [] };
  if (typeof value !== 'object' || value === null) return undefined;
  const gate = value as Fields;
  const options = Array.isArray(gate['options'])
    ? gate['options']
        .map((one: unknown) => words(one) || words((one as Fields | null)?.['label']))
        .filter((one) => one !== '')
    : [];
  return { id: words(gate['id']), question: words(gate['question']) || words(gate['id']), options };
}

function criticalOf(value: unknown): string | undefined {
  if (typeof value === 'string' && value.trim() !== '') return value.trim();
  if (typeof value !== 'object' || value === null) return undefined;
  const { code, summary } = value as Fields;
  return [words(code), words(summary)].filter((one) => one !== '').join(': ') || undefined;
}

function placeOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? words((value as Fields)['path']) : words(value);
}

function artifactsOf(fields: Fields): Record<string, string> {
  const named = fields['artifacts'];
  const all: Record<string, unknown> =
    typeof named === 'object' && named !== null && !Array.isArray(named)
      ? { ...(named as Fields) }
      : { spec: fields['spec'] ?? fields['spec_path'], plan: fields['plan'] ?? fields['plan_path'] };
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, path]) => (words(path) === '' ? [] : [[name, words(path)]])),
  );
}

const STATUSES: Readonly<Record<string, LegacyTaskStatus>> = {
  pending: 'pending',
  in_flight: 'working',
  'in-flight': 'working',
  in_progress: 'working',
  'in-progress': 'working',
  complete: 'done',
  completed: 'done',
  done: 'done',
  blocked: 'blocked',
  waived: 'waived',
};

/** Tasks of the state, else those of the plan, with what the log tells of each. */
function tasksOf(
  fields: Fields,
  told: ReadonlyMap<string, Told>,
  plan: { readonly tasks: ReadonlyMap<string, string> },
  status: LegacyStatus,
): LegacyTask[] {
  const stated = new Map<string, { status: LegacyTaskStatus; wave?: string }>();
  for (const one of Array.isArray(fields['tasks']) ? (fields['tasks'] as unknown[]) : []) {
    if (typeof one !== 'object' || one === null) continue;
    const task = one as Fields;
    const id = legacyTaskId(task['id'] ?? task['idx']);
    if (id === undefined) continue;
    const wave = words(task['wave']);
    stated.set(id, {
      status: STATUSES[words(task['status']).toLowerCase()] ?? 'unknown',
      ...(wave === '' ? {} : { wave }),
    });
  }
  const ids = new Set([...stated.keys(), ...plan.tasks.keys(), ...told.keys()]);
  // A bundle that says that it is over has no open task, even where nothing else tells of it.
  const silent: LegacyTaskStatus = status === 'complete' || status === 'archived' ? 'unknown' : 'pending';
  return [...ids].map((id) => {
    const [one, log] = [stated.get(id), told.get(id)];
    const wave = one?.wave ?? log?.wave;
    return {
      id,
      title: plan.tasks.get(id) ?? id,
      status: one?.status ?? (log?.done === true ? 'done' : silent),
      ...(wave === undefined ? {} : { wave }),
      ...(one === undefined ? {} : { stated: true }),
      ...(log?.done === true && log.line !== undefined ? { doneAt: log.line } : {}),
      ...(log?.commit === undefined ? {} : { commit: log.commit }),
      ...(log?.by === undefined ? {} : { by: log.by }),
    };
  });
}

/** Ids and titles of the plan's tasks, from its index where there is one, else from its text. */
function titlesOf(
  { index, plan }: LegacyFiles,
  problems: LegacyProblem[],
): { readonly title: string; readonly tasks: ReadonlyMap<string, string> } {
  const tasks = new Map<string, string>();
  if (index !== undefined) {
    try {
      const value = JSON.parse(index) as { tasks?: unknown };
      for (const one of Array.isArray(value.tasks) ? (value.tasks as unknown[]) : []) {
        if (typeof one !== 'object' || one === null) continue;
        const task = one as Fields;
        const id = legacyTaskId(task['id'] ?? task['idx']);
        if (id !== undefined) tasks.set(id, words(task['name']) || words(task['description']) || id);
      }
    } catch {
      problems.push({ file: 'plan.index.json', line: 1, message: 'is no JSON' });
    }
  }
  if (plan === undefined) return { title: '', tasks };
  const title = /^# (.+)$/m.exec(plan)?.[1]?.trim() ?? '';
  if (tasks.size > 0) return { title, tasks };
  const parsed = parsePlan(plan, { fileName: 'plan.md', kind: 'task' });
  if (parsed.ok) for (const { task } of parsed.value.units) tasks.set(task.id, task.title);
  return { title, tasks };
}

function least(times: readonly number[]): number | undefined {
  return times.length === 0 ? undefined : Math.min(...times);
}

function most(times: readonly number[]): number | undefined {
  return times.length === 0 ? undefined : Math.max(...times);
}
