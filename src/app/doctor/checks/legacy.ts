import type { LegacyCheck } from '../check.ts';
import { foundIf } from '../check.ts';
import { DAY } from '../facts.ts';

/** Scalars that the tools of these bundles kept short. */
const LONGEST = 200;
const RETRO_AFTER = ['complete', 'archived'];

/** Bundles of older tools, which are read and never written. */
export const LEGACY_CHECKS: readonly LegacyCheck[] = [
  {
    id: 'DR-801',
    name: 'legacy-open',
    scope: 'legacy',
    severity: 'warning',
    from: 'medium',
    about: 'A bundle of an older tool is not over.',
    todo: 'Take it over: masterplan import <bundle>; what is proven to be done is not done again. Or finish it with the tool that wrote it.',
    seed: '7.1 #1, 9.9 legacy-bundle',
    look: ({ bundle, path }) =>
      foundIf(['in-progress', 'blocked'].includes(bundle.status), () => ({
        message: `it is ${bundle.status} (schema ${bundle.schema})`,
        file: path,
        hint: `masterplan import ${path}`,
      })),
  },
  {
    id: 'DR-802',
    name: 'legacy-unreadable',
    scope: 'legacy',
    severity: 'warning',
    from: 'low',
    about: 'A part of a legacy bundle cannot be read.',
    todo: 'Correct it by hand, or put it back from git; masterplan import takes nothing over that is understood only in part.',
    seed: '7.1 #10',
    look: ({ bundle, path }) =>
      bundle.problems
        .slice(0, 5)
        .map(({ file, line, message }) => ({ message, file: path.endsWith('.md') ? path : `${path}/${file}`, line })),
  },
  {
    id: 'DR-803',
    name: 'legacy-critical',
    scope: 'legacy',
    severity: 'warning',
    from: 'low',
    about: 'A legacy bundle stopped at a critical error.',
    todo: 'Read it: masterplan status <slug> shows where it stands.',
    seed: '7.1 #6',
    look: ({ bundle, path }) =>
      foundIf(bundle.critical !== undefined && !RETRO_AFTER.includes(bundle.status), () => ({
        message: bundle.critical ?? '',
        file: path,
      })),
  },
  {
    id: 'DR-804',
    name: 'legacy-stale',
    scope: 'legacy',
    severity: 'warning',
    from: 'medium',
    about: 'Nothing has happened in a legacy bundle that is not over for more than 30 days.',
    todo: 'Take it over: masterplan import <bundle>; or archive it: masterplan clean --category=stale.',
    seed: '7.1 #5, 9.9 stalled-bundle',
    look: ({ bundle, path }, { now }) =>
      foundIf(bundle.status === 'in-progress' && bundle.last !== undefined && now - bundle.last > 30 * DAY, () => ({
        message: `nothing has happened for ${Math.floor((now - (bundle.last ?? now)) / DAY)} days`,
        file: path,
      })),
  },
  {
    id: 'DR-805',
    name: 'legacy-no-retro',
    scope: 'legacy',
    severity: 'info',
    from: 'medium',
    about: 'A legacy bundle is complete and has no retro.',
    todo: 'Write one, or let it be: nothing depends on it.',
    seed: '7.1 #28',
    look: ({ bundle, path }) =>
      foundIf(
        (bundle.status === 'complete' || bundle.status === 'pending-retro') &&
          !bundle.retro &&
          bundle.schema !== 'status.md',
        () => ({ message: 'it is complete and has no retro.md', file: path }),
      ),
  },
  {
    id: 'DR-806',
    name: 'legacy-artifact-missing',
    scope: 'legacy',
    severity: 'warning',
    from: 'medium',
    about: 'A legacy bundle names a spec, plan or log that is not there.',
    todo: 'Put it back from git.',
    seed: '7.1 #2, 7.1 #8, 7.1 #9',
    look: ({ missing, path }) =>
      missing.map((file) => ({ message: `it names ${file}, which is not there`, file: path })),
  },
  {
    id: 'DR-807',
    name: 'legacy-scalar-long',
    scope: 'legacy',
    severity: 'info',
    from: 'high',
    about: `A value of a legacy state is longer than ${LONGEST} characters: its tool would have moved it to another file.`,
    todo: 'Shorten it if that tool is to read it again.',
    seed: '7.1 #32, 9.9 scalar-cap',
    look: ({ bundle, path }) =>
      Object.entries(bundle.fields).flatMap(([key, value]) =>
        foundIf(typeof value === 'string' && value.length > LONGEST, () => ({
          message: `${key} has ${String(value).length} characters`,
          file: path,
        })),
      ),
  },
  {
    id: 'DR-808',
    name: 'legacy-plan-changed',
    scope: 'legacy',
    severity: 'warning',
    from: 'medium',
    about: 'The plan of a legacy bundle is not the text that its state was made from.',
    todo: 'Compare it with git before it is taken over.',
    seed: '7.1 #34, 9.9 index-staleness',
    look: ({ bundle, planSha256, path }) => {
      const stated = typeof bundle.fields['plan_hash'] === 'string' ? bundle.fields['plan_hash'] : '';
      const hash = /^(?:sha256:)?([0-9a-f]{64})$/.exec(stated)?.[1];
      const over = RETRO_AFTER.includes(bundle.status);
      return foundIf(hash !== undefined && planSha256 !== undefined && hash !== planSha256 && !over, () => ({
        message: 'plan.md is not the text that plan_hash names',
        file: `${path}/plan.md`,
      }));
    },
  },
  {
    id: 'DR-809',
    name: 'legacy-lock-left',
    scope: 'legacy',
    severity: 'warning',
    from: 'medium',
    about: 'Locks or queued changes of an older tool are left in its bundle.',
    todo: 'When that tool is not running, delete the lock; what is queued was never applied.',
    seed: '7.1 #24, 7.1 #42, 9.9 stale-lock, 9.9 owner-sentinel',
    look: ({ files, path }, { now }) =>
      files.flatMap(({ name, size, mtime }) =>
        foundIf(
          (/^(?:state\.lock|\.owner\.lock)$/.test(name) && now - mtime > 3_600_000) ||
            (name === 'state.queue.jsonl' && size > 0),
          () => ({
            message: name === 'state.queue.jsonl' ? 'changes are queued that nobody applies' : `${name} is left`,
            file: `${path}/${name}`,
          }),
        ),
      ),
  },
  {
    id: 'DR-810',
    name: 'legacy-contradiction',
    scope: 'legacy',
    severity: 'warning',
    from: 'medium',
    about: 'Status and phase of a legacy bundle contradict each other.',
    todo: 'The status counts here; see the log for what happened.',
    seed: '9.9 state-schema',
    look: ({ bundle, path }) => {
      const { status, phase } = bundle.written;
      const active = /^(?:brainstorming|planning|executing|task_gate|spec_gate|plan_gate)$/.test(phase);
      return foundIf(active && RETRO_AFTER.includes(bundle.status), () => ({
        message: `status says ${status}, phase says ${phase}`,
        file: path,
      }));
    },
  },
  {
    id: 'DR-811',
    name: 'legacy-worktree-gone',
    scope: 'legacy',
    severity: 'warning',
    from: 'medium',
    about: 'The worktree of a legacy bundle that is not over is gone.',
    todo: 'Look for its branch: what was committed is there.',
    seed: '7.1 #3, 7.1 #29, 9.9 worktree-integrity',
    look: ({ bundle, worktreeThere, path }) =>
      foundIf(worktreeThere === false && bundle.status === 'in-progress', () => ({
        message: `its worktree ${bundle.worktree} is gone`,
        file: path,
      })),
  },
  {
    id: 'DR-812',
    name: 'legacy-unreviewed',
    scope: 'legacy',
    severity: 'warning',
    from: 'high',
    about: 'Reviews were on in a legacy bundle, and fewer tasks were reviewed than finished.',
    todo: 'Review what landed before it is built upon.',
    seed: '7.1 #43, 7.1 #45',
    look: ({ bundle, path }) => {
      const asked = bundle.fields['codex_review'];
      const on = asked === true || (typeof asked === 'string' && /^(?:on|true|yes)$/i.test(asked));
      const { codex, inline, untold } = bundle.routing;
      // What Codex wrote, Codex did not have to judge.
      const due = inline + untold;
      return foundIf(on && due > 0 && bundle.reviewed < due, () => ({
        message: `${bundle.reviewed} of ${due} tasks were reviewed (${codex} by Codex need none)`,
        file: path,
      }));
    },
  },
  {
    id: 'DR-813',
    name: 'legacy-run-left',
    scope: 'legacy',
    severity: 'warning',
    from: 'medium',
    about: 'A legacy bundle is over, and a wave or a background task of it is still noted as under way.',
    todo: 'Nothing follows from it any more; see the log for what became of it.',
    seed: '7.1 #49, 9.9 dangling-run',
    look: ({ bundle, path }) =>
      ['active_run', 'background'].flatMap((key) =>
        foundIf(
          RETRO_AFTER.includes(bundle.status) && typeof bundle.fields[key] === 'object' && bundle.fields[key] !== null,
          () => ({ message: `${key} is set, and the bundle is ${bundle.status}`, file: path }),
        ),
      ),
  },
  {
    id: 'DR-814',
    name: 'legacy-goals-changed',
    scope: 'legacy',
    severity: 'warning',
    from: 'medium',
    about: 'goals.md of a legacy bundle is not the text that was frozen.',
    todo: 'Compare it with git before it is believed.',
    seed: '9.9 goals',
    look: ({ bundle, goalsSha256, path }) => {
      const frozen =
        typeof bundle.fields['goals_md_hash'] === 'string'
          ? /[0-9a-f]{64}/.exec(bundle.fields['goals_md_hash'])?.[0]
          : undefined;
      return foundIf(frozen !== undefined && frozen !== goalsSha256, () => ({
        message: goalsSha256 === undefined ? 'goals.md is missing' : 'goals.md was changed after it was frozen',
        file: `${path}/goals.md`,
      }));
    },
  },
  {
    id: 'DR-815',
    name: 'legacy-no-assumptions',
    scope: 'legacy',
    severity: 'info',
    from: 'high',
    about: 'The spec of a legacy bundle of schema 8 or later says nothing of assumptions and open decisions.',
    todo: 'Say what was taken for granted before its plan is taken over.',
    seed: '9.9 spec-assumptions',
    look: ({ bundle, specText, path }) =>
      foundIf(
        Number(bundle.schema) >= 8 &&
          !RETRO_AFTER.includes(bundle.status) &&
          specText !== undefined &&
          !/^#{1,4} .*assumptions/im.test(specText),
        () => ({ message: 'spec.md names no assumptions', file: `${path}/spec.md` }),
      ),
  },
];
