import { oneLine } from '../../base/text.ts';
import { attemptName, type RecordedEvent } from '../event.ts';
import type { FailedCheck } from '../failed-check.ts';
import type { ReviewFinding } from '../review/finding.ts';
import { commandName, idOf } from './document.ts';
import type { Learned, LearnedKind } from './model.ts';

/** Lessons of one kind, and of all, that one run leaves. */
const OF_A_KIND = 10;
const OF_A_RUN = 40;
/** Paths that one lesson is about. */
const PATHS = 8;

interface Failure {
  readonly check: FailedCheck;
  readonly attempt: number;
  readonly seq: number;
  readonly landing: boolean;
}

interface Broken {
  readonly check: FailedCheck;
  readonly seq: number;
  readonly attempt: string;
  /** What people said or changed since. */
  readonly acts: string[];
}

interface Said {
  readonly kind: LearnedKind;
  readonly text: string;
  readonly seq: number;
}

/**
 * What a run teaches, from its events alone: no model is asked, and the same log always gives the same lessons. Feed it every event
 * in order. Claims of agents (digests, findings of reviews) are told as what they are, and only of work that landed or was shown.
 */
export class Learner {
  #run = '';
  #day = '';
  readonly #scopes = new Map<string, readonly string[]>();
  readonly #failures = new Map<string, Failure[]>();
  readonly #touched = new Map<string, readonly string[]>();
  readonly #summaries = new Map<string, string>();
  readonly #said = new Map<string, readonly Said[]>();
  readonly #broken = new Map<string, Broken>();
  readonly #flaky = new Map<string, { count: number; readonly seq: number; readonly attempt: string }>();
  readonly #conflicts = new Map<string, { count: number; seq: number; readonly tasks: Set<string> }>();
  readonly #questions = new Map<string, string>();
  readonly #findings = new Map<string, { readonly list: readonly ReviewFinding[]; readonly seq: number }>();
  readonly #lessons = new Map<string, Learned>();

  add(event: RecordedEvent): void {
    this.#day = event.ts.slice(0, 10);
    switch (event.event) {
      case 'run_created':
        this.#run = event.run;
        break;
      case 'plan_written':
      case 'plan_amended':
      case 'subplan_written':
      case 'subplan_edited':
      case 'subplan_amended':
        for (const { id, scope } of event.tasks) this.#scopes.set(id, scope);
        break;
      case 'attempt_finished':
        this.#touched.set(attemptName(event.task, event.attempt), event.touches ?? []);
        break;
      case 'digest_recorded': {
        const name = attemptName(event.task, event.attempt);
        if (event.source === 'agent') this.#summaries.set(name, event.summary);
        const said = (kind: LearnedKind, list: readonly string[] = []): Said[] =>
          list.map((text) => ({ kind, text, seq: event.seq }));
        this.#said.set(name, [
          ...said('deviation', event.deviations),
          ...said('decision', event.decisions),
          ...said('pattern', event.patterns),
        ]);
        break;
      }
      case 'verification_finished':
        if (event.failed !== undefined) {
          const { attempt, seq, landing, failed: check } = event;
          const list = this.#failures.get(event.task) ?? [];
          list.push({ check, attempt, seq, landing });
          this.#failures.set(event.task, list);
        }
        break;
      case 'verification_flaked': {
        const key = commandName(event.command);
        const known = this.#flaky.get(key);
        if (known === undefined)
          this.#flaky.set(key, { count: 1, seq: event.seq, attempt: attemptName(event.task, event.attempt) });
        else known.count++;
        break;
      }
      case 'setup_finished':
        this.#setUp(event);
        break;
      case 'merge_conflicted':
        this.#conflicted(event.paths, [event.task, ...(event.with ?? [])], event.seq);
        break;
      case 'conflict_foreseen':
        this.#conflicted(event.paths, event.tasks, event.seq);
        break;
      case 'review_finished':
        this.#findings.set(event.task, { list: event.findings, seq: event.seq });
        break;
      case 'gate_opened':
        this.#questions.set(event.gate, event.question);
        break;
      case 'gate_answered': {
        if (event.note === undefined || event.note.trim() === '') break;
        const { gate, answer, by, note } = event;
        this.#act(`${by} said: ${oneLine(note, 200)}`);
        const task = /^[a-z-]+:([^#:]+)/.exec(gate)?.[1] ?? '';
        const asked = oneLine(this.#questions.get(gate) ?? gate, 160);
        this.#told(`asked "${asked}", ${by} answered ${oneLine(answer, 60)}: ${note}`, note, task, event.seq);
        break;
      }
      case 'task_reopened':
      case 'task_advised':
        if (event.advice === undefined || event.advice.trim() === '') break;
        this.#act(`${event.by} said: ${oneLine(event.advice, 200)}`);
        this.#told(`${event.by} said to ${event.task}: ${event.advice}`, event.advice, event.task, event.seq);
        break;
      case 'config_resolved':
        if (event.by !== undefined) this.#act(`${event.by} changed the configuration of the run`);
        break;
      case 'merge_finished':
        this.#landed(event.task, event.attempt);
        break;
      default:
        break;
    }
  }

  /** What was learned, in the order in which it happened, bounded. */
  lessons(): readonly Learned[] {
    for (const [command, { count, seq, attempt }] of this.#flaky) {
      const text = `\`${command}\` failed and then passed on the very same tree, ${count === 1 ? 'once' : `${count} times`}: one failure of it says little`;
      this.#learn('flaky', command, { text, seq, attempt, paths: [], command });
    }
    for (const [path, { count, seq, tasks }] of this.#conflicts) {
      if (count < 2) continue;
      const text = `\`${path}\` conflicted ${count} times in one run, between ${[...tasks].slice(0, 8).join(', ')}: changes of it are best kept small and apart`;
      this.#learn('conflict', path, { text, seq, attempt: '', paths: [path], command: null });
    }
    for (const [task, { list, seq }] of this.#findings) {
      for (const one of list) {
        const fixed = one.fate === 'fixed';
        if (!fixed && (one.shown !== 'fails' || one.fate === 'withdrawn' || one.fate === 'refuted')) continue;
        const text = `a review of ${task} found (${one.severity}, ${one.category}): ${oneLine(one.claim, 300)}; ${fixed ? 'it was fixed' : 'its check failed when it was run'}`;
        const paths = one.file === '' ? (this.#scopes.get(task) ?? []) : [one.file];
        this.#learn('finding', one.fingerprint, { text, seq, attempt: task, paths, command: one.check_command });
      }
    }
    const counts = new Map<LearnedKind, number>();
    return [...this.#lessons.values()]
      .filter(({ kind }) => {
        const count = (counts.get(kind) ?? 0) + 1;
        counts.set(kind, count);
        return count <= OF_A_KIND;
      })
      .slice(0, OF_A_RUN);
  }

  #landed(task: string, attempt: number): void {
    const name = attemptName(task, attempt);
    const touched = this.#touched.get(name) ?? [];
    const paths = touched.length > 0 ? touched : (this.#scopes.get(task) ?? []);
    const last = new Map<string, Failure>();
    for (const one of this.#failures.get(task) ?? [])
      if (one.attempt < attempt) last.set(commandName(one.check.command), one);
    const summary = this.#summaries.get(name);
    for (const [command, { check, attempt: failed, seq, landing }] of last) {
      const said = objection(check);
      const changed =
        touched.length === 0
          ? ''
          : ` after changing ${touched.slice(0, 4).join(', ')}${touched.length > 4 ? ', …' : ''}`;
      const words = summary === undefined ? '' : `; its agent said: ${oneLine(summary, 120)}`;
      const text = `\`${oneLine(command, 100)}\` failed in ${attemptName(task, failed)}${landing ? ' on top of what had landed' : ''} (${said}); ${name} passed it${changed}${words}`;
      this.#learn('mended', `${command}\n${said}`, { text, seq, attempt: attemptName(task, failed), paths, command });
    }
    this.#failures.delete(task);
    for (const { kind, text, seq } of this.#said.get(name) ?? [])
      this.#learn(kind, text, { text: `${task}: ${text}`, seq, attempt: name, paths, command: null });
  }

  #setUp(event: Extract<RecordedEvent, { event: 'setup_finished' }>): void {
    const attempt = attemptName(event.task, event.attempt);
    if (event.failed !== undefined) {
      const command = commandName(event.failed.command);
      const known = this.#broken.get(command);
      if (known === undefined) this.#broken.set(command, { check: event.failed, seq: event.seq, attempt, acts: [] });
      return;
    }
    if (!event.passed) return;
    for (const [command, { check, seq, attempt: failed, acts }] of this.#broken) {
      const mended =
        acts.length === 0 ? 'it passed later, and the log does not know why' : `it passed after ${acts.join('; ')}`;
      const text = `the set-up \`${oneLine(command, 100)}\` failed in ${failed} (${objection(check)}); ${mended}`;
      this.#learn('setup', command, { text, seq, attempt: failed, paths: [], command });
    }
    this.#broken.clear();
  }

  #act(words: string): void {
    for (const { acts } of this.#broken.values()) if (acts.length < 3 && !acts.includes(words)) acts.push(words);
  }

  #conflicted(paths: readonly string[], tasks: readonly string[], seq: number): void {
    for (const path of new Set(paths)) {
      const known = this.#conflicts.get(path) ?? { count: 0, seq, tasks: new Set<string>() };
      known.count++;
      known.seq = seq;
      for (const task of tasks) known.tasks.add(task);
      this.#conflicts.set(path, known);
    }
  }

  #told(text: string, words: string, task: string, seq: number): void {
    const paths = this.#scopes.get(task) ?? [];
    this.#learn('answer', words.trim(), { text, seq, attempt: task, paths, command: null });
  }

  #learn(
    kind: LearnedKind,
    about: string,
    {
      text,
      seq,
      attempt,
      paths,
      command,
    }: {
      readonly text: string;
      readonly seq: number;
      readonly attempt: string;
      readonly paths: readonly string[];
      readonly command: string | null;
    },
  ): void {
    const id = idOf(kind, about);
    if (this.#lessons.has(id)) return;
    this.#lessons.set(id, {
      id,
      kind,
      day: this.#day,
      times: 1,
      text: oneLine(text, 480),
      from: [`run ${this.#run}`, ...(attempt === '' ? [] : [attempt]), `event ${seq}`].join(', '),
      paths: paths.slice(0, PATHS),
      command: command === null ? null : commandName(command),
    });
  }
}

/** What a command said that tells most: the first line that sounds like a fault, else its last. */
function objection({ reason, tail }: FailedCheck): string {
  const lines = tail.split('\n').filter((line) => line.trim() !== '');
  const line =
    lines.find((one) => /error|fail|expect|assert|cannot|not found|exception|denied|missing/i.test(one)) ??
    lines.at(-1);
  return `${oneLine(reason, 80)}${line === undefined ? '' : `: ${oneLine(line, 140)}`}`;
}
