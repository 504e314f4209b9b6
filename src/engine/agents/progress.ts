import { fileNameOf } from '../../core/agents/permission.ts';
import type { Usage } from '../../core/agents/event.ts';
import { limitIn, type TellingLimit, usageIn } from './outcome.ts';
import { doingIn } from '../../core/agents/doing.ts';
import { type Fields, fieldsOf, readLine, textOf } from '../../core/agents/json.ts';
import { oneLine } from '../../core/base/text.ts';
import type { EffectOf } from '../../core/run/effect.ts';
import { attemptName, type RunEvent } from '../../core/run/event.ts';
import type { InUse } from '../../core/run/budgets.ts';
import { ASK_ANSWERS, leaveFor } from '../../core/run/leave.ts';
import { laneNews } from '../../core/run/lane-limits.ts';
import { taskOf } from '../../core/run/state.ts';
import type { Performing } from '../perform/performer.ts';

/** Bytes of progress that are read at once. */
const PIECE = 1024 * 1024;
const KINDS = ['command', 'write', 'read', 'network', 'other'] as const;

/**
 * Follows what a keeper notes of its agent while it works: carries its questions to gates of the run and answers back, and knows what it
 * has used so far. What the keeper noted is read from its beginning whenever an attempt is attended anew: what is known already is not asked again.
 */
export class Progress {
  readonly #effect: EffectOf<'work'>;
  readonly #inputs: string;
  readonly #performing: Performing;
  readonly #turned: () => void;
  readonly #written = new Set<string>();
  #offset = 0;
  #used: Usage = {};
  #model: string | undefined;
  readonly #limits = new Map<string, TellingLimit>();

  /** @param turned  called when the agent has ended a turn */
  constructor(effect: EffectOf<'work'>, inputs: string, performing: Performing, turned: () => void) {
    this.#turned = turned;
    this.#effect = effect;
    this.#inputs = inputs;
    this.#performing = performing;
  }

  /** Looks for new questions and new answers once. */
  async look(): Promise<void> {
    const news = await this.#news();
    if (news.length > 0) await this.#performing.record(news);
    const given = this.#givenLeave();
    if (given.length > 0) await this.#performing.record(given);
    await this.#passOn();
  }

  /** Whether the agent is silent because it waits for somebody's answer. */
  get open(): boolean {
    const attempt = taskOf(this.#performing.state(), this.#effect.task)?.attempts[this.#effect.attempt - 1];
    return Object.values(attempt?.asks ?? {}).some(({ answer }) => answer === undefined);
  }

  /** What the agent has used so far, as far as its program told, and with which model. */
  get used(): InUse {
    return { usage: this.#used, model: this.#model };
  }

  async #news(): Promise<RunEvent[]> {
    const { files } = this.#performing.io;
    const path = `${this.#inputs}/progress.jsonl`;
    const events: RunEvent[] = [];
    for (;;) {
      const size = (await files.stat(path))?.size ?? 0;
      if (size <= this.#offset) return [...events, ...this.#limitNews()];
      const bytes = await files.readRange(path, this.#offset, Math.min(PIECE, size - this.#offset));
      const end = bytes?.lastIndexOf(0x0a) ?? -1;
      if (bytes === undefined || end < 0) {
        // A line longer than we read is none of ours.
        if ((bytes?.length ?? 0) >= PIECE) this.#offset += PIECE;
        return [...events, ...this.#limitNews()];
      }
      this.#offset += end + 1;
      for (const line of new TextDecoder().decode(bytes.subarray(0, end)).split('\n')) {
        if (line.includes('"permission_')) {
          events.push(...this.#read(readLine(line) ?? {}));
          this.#tell(line);
        } else if (line.includes('"type":"limit"')) {
          const limit = limitIn(readLine(line)?.['limit']);
          if (limit !== undefined) this.#limits.set(limit.window, limit);
        } else if (line.includes('"type":"started"')) {
          this.#model = textOf(readLine(line)?.['model'])?.slice(0, 200) ?? this.#model;
        } else if (!line.includes('"type":"usage"')) this.#tell(line);
        else {
          // What it used is told at the end of each turn.
          this.#turned();
          this.#used = usageIn(readLine(line)?.['usage']);
        }
      }
    }
  }

  /** What was told of the account since it was looked at last, as far as it is news. */
  #limitNews(): RunEvent[] {
    if (this.#limits.size === 0) return [];
    const news = laneNews(this.#performing.state(), this.#effect.agent, [...this.#limits.values()]);
    this.#limits.clear();
    return news === undefined ? [] : [news];
  }

  #tell(line: string): void {
    const what = doingIn(line);
    if (what !== undefined) this.#performing.doing?.(attemptName(this.#effect.task, this.#effect.attempt), what);
  }

  #read(fields: Fields): RunEvent[] {
    const of = { task: this.#effect.task, attempt: this.#effect.attempt };
    const attempt = taskOf(this.#performing.state(), of.task)?.attempts[of.attempt - 1];
    if (fields['type'] === 'permission_asked') {
      const ask = fieldsOf(fields['ask']);
      const id = fileNameOf(textOf(ask['id']) ?? '');
      if (id === '' || attempt?.asks?.[id] !== undefined) return [];
      const kind = KINDS.find((one) => one === ask['kind']) ?? 'other';
      const command = textOf(ask['command'])?.slice(0, 4000) ?? null;
      const what = oneLine(textOf(ask['what']) ?? '', 400);
      const name = attemptName(of.task, of.attempt);
      const tool = oneLine(textOf(ask['tool']) ?? '', 80);
      const asked: RunEvent = { event: 'permission_asked', ...of, ask: id, kind, tool, command, what };
      // Answered as soon as it is noted: no gate is opened for what a person decided already.
      if (leaveFor(this.#performing.state(), of.task, { kind, tool, command, what }) !== undefined) return [asked];
      return [
        asked,
        {
          event: 'gate_opened',
          gate: `ask:${name}:${id}`,
          question: `${name} (${this.#effect.agent}) asks: ${what}`,
          options: ASK_ANSWERS,
          recommended: 'deny',
          detail: [
            ...(command === null
              ? []
              : command
                  .split('\n')
                  .slice(0, 10)
                  .map((line) => oneLine(line, 200))),
            'once; session: as often as this attempt wants, and what its program holds to be the same; task: every attempt of this task; run: every attempt of this run; deny',
          ],
        },
      ];
    }
    if (fields['type'] === 'permission_settled' && fields['by'] === 'time') {
      const id = fileNameOf(textOf(fields['id']) ?? '');
      if (attempt?.asks?.[id] === undefined || attempt.asks[id].answer !== undefined) return [];
      const gate = `ask:${attemptName(of.task, of.attempt)}:${id}`;
      return [{ event: 'gate_answered', gate, answer: 'deny', by: 'policy', how: 'nobody answered in time' }];
    }
    return [];
  }

  /** Answers to open questions that a person answered before, for this task or for the run. */
  #givenLeave(): RunEvent[] {
    const state = this.#performing.state();
    const { task, attempt: number } = this.#effect;
    const attempt = taskOf(state, task)?.attempts[number - 1];
    return Object.entries(attempt?.asks ?? {}).flatMap(([id, { about, answer }]): RunEvent[] => {
      const leave = answer !== undefined || about === undefined ? undefined : leaveFor(state, task, about);
      if (leave === undefined) return [];
      const how = `a person allowed it for ${leave.task === undefined ? 'this run' : 'this task'}`;
      const gate = `ask:${attemptName(task, number)}:${id}`;
      return [{ event: 'gate_answered', gate, answer: 'once', by: 'policy', how }];
    });
  }

  /** Tells the keeper what was answered; a file that is there already is left alone. */
  async #passOn(): Promise<void> {
    const { io } = this.#performing;
    const attempt = taskOf(this.#performing.state(), this.#effect.task)?.attempts[this.#effect.attempt - 1];
    for (const [id, { answer }] of Object.entries(attempt?.asks ?? {})) {
      if (answer === undefined || this.#written.has(id)) continue;
      await io.files.write(
        `${this.#inputs}/answers/${id}`,
        answer === 'session' || answer === 'deny' ? answer : 'allow',
      );
      this.#written.add(id);
    }
  }
}
