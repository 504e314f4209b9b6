import type { Autonomy, AskFrom } from './autonomy.ts';

/** How large a thing the work is taken for: a preset of policies. */
export const COMPLEXITIES = ['low', 'medium', 'high'] as const;
export type Complexity = (typeof COMPLEXITIES)[number];

/** What a preset says, each of it only where nobody says otherwise. */
export interface Preset {
  readonly autonomy: Autonomy;
  /** Which tasks go to the role `small_edit`. */
  readonly routing: 'off' | 'auto';
  readonly review: 'off' | 'on';
  /** From which severity on findings are asked about under `gated`. */
  readonly askFrom: AskFrom;
  /** How often a task may go back because of findings. */
  readonly fixes: number;
  /** Agents at work at once. */
  readonly parallel: number;
  /** How thorough doctor is. */
  readonly doctor: Complexity;
  /** What is asked of plans that are written: how many tasks, and what each must say. */
  readonly rigor: Rigor;
  /** Tasks from which on a gated run is told that `loose` would ask less. */
  readonly offerAt: number;
  /** Questions of an interview, at least and at most. */
  readonly questions: readonly [number, number];
}

/** How rigorous a plan has to be. */
export interface Rigor {
  /** Tasks that it should have; `null`: as many as the work needs. */
  readonly tasks: readonly [number, number] | null;
  /** Files that a task changes. */
  readonly files: 'optional' | 'encouraged' | 'required';
  /** Whether each task says if a small edit will do (`Codex:`). */
  readonly routing: 'optional' | 'required';
  /** Groups of tasks that can be done side by side. */
  readonly groups: 'optional' | 'encouraged';
}

const MEDIUM: Preset = {
  autonomy: 'gated',
  routing: 'auto',
  review: 'on',
  askFrom: 'medium',
  fixes: 2,
  parallel: 4,
  doctor: 'medium',
  rigor: { tasks: null, files: 'encouraged', routing: 'optional', groups: 'optional' },
  offerAt: 15,
  questions: [5, 12],
};

/** The three presets. Whoever names none has none: then every key has its own default. */
export const PRESETS: Readonly<Record<Complexity, Preset>> = {
  low: {
    ...MEDIUM,
    autonomy: 'loose',
    routing: 'off',
    review: 'off',
    fixes: 0,
    parallel: 1,
    doctor: 'low',
    rigor: { tasks: [3, 7], files: 'optional', routing: 'optional', groups: 'optional' },
    offerAt: 999,
    questions: [2, 6],
  },
  medium: MEDIUM,
  high: {
    ...MEDIUM,
    askFrom: 'low',
    fixes: 4,
    doctor: 'high',
    rigor: { tasks: null, files: 'required', routing: 'required', groups: 'encouraged' },
    offerAt: 25,
    questions: [8, 20],
  },
};
