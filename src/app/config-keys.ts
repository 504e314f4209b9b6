import { READ_AS, WITHOUT_MEANING } from './config-seed.ts';

/** What is said of a key: what it is about, and what holds where nobody says anything (in the words of a file). */
export interface KeyNote {
  readonly about: string;
  /** Absent: nothing, or what `about` says. */
  readonly default?: unknown;
}

const containment = 'What a container keeps an agent from';

/** Keys by their path, `*` for a name that people choose. The order is that of docs/configuration-keys.md. */
const NOTES: Readonly<Record<string, string | readonly [about: string, value: unknown]>> = {
  runs_path: ['Where bundles are, relative to the repository', 'docs/masterplan'],
  archive_path: [
    'Where masterplan clean moves bundles that are over, relative to the repository; by runs_path',
    'docs/masterplan/.archive',
  ],
  cruft_policy: [
    'What becomes of a bundle of an older tool once it is imported: leave, ask (leave it, and say how), archive, delete',
    'leave',
  ],
  'agents.*.kind': 'How it is spoken with; by its name, else command',
  'agents.*.command': 'Program and arguments; by its name',
  'agents.*.env': ['Environment beside PATH and HOME: names to pass on, or names with values', []],
  'agents.*.idle_timeout': ['Without output for that long an attempt is ended; 0: never', '10m'],
  'agents.*.timeout': ['An attempt is ended after that, whatever it does; 0: never', '1h'],
  'agents.*.max_output': ['An attempt that prints more is ended; 0: no limit', 268_435_456],
  'agents.*.max_memory': 'An attempt whose processes use more memory is ended',
  'agents.*.max_concurrent': ['Attempts at once; 0: no limit of its own', 0],
  'agents.*.model': 'Name of the model, as its program calls it; own: its own choice',
  'agents.*.effort': 'How hard the model should think',
  'agents.*.vendor': 'Whose model it is, where masterplan cannot know',
  'agents.*.lane': 'The account that it works on; its own name',
  'agents.*.permission': ['What it may do without anybody being asked', 'ask'],
  'agents.*.patience': ['How long its questions wait for a person; 0: for ever', '10m'],
  'agents.*.resume': ['Whether the next attempt goes on with its conversation', 'always'],
  'agents.*.max_turns': 'Requests to its model in one attempt',
  'agents.*.max_cost': 'US dollars for one attempt',
  'agents.*.price': 'US dollars for a million tokens',
  'agents.*.containment': containment,
  'roles.*': 'Who plays the role: the name of an agent, or agent, model and effort',
  'roles.*.agent': 'Who plays the role',
  'roles.*.model': 'With which model',
  'roles.*.effort': 'How hard it should think',
  autonomy: 'Which gates open by themselves; by the complexity, else as the single keys say',
  complexity: 'A preset of policies; docs/gates.md',
  aggressive: ['Whether loose opens gates of specs, too', false],
  gated_switch_offer_at_tasks:
    'Tasks from which on a gated run is told that loose would ask less; 0: never; by the complexity',
  'gates.timeout': ['What a budget gate waits before its default is taken; never', '24h'],
  'codex.routing': ['Which tasks go to the role small_edit', 'auto'],
  'codex.max_files_for_auto': ['Files that a small edit may change', 3],
  'codex.review': 'Whether work is reviewed',
  'codex.review_max_fix_iterations':
    'How often a task goes back because of findings; by the complexity, else review.rounds says it',
  'codex.review_prompt_at':
    'From which severity on findings are asked about; by the complexity, else review.hold says it',
  'codex.confirm_auto_routing': ['Whether a person is asked before a task goes to the role small_edit', false],
  'codex.review_diff_under_full': ['Whether results are looked at although autonomy is full', false],
  'codex.unavailable_policy': 'What happens when an agent is not installed',
  'prices.*': 'What a model costs: US dollars for a million tokens',
  'budget.attempt': 'What one attempt may use: cost, tokens, time',
  'budget.task': 'What one task may use: cost, tokens, time',
  'budget.run': 'What the run may use: cost, tokens, time',
  'limits.failover': ['Agents that take over, in this order', []],
  'limits.quiet_hours': 'No account goes on by itself in these hours: 22:00-07:00',
  'limits.resume_unattended': ['Whether an account goes on by itself when its limit ends', true],
  unavailable_policy: ['What happens when an agent is not installed', 'degrade-loudly'],
  containment: 'A word is its mode',
  'containment.mode': [containment, 'off'],
  'containment.network': ['The network of a container', 'host'],
  'containment.writable': ['Paths that may be written beside the usual', []],
  'containment.roles.*': 'The same for single roles',
  'parallelism.max_agents': ['Agents at work at once', 4],
  'parallelism.max_verifications': ['Verifications at once beside that of the merge queue', 2],
  'parallelism.lanes': ['Agents at work at once on one account', {}],
  'parallelism.families': ['Agents at work at once of one family', {}],
  'parallelism.barrier': ['Whether a wave waits for all of the one before', 'none'],
  'parallelism.enabled': 'false: one agent at a time',
  'parallelism.max_wave_size': 'Agents at work at once',
  'parallelism.member_timeout_sec':
    'Seconds for an attempt of agents without a timeout, where on_member_timeout is blocker',
  'parallelism.on_member_timeout': 'Whether member_timeout_sec ends an attempt (blocker)',
  scopes: ['Whether overlapping tasks are ever at work at once', 'exclusive'],
  resources: ['How many there are of each thing that tasks name', {}],
  'machine.agents': 'Agents at work at once, of all runs of this user',
  'machine.memory': 'Memory that is to be available',
  'machine.disk': 'Disk that is to be free',
  'machine.load': 'Load of the last minute, at most',
  review: 'A word is its mode',
  'review.mode': ['Whether work is reviewed before it lands', 'off'],
  'review.rounds': ['Reviews of one task before a person decides', 2],
  'review.fallback': ['When there is no reviewer of another vendor; with required: ask', 'skip'],
  'review.hold': ['The least severity that keeps a change from landing', 'medium'],
  'review.tries': ['Tries of one reviewer at one piece of work', 2],
  'review.patience': ['How long a limit of the other vendor is waited for', '15m'],
  'review.max_diff': ['Characters of the diff that the brief quotes', 200_000],
  attempts: ['Failed attempts after which a task is given up', 3],
  circuit: ['Failures in the same way after which a person is asked: {after: 3}, or off', { after: 3 }],
  'verify.timeout': ['For one verify command; 0: none', '10m'],
  'verify.commands': ['Run for every task beside its own', []],
  'verify.env': ['Environment of verify commands beside PATH and HOME', []],
  'verify.flaky': ['What a command means that fails and passes on the same tree', 'retry'],
  'witness.weakened': ['What happens when a change weakens tests or checks', 'reject'],
  'witness.rules': ['The same for single kinds of weakening', {}],
  'witness.scope': ["What happens to changes outside of a task's scope", 'reject'],
  'witness.proof': ['Whose new tests must fail without the work', 'asked'],
  'witness.checkout': ['Whether changes of your checkout while agents are at work are told of', 'warn'],
  'witness.old_tests': ['What happens when tests that a change altered fail on its result as they were', 'warn'],
  'witness.claims': ['What happens to claims that evidence contradicts', 'reject'],
  'environment.setup': ['Commands that make a worktree ready', []],
  'environment.teardown': ['Commands that clear up', []],
  'environment.timeout': ['For one of these commands; 0: none', '10m'],
  'environment.ports': ['Ports that each worktree gets, by their names', []],
  'environment.env': ['Variables for agents, set-up and verify commands', {}],
  'environment.files': ['Files that are made in every worktree', {}],
  'environment.copy': ['Ignored files that are copied', []],
  'environment.share': 'Directories that worktrees get a copy of; setup: auto fills it in',
  'environment.artefacts': 'Files beside the work that are kept in the bundle',
  'environment.limits.worktree': 'Bytes of the disk for one worktree',
  'environment.limits.run': 'Bytes of the disk for all worktrees of a run',
  'environment.limits.processes': 'Processes of one attempt',
  'environment.include': ['Whether .worktreeinclude counts', true],
  'environment.checkouts': ['Whether checkouts for verifying are set up, too', true],
  'environment.from': ['Set-up files of other tools that may be used', []],
  'landing.mode': ['Whether trains that touch different files are verified side by side', 'lanes'],
  'landing.slots':
    'Verifications of the merge queue at once; parallelism.max_verifications where that is given, else 1',
  'landing.batch': ['Tasks that are verified as one at most', 'auto'],
  'landing.returns': ['How often a task is handed back before a person is asked', 2],
  'landing.numbers': ['Numbers that are given at landing', []],
  'landing.union': ['Files whose conflicts are none: both sides are kept', []],
  'landing.generators': ['What a program makes, and makes anew on the tree that lands', []],
  finish: ['What happens with the finished branch', 'ask'],
  'merge.commit': 'How the finished run lands on its base branch: docs/finish.md',
  pull_request: 'The pull request that finish opens',
  'pull_request.remote': 'Name of the remote that is pushed to',
  'pull_request.tool': 'Program that opens the pull request',
  'pull_request.draft': 'Whether it is opened as a draft',
  learned: ['Whether briefs hold what earlier runs learned, and runs leave what they learned', 'on'],
  subplans: ['Who approves the sub-plans that agents write', 'ask'],
  'snapshots.interval': ['How old the newest snapshot may get while something changes; 0: only at events', '10s'],
  'snapshots.max_file': ['Larger files are left out; 0: no limit', '50MB'],
  'snapshots.exclude': ['Patterns of untracked files that are left out', []],
  'snapshots.keep': ['For how long they are kept once the work landed', '168h'],
  'notify.about': ['What is told of', ['waits', 'trouble', 'over']],
  'notify.after': ['How long something has to stand before it is told', '10s'],
  'notify.desktop': ["The desktop's own notifications", false],
  'notify.bell': ['The bell of the terminal', false],
  'notify.command': 'Program that gets the message as JSON',
  'notify.webhook': 'Address that gets it by POST, or $NAME of a variable',
  'notify.quiet_hours': 'Hours in which nothing is told: 22:00-07:00',
  telemetry: 'A word is enabled',
  'telemetry.enabled': ['Whether runs send spans and metrics to a collector', false],
  'telemetry.endpoint': 'Address of an OTLP/HTTP collector, or $NAME of a variable; OTEL_EXPORTER_OTLP_ENDPOINT wins',
  'telemetry.headers': ['Headers of its requests, or $NAME of variables', {}],
  doctor_autofix: ['Whether masterplan doctor applies safe fixes without --fix', false],
  'retro.narrative': ['Whether an agent is asked at the end what it makes of the run', 'auto'],
  'completion.auto_retro': ['Whether a run that is over leaves retro.md in its bundle', true],
  'lint.rules': ['Severity of single rules, by id or name', {}],
  'lint.paths': 'What is linted when nothing is named',
  'lint.exclude': ['Globs of documents that are left out unless they are named', []],
};

/** What is said of a key; `*` in the table stands for any name, and a note of a section for what it holds. */
export function noteOf(path: readonly string[]): KeyNote | undefined {
  for (let length = path.length; length > 0; length--) {
    const part = path.slice(0, length);
    const found = Object.keys(NOTES).find((key) => {
      const pattern = key.split('.');
      return pattern.length === length && pattern.every((one, i) => one === '*' || one === part[i]);
    });
    const note = found === undefined ? undefined : NOTES[found];
    if (note === undefined) continue;
    if (typeof note === 'string') return { about: note };
    return length === path.length ? { about: note[0], default: note[1] } : { about: note[0] };
  }
  const reason = WITHOUT_MEANING[path.join('.')];
  return reason === undefined ? undefined : { about: `Taken, and means nothing here: ${reason}` };
}

/** Keys that have a default, each with its value: those at fixed places, and those of each of these agents. */
export function defaultsFor(
  agents: readonly string[],
): readonly (readonly [path: readonly string[], value: unknown])[] {
  return Object.entries(NOTES).flatMap(([key, note]) => {
    if (typeof note === 'string') return [];
    const parts = key.split('.');
    if (!parts.includes('*')) return [[parts, note[1]] as const];
    if (parts[0] !== 'agents') return [];
    return agents.map((agent) => [parts.map((part) => (part === '*' ? agent : part)), note[1]] as const);
  });
}

/** All keys of the table, in its order. */
export const NOTED: readonly string[] = [...Object.keys(NOTES), ...Object.keys(WITHOUT_MEANING)];

/** What else there is to say of a value: that it means nothing here, or which key it is read as. */
export function remarkOf(path: readonly string[]): string | undefined {
  const key = path.join('.');
  const reason = WITHOUT_MEANING[key];
  if (reason !== undefined) return `means nothing here: ${reason}`;
  const became = READ_AS[key];
  return became === undefined ? undefined : `read as ${became}`;
}
