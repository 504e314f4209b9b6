import type { RunCheck, WorldCheck } from '../check.ts';
import { foundIf } from '../check.ts';
import { stateOf } from '../facts.ts';
import { ignoreRuntime } from '../fixes.ts';

/** Branches of runs. */
export const BRANCH_CHECKS: readonly RunCheck[] = [
  {
    id: 'DR-501',
    name: 'base-branch-gone',
    scope: 'run',
    severity: 'error',
    from: 'low',
    about: 'The branch that a run is to be merged into is not there.',
    todo: 'Make it again, or finish the run with keep.',
    seed: '7.1 #4',
    look: (run, { git }) => {
      const state = stateOf(run);
      if (state === undefined || state.phase === 'over' || state.baseBranch === '' || git.refs === undefined) return [];
      return foundIf(!git.refs.has(`refs/heads/${state.baseBranch}`), () => ({
        message: `its base branch ${state.baseBranch} is not there`,
        hint: `git branch ${state.baseBranch} ${state.base.slice(0, 12)}`,
      }));
    },
  },
  {
    id: 'DR-502',
    name: 'run-branch-gone',
    scope: 'run',
    severity: 'error',
    from: 'low',
    about: 'The branch on which verified work lands is not there.',
    todo: 'masterplan run <slug> asks whether to put it back.',
    seed: '7.1 #4',
    look: (run, { git }) => {
      const state = stateOf(run);
      if (state?.tip === undefined || state.phase === 'over' || git.refs === undefined) return [];
      return foundIf(!git.refs.has(`refs/heads/${state.runBranch}`), () => ({
        message: `its branch ${state.runBranch} is not there`,
        hint: `masterplan run ${run.slug}`,
      }));
    },
  },
  {
    id: 'DR-503',
    name: 'run-branch-moved',
    scope: 'run',
    severity: 'warning',
    from: 'medium',
    about: 'Somebody else moved the branch of a run.',
    todo: 'masterplan run <slug> takes over what was added on top, and asks about everything else.',
    look: (run, { git }) => {
      const state = stateOf(run);
      const there = state === undefined ? undefined : git.refs?.get(`refs/heads/${state.runBranch}`);
      if (state?.tip === undefined || state.phase === 'over' || there === undefined) return [];
      return foundIf(there !== state.tip, () => ({
        message: `${state.runBranch} stands at ${there.slice(0, 8)}, the log knows ${state.tip?.slice(0, 8) ?? ''}`,
        hint: `masterplan run ${run.slug}`,
      }));
    },
  },
  {
    id: 'DR-504',
    name: 'run-branch-left',
    scope: 'run',
    severity: 'info',
    from: 'high',
    about: 'The branch of a run that was merged is still there.',
    todo: 'git branch -d deletes it; git refuses when something on it is not merged.',
    seed: '7.1 #29',
    look: (run, { git }) => {
      const state = stateOf(run);
      return foundIf(state?.outcome === 'merge' && git.refs?.has(`refs/heads/${state.runBranch}`) === true, () => ({
        message: `${state?.runBranch ?? ''} was merged and is still there`,
        hint: `git branch -d ${state?.runBranch ?? ''}`,
      }));
    },
  },
];

/** The user's repository. */
export const GIT_CHECKS: readonly WorldCheck[] = [
  {
    id: 'DR-511',
    name: 'git-missing',
    scope: 'machine',
    severity: 'error',
    from: 'low',
    about: 'git cannot be started.',
    todo: 'Install git 2.38 or newer and see that it is on the PATH.',
    look: ({ git }) => foundIf(git.version === undefined, () => ({ message: 'git cannot be started' })),
  },
  {
    id: 'DR-512',
    name: 'git-old',
    scope: 'machine',
    severity: 'error',
    from: 'low',
    about: 'git is older than 2.38, which masterplan needs.',
    todo: 'Install a newer git and see that it comes first on the PATH.',
    look: ({ git }) => {
      const [, major = '', minor = ''] = /(\d+)\.(\d+)/.exec(git.version ?? '') ?? [];
      const old = Number(major) < 2 || (Number(major) === 2 && Number(minor) < 38);
      return foundIf(major !== '' && old, () => ({ message: `this is ${git.version ?? ''}` }));
    },
  },
  {
    id: 'DR-513',
    name: 'no-commit',
    scope: 'repository',
    severity: 'warning',
    from: 'low',
    about: 'The repository has no commit that agents could begin from.',
    todo: 'git commit --allow-empty -m "Begin"',
    look: ({ git }) =>
      foundIf(git.version !== undefined && git.head === undefined, () => ({ message: 'HEAD names no commit' })),
  },
  {
    id: 'DR-514',
    name: 'head-detached',
    scope: 'repository',
    severity: 'info',
    from: 'high',
    about: 'No branch is checked out: a new run has no branch that it could be merged into.',
    todo: 'git switch <branch>, or masterplan run --base <branch>.',
    look: ({ git }) =>
      foundIf(git.head !== undefined && git.branch === undefined, () => ({ message: 'HEAD is detached' })),
  },
  {
    id: 'DR-515',
    name: 'git-busy',
    scope: 'repository',
    severity: 'warning',
    from: 'medium',
    about: 'A merge, rebase, cherry-pick, revert or bisect was left in the middle.',
    todo: 'Finish or abort it: git status says how.',
    look: ({ git }) =>
      foundIf(git.middle !== undefined, () => ({
        message: `a ${git.middle ?? ''} is in the middle`,
        hint: 'git status',
      })),
  },
  {
    id: 'DR-516',
    name: 'git-lock-left',
    scope: 'repository',
    severity: 'warning',
    from: 'low',
    about: 'A lock of git is older than ten minutes: a git that died left it, and the next one refuses.',
    todo: 'When no git is running, delete the file.',
    look: ({ git, now }) =>
      git.locks.flatMap(({ name, mtime }) =>
        foundIf(now - mtime > 600_000, () => ({
          message: `${name} is ${Math.floor((now - mtime) / 60_000)} minutes old`,
          file: `.git/${name}`,
        })),
      ),
  },
  {
    id: 'DR-517',
    name: 'worktree-entry-gone',
    scope: 'repository',
    severity: 'info',
    from: 'medium',
    about: 'git lists a worktree whose directory is gone.',
    todo: 'git worktree prune forgets it.',
    seed: '7.1 #3, 9.9 worktree-integrity',
    look: ({ git }) =>
      git.gone.map((path) => ({ message: `the worktree ${path} is gone`, hint: 'git worktree prune' })),
  },
  {
    id: 'DR-518',
    name: 'shallow-clone',
    scope: 'repository',
    severity: 'info',
    from: 'high',
    about: 'The clone is shallow: merges may lack the commits that they need.',
    todo: 'git fetch --unshallow',
    look: ({ git }) => foundIf(git.shallow, () => ({ message: 'the clone is shallow' })),
  },
  {
    id: 'DR-519',
    name: 'linked-worktree',
    scope: 'repository',
    severity: 'info',
    from: 'high',
    about: 'This is a linked worktree: runs of the main one are not seen from here.',
    todo: 'Work in the main worktree when both carry out plans.',
    seed: '7.1 #48',
    look: ({ git }) => foundIf(git.linked, () => ({ message: 'this is a linked worktree' })),
  },
  {
    id: 'DR-521',
    name: 'runtime-not-ignored',
    scope: 'repository',
    severity: 'warning',
    from: 'medium',
    about: 'git does not ignore .masterplan/: the next "git add ." takes worktrees and transcripts along.',
    todo: 'Every new run notes it in .git/info/exclude; --fix does it now.',
    fix: { about: 'adds /.masterplan/ to .git/info/exclude', apply: ignoreRuntime },
    look: ({ git, runtime, runs }) =>
      foundIf(git.runtimeIgnored === false && (runs.length > 0 || runtime.runs.length > 0), () => ({
        message: '.masterplan/ is not ignored',
      })),
  },
  {
    id: 'DR-522',
    name: 'runtime-tracked',
    scope: 'repository',
    severity: 'error',
    from: 'low',
    about: 'Files below .masterplan/ are committed or staged.',
    todo: 'git rm -r --cached .masterplan',
    look: ({ git }) =>
      foundIf(git.trackedRuntime.length > 0, () => ({
        message: `git tracks ${git.trackedRuntime.length} files below .masterplan/`,
        file: git.trackedRuntime[0] ?? '.masterplan',
        hint: 'git rm -r --cached .masterplan',
      })),
  },
  {
    id: 'DR-523',
    name: 'bundles-ignored',
    scope: 'repository',
    severity: 'warning',
    from: 'medium',
    about: 'git ignores the bundles of runs, so that nobody else can go on with them.',
    todo: 'Take their directory out of .gitignore.',
    look: ({ git, located, runs }) =>
      foundIf(git.bundlesIgnored === true && runs.length > 0, () => ({ message: `${located.runsPath} is ignored` })),
  },
];
