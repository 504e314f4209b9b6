import type { LegacyEvent, LegacyRouting, LegacyTask } from './model.ts';

/** What the log tells of one task. */
export interface Told {
  done: boolean;
  /** Line of the event that says so. */
  line?: number;
  by?: string;
  /** Where its wave was sent: who did it, if nothing else says so. */
  routed?: string;
  commit?: string;
  wave?: string;
  reviewed: boolean;
}

/** `3`, `T3`, `Task 3`, `W1-T2` → the id that it is counted under. */
export function legacyTaskId(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isInteger(value)) return `T${value}`;
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  const number = /^(?:task|t)?[ _-]?(\d+(?:\.\d+)*)$/i.exec(text)?.[1];
  if (number !== undefined) return `T${number}`;
  return /^[\w.-]{1,40}$/.test(text) ? text : undefined;
}

/** What keys of tasks begin with that are called by their titles. */
const TITLE = 'title:';
const COMPLETED = /^(?:wave_)?task_(?:completed?|done|finished|merged)$|^smoke_task_\d+_done$/;

/** What the events say of each task: finished or not, by whom, with which commit. Never what they do not say. */
export function toldOfTasks(events: readonly LegacyEvent[]): {
  readonly tasks: ReadonlyMap<string, Told>;
  readonly decisions: Readonly<Record<string, number>>;
  /** Lines that call something done, and do not say which task. */
  readonly untold: readonly number[];
} {
  const tasks = new Map<string, Told>();
  const decisions: Record<string, number> = {};
  const untold: number[] = [];
  const of = (id: string): Told => {
    let told = tasks.get(id);
    if (told === undefined) tasks.set(id, (told = { done: false, reviewed: false }));
    return told;
  };
  for (const { name, text, fields, line } of events) {
    const field = (key: string): string => (typeof fields[key] === 'string' ? fields[key] : '');
    const decision = field('decision_source') || (/decision_source=([\w-]+)/.exec(text)?.[1] ?? '');
    if (decision !== '') decisions[decision] = (decisions[decision] ?? 0) + 1;
    if (COMPLETED.test(name)) {
      const ids = idsIn(
        fields['task'] ?? fields['idx'] ?? fields['task_idx'] ?? fields['task_id'] ?? /\d+/.exec(name)?.[0],
      );
      if (ids.length === 0) untold.push(line);
      for (const id of ids) {
        const told = of(id);
        told.done = true;
        told.line = line;
        const by = field('dispatched_by') || field('dispatched_to') || field('route') || tagOf(text);
        if (by !== '') told.by = by;
        if (field('commit') !== '') told.commit = field('commit');
        if (typeof fields['wave'] === 'number' || field('wave') !== '') told.wave = String(fields['wave']);
        if (/reviewed/.test(text)) told.reviewed = true;
      }
      continue;
    }
    if (name === 'wave_routing_summary') {
      const { ids, by } = summarised(fields) ?? { ids: [], by: '' };
      // What is told of a task itself counts more.
      for (const id of ids) of(id).routed = by;
      continue;
    }
    if (/^codex_review_returned$|^(?:task_)?review_(?:completed?|passed)$/.test(name)) {
      const id = legacyTaskId(fields['task']);
      if (id !== undefined) of(id).reviewed = true;
      continue;
    }
    readWords(text, line, of);
  }
  return { tasks, decisions, untold };
}

/** The tasks that an event names: one, several, or one as an object with its id. */
function idsIn(value: unknown): readonly string[] {
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  const ids = all.map((one) => {
    const fields = typeof one === 'object' && one !== null ? (one as Readonly<Record<string, unknown>>) : undefined;
    return legacyTaskId(fields === undefined ? one : (fields['id'] ?? fields['idx']));
  });
  return ids.includes(undefined) ? [] : ids.flatMap((id) => id ?? []);
}

/** The key of a task that is called by its title: `Task 3: Wire the parser` has its number in it. */
function named(title: string): string {
  const number = /^(?:task\s+)?T?(\d+(?:\.\d+)*)[:.)]\s/i.exec(title)?.[1];
  return number === undefined ? `${TITLE}${title.trim().toLowerCase()}` : `T${number}`;
}

/** What was told of tasks under their titles, under their ids; what no title fits tells of none. */
export function byId(told: ReadonlyMap<string, Told>, titles: ReadonlyMap<string, string>): ReadonlyMap<string, Told> {
  const ids = new Map([...titles].map(([id, title]) => [`${TITLE}${title.trim().toLowerCase()}`, id]));
  const found = new Map<string, Told>();
  for (const [key, one] of told) if (!key.startsWith(TITLE)) found.set(key, one);
  for (const [key, one] of told) {
    const id = ids.get(key);
    if (id !== undefined)
      found.set(id, { ...one, ...found.get(id), reviewed: one.reviewed || found.get(id)?.reviewed === true });
  }
  return found;
}

/** The prose of activity logs: `routing→CODEX (Task 3: …)`, `Task 3 complete, commit c113c1a [codex] (…)`. */
function readWords(text: string, line: number, of: (id: string) => Told): void {
  const routed = /routing\s*(?:→|->)\s*(CODEX|INLINE)\s*\(Task (\d+(?:\.\d+)*)/i.exec(text);
  if (routed !== null) of(`T${routed[2]}`).by = (routed[1] ?? '').toLowerCase();
  const short = /^task\s+"?([^"]{1,200}?)"?\s+(routing|review)\s*(?:→|->)\s*(CODEX|INLINE)\b/i.exec(text);
  if (short !== null) {
    const told = of(legacyTaskId(short[1]) ?? named(short[1] ?? ''));
    if (/review/i.test(short[2] ?? '')) told.reviewed = true;
    else told.by = (short[3] ?? '').toLowerCase();
    return;
  }
  const done = /^(?:Wave \d+[:,]? )?Task (\d+(?:\.\d+)*)\b[^[(]{0,60}\bcomplete[d]?\b/i.exec(text);
  if (done !== null) {
    const told = of(`T${done[1]}`);
    told.done = true;
    told.line = line;
    const commit = /\bcommit ([0-9a-f]{7,40})\b/.exec(text)?.[1];
    if (commit !== undefined) told.commit = commit;
    const tag = tagOf(text);
    if (tag !== '') told.by = tag;
    if (/\[reviewed:/i.test(text)) told.reviewed = true;
  }
  const reviewed = /review\s*(?:→|->)\s*CODEX\s*\(?(?:Task )?T?(\d+)?/i.exec(text)?.[1];
  if (reviewed !== undefined) of(`T${reviewed}`).reviewed = true;
}

function tagOf(text: string): string {
  return /\[(codex|inline(?::[\w-]+)?)\]/i.exec(text)?.[1]?.toLowerCase() ?? '';
}

/**
 * Who did the members of a wave, where its summary alone tells it: all of them went the same way. Of a wave that went two ways nothing
 * says which task went which.
 */
function summarised(
  fields: LegacyEvent['fields'],
): { readonly ids: readonly string[]; readonly by: string } | undefined {
  const routes = fields['members_by_route'];
  if (typeof routes !== 'object' || routes === null) return undefined;
  const taken = Object.entries(routes).filter(([, count]) => typeof count === 'number' && count > 0);
  const [route, other] = new Set(taken.map(([name]) => (isCodex(name) ? 'codex' : 'inline')));
  const ids = Array.isArray(fields['members']) ? idsIn(fields['members']) : [];
  const members = taken.reduce((sum, [, count]) => sum + Number(count), 0);
  return route === undefined || other !== undefined || members !== ids.length ? undefined : { ids, by: route };
}

/** Who did the tasks that are done. */
export function routingOf(tasks: readonly LegacyTask[], decisions: LegacyRouting['decisions']): LegacyRouting {
  const routing = { codex: 0, inline: 0, untold: 0 };
  for (const { status, by } of tasks)
    if (status === 'done') routing[by === undefined ? 'untold' : isCodex(by) ? 'codex' : 'inline']++;
  return { ...routing, decisions };
}

/** `codex`, and `codex+claude-fixup`: it was Codex that did it, whoever tidied up. */
export function isCodex(by: string): boolean {
  return /^codex\b/i.test(by);
}
