import { sha256 } from '../../base/sha256.ts';
import type { Authored, PlanKind, PlanTask } from '../../plan/model.ts';
import type { PlanTerms } from '../../plan/terms.ts';
import type { Complexity } from '../complexity.ts';
import type { Role } from '../role.ts';

/*
 * A run that begins with an idea: its first tasks write the documents that its other tasks are made from. They are tasks like any other, so
 * that everything a run can do, it does for them, too; what they write goes to a gate instead of the merge queue. Decision 0047.
 */

/** One question of the interview. */
export interface Question {
  /** `Q1` */
  readonly id: string;
  readonly question: string;
  /** Two to four, the recommended one first. */
  readonly options: readonly string[];
  /** Why it matters; may be empty. */
  readonly why: string;
}

/** What was answered. */
export interface Answer {
  readonly answer: string;
  readonly note?: string;
  readonly by: string;
  /** Nobody was asked: a policy took what is recommended. */
  readonly assumed: boolean;
}

/** What a run that begins with an idea knows of it. */
export interface Authoring {
  readonly topic: string;
  /** How many questions are asked. */
  readonly complexity: Complexity;
  /** The kind of plan that was asked for; `null`: the one that fits. */
  readonly kind: PlanKind | null;
  /** Where the run stops by itself: after the spec, after the plan; `null`: nowhere. */
  until: 'spec' | 'plan' | null;
  /** Answers given beforehand, by the id or the words of a question. */
  given: Readonly<Record<string, string>>;
  questions: readonly Question[];
  answers: Record<string, Answer>;
  /** SHA-256 of the spec, once it is approved or was handed over. */
  spec: string | null;
  /** The kind that the spec speaks for, and why. */
  suggested?: { readonly kind: PlanKind; readonly why: string };
  /** When the plan was approved and its tasks joined the run, milliseconds since 1970. */
  adopted?: number;
}

/** What an attempt of an authored task wrote, as the log knows it; its text is in the bundle, bound by the hash. */
export interface WrittenDocument {
  readonly sha256: string;
  /** What is remarkable about it, in words, at most a few. */
  readonly remarks: readonly string[];
  readonly suggested?: { readonly kind: PlanKind; readonly why: string };
  readonly plan?: WrittenPlan;
}

/** The part of a plan that a run needs. */
export interface WrittenPlan {
  readonly kind: PlanKind;
  readonly title: string;
  readonly tasks: readonly PlanTask[];
  readonly verify: readonly string[];
  /** What else it promises and where it stops. */
  readonly terms?: PlanTerms;
}

/** What a scan looks for. */
export interface Scan {
  readonly id: string;
  readonly title: string;
  readonly questions: readonly string[];
}

/** The scans of a repository before anything is written, side by side. */
export const SCANS: readonly Scan[] = [
  {
    id: 'SCAN-CODE',
    title: 'Which code it concerns',
    questions: [
      'Which modules, files and interfaces does the topic concern, and what do they do now?',
      'Which commands build, check and test this repository, and which tests cover that code?',
      'What would have to change first, and what could break?',
    ],
  },
  {
    id: 'SCAN-DOCS',
    title: 'What the documents say of it',
    questions: [
      'What do documents, decisions and conventions of the repository say that bears on the topic?',
      'Which words does the project use for what the topic is about?',
    ],
  },
  {
    id: 'SCAN-PAST',
    title: 'What was done about it before',
    questions: [
      'What do history, earlier plans and open branches say of the topic: what was tried, finished or given up?',
      'What else is being worked on that would overlap with it?',
    ],
  },
];

export const INTERVIEW = 'INTERVIEW';
export const SPEC = 'SPEC';
export const PLAN = 'PLAN';

const RESERVED: readonly string[] = [...SCANS.map(({ id }) => id), INTERVIEW, SPEC, PLAN];

/** Ids that no task of a plan may have in a run that begins with an idea. */
export function isReserved(id: string): boolean {
  return RESERVED.includes(id.toUpperCase());
}

/** The tasks that write the documents of a run: all of them, or, of one that was handed a spec, the one that plans. */
export function authoredTasks(from: 'topic' | 'spec'): readonly PlanTask[] {
  const task = (id: string, title: string, authors: Authored, role: Role, needs: readonly string[]): PlanTask => ({
    id,
    title,
    unit: `authoring:${authors}`,
    needs,
    scope: [],
    verify: [],
    nonCommitting: true,
    agent: undefined,
    estimate: undefined,
    route: { role },
    authors,
  });
  if (from === 'spec') return [task(PLAN, 'Plan it', 'plan', 'plan', [])];
  const scans = SCANS.map(({ id, title }) => task(id, title, 'scan', 'discovery', []));
  return [
    ...scans,
    task(
      INTERVIEW,
      'Find out what to ask',
      'interview',
      'spec',
      scans.map(({ id }) => id),
    ),
    task(SPEC, 'Write down what to build', 'spec', 'spec', [INTERVIEW]),
    task(PLAN, 'Plan it', 'plan', 'plan', [SPEC]),
  ];
}

/** What stands in the log for the text of a plan, as long as there is none. */
export function authoringHash(topic: string, tasks: readonly PlanTask[]): string {
  return sha256(JSON.stringify([topic, tasks.map(({ id }) => id)]));
}

/** Name of the gate at which a question is answered. */
export function questionGate(id: string): string {
  return `interview:${id}`;
}

/** Names of the gates at which the documents are approved. */
export const SPEC_GATE = 'spec';
export const PLAN_GATE = 'plan';
