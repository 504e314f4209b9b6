import { desk, type Desk } from '../rig.ts';
import type { BundleOptions } from '../../../src/app/imports/bundle.ts';
import { importRun, type ImportTarget } from '../../../src/app/imports/import.ts';

export const PLAN =
  '# An older thing\n\n### Task 1: First\n\n**Files:**\n- Create: `src/a.ts`\n\n**Verify:** `test -f src/a.ts`\n\n### Task 2: Second\n\n**Files:**\n- Create: `src/b.ts`\n\n**Verify:** `test -f src/b.ts`\n\n### Task 3: Third\n\n**Files:**\n- Create: `src/c.ts`\n\n**Verify:** `test -f src/c.ts`\n';

/** How states of each age are written; `%s` stands for the words of tasks 1 to 3 where an age has them. */
export const AGES: Readonly<Record<string, string>> = {
  '2': 'schema_version: 2\nslug: old\nstatus: in-progress\nphase: executing\nstarted: 2026-05-01\ncodex_routing: off\ncodex_review: on\n',
  '3': 'schema_version: 3\nslug: old\nstatus: in_progress\nphase: C\ntopic: An older thing\nstarted: 2026-05-01\nlast_activity: 2026-05-02T10:00:00+00:00\n',
  '5.0':
    '---\nschema_version: "5.0"\nslug: old\nstatus: in-progress\ncurrent_phase: executing\ntasks:\n  - {idx: 1, status: complete}\n  - {idx: 2, status: in_flight}\n  - {idx: 3, status: pending}\n',
  '5.1': "schema_version: '5.1'\nslug: old\nstatus: in-progress\nphase: task_gate\nstarted: '2026-05-01T00:00:00Z'\n",
  '6': 'schema_version: 6\nslug: old\nstatus: in-progress\nphase: execute\ntasks: [{"id":1,"status":"done","wave":0},{"id":2,"status":"in_progress","wave":0},{"id":3,"status":"waived","wave":1,"waive_reason":"no"}]\n',
  '8': 'schema_version: 8\nslug: old\nstatus: in-progress\nphase: execute\ncreated_at: 2026-05-01T04:38:07.761Z\ntasks: [{"id":1,"status":"done","wave":0},{"id":2,"status":"pending","wave":0},{"id":3,"status":"pending","wave":1}]\n',
  '9': 'schema_version: 9\nslug: old\nstatus: in-progress\nphase: execute\ntasks: [{"id":1,"status":"done","wave":0},{"id":2,"status":"blocked","wave":0,"block_reason":"x"},{"id":3,"status":"pending","wave":1}]\n',
};

/** A repository with a legacy bundle whose first task is done in a commit that its log names. */
export function oldBundle(state: string, more: Readonly<Record<string, string>> = {}): Desk {
  const at = desk({
    'README.md': 'x\n',
    '.masterplan.yaml': 'agents: {mine: {command: ["true"]}}\nroles: {implement: mine}\n',
  });
  at.write('src/a.ts', 'export {};\n');
  at.git('add', '--all');
  at.git('commit', '--quiet', '--message', 'The first part');
  const commit = at.git('rev-parse', '--short', 'HEAD');
  at.write('docs/masterplan/old/state.yml', state);
  at.write('docs/masterplan/old/plan.md', PLAN);
  at.write(
    'docs/masterplan/old/events.jsonl',
    `{"event":"run_created","ts":"2026-05-01"}\n{"type":"wave_task_completed","task":1,"commit":"${commit}","dispatched_by":"codex"}\n2026-05-01 codex_ping ok\n`,
  );
  for (const [path, text] of Object.entries(more)) at.write(path, text);
  at.git('add', '--all');
  at.git('commit', '--quiet', '--message', 'The bundle');
  return at;
}

export const NOTHING_SAID: BundleOptions = {
  dryRun: false,
  archive: false,
  said: { done: new Set(), redo: new Set(), possibly: 'redo' },
};

export function imported(
  at: Desk,
  target: ImportTarget | string,
  options: Partial<BundleOptions> = {},
): ReturnType<typeof importRun> {
  const what = typeof target === 'string' ? { by: 'file' as const, path: target } : target;
  return importRun(at.context, what, { ...NOTHING_SAID, ...options });
}
