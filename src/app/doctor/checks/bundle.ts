import { indexDifference } from '../../../core/formats/plan-index.ts';
import { parsePlan } from '../../../core/plan/parse.ts';
import { planHash } from '../../../core/plan/hash.ts';
import { DIGEST_LIMIT } from '../../../core/run/contract.ts';
import type { RunCheck } from '../check.ts';
import { foundIf } from '../check.ts';
import { stateOf, type RunFacts } from '../facts.ts';
import { writeIndex, writeRetroOf } from '../fixes.ts';

/** The documents of a bundle. */
export const BUNDLE_CHECKS: readonly RunCheck[] = [
  {
    id: 'DR-201',
    name: 'plan-missing',
    scope: 'run',
    severity: 'error',
    from: 'low',
    about: 'The plan of a run that is not over is missing from its bundle.',
    todo: 'Put plan.md back from git; run of the original plan writes it anew.',
    seed: '7.1 #2, 7.1 #8',
    look: (run) =>
      foundIf(run.planText === undefined && going(run), () => ({
        message: 'plan.md is missing',
        file: `${run.bundle}/plan.md`,
        hint: `git checkout -- ${run.bundle}/plan.md`,
      })),
  },
  {
    id: 'DR-202',
    name: 'plan-edited',
    scope: 'run',
    severity: 'error',
    from: 'low',
    about: 'The plan was edited after the run was created: what is carried out is not what stands there.',
    todo: 'Put the text back, or start a run of the edited plan under another name.',
    seed: '7.1 #34',
    look: (run) => {
      const state = stateOf(run);
      if (run.planText === undefined || state === undefined || state.seq === 0) return [];
      return foundIf(planHash(run.planText) !== state.planSha256, () => ({
        message: 'plan.md is not the text that was approved',
        file: `${run.bundle}/plan.md`,
        line: 1,
      }));
    },
  },
  {
    id: 'DR-203',
    name: 'index-stale',
    scope: 'run',
    severity: 'warning',
    from: 'medium',
    about: 'plan.index.json was made from another text of the plan, says something else than the plan, or is missing.',
    todo: 'It is only for other programs; --fix makes it anew from the plan.',
    seed: '7.1 #34, 9.9 index-staleness',
    fix: { about: 'makes plan.index.json from plan.md', apply: writeIndex },
    look: (run) => {
      const state = stateOf(run);
      // Made only from a plan that is the approved one.
      if (
        state === undefined ||
        state.seq === 0 ||
        run.planText === undefined ||
        planHash(run.planText) !== state.planSha256
      )
        return [];
      // What is there and cannot be read is told as that.
      if (run.indexText === undefined && run.unreadable.some(({ file }) => file.endsWith('/plan.index.json')))
        return [];
      if (run.indexText === undefined)
        return [{ message: 'plan.index.json is missing', file: `${run.bundle}/plan.index.json` }];
      const index = parsed(run.indexText);
      if (index === undefined) return [];
      const file = `${run.bundle}/plan.index.json`;
      if (index['plan_hash'] !== `sha256:${state.planSha256}`)
        return [{ message: 'plan.index.json is of another text of the plan', file, line: 1 }];
      const plan = parsePlan(run.planText, { fileName: 'plan.md', kind: state.kind });
      const other = plan.ok && Array.isArray(index['tasks']) ? indexDifference(run.indexText, plan.value) : undefined;
      return other === undefined ? [] : [{ file, ...other }];
    },
  },
  {
    id: 'DR-204',
    name: 'index-unreadable',
    scope: 'run',
    severity: 'warning',
    from: 'medium',
    about: 'plan.index.json is no JSON, or has no tasks.',
    todo: 'It is only for other programs; --fix makes it anew from the plan.',
    seed: '9.9 plan-index-schema',
    fix: { about: 'makes plan.index.json from plan.md', apply: writeIndex },
    look: (run) =>
      foundIf(run.indexText !== undefined && !Array.isArray(parsed(run.indexText)?.['tasks']), () => ({
        message: 'plan.index.json cannot be read',
        file: `${run.bundle}/plan.index.json`,
        line: 1,
        ...(run.planText === undefined ? { byHand: true as const } : {}),
      })),
  },
  {
    id: 'DR-205',
    name: 'sub-plan-missing',
    scope: 'run',
    severity: 'warning',
    from: 'medium',
    about: 'A sub-plan that is carried out is missing from the bundle.',
    todo: 'Put it back from git; its tasks go on, but nobody can read what was approved.',
    look: (run) =>
      (stateOf(run)?.tasks ?? []).flatMap(({ task, subplan }) =>
        foundIf(subplan !== undefined && going(run) && !run.subplans.includes(task.id), () => ({
          message: `the sub-plan of ${task.id} is missing`,
          file: `${run.bundle}/modules/${task.id}/plan.md`,
        })),
      ),
  },
  {
    id: 'DR-206',
    name: 'brief-missing',
    scope: 'run',
    severity: 'info',
    from: 'high',
    about: 'An attempt has no brief in the bundle: nobody can tell what its agent was told.',
    todo: 'Nothing depends on it; find out who deletes files of the bundle.',
    look: (run) => {
      const missing = (stateOf(run)?.tasks ?? []).flatMap(({ task, attempts }) =>
        attempts
          .map(({ number }) => `${task.id.replaceAll('/', '_')}.${number}.md`)
          .filter((name) => !run.briefs.includes(name)),
      );
      return foundIf(missing.length > 0, () => ({
        message: `${missing.length === 1 ? 'a brief is' : `${missing.length} briefs are`} missing, the first is ${missing[0] ?? ''}`,
        file: `${run.bundle}/briefs`,
      }));
    },
  },
  {
    id: 'DR-207',
    name: 'digest-oversize',
    scope: 'run',
    severity: 'warning',
    from: 'medium',
    about: `A digest in the bundle has more than ${DIGEST_LIMIT} bytes.`,
    todo: 'masterplan does not write such: find out who changed it.',
    seed: '7.1 #47',
    look: ({ digests, bundle }) =>
      digests.flatMap(({ name, size }) =>
        // What we derive or repair ourselves is written for people, with blanks.
        foundIf(size > 4 * DIGEST_LIMIT, () => ({
          message: `the digest has ${size} bytes`,
          file: `${bundle}/digests/${name}`,
        })),
      ),
  },
  {
    id: 'DR-208',
    name: 'digest-unreadable',
    scope: 'run',
    severity: 'warning',
    from: 'medium',
    about: 'A digest in the bundle is no JSON.',
    todo: 'Put it back from git; the log holds its status and first words.',
    look: ({ digests, bundle }) =>
      digests.flatMap(({ name, text }) =>
        foundIf(text !== undefined && parsed(text) === undefined, () => ({
          message: 'the digest cannot be read',
          file: `${bundle}/digests/${name}`,
          line: 1,
        })),
      ),
  },
  {
    id: 'DR-209',
    name: 'retro-missing',
    scope: 'run',
    severity: 'info',
    from: 'medium',
    about: 'A run that is over has no retro.md.',
    todo: 'masterplan retro --write makes it from the log.',
    seed: '7.1 #28',
    fix: { about: 'writes retro.md from the log', apply: writeRetroOf },
    look: (run, { config }) =>
      foundIf(
        stateOf(run)?.phase === 'over' &&
          !run.files.some(({ name }) => name === 'retro.md') &&
          // Who wants none misses none.
          !(config.ok && !config.value.retro),
        () => ({
          message: 'it is over and has no retro.md',
          file: `${run.bundle}/retro.md`,
          hint: `masterplan retro ${run.slug} --write`,
        }),
      ),
  },
  {
    id: 'DR-210',
    name: 'seed-leftovers',
    scope: 'run',
    severity: 'info',
    from: 'medium',
    about: 'Locks, queues or caches of an older tool lie in a bundle of ours: two tools work on the same directory.',
    todo: 'Keep the other tool away from this bundle, then delete these files.',
    seed: '7.1 #14, 7.1 #24, 7.1 #42, 9.9 stale-lock, 9.9 owner-sentinel',
    look: ({ files, bundle }) =>
      files.flatMap(({ name }) =>
        foundIf(
          /^(?:\.lock|state\.lock|state\.queue\.jsonl|\.owner\..*|eligibility-cache\.json|wave-\d+\.dispatch\.json)$/.test(
            name,
          ),
          () => ({
            message: `${name} is a file of another tool`,
            file: `${bundle}/${name}`,
          }),
        ),
      ),
  },
  {
    id: 'DR-211',
    name: 'bundle-not-committed',
    scope: 'run',
    severity: 'info',
    from: 'high',
    about: 'A run is over, and its bundle is not in git.',
    todo: 'Commit the bundle: alone with the repository it tells everything about the run.',
    look: (run, { git }) =>
      foundIf(
        stateOf(run)?.phase === 'over' &&
          git.trackedBundles !== undefined &&
          !git.trackedBundles.has(`${run.bundle}/events.jsonl`),
        () => ({
          message: 'it is over and not committed',
          file: `${run.bundle}/events.jsonl`,
          hint: `git add ${run.bundle}`,
        }),
      ),
  },
];

function going(run: RunFacts): boolean {
  const state = stateOf(run);
  return state !== undefined && state.seq > 0 && state.phase !== 'over';
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
