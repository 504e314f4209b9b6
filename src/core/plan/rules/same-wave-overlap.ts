import { type DraftUnit, finding } from '../draft.ts';
import { taskWaves } from '../graph.ts';
import type { PlanTask } from '../model.ts';
import { scopeForm, scopesOverlap } from '../scope.ts';
import type { Rule } from './rule.ts';

/** Globs are compared with every other task of the wave; beyond this many comparisons the plan is not looked at further. */
const MAX_COMPARISONS = 20_000;
/** Directories above a path that are remembered; nobody's repository is deeper. */
const MAX_DEPTH = 64;

/**
 * GEN-012: two tasks that could work at the same time may change the same file. They will not be run at the same time,
 * which the author may not have meant. Linear for files and directories.
 */
export const sameWaveOverlap: Rule = {
  id: 'GEN-012',
  *check({ draft, compiled }) {
    const waves = new Map<number, Wave>();
    let comparisons = 0;
    const waveOf = taskWaves(compiled.tasks);
    for (const [i, task] of compiled.tasks.entries()) {
      const number = waveOf[i] as number;
      if (number < 0 || task.scope.length === 0) continue;
      let wave = waves.get(number);
      if (wave === undefined) waves.set(number, (wave = newWave()));
      const others = new Map<number, string>();
      for (const entry of task.scope) {
        const form = scopeForm(entry);
        if (form === 'glob') continue;
        const other =
          wave.exact.get(entry) ??
          firstAbove(wave, entry) ??
          (form === 'directory' ? wave.below.get(entry) : undefined);
        if (other !== undefined && !others.has(other)) others.set(other, entry);
      }
      const globs = task.scope.some((entry) => scopeForm(entry) === 'glob');
      for (const other of globs ? wave.members : wave.withGlobs) {
        if (others.has(other) || ++comparisons > MAX_COMPARISONS) continue;
        if (scopesOverlap(task.scope, (compiled.tasks[other] as PlanTask).scope))
          others.set(other, task.scope[0] as string);
      }
      for (const [other, entry] of others) {
        const unit = draft.units[i] as DraftUnit;
        const where = unit.paths.find(({ text }) => text === entry)?.span ?? unit.paths[0]?.span;
        const span = where ?? draft.outline.source.span(unit.heading.start, unit.heading.end);
        const { id } = compiled.tasks[other] as PlanTask;
        const message = `${task.id} and ${id} may both change ${entry} and do not wait for each other; they will be worked on one at a time.`;
        yield finding(
          'GEN-012',
          'warning',
          span,
          message,
          `If ${task.id} builds on ${id}, write **Needs:** ${id}; else part their files.`,
        );
      }
      remember(wave, i, task, globs);
    }
  },
};

interface Wave {
  readonly members: number[];
  readonly withGlobs: number[];
  /** The first task with exactly this file or directory. */
  readonly exact: Map<string, number>;
  /** The first task with something below this directory. */
  readonly below: Map<string, number>;
}

function newWave(): Wave {
  return { members: [], withGlobs: [], exact: new Map(), below: new Map() };
}

function* directoriesAbove(entry: string): Iterable<string> {
  let depth = 0;
  for (let at = entry.indexOf('/'); at >= 0 && at < entry.length - 1 && depth < MAX_DEPTH; depth++) {
    yield entry.slice(0, at + 1);
    at = entry.indexOf('/', at + 1);
  }
}

function firstAbove(wave: Wave, entry: string): number | undefined {
  for (const directory of directoriesAbove(entry)) {
    const other = wave.exact.get(directory);
    if (other !== undefined) return other;
  }
  return undefined;
}

function remember(wave: Wave, i: number, task: PlanTask, globs: boolean): void {
  wave.members.push(i);
  if (globs) wave.withGlobs.push(i);
  for (const entry of task.scope) {
    if (scopeForm(entry) === 'glob') continue;
    if (!wave.exact.has(entry)) wave.exact.set(entry, i);
    for (const directory of directoriesAbove(entry)) if (!wave.below.has(directory)) wave.below.set(directory, i);
  }
}
