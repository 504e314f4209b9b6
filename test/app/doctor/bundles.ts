import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeBundle } from '../../../src/app/create.ts';
import { formatStamp } from '../../../src/core/base/time.ts';
import { parsePlan } from '../../../src/core/plan/parse.ts';
import { encodeEvent } from '../../../src/core/run/codec.ts';
import type { RecordedEvent } from '../../../src/core/run/event.ts';
import { evolve } from '../../../src/core/run/evolve.ts';
import { emptyState, type RunState } from '../../../src/core/run/state.ts';
import { attemptFile, runPaths, type RunPaths } from '../../../src/engine/paths.ts';
import { writeProjections } from '../../../src/engine/projections.ts';
import { Story } from '../../core/run/story.ts';
import { planOf } from '../../rig/plan.ts';
import type { Desk } from '../rig.ts';

export const PLAN = planOf([{ id: 'T1' }, { id: 'T2', needs: ['T1'] }]);
const PARSED = parsePlan(PLAN, { fileName: 'plan.md', kind: 'task' });

const HEADS = new WeakMap<Desk, string>();

/** A run of the plan above, not approved yet. */
export function beginning(): Story {
  if (!PARSED.ok) throw new Error('the plan of these tests is none');
  return new Story(PARSED.value.units.map(({ task }) => task));
}

/** A bundle in a person's repository, with what a test does to it after its writer. */
export interface Bundle {
  readonly desk: Desk;
  readonly slug: string;
  readonly paths: RunPaths;
  /** Changes, or makes, a file of the bundle. */
  edit(name: string, change: (text: string) => string): void;
  remove(name: string): void;
  /** Writes a file of the runtime directory. */
  runtime(name: string, content: string): void;
}

/**
 * Writes a run's bundle by the functions that write it in a run. The story's first event happens `ago` milliseconds before
 * now, the others a second apart, each `clock` milliseconds off.
 */
export async function writeRun(
  desk: Desk,
  slug: string,
  story: Story,
  ago = 3_600_000,
  clock: (seq: number) => number = () => 0,
): Promise<Bundle> {
  if (!PARSED.ok) throw new Error('the plan of these tests is none');
  const { io } = desk.context;
  const paths = runPaths(desk.root, 'docs/masterplan', slug);
  const head = HEADS.get(desk) ?? desk.git('rev-parse', 'HEAD');
  HEADS.set(desk, head);
  await writeBundle(io, paths, { path: `${desk.root}/plan.md`, source: PLAN, plan: PARSED.value });
  let state: RunState = emptyState();
  let sum = 0;
  const parts: Uint8Array[] = [];
  const begin = Date.now() - ago;
  for (const [i, told] of story.told.entries()) {
    const event = JSON.parse(
      JSON.stringify(told)
        .replaceAll('"base":"base"', `"base":"${head}"`)
        .replaceAll('"commit":"base"', `"commit":"${head}"`)
        .replaceAll('"commit":"l-T1"', `"commit":"${head}"`)
        .replaceAll('"sha256":"plan"', `"sha256":"${PARSED.value.sha256}"`)
        .replaceAll('masterplan/demo', `masterplan/${slug}`)
        .replace('"run":"demo-1","slug":"demo"', `"run":"${slug}-1","slug":"${slug}"`),
    ) as RecordedEvent;
    const stamped = { ...event, ts: formatStamp(begin + i * 1000 + clock(i + 1)) };
    state = evolve(state, stamped);
    const line = encodeEvent(stamped, sum);
    sum = line.sum;
    parts.push(line.bytes);
  }
  const bytes = Buffer.concat(parts);
  writeFileSync(paths.log, bytes);
  await writeProjections(io, paths, { seq: state.seq, size: bytes.length, sum }, state);
  const file = (path: string, text: string): void => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  for (const { task, attempts } of state.tasks)
    for (const { number } of attempts) file(join(paths.briefs, `${attemptFile(task.id, number)}.md`), '# Brief\n');
  if (state.tip !== undefined && state.outcome !== 'merge')
    desk.git('update-ref', `refs/heads/masterplan/${slug}`, head);
  return {
    desk,
    slug,
    paths,
    edit: (name, change) => {
      const path = join(paths.bundle, name);
      file(path, change(existsSync(path) ? readFileSync(path, 'utf8') : ''));
    },
    remove: (name) => rmSync(join(paths.bundle, name)),
    runtime: (name, content) => file(join(paths.runtime, name), content),
  };
}

/** A process that is over. */
export function deadPid(): number {
  return Number(execFileSync('sh', ['-c', 'echo $$'], { encoding: 'utf8' }));
}
