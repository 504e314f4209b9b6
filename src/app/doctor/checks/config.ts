import type { WorldCheck } from '../check.ts';
import { foundIf } from '../check.ts';

/** Configuration and agents. */
export const CONFIG_CHECKS: readonly WorldCheck[] = [
  {
    id: 'DR-601',
    name: 'config-invalid',
    scope: 'repository',
    severity: 'error',
    from: 'low',
    about: 'A configuration file cannot be read or does not fit its schema; no run starts.',
    todo: 'Correct the file; docs/configuration.md lists the keys.',
    seed: '7.1 #44',
    look: ({ config }) =>
      config.ok ? [] : config.error.message.split('\n').map((message) => ({ message, hint: config.error.hint })),
  },
  {
    id: 'DR-602',
    name: 'config-odd',
    scope: 'repository',
    severity: 'warning',
    from: 'medium',
    about: 'The configuration names agents that it does not have, or a variable says something that is no key.',
    todo: 'Correct the file; docs/configuration.md lists the keys.',
    look: ({ config }) => (config.ok ? config.value.warnings.map((message) => ({ message })) : []),
  },
  {
    id: 'DR-603',
    name: 'no-role',
    scope: 'repository',
    severity: 'warning',
    from: 'medium',
    about: 'Several agents are configured, and none is named for a role that is needed.',
    todo: 'roles: {implement: <agent>} in .masterplan.yaml.',
    look: ({ agents }) =>
      (agents?.roles ?? []).flatMap(({ role, agents: players, why }) =>
        foundIf(
          // Where none of them is installed, that is what is told.
          role === 'implement' &&
            players.length === 0 &&
            (agents?.agents ?? []).some((one) => one.configured && one.installed),
          () => ({ message: `nobody plays ${role}: ${why}` }),
        ),
      ),
  },
  {
    id: 'DR-604',
    name: 'runs-elsewhere',
    scope: 'repository',
    severity: 'warning',
    from: 'low',
    about: 'Runs lie in docs/masterplan, and runs_path in the configuration says another directory: nobody sees them.',
    todo: 'Move the bundles, or correct runs_path.',
    look: ({ otherRuns, located }) =>
      foundIf(otherRuns.length > 0, () => ({
        message: `${otherRuns.length} ${otherRuns.length === 1 ? 'run lies' : 'runs lie'} in docs/masterplan, and runs_path says ${located.runsPath}`,
        file: `docs/masterplan/${otherRuns[0] ?? ''}`,
      })),
  },
  {
    id: 'DR-605',
    name: 'no-agent',
    scope: 'repository',
    severity: 'warning',
    from: 'medium',
    about: 'Runs are under way, and no agent is configured here.',
    todo: 'agents: {claude: {}} in .masterplan.yaml; masterplan agents shows which are installed.',
    look: ({ config, runs }) => {
      const open = runs.some(
        ({ log }) => log?.ok === true && log.value.state.seq > 0 && log.value.state.phase !== 'over',
      );
      return foundIf(config.ok && open && Object.keys(config.value.settings.agents).length === 0, () => ({
        message: 'no agent is configured',
        hint: 'masterplan agents',
      }));
    },
  },
  {
    id: 'DR-606',
    name: 'agent-not-installed',
    scope: 'machine',
    severity: 'warning',
    from: 'low',
    about: 'The program of a configured agent is not there.',
    todo: 'Install it, or correct its command.',
    seed: '7.1 #18, 9.9 pi-agent-registration',
    look: ({ agents }) =>
      (agents?.agents ?? []).flatMap(({ name, configured, installed, command }) =>
        foundIf(configured && !installed, () => ({
          message: `${name}: there is no program ${command[0] ?? ''}`,
          hint: 'masterplan agents',
        })),
      ),
  },
  {
    id: 'DR-607',
    name: 'agent-no-version',
    scope: 'machine',
    severity: 'info',
    from: 'high',
    about: 'A configured agent does not say its version: nobody can tell whether it is too old.',
    todo: 'masterplan agents test <name> says whether it works.',
    seed: '7.1 #50, 9.9 plugin-registry-drift',
    look: ({ agents }) =>
      (agents?.agents ?? []).flatMap((one) =>
        // A script of one's own has no version, and needs none.
        foundIf(one.configured && one.installed && one.kind !== 'command' && one.version === undefined, () => ({
          message: `${one.name}: ${one.noVersion ?? 'it says no version'}`,
          hint: `masterplan agents test ${one.name}`,
        })),
      ),
  },
  {
    id: 'DR-608',
    name: 'agent-variable-unset',
    scope: 'machine',
    severity: 'warning',
    from: 'medium',
    about: 'The configuration gives an agent a variable that is not set here.',
    todo: 'Set it before masterplan is started, or take it out of env.',
    seed: '7.1 #39, 9.9 codex-auth',
    look: ({ agents }) =>
      (agents?.agents ?? []).flatMap(({ name, configured, login }) =>
        foundIf(configured && login.unset.length > 0, () => ({
          message: `${name}: ${login.unset.join(', ')} is not set`,
        })),
      ),
  },
  {
    id: 'DR-611',
    name: 'agent-key-withheld',
    scope: 'machine',
    severity: 'info',
    from: 'medium',
    about: 'No login of an agent was found, and a key that is set here is not passed on to it.',
    todo: 'Name the variable in env of the agent.',
    seed: '9.9 codex-auth',
    look: ({ agents }) =>
      (agents?.agents ?? []).flatMap(({ name, configured, login }) =>
        foundIf(configured && login.state !== 'found' && login.withheld.length > 0, () => ({
          message: `${name} does not see ${login.withheld.join(', ')}`,
        })),
      ),
  },
  {
    id: 'DR-609',
    name: 'no-containment',
    scope: 'machine',
    severity: 'error',
    from: 'low',
    about: 'An agent must run in a container, and there is none here: it does not start.',
    todo: 'Install bubblewrap, or set its containment to on: then it runs without one and that is told.',
    look: ({ agents }) =>
      (agents?.agents ?? []).flatMap(({ name, containment }) =>
        foundIf(containment?.mode === 'required' && containment.by === undefined, () => ({
          message: `${name}: ${containment?.why ?? 'no container'}`,
        })),
      ),
  },
  {
    id: 'DR-610',
    name: 'one-vendor',
    scope: 'repository',
    severity: 'info',
    from: 'high',
    about: 'All agents are of one family: nobody of another vendor can take over at a limit, or judge what it wrote.',
    todo: 'Configure a second one and name it in limits.failover.',
    seed: '9.9 adversary-lane-health',
    look: ({ config }) => {
      if (!config.ok) return [];
      const kinds = Object.values(config.value.settings.agents).map(({ kind }) => kind);
      return foundIf(kinds.length > 0 && new Set(kinds).size === 1 && kinds[0] !== 'command', () => ({
        message: `all agents are ${kinds[0] ?? ''}`,
      }));
    },
  },
];

const MIB = 1024 * 1024;

/** The machine and what a process gets of it. */
export const MACHINE_CHECKS: readonly WorldCheck[] = [
  {
    id: 'DR-701',
    name: 'disk-full',
    scope: 'machine',
    severity: 'error',
    from: 'low',
    about: 'Less than 200 MiB are free where the repository is.',
    todo: 'Free some space before anything runs: logs that cannot be written stop runs.',
    look: ({ free }) =>
      foundIf(free !== undefined && free < 200 * MIB, () => ({
        message: `${Math.floor((free ?? 0) / MIB)} MiB are free`,
      })),
  },
  {
    id: 'DR-702',
    name: 'disk-low',
    scope: 'machine',
    severity: 'warning',
    from: 'medium',
    about: 'Less than 2 GiB are free where the repository is.',
    todo: 'Worktrees, caches and transcripts grow while agents work: free some space.',
    look: ({ free }) =>
      foundIf(free !== undefined && free >= 200 * MIB && free < 2048 * MIB, () => ({
        message: `${Math.floor((free ?? 0) / MIB)} MiB are free`,
      })),
  },
  {
    id: 'DR-703',
    name: 'inodes-low',
    scope: 'machine',
    severity: 'warning',
    from: 'medium',
    about: 'The file system has almost no names left: worktrees of many files cannot be made.',
    todo: 'Delete caches of many small files.',
    look: ({ inodes }) =>
      foundIf(inodes !== undefined && inodes > 0.95, () => ({
        message: `${Math.round((inodes ?? 0) * 100)} % of the names are used`,
      })),
  },
  {
    id: 'DR-704',
    name: 'home-missing',
    scope: 'machine',
    severity: 'warning',
    from: 'medium',
    about: 'HOME names no directory: agents do not find their logins.',
    todo: 'Set HOME to your home directory.',
    look: ({ homeThere, env }) =>
      foundIf(!homeThere, () => ({
        message: env['HOME'] === undefined ? 'HOME is not set' : 'HOME names no directory',
      })),
  },
  {
    id: 'DR-705',
    name: 'path-relative',
    scope: 'machine',
    severity: 'warning',
    from: 'medium',
    about:
      'PATH is missing or holds a relative directory: what is started depends on the worktree, in which agents write.',
    todo: 'Keep only absolute directories in PATH.',
    look: ({ env }) => {
      const path = env['PATH'] ?? '';
      const relative = path.split(':').filter((one) => !one.startsWith('/'));
      return foundIf(path === '' || relative.length > 0, () => ({
        message: path === '' ? 'PATH is not set' : `PATH holds ${JSON.stringify(relative[0])}`,
      }));
    },
  },
  {
    id: 'DR-706',
    name: 'shell-missing',
    scope: 'machine',
    severity: 'error',
    from: 'low',
    about: 'There is no /bin/sh, with which verify commands are run.',
    todo: 'Install a POSIX shell.',
    look: ({ shellThere }) => foundIf(!shellThere, () => ({ message: '/bin/sh is not there' })),
  },
  {
    id: 'DR-707',
    name: 'git-variables',
    scope: 'machine',
    severity: 'warning',
    from: 'medium',
    about: 'Variables such as GIT_DIR are set: git of agents and people works on another repository than it seems.',
    todo: 'Unset them; they are often left by a hook.',
    look: ({ env }) =>
      ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_OBJECT_DIRECTORY'].flatMap((name) =>
        foundIf(env[name] !== undefined, () => ({ message: `${name} is set`, hint: `unset ${name}` })),
      ),
  },
];

/** Plans before any run. */
export const PLAN_CHECKS: readonly WorldCheck[] = [
  {
    id: 'DR-901',
    name: 'plan-damaged',
    scope: 'repository',
    severity: 'warning',
    from: 'medium',
    about: 'A plan or its record cannot be read.',
    todo: 'masterplan lint <plan> says where.',
    look: ({ plans }) => (plans?.damaged ?? []).map(({ path, message, hint }) => ({ message, file: path, hint })),
  },
  {
    id: 'DR-902',
    name: 'plan-changed',
    scope: 'repository',
    severity: 'warning',
    from: 'medium',
    about: 'A plan was changed after it was approved.',
    todo: 'Read what changed, then approve it again.',
    look: ({ plans }) =>
      (plans?.plans ?? []).flatMap(({ slug, path, state }) =>
        foundIf(state === 'changed', () => ({
          message: `${slug} was changed after its approval`,
          file: path,
          hint: `masterplan approve ${slug}`,
        })),
      ),
  },
  {
    id: 'DR-903',
    name: 'rejected-idea-empty',
    scope: 'repository',
    severity: 'info',
    from: 'high',
    about: 'A file of .out-of-scope/ says nothing: why an idea was rejected is not told.',
    todo: 'Write a sentence, or delete it.',
    seed: '9.9 rejected-idea-kb',
    look: ({ outOfScope }) =>
      outOfScope.flatMap(({ name, size }) =>
        foundIf(size === 0, () => ({ message: 'it is empty', file: `.out-of-scope/${name}` })),
      ),
  },
];
