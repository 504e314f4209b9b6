import { oneLine } from '../base/text.ts';
import { sha256 } from '../base/sha256.ts';
import { type Question, questionGate } from './authoring/model.ts';
import { kindOfGate } from './gate-name.ts';
import { gateAbout } from './gate-terms.ts';
import type { Request } from './request.ts';
import type { Gate, RunState } from './state.ts';

/** One answer that a person wrote down before the question was asked; docs/gates.md. */
export interface WrittenAnswer {
  /** Name of a gate, or a pattern of names with `*`: `plan`, `review:T3`, `budget:*`. */
  readonly gate?: string;
  /** Kind of a gate: `review`, `subplan`, `permission`, `blocker` … */
  readonly kind?: string;
  /** Task, or a pattern of tasks. */
  readonly task?: string;
  /** A question of an interview: its id, its words, or `*` for every one. Its answer may be in other words than those of its options. */
  readonly question?: string;
  /** One of the options, exactly. */
  readonly answer: string;
  readonly by?: string;
  readonly note?: string;
  /** First digits, 7 at least, of the hashes of texts or commits that it holds for; without them, for any. */
  readonly valid_for?: readonly string[];
  /** Milliseconds since 1970 after which it holds no more. */
  readonly until?: number;
  /** How often it may be given to one gate that opens again and again. */
  readonly times: number;
  /** The name of the run, typed out: nothing is discarded without it. */
  readonly confirm?: string;
  /** Line of the file, from 1. */
  readonly line: number;
}

/** What a file says to an open gate: an answer, or why it says none. */
export type FromFile =
  | { readonly gate: string; readonly request: Request }
  | { readonly gate: string; readonly holds: string };

/**
 * What a file of answers says to every gate that is open. The first entry that is about a gate decides: when it does not hold (another
 * text, too late, no such option, used up), the gate stays open, and no later entry is looked for. A gate that no entry is about is left
 * out. The ids of requests follow from file, gate and count alone, so a crash never gives an answer twice.
 *
 * @param file  name and hash of the file, for the log
 * @param now  milliseconds since 1970
 * @param by  who answers where an entry does not say
 */
export function answersFor(
  state: RunState,
  answers: readonly WrittenAnswer[],
  file: { readonly name: string; readonly sha256: string },
  now: number,
  by: string,
): FromFile[] {
  return state.gates.flatMap((gate): FromFile[] => {
    const entry = answers.find((one) => isAbout(state, one, gate.id));
    if (entry === undefined) return [];
    const why = entry.question === undefined ? objection(state, gate, entry, now) : undefined;
    if (why !== undefined) return [{ gate: gate.id, holds: `line ${entry.line} of ${file.name}: ${why}` }];
    const id = freeId(state, gate, entry);
    if (id === undefined)
      return [
        {
          gate: gate.id,
          holds: `line ${entry.line} of ${file.name}: it was given ${entry.times === 1 ? 'once' : `${entry.times} times`} already`,
        },
      ];
    const how = `answers file ${file.name}:${entry.line} (${file.sha256.slice(0, 12)})`;
    const common = { schema: 1 as const, id, by: entry.by ?? by, how };
    const { answer, note } = entry;
    if (entry.question !== undefined) {
      // What stands for all questions was given to none of them.
      const who = entry.question === '*' ? { by: 'policy' } : {};
      return [{ gate: gate.id, request: { ...common, ...who, request: 'answer', gate: gate.id, answer, words: true } }];
    }
    return [
      {
        gate: gate.id,
        request:
          gate.id === 'plan' && answer === 'approve'
            ? { ...common, request: 'approve', planSha256: state.planSha256 }
            : { ...common, request: 'answer', gate: gate.id, answer, ...(note === undefined ? {} : { note }) },
      },
    ];
  });
}

/** Answers to questions of an interview that nobody asks, as lines for a person. What is not asked yet may be asked later. */
export function unasked(
  { authoring }: RunState,
  answers: readonly WrittenAnswer[],
  file: { readonly name: string },
): string[] {
  const questions = authoring?.questions ?? [];
  const written = answers.flatMap(({ question, line }) => (question === undefined ? [] : [{ question, line }]));
  // One that was begun with its spec, or with its plan, asks nothing at all.
  if (authoring !== undefined && authoring.spec === null && questions.length === 0) return [];
  return written.flatMap(({ question, line }) => {
    if (question === '*' ? authoring !== undefined : questions.some((one) => isCalled(one, question))) return [];
    const asked = questions.length === 0 ? 'this run has no interview' : `asked are Q1 to Q${questions.length}`;
    return [`line ${line} of ${file.name}: no question is "${oneLine(question, 80)}": ${asked}`];
  });
}

function isCalled({ id, question }: Question, called: string): boolean {
  const words = called.trim().toLowerCase();
  return words === id.toLowerCase() || words === question.toLowerCase();
}

function isAbout(state: RunState, { gate, kind, task, question }: WrittenAnswer, id: string): boolean {
  if (question !== undefined) {
    const asked = state.authoring?.questions.find((one) => questionGate(one.id) === id);
    return asked !== undefined && (question === '*' || isCalled(asked, question));
  }
  const subject = kindOfGate(id);
  if (gate === undefined && kind === undefined && task === undefined) return false;
  if (kind !== undefined && kind !== subject.kind) return false;
  if (task !== undefined && (subject.task === undefined || !fits(task, subject.task))) return false;
  return gate === undefined || fits(gate, id);
}

function fits(pattern: string, name: string): boolean {
  if (pattern === name) return true;
  if (!pattern.includes('*')) return false;
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(name);
}

function objection(state: RunState, gate: Gate, entry: WrittenAnswer, now: number): string | undefined {
  if (entry.until !== undefined && now > entry.until) return 'it holds no more';
  if (!gate.options.includes(entry.answer))
    return `"${entry.answer}" is none of the options ${gate.options.join(', ')}`;
  if (entry.answer === 'discard' && entry.confirm !== state.slug)
    return `discard throws work away, and needs "confirm: ${state.slug}"`;
  // Who wrote it down beforehand did not know that the whole would fail; docs/finish.md.
  if (
    gate.id === 'finish' &&
    (entry.answer === 'merge' || entry.answer === 'pull-request') &&
    state.branchCheck?.passed === false
  )
    return `the verification of the whole fails ("${state.branchCheck.failed?.command ?? ''}"), and that is for whoever has seen it`;
  if (entry.valid_for === undefined) return undefined;
  const about = gateAbout(state, gate.id);
  if (about === undefined) return 'it holds for certain bytes only, and the gate is about none';
  return entry.valid_for.some((hash) => hash.length >= 7 && about.hash.startsWith(hash))
    ? undefined
    : `it does not hold for ${about.what} ${about.hash.slice(0, 12)}`;
}

/** The id of the first answer of this entry to this gate that was not given yet; `undefined`: all of them were. */
function freeId(state: RunState, gate: Gate, entry: WrittenAnswer): string | undefined {
  for (let count = 0; count < entry.times; count++) {
    const id = sha256(JSON.stringify([{ ...entry, line: 0 }, gate.id, state.run, count])).slice(0, 32);
    if (!state.requests.includes(id)) return id;
  }
  return undefined;
}
