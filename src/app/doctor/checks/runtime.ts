import { attemptFile } from '../../../engine/paths.ts';
import type { RunCheck, WorldCheck } from '../check.ts';
import { foundIf } from '../check.ts';
import { DAY, isOwned, stateOf } from '../facts.ts';
import { removeCheckouts } from '../fixes.ts';

const GIB = 1024 ** 3;

/** What lies below `.masterplan/` for a run: locks, requests, worktrees, processes. */
export const RUNTIME_CHECKS: readonly RunCheck[] = [
  {
    id: 'DR-301',
    name: 'lock-unreadable',
    scope: 'run',
    severity: 'error',
    from: 'low',
    about: 'The lock of a run cannot be read, so nobody may write it.',
    todo: 'When nobody works on the run: masterplan unlock <slug> --force.',
    seed: '7.1 #42, 9.9 stale-lock',
    look: ({ holder }) =>
      foundIf(holder !== undefined && holder.owner === undefined, () => ({
        message: holder?.message ?? '',
        hint: holder?.hint ?? '',
      })),
  },
  {
    id: 'DR-302',
    name: 'owner-elsewhere',
    scope: 'run',
    severity: 'warning',
    from: 'low',
    about: 'A run is held by a process of another machine or container, and nobody here can tell whether it lives.',
    todo: 'When that machine is gone for good: masterplan unlock <slug> --force.',
    seed: '9.9 owner-sentinel',
    look: ({ holder }) =>
      foundIf(holder?.owner !== undefined && holder.liveness === 'unknown', () => ({
        message: holder?.message ?? '',
        hint: holder?.hint ?? '',
      })),
  },
  {
    id: 'DR-303',
    name: 'run-interrupted',
    scope: 'run',
    severity: 'warning',
    from: 'low',
    about: 'The process that carried a run on is dead, and the run is not over.',
    todo: 'masterplan run <slug> goes on where it was: nothing is lost.',
    seed: '9.9 dangling-run',
    look: (run) => {
      const state = stateOf(run);
      const over = state === undefined || state.phase === 'over';
      return foundIf(!over && run.holder?.liveness === 'dead', () => ({
        message: run.holder?.message ?? '',
        hint: `masterplan run ${run.slug}`,
      }));
    },
  },
  {
    id: 'DR-304',
    name: 'requests-waiting',
    scope: 'run',
    severity: 'warning',
    from: 'low',
    about: 'Requests lie in the inbox of a run that nobody carries on.',
    todo: 'masterplan run <slug> answers them first.',
    seed: '7.1 #24',
    look: (run) => {
      const waiting = run.inbox.filter(({ name }) => name.endsWith('.json'));
      return foundIf(waiting.length > 0 && !isOwned(run), () => ({
        message: `${waiting.length} ${waiting.length === 1 ? 'request waits' : 'requests wait'} for an owner`,
        hint: `masterplan run ${run.slug}`,
      }));
    },
  },
  {
    id: 'DR-305',
    name: 'requests-ignored',
    scope: 'run',
    severity: 'warning',
    from: 'medium',
    about: 'A request has lain in the inbox of a live owner for more than five minutes.',
    todo: 'The owner hangs, or its disk is full: look at its terminal.',
    look: (run, { now }) =>
      run.inbox.flatMap(({ name, mtime }) =>
        foundIf(name.endsWith('.json') && run.holder?.liveness === 'alive' && now - mtime > 300_000, () => ({
          message: `the request ${name} is not answered`,
          hint: run.holder?.hint ?? '',
        })),
      ),
  },
  {
    id: 'DR-306',
    name: 'inbox-strange',
    scope: 'run',
    severity: 'info',
    from: 'medium',
    about: 'A file that is no request lies in the inbox of a run.',
    todo: 'Nobody reads it; delete it.',
    look: ({ inbox, slug }) =>
      inbox.flatMap(({ name }) =>
        foundIf(!/^\d+-[\w.-]+\.json$/.test(name), () => ({
          message: `${name} is no request`,
          file: `.masterplan/runs/${slug}/inbox/${name}`,
        })),
      ),
  },
  {
    id: 'DR-307',
    name: 'worktree-gone',
    scope: 'run',
    severity: 'warning',
    from: 'low',
    about: 'The worktree of an attempt that is under way is not there.',
    todo: 'masterplan run <slug> notices it and tries the task again.',
    seed: '7.1 #3, 7.1 #29, 9.9 worktree-integrity',
    look: (run) =>
      (stateOf(run)?.tasks ?? []).flatMap(({ task, progress }) =>
        foundIf(
          progress.status === 'working' &&
            !isOwned(run) &&
            run.processes.length > 0 &&
            !run.worktrees.includes(attemptFile(task.id, progress.attempt)),
          () => ({
            message: `the worktree of ${task.id}#${progress.status === 'working' ? progress.attempt : 0} is gone`,
            hint: `masterplan run ${run.slug}`,
          }),
        ),
      ),
  },
  {
    id: 'DR-308',
    name: 'worktree-left',
    scope: 'run',
    severity: 'warning',
    from: 'medium',
    about: 'Worktrees are left of a run that is over.',
    todo: 'masterplan run <slug> clears away what is proven to be of no use.',
    seed: '7.1 #29, 9.9 worktree-integrity',
    look: (run) =>
      foundIf(stateOf(run)?.phase === 'over' && run.worktrees.length > 0 && !isOwned(run), () => ({
        message: `${run.worktrees.length} of its worktrees are left: ${run.worktrees.slice(0, 3).join(', ')}`,
        file: `.masterplan/worktrees/${run.slug}`,
        hint: `masterplan run ${run.slug}`,
      })),
  },
  {
    id: 'DR-309',
    name: 'checkout-left',
    scope: 'run',
    severity: 'info',
    from: 'medium',
    about: 'Checkouts of verifications are left by an owner that died.',
    todo: 'They are made anew whenever they are needed; --fix removes them.',
    fix: { about: 'removes the checkouts of a run that nobody carries on', apply: removeCheckouts },
    look: (run) =>
      foundIf(run.checkouts.length > 0 && !isOwned(run), () => ({
        message: `${run.checkouts.length} of its checkouts are left`,
        file: `.masterplan/runs/${run.slug}/checkouts`,
      })),
  },
  {
    id: 'DR-310',
    name: 'torn-kept',
    scope: 'run',
    severity: 'info',
    from: 'high',
    about: 'Ends of appends that crashes tore off are kept aside.',
    todo: 'Look at them if you want to know; they may be deleted.',
    look: ({ torn, slug }) =>
      foundIf(torn.length > 0, () => ({
        message: `${torn.length} torn ends of its log are kept`,
        file: `.masterplan/runs/${slug}/torn`,
      })),
  },
  {
    id: 'DR-311',
    name: 'process-record-unreadable',
    scope: 'run',
    severity: 'warning',
    from: 'medium',
    about: 'The record of an agent that was started cannot be read.',
    todo: 'masterplan run <slug> finds the agent by its nonce all the same.',
    look: ({ processes, slug }) =>
      processes.flatMap(({ name, readable }) =>
        foundIf(!readable, () => ({
          message: `the process record ${name} cannot be read`,
          file: `.masterplan/runs/${slug}/processes/${name}`,
        })),
      ),
  },
  {
    id: 'DR-312',
    name: 'stray-process',
    scope: 'run',
    severity: 'warning',
    from: 'low',
    about: 'Processes of a run are alive although nobody carries it on.',
    todo: 'masterplan run <slug> attaches to them; to end them instead, kill the process groups that are named.',
    seed: '7.1 #49',
    look: (run) =>
      foundIf(run.strays.length > 0, () => ({
        message: `live processes without an owner: ${run.strays
          .map(({ pid }) => pid)
          .slice(0, 8)
          .join(', ')}`,
        hint:
          stateOf(run)?.phase === 'over'
            ? `kill -- ${run.strays.map(({ pid }) => `-${pid}`).join(' ')}`
            : `masterplan run ${run.slug}`,
      })),
  },
  {
    id: 'DR-313',
    name: 'transcripts-large',
    scope: 'run',
    severity: 'info',
    from: 'medium',
    about: 'The transcripts of a run take more than 1 GiB.',
    todo: 'Delete transcripts of runs that are over; nothing reads them again.',
    seed: '7.1 #12',
    look: ({ transcriptBytes, slug }) =>
      foundIf(transcriptBytes > GIB, () => ({
        message: `its transcripts take ${(transcriptBytes / GIB).toFixed(1)} GiB`,
        file: `.masterplan/runs/${slug}/transcripts`,
      })),
  },
  {
    id: 'DR-314',
    name: 'queue-missing',
    scope: 'run',
    severity: 'error',
    from: 'low',
    about: 'Verified work waits to be merged, and the private repository that holds it is not there.',
    todo: 'masterplan run <slug> notices it, and the tasks are done again.',
    look: (run, { queue }) => {
      const waiting = (stateOf(run)?.tasks ?? []).filter(
        ({ progress }) => progress.status === 'verifying' || progress.status === 'merging',
      );
      return foundIf(waiting.length > 0 && stateOf(run)?.phase !== 'over' && !queue.there, () => ({
        message: `the work of ${waiting
          .map(({ task }) => task.id)
          .slice(0, 5)
          .join(', ')} is in .masterplan/queue.git, which is gone`,
        hint: `masterplan run ${run.slug}`,
      }));
    },
  },
  {
    id: 'DR-315',
    name: 'stamps-ahead',
    scope: 'run',
    severity: 'warning',
    from: 'medium',
    about: 'The last event of a log is of the future: a clock was wrong, then or now.',
    todo: 'Set the clock of the machine by a server.',
    look: (run, { now }) => {
      const updated = stateOf(run)?.updated ?? 0;
      return foundIf(updated > now + 300_000, () => ({
        message: `its last event is ${Math.ceil((updated - now) / 60_000)} minutes ahead of the clock`,
      }));
    },
  },
];

/** What lies below `.masterplan/` and belongs to no run. */
export const RUNTIME_WORLD_CHECKS: readonly WorldCheck[] = [
  {
    id: 'DR-321',
    name: 'runtime-orphan',
    scope: 'repository',
    severity: 'warning',
    from: 'medium',
    about: 'A runtime directory belongs to no bundle here: the bundle was deleted, or is on another branch.',
    todo: 'Check out the branch that holds the bundle; when the run is gone for good, delete the directory.',
    seed: '7.1 #13, 7.1 #14, 7.1 #19',
    look: ({ runtime, runs }) =>
      runtime.runs.flatMap((name) =>
        foundIf(!runs.some(({ slug }) => slug === name), () => ({
          message: `no bundle "${name}" is here`,
          file: `.masterplan/runs/${name}`,
        })),
      ),
  },
  {
    id: 'DR-322',
    name: 'worktree-orphan',
    scope: 'repository',
    severity: 'warning',
    from: 'medium',
    about: 'Worktrees or scratch repositories belong to no bundle here; unfinished work may lie in them.',
    todo: 'Look into them first; when nothing in them is wanted, delete the directory.',
    seed: '7.1 #29, 9.9 worktree-integrity',
    look: ({ runtime, runs }) =>
      [...new Set([...runtime.worktrees, ...runtime.scratch])].flatMap((name) =>
        foundIf(!runs.some(({ slug }) => slug === name), () => ({
          message: `worktrees of "${name}", which is no run here`,
          file: `.masterplan/${runtime.worktrees.includes(name) ? 'worktrees' : 'scratch'}/${name}`,
        })),
      ),
  },
  {
    id: 'DR-323',
    name: 'queue-damaged',
    scope: 'repository',
    severity: 'error',
    from: 'low',
    about: 'The private repository is not whole.',
    todo: 'Move .masterplan/queue.git away: it is made anew, and work that had not landed is done again.',
    look: ({ queue }) =>
      foundIf(queue.there && !queue.whole, () => ({
        message: 'it is no git repository',
        file: '.masterplan/queue.git',
      })),
  },
  {
    id: 'DR-324',
    name: 'runtime-link',
    scope: 'repository',
    severity: 'error',
    from: 'low',
    about: '.masterplan is a symbolic link or a file, and masterplan writes nowhere through links.',
    todo: 'Move it away; what it points to was not touched.',
    look: ({ runtimeLink }) =>
      foundIf(runtimeLink, () => ({ message: '.masterplan is no directory', file: '.masterplan' })),
  },
];

/** What the state of a run tells of its progress. */
export const PROGRESS_CHECKS: readonly RunCheck[] = [
  {
    id: 'DR-401',
    name: 'run-stalled',
    scope: 'run',
    severity: 'warning',
    from: 'medium',
    about: 'Nothing has happened in a run that is not over for more than 30 days.',
    todo: 'masterplan run <slug> goes on with it, masterplan cancel <slug> ends it.',
    seed: '7.1 #5, 9.9 stalled-bundle',
    look: (run, { now }) => {
      const state = stateOf(run);
      if (state === undefined || state.seq === 0 || state.phase === 'over') return [];
      const days = Math.floor((now - state.updated) / DAY);
      return foundIf(days > 30 && !isOwned(run), () => ({
        message: `nothing has happened for ${days} days`,
        hint: `masterplan run ${run.slug}, or masterplan cancel ${run.slug}`,
      }));
    },
  },
  {
    id: 'DR-402',
    name: 'gate-old',
    scope: 'run',
    severity: 'warning',
    from: 'low',
    about: 'A question has waited for a person for more than a week.',
    todo: 'masterplan status <slug> shows it and what to type.',
    look: (run, { now }) =>
      (stateOf(run)?.gates ?? []).flatMap(({ id, question, opened }) =>
        foundIf(now - opened > 7 * DAY, () => ({
          message: `${id} is open for ${Math.floor((now - opened) / DAY)} days: ${question}`,
          hint: `masterplan status ${run.slug}`,
        })),
      ),
  },
  {
    id: 'DR-403',
    name: 'task-failed-old',
    scope: 'run',
    severity: 'warning',
    from: 'medium',
    about: 'A task has been failed for more than two weeks in a run that is not over.',
    todo: 'masterplan explain <task> says why, masterplan retry <task> opens it again.',
    seed: '7.1 #6',
    look: (run, { now }) => {
      const state = stateOf(run);
      if (state === undefined || state.phase === 'over' || now - state.updated < 14 * DAY) return [];
      return state.tasks.flatMap(({ task, progress }) =>
        foundIf(progress.status === 'failed', () => ({
          message: `${task.id} failed and was left`,
          hint: `masterplan explain ${task.id} --run ${run.slug}`,
        })),
      );
    },
  },
  {
    id: 'DR-404',
    name: 'failures-recur',
    scope: 'run',
    severity: 'warning',
    from: 'medium',
    about: 'The same failure has happened five times or more in a run, and nobody has settled it.',
    todo: 'docs/failures.md says what to do about each class.',
    seed: '7.1 #38',
    look: (run) => {
      const state = stateOf(run);
      if (state === undefined || state.phase === 'over') return [];
      return Object.values(state.failures ?? {}).flatMap((group) =>
        foundIf(
          group.count >= 5 && !['kept-unfinished', 'interrupted-run', 'reopened-task'].includes(group.class),
          () => ({
            message: `${group.class}, ${group.count} times: ${group.what}`,
            hint: `masterplan status ${run.slug}`,
          }),
        ),
      );
    },
  },
  {
    id: 'DR-405',
    name: 'evidence-stale',
    scope: 'run',
    severity: 'error',
    from: 'low',
    about: 'Work landed for whose tree no verification is recorded.',
    todo: 'Verify the run branch by hand; tell us.',
    seed: '7.1 #7, 7.1 #43',
    look: (run) =>
      Object.values(stateOf(run)?.failures ?? {}).flatMap((group) =>
        foundIf(group.class === 'stale-evidence', () => ({ message: group.what })),
      ),
  },
  {
    id: 'DR-406',
    name: 'unproven-landing',
    scope: 'run',
    severity: 'warning',
    from: 'high',
    about: 'Tasks landed that no command verified.',
    todo: 'Give tasks verify commands, or set verify.commands for all.',
    seed: '7.1 #22, 7.1 #40',
    look: (run) => {
      const group = Object.values(stateOf(run)?.failures ?? {}).find((one) => one.class === 'unproven-landing');
      return group === undefined
        ? []
        : [{ message: `${group.count} ${group.count === 1 ? 'task' : 'tasks'} landed without any verify command` }];
    },
  },
  {
    id: 'DR-407',
    name: 'stand-in-plays',
    scope: 'run',
    severity: 'warning',
    from: 'medium',
    about: 'A run that is not over goes on with a stand-in, because an agent cannot be started here.',
    todo: 'masterplan agents says what is missing.',
    seed: '7.1 #18, 7.1 #41',
    look: (run) => {
      const state = stateOf(run);
      if (state === undefined || state.phase === 'over') return [];
      return Object.entries(state.standIns).map(([agent, other]) => ({
        message:
          other === null ? `${agent} cannot be started, and nobody takes its place` : `${other} plays for ${agent}`,
        hint: 'masterplan agents',
      }));
    },
  },
  {
    id: 'DR-408',
    name: 'lane-stopped',
    scope: 'run',
    severity: 'warning',
    from: 'low',
    about: 'Nothing starts on an account until somebody mends it.',
    todo: 'docs/agents.md says how for each failure; then answer the gate.',
    seed: '7.1 #39, 9.9 adversary-lane-health',
    look: (run) => {
      const state = stateOf(run);
      if (state === undefined || state.phase === 'over') return [];
      return Object.entries(state.lanes).flatMap(([lane, { parked }]) =>
        foundIf(parked !== undefined && parked.until === null, () => ({
          message: `${lane} is stopped: ${parked?.failure ?? ''}`,
          hint: `masterplan status ${run.slug}`,
        })),
      );
    },
  },
];
