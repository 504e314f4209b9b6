import type { LegacyEvent, LegacyPlace } from './model.ts';

/** What the log tells of one task. */
export interface Told {
  done: boolean;
  /** Where it says so. */
  place?: LegacyPlace;
  /** What it says of one that is not done. */
  state?: 'working' | 'blocked' | 'waived';
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
const WAVE_OVER = /^wave_completed?$/;
const BEGUN = /^(?:(?:wave_)?task_(?:started|dispatched)|background_started|wave_started)$/;
const BLOCKED = /^(?:wave_)?task_(?:blocked(?:_under_active_run)?|failed)$/;
const WAIVED = /^(?:wave_)?task_(?:waived|skipped)$/;
const UNDONE = /^(?:wave_)?task_(?:reopened|reverted|reset|redispatched)$/;

/**
 * What the events of a log say of each task, one event after the other: finished or not, by whom, with which commit. Never what they
 * do not say.
 */
export class ToldFold {
  /** By id. */
  readonly tasks = new Map<string, Told>();
  readonly decisions: Record<string, number> = {};
  /** Lines that call something done, and do not say which task. */
  readonly untold: LegacyPlace[] = [];
  readonly #idOf: (key: string) => string;

  /** `titles`: by id; a log may call a task so. */
  constructor(titles: ReadonlyMap<string, string>) {
    this.#idOf = idsByTitle(titles);
  }

  /** Takes the next event, and returns the ids of the tasks that it speaks of. */
  add({ name, text, fields, file, line }: LegacyEvent): readonly string[] {
    const spoken: string[] = [];
    const of = (key: string): Told => {
      const id = this.#idOf(key);
      // A title that is none of the plan's tells of no task.
      if (id.startsWith(TITLE)) return { done: false, reviewed: false };
      spoken.push(id);
      let told = this.tasks.get(id);
      if (told === undefined) this.tasks.set(id, (told = { done: false, reviewed: false }));
      return told;
    };
    const place = { file, line };
    const field = (key: string): string => (typeof fields[key] === 'string' ? fields[key] : '');
    const decision = field('decision_source') || (/decision_source=([\w-]+)/.exec(text)?.[1] ?? '');
    if (decision !== '') this.decisions[decision] = (this.decisions[decision] ?? 0) + 1;
    const one = fields['task'] ?? fields['idx'] ?? fields['task_idx'] ?? fields['task_id'];
    if (COMPLETED.test(name)) {
      const ids = idsIn(one ?? /\d+/.exec(name)?.[0]);
      if (ids.length === 0) this.untold.push(place);
      for (const id of ids) {
        const told = finish(of(id), place);
        const by = field('dispatched_by') || field('dispatched_to') || field('route') || tagOf(text);
        if (by !== '') told.by = by;
        if (field('commit') !== '') told.commit = field('commit');
        if (typeof fields['wave'] === 'number' || field('wave') !== '') told.wave = String(fields['wave']);
        if (/reviewed/.test(text)) told.reviewed = true;
      }
    } else if (name === 'wave_routing_summary') {
      const { ids, by } = summarised(fields) ?? { ids: [], by: '' };
      // What is told of a task itself counts more.
      for (const id of ids) of(id).routed = by;
    } else if (WAVE_OVER.test(name)) waveOver(fields, place, of);
    else if (BEGUN.test(name)) {
      for (const id of idsIn(one ?? fields['tasks'] ?? fields['members'])) {
        const told = of(id);
        if (!told.done) told.state = 'working';
      }
    } else if (BLOCKED.test(name) || WAIVED.test(name) || UNDONE.test(name)) {
      for (const id of idsIn(one)) {
        const told = of(id);
        told.done = false;
        delete told.place;
        delete told.state;
        if (!UNDONE.test(name)) told.state = WAIVED.test(name) ? 'waived' : 'blocked';
      }
    } else if (/^codex_review_returned$|^(?:task_)?review_(?:completed?|passed)$/.test(name)) {
      const id = legacyTaskId(fields['task']);
      if (id !== undefined) of(id).reviewed = true;
    } else readWords(text, place, of);
    return [...new Set(spoken)];
  }
}

/** What the events say of each task. */
export function toldOfTasks(events: readonly LegacyEvent[], titles: ReadonlyMap<string, string>): ToldFold {
  const fold = new ToldFold(titles);
  for (const event of events) fold.add(event);
  return fold;
}

function finish(told: Told, place: LegacyPlace): Told {
  told.done = true;
  told.place = place;
  delete told.state;
  return told;
}

/** The members of a wave that is over are done, but for those of which something else is told. */
function waveOver(fields: LegacyEvent['fields'], place: LegacyPlace, of: (id: string) => Told): void {
  const listed = fields['members'] ?? fields['tasks'];
  const members = Array.isArray(listed) ? idsIn(listed) : [];
  const commits = Array.isArray(fields['commits']) ? (fields['commits'] as readonly unknown[]) : [];
  members.forEach((id, i) => {
    const told = of(id);
    if (told.state === 'blocked' || told.state === 'waived') return;
    if (!told.done) finish(told, place);
    const commit = commits.length === 1 ? commits[0] : commits.length === members.length ? commits[i] : undefined;
    if (told.commit === undefined && typeof commit === 'string') told.commit = commit;
  });
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

/** The id of the task that a log calls so, by its id or by its title; what no title fits keeps its key, and is no task. */
function idsByTitle(titles: ReadonlyMap<string, string>): (key: string) => string {
  const ids = new Map([...titles].map(([id, title]) => [title.trim().toLowerCase(), id]));
  return (key) => {
    const title = key.startsWith(TITLE) ? key.slice(TITLE.length) : key.toLowerCase();
    return titles.has(key) ? key : (ids.get(title) ?? key);
  };
}

/** The prose of activity logs: `routing→CODEX (Task 3: …)`, `Task 3 complete, commit c113c1a [codex] (…)`. */
function readWords(text: string, place: LegacyPlace, of: (id: string) => Told): void {
  const routed = /routing\s*(?:→|->)\s*(CODEX|INLINE)\s*\(Task (\d+(?:\.\d+)*)/i.exec(text);
  if (routed !== null) begin(of(`T${routed[2]}`)).by = (routed[1] ?? '').toLowerCase();
  const short = /^task\s+"?([^"]{1,200}?)"?\s+(routing|review)\s*(?:→|->)\s*(CODEX|INLINE)\b/i.exec(text);
  if (short !== null) {
    const told = of(legacyTaskId(short[1]) ?? named(short[1] ?? ''));
    if (/review/i.test(short[2] ?? '')) told.reviewed = true;
    else begin(told).by = (short[3] ?? '').toLowerCase();
    return;
  }
  const done = /^(?:Wave \d+[:,]? )?Task (\d+(?:\.\d+)*)\b[^[(]{0,60}\bcomplete[d]?\b/i.exec(text);
  if (done !== null) {
    const told = finish(of(`T${done[1]}`), place);
    const commit = /\bcommit ([0-9a-f]{7,40})\b/.exec(text)?.[1];
    if (commit !== undefined) told.commit = commit;
    const tag = tagOf(text);
    if (tag !== '') told.by = tag;
    if (/\[reviewed:/i.test(text)) told.reviewed = true;
  }
  const reviewed = /review\s*(?:→|->)\s*CODEX\s*\(?(?:Task )?T?(\d+)?/i.exec(text)?.[1];
  if (reviewed !== undefined) of(`T${reviewed}`).reviewed = true;
}

function begin(told: Told): Told {
  if (!told.done) told.state = 'working';
  return told;
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

/** `codex`, and `codex+claude-fixup`: it was Codex that did it, whoever tidied up. */
export function isCodex(by: string): boolean {
  return /^codex\b/i.test(by);
}
