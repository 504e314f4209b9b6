import { ok, type Result } from '../core/base/result.ts';
import { sha256 } from '../core/base/sha256.ts';
import { authoredTasks, authoringHash } from '../core/run/authoring/model.ts';
import { kindFor, readSpec } from '../core/run/authoring/spec.ts';
import type { RunEvent } from '../core/run/event.ts';
import type { RunState } from '../core/run/state.ts';
import { specFile, type RunPaths } from '../engine/paths.ts';
import type { Io } from '../io/io.ts';
import type { AuthoringOptions, RunOptions } from './api.ts';
import type { NewRun, PlanFile } from './create.ts';

/** The first events of a run that begins with an idea: one group, so that it is created as a whole or not at all. */
export function authoringEvents(authoring: AuthoringOptions, start: NewRun, by: string): RunEvent[] {
  const { topic, until, spec } = authoring;
  const tasks = authoredTasks(spec === undefined ? 'topic' : 'spec');
  const read = spec === undefined ? undefined : readSpec(spec.source);
  return [
    {
      event: 'run_created',
      schema: 1,
      run: start.run,
      slug: start.slug,
      title: topic,
      plan_path: start.planPath,
      base_branch: start.baseBranch,
      base: start.base,
      run_branch: `masterplan/${start.slug}`,
      masterplan: start.version,
    },
    { event: 'plan_written', kind: 'task', sha256: authoringHash(topic, tasks), tasks, verify: [] },
    {
      event: 'authoring_begun',
      topic,
      complexity: start.settings.complexity ?? 'medium',
      kind: authoring.kind ?? null,
      until,
      given: authoring.given ?? {},
      spec_sha256: spec === undefined ? null : sha256(spec.source),
      ...(read?.ok === true ? { suggested: kindFor(read.value.signs) } : {}),
    },
    { event: 'config_resolved', settings: start.settings },
    ...(spec === undefined
      ? []
      : [
          {
            event: 'gate_answered' as const,
            gate: 'spec',
            answer: 'approve',
            by,
            how: `it was handed over: ${spec.path}`,
          },
        ]),
    { event: 'phase_entered', phase: 'execute' },
  ];
}

/** Puts a spec that was handed over into the bundle. */
export async function writeSpec(io: Io, paths: RunPaths, source: string): Promise<void> {
  await io.files.makeDirectory(paths.bundle);
  await io.files.write(specFile(paths), source);
}

/** How far each verb goes. */
const FAR = ['spec', 'plan', null] as const;

/** What a verb that was typed for a run that is there changes about it; `undefined`: nothing. */
export function extension(
  { authoring }: RunState,
  asked: AuthoringOptions | undefined,
  by: string,
): Extract<RunEvent, { event: 'authoring_extended' }> | undefined {
  if (authoring === undefined || asked === undefined) return undefined;
  const further = FAR.indexOf(asked.until) > FAR.indexOf(authoring.until);
  const given = asked.given ?? {};
  const news = Object.entries(given).some(([key, value]) => authoring.given[key] !== value);
  if (!further && !news) return undefined;
  const until = further ? asked.until : authoring.until;
  return { event: 'authoring_extended', until, by, ...(news ? { given } : {}) };
}

/** A later verb may say what happens with the finished branch: when the first one was typed there was no plan yet. */
export function finishChosen(
  { authoring, settings, phase }: RunState,
  { finish }: RunOptions,
): Extract<RunEvent, { event: 'config_resolved' }> | undefined {
  if (authoring === undefined || settings === undefined || finish === undefined || phase !== 'execute')
    return undefined;
  return settings.finish === finish ? undefined : { event: 'config_resolved', settings: { ...settings, finish } };
}

/** What stands for the plan of a run that has none yet; `undefined`: it has one. */
export function planInTheMaking(state: RunState, paths: RunPaths): Result<PlanFile, never> | undefined {
  if (state.authoring === undefined || state.authoring.adopted !== undefined) return undefined;
  const span = { start: 0, end: 0, line: 1, column: 1, endLine: 1, endColumn: 1 };
  return ok({
    path: paths.plan,
    source: '',
    plan: {
      kind: 'task',
      title: state.title,
      slug: state.slug,
      sha256: state.planSha256,
      context: '',
      units: state.tasks.map(({ task }) => ({ task, text: task.title, span, boxes: [], criteria: [] })),
      edges: [],
      gates: [],
      requirements: [],
      criteria: [],
      verify: [],
      boxes: [],
      findings: [],
    },
  });
}
