import { parsePlan } from '../../plan/parse.ts';
import { activityEvents, legacyDispatches, legacyEvents, legacyTime } from './log-lines.ts';
import { conflictLine } from './damage.ts';
import type { LegacyBundle, LegacyFiles, LegacyProblem, LegacyStatus } from './model.ts';
import { routingOf } from './routing.ts';
import { type Fields, readState, readStatusFile, words } from './state.ts';
import { tasksOf } from './tasks.ts';
import { legacyTaskId, toldOfTasks } from './told.ts';

/**
 * Reads a bundle that an older tool of this name wrote, of any age. Never throws: what cannot be read is a problem with its
 * place, and what is not said is `unknown`, never zero and never done.
 */
export function readLegacyBundle(files: LegacyFiles): LegacyBundle {
  const problems: LegacyProblem[] = [];
  const statusFile = files.stateName.endsWith('.md');
  const { fields, body, bodyLine } = statusFile ? readStatusFile(files, problems) : readState(files, problems);
  const archive = archiveName(files.stateName);
  const events = statusFile
    ? [
        ...activityEvents(files.archive ?? '', archive, 1),
        ...activityEvents(section(body, 'Activity log'), files.stateName, bodyLine),
      ]
    : [
        ...legacyEvents(files.archive ?? '', archive, problems),
        ...legacyEvents(files.events ?? '', 'events.jsonl', problems),
      ];
  const written = { status: words(fields['status']), phase: words(fields['phase']) || words(fields['current_phase']) };
  const status = statusOf(written.status, written.phase);
  const titles = titlesOf(files, problems);
  const conflict = files.plan === undefined ? undefined : conflictLine(files.plan);
  if (conflict !== undefined)
    problems.push({ file: 'plan.md', line: conflict, message: 'a merge that was not finished begins here' });
  const told = toldOfTasks(events, titles.tasks);
  const tasks = tasksOf(fields, files, told.tasks, titles.tasks, status, problems);
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
    untold: told.untold,
    logged: events.length > 0 || files.events !== undefined,
    titles: titles.tasks,
  };
}

/** What the part of a log is called that was put aside, given the name that the state goes by. */
function archiveName(stateName: string): string {
  return stateName.endsWith('.md') ? stateName.replace(/\.md$/, '-archive.md') : 'events-archive.jsonl';
}

function section(body: string, heading: string): string {
  const at = body.search(new RegExp(`^## ${heading}\\b`, 'im'));
  if (at < 0) return '';
  const end = body.indexOf('\n## ', at + 3);
  return body.slice(at, end < 0 ? undefined : end);
}

/** The status, through all spellings that real files hold. Of two that disagree, the status counts. */
function statusOf(status: string, phase: string): LegacyStatus {
  const one = known(status);
  return one === 'unknown' ? known(phase) : one;
}

/** What a word for a status or a phase means. */
export function known(word: string): LegacyStatus {
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
  // Where a bundle was made of older files, and does not hold them itself, it says where they are.
  const before = fields['legacy'];
  if (typeof before === 'object' && before !== null && !Array.isArray(before))
    for (const [name, path] of Object.entries(before as Fields)) if (words(all[name]) === '') all[name] = path;
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, path]) => (words(path) === '' ? [] : [[name, words(path)]])),
  );
}

/** Ids and titles of the plan's tasks, from its index where there is one, else from its text. */
function titlesOf(
  { index, plan }: LegacyFiles,
  problems: LegacyProblem[],
): { readonly title: string; readonly tasks: ReadonlyMap<string, string> } {
  const tasks = new Map<string, string>();
  if (index !== undefined) {
    try {
      const value = JSON.parse(index.replace(/^\uFEFF/, '')) as { tasks?: unknown };
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
