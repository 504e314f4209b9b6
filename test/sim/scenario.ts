import { AUTONOMIES } from '../../src/core/run/autonomy.ts';
import type { FailureClass } from '../../src/core/agents/failure.ts';
import type { PlanTask } from '../../src/core/plan/model.ts';
import { SNAPSHOTS, type AgentSettings, type FinishChoice, type RunSettings } from '../../src/core/run/settings.ts';
import type { PlanTerms } from '../../src/core/plan/terms.ts';
import { authoredTasks, PLAN, SPEC } from '../../src/core/run/authoring/model.ts';
import { Dice } from './dice.ts';
import { isSecondGeneration } from './generation.ts';
import { beforehand, type Before } from './imported.ts';
import { witnessOf } from './old-tests.ts';
import { mischiefOf, type Mischief } from './mischief.ts';
import { withStops } from './stops.ts';
import { termsOf } from './terms.ts';
import { reviewsOf } from './reviewers.ts';
import type { Blow, Fuse } from './life.ts';

/** What an agent does wrong in one attempt. The last ones are only bad manners: the work is good. */
export const MISDEEDS = [
  'bad',
  'hang',
  'fail',
  'fail-silently',
  'blocked',
  'lie-nothing',
  'lie-scope',
  'die',
  'die-all',
  'silent',
  'runaway',
  'wipe',
  'missing',
  'malformed',
  'oversized',
  'no-digest',
  'child',
  'stubborn',
  'tamper',
] as const;
export type Misdeed = (typeof MISDEEDS)[number];

/** How the agent of one task behaves, attempt by attempt; after its misdeeds it does well. */
export interface Script {
  readonly misdeeds: readonly Misdeed[];
  /** It never does well. */
  readonly hopeless: boolean;
  /** The file that its verification looks for. */
  readonly main: string;
  /** Adds a line to a file that others add lines to as well. */
  readonly notes: boolean;
  /** A task with which it goes together only when one of them knows of the other. */
  readonly rival: string | undefined;
  /** Milliseconds of work. */
  readonly pace: number;
  /** The tasks of the sub-plan that it writes, by their names in the run; empty: it does the work itself. */
  readonly children: readonly string[];
}

/** A time in which the account of an agent cannot work, by the clock of the world. */
export interface Outage {
  readonly agent: string;
  readonly from: number;
  readonly until: number;
  readonly failure: FailureClass;
  /** The vendor says when it ends. */
  readonly told: boolean;
}

export interface Faults {
  readonly fuses: readonly Fuse[];
  /** For each life, how long until somebody starts masterplan again. */
  readonly pauses: readonly number[];
  readonly slowest: number;
  readonly crowded: boolean;
  readonly full: { readonly at: number; readonly ms: number } | undefined;
  readonly badSync: number;
  readonly clock: { readonly at: number; readonly by: number } | undefined;
  /** What somebody else does to the repository, and when. */
  readonly meddling: readonly {
    readonly at: number;
    readonly what: 'forward' | 'rewind' | 'delete' | 'base-forward' | 'queue-lost' | 'worktree' | 'dirty';
  }[];
  readonly cancelAt: number | undefined;
  /** When a person pauses the run; they let it go on when nothing is at work any more. */
  readonly pauseAt: readonly number[];
  /** Two terminals start masterplan at the same time. */
  readonly twoStarts: boolean;
  readonly strayRequests: readonly number[];
  /** When a person steers: waives a task, advises whoever works on one. */
  readonly steering: readonly number[];
}

/** Everything that one seed decides beforehand. */
export interface Scenario {
  readonly seed: number;
  readonly tasks: readonly PlanTask[];
  /** A task that a person splits gets another one; see agents.ts. */
  readonly scripts: Map<string, Script>;
  readonly verify: readonly string[];
  /** What the plan asks for beyond its tasks. */
  readonly terms: PlanTerms | undefined;
  readonly settings: RunSettings;
  readonly finish: FinishChoice;
  readonly outages: readonly Outage[];
  readonly faults: Faults;
  /** It begins with an idea: its tasks come out of a plan that an agent writes. */
  readonly topic?: string;
  /** Chance that a verify command fails for nothing when it is run on a tree for the first time. */
  readonly flaky: number;
  /** Tasks that amendments may bring into the plan; their agents are scripted like those of the others. */
  readonly spare: readonly PlanTask[];
  /** Tasks that a person waived or took out of the plan so far: nothing is asked of them any more. */
  readonly gone: Set<string>;
  /** What is known of tasks from before the run was imported; empty: it begins here. */
  readonly before: ReadonlyMap<string, Before>;
  /** What the second generation has to bear besides. */
  readonly mischief?: Mischief;
}

export function scenarioOf(seed: number): Scenario {
  const scenario = withIdea(plannedScenario(seed));
  if (!isSecondGeneration(seed)) return scenario;
  const terms =
    scenario.topic === undefined ? withStops(scenario.terms, scenario.tasks, new Dice(seed, 'stops')) : undefined;
  return { ...scenario, terms, before: beforehand(scenario), mischief: mischiefOf(new Dice(seed, 'mischief')) };
}

function plannedScenario(seed: number): Scenario {
  const dice = new Dice(seed, 'scenario');
  // Dice of their own, so that seeds from before there were sub-plans still throw what they threw.
  const planning = new Dice(seed, 'planning');
  const scripts = new Map<string, Script>();
  const tasks: PlanTask[] = [];
  const count = dice.whole(2, dice.chance(0.2) ? 9 : 6);
  for (let i = 1; i <= count; i++) {
    const id = `T${i}`;
    const nonCommitting = dice.chance(0.06);
    const notes = !nonCommitting && dice.chance(0.2);
    const main = `src/t${i}/out.txt`;
    const rival = !nonCommitting && i > 1 && dice.chance(0.25) ? `T${dice.whole(1, i - 1)}` : undefined;
    const hopeless = dice.chance(0.04);
    const misdeeds: Misdeed[] = [];
    while (misdeeds.length < 4 && dice.chance(0.4)) misdeeds.push(dice.pick(MISDEEDS));
    const pace = dice.spread(2, dice.chance(0.1) ? 6000 : 900);
    const plans = !nonCommitting && !notes && rival === undefined && planning.chance(0.2);
    const children = plans ? childrenOf(id, planning, scripts) : [];
    scripts.set(id, { misdeeds, hopeless, main, notes, rival, pace, children });
    const chosen = notes
      ? []
      : dice.pick([[`src/t${i}/`], [main], [`src/t${i}/**/*.txt`], [`src/t${i}/`, 'src/common/'], []]);
    const scope = plans && chosen[0] === main ? [`src/t${i}/`] : chosen;
    tasks.push({
      id,
      title: `task ${i}`,
      unit: `task:${i}`,
      needs: tasks.filter(() => dice.chance(i > 5 ? 0.2 : 0.3)).map((task) => task.id),
      scope: nonCommitting ? [] : scope,
      verify: nonCommitting && dice.chance(0.5) ? [] : [`verify ${id}`, ...(dice.chance(0.15) ? [`lint ${id}`] : [])],
      nonCommitting,
      agent: undefined,
      estimate: undefined,
      ...(plans ? { planFirst: 'task' as const } : {}),
    });
  }
  const policies = new Dice(seed, 'autonomy');
  const autonomy = policies.pick([undefined, ...AUTONOMIES]);
  const spare = spareTasks(seed, scripts);
  const parallel = dice.whole(1, 4);
  const { spoken, failover, outages } = accountsOf(seed);
  const tight = policies.chance(0.25);
  const small = failover && policies.chance(0.5);
  const reviews = reviewsOf(seed);
  const landing = new Dice(seed, 'landing');
  const environment = environmentOf(seed);
  const limits = new Dice(seed, 'limits');
  const devices = limits.chance(0.3) ? limits.whole(1, 2) : 0;
  return {
    seed,
    // Some tasks need a device each, or two where there are two.
    tasks:
      devices === 0
        ? tasks
        : tasks.map((task) =>
            limits.chance(0.5) ? { ...task, resources: { device: limits.whole(1, devices) } } : task,
          ),
    scripts,
    verify: dice.chance(0.5) ? ['verify all'] : [],
    terms: termsOf(seed, tasks),
    settings: {
      agents: {
        impl: agentOf('impl', spoken, dice.chance(0.2) ? 1 : 0),
        ...(failover ? { other: agentOf('other', true, 0) } : {}),
        ...(reviews?.judge === true ? { judge: { ...agentOf('judge', spoken, 0), vendor: 'elsewhere' } } : {}),
      },
      ...(reviews === undefined ? {} : { review: reviews.settings }),
      ...(failover ? { failover: ['other'] } : {}),
      roles: { implement: 'impl', ...(small ? { small_edit: 'other' } : {}) },
      ...(small ? { routing: { small_edits: 'auto' as const, max_files: 9 } } : {}),
      ...(autonomy === undefined ? {} : { autonomy }),
      ...(tight ? { budget: { task: { time: 6000 } }, gates: { timeout: policies.pick([500, 20_000]) } } : {}),
      ...(policies.chance(0.3) ? { confirm_routing: true as const } : {}),
      ...(policies.chance(0.3) ? { look_at_results: true as const } : {}),
      parallel,
      ...(devices === 0 ? {} : { resources: { device: devices } }),
      ...(limits.chance(0.2) ? { barrier: 'wave' as const } : {}),
      verify_parallel: dice.whole(1, 2),
      attempts: dice.whole(1, 3),
      losses: dice.whole(2, 5),
      // Dice of its own, for the same reason.
      ...(new Dice(seed, 'circuit').chance(0.5) ? { circuit: { after: 2 } } : {}),
      subplans: planning.pick(['ask', 'if-clean', 'always']),
      verify: { timeout: 3000, commands: dice.chance(0.15) ? ['verify common'] : [], env: [] },
      finish: dice.pick(['ask', 'ask', 'merge', 'keep', 'discard']),
      ...environment,
      ...witnessOf(seed),
      snapshots: { ...SNAPSHOTS, interval: new Dice(seed, 'snapshots').pick([0, 100, 1000, 10_000]) },
      // In half of the seeds as when nobody says anything.
      ...(landing.chance(0.5)
        ? {
            landing: {
              mode: landing.pick(['lanes', 'lanes', 'strict']),
              slots: landing.whole(1, 4),
              batch: landing.pick([0, 1, 2, 8]),
            },
          }
        : {}),
    },
    finish: dice.pick(['merge', 'merge', 'keep', 'discard']),
    outages: reviews?.outage === true ? [...outages, JUDGE_OUT] : outages,
    faults: faultsOf(seed),
    gone: new Set(),
    before: new Map(),
    spare,
    // Not with set-ups: what fails there has its own story.
    flaky: landing.chance(0.3) && environment.environment === undefined ? 0.3 : 0,
  };
}

function agentOf(name: string, spoken: boolean, max_concurrent: number): AgentSettings {
  const common = { env: [], idle_timeout: 4000, timeout: 12_000, max_output: 0, max_concurrent };
  return spoken
    ? { kind: 'claude', command: [name], permission: 'all', patience: 0, resume: 'always', ...common }
    : { kind: 'command', command: ['agent'], ...common };
}

/** What worktrees need, if anything. */
function environmentOf(seed: number): Pick<RunSettings, 'environment'> {
  const dice = new Dice(seed, 'environment');
  if (dice.chance(0.65)) return {};
  const from = '.masterplan.yaml';
  return {
    environment: {
      setup: [{ command: dice.chance(0.3) ? 'setup poor' : 'setup', from }],
      teardown: [{ command: 'teardown', from }],
      timeout: 3000,
      ports: dice.pick([{}, { web: 1 }, { web: 1, more: 3 }]),
      env: [],
      files: dice.chance(0.5) ? [{ path: '.env', names: [] }] : [],
      copy: dice.chance(0.5) ? ['local.key'] : [],
      checkouts: dice.chance(0.5),
      tools: [],
    },
  };
}

/** Reviewers have limits, too. */
const JUDGE_OUT: Outage = { agent: 'judge', from: 300, until: 90_000, failure: 'usage-limit', told: true };

/** Whether the agents have accounts with limits, and what happens to these. */
function accountsOf(seed: number): { spoken: boolean; failover: boolean; outages: readonly Outage[] } {
  const dice = new Dice(seed, 'accounts');
  const spoken = dice.chance(0.3);
  const failover = spoken && dice.chance(0.5);
  const outages: Outage[] = [];
  while (spoken && outages.length < 4 && dice.chance(0.6)) {
    const from = dice.spread(1, 4000);
    const failure = dice.pick([
      'usage-limit',
      'usage-limit',
      'rate-limit',
      'overloaded',
      'connection',
      'authentication',
    ] as const);
    const agent = failover ? dice.pick(['impl', 'impl', 'other']) : 'impl';
    outages.push({ agent, from, until: from + dice.spread(10, 400_000), failure, told: dice.chance(0.5) });
  }
  return { spoken, failover, outages };
}

/** Scripts of the tasks that a sub-plan will hold; returns their names. */
function childrenOf(id: string, dice: Dice, scripts: Map<string, Script>): readonly string[] {
  return Array.from({ length: dice.whole(1, 3) }, (_, i) => {
    const name = `${id}/T${i + 1}`;
    const misdeeds: Misdeed[] = [];
    while (misdeeds.length < 3 && dice.chance(0.3)) misdeeds.push(dice.pick(MISDEEDS));
    scripts.set(name, {
      misdeeds,
      hopeless: dice.chance(0.03),
      main: `src/${id.toLowerCase()}/part${i + 1}.txt`,
      notes: false,
      rival: undefined,
      pace: dice.spread(2, 900),
      children: [],
    });
    return name;
  });
}

/** What the agent of a planning attempt writes: tasks that may need each other, in their own words. */
export function subplanText(id: string, scenario: Scenario): string {
  const dice = new Dice(scenario.seed, `sub-plan ${id}`);
  const { children } = scenario.scripts.get(id) as Script;
  const tasks = children.map((child, i) => {
    const needs = children.slice(0, i).flatMap((_, k) => (dice.chance(0.4) ? [`T${k + 1}`] : []));
    const { main } = scenario.scripts.get(child) as Script;
    return `### Task ${i + 1}: part ${i + 1}\n\n**Files:** \`${main}\`\n**Needs:** ${needs.join(', ') || 'none'}\n**Verify:** \`verify ${child}\`\n`;
  });
  return `# Parts of ${id}\n\n${tasks.join('\n')}`;
}

/** Where a seed begins with an idea: tasks that a plan can say, and agents that write the documents, well or badly. */
function withIdea(scenario: Scenario): Scenario {
  const dice = new Dice(scenario.seed, 'idea');
  if (!dice.chance(0.15)) return scenario;
  const scripts = new Map(scenario.scripts);
  const tasks = scenario.tasks.map((task): PlanTask => {
    const { main, children } = scripts.get(task.id) as Script;
    const { planFirst: _, resources: __, ...rest } = task;
    if (children.length > 0) scripts.set(task.id, { ...(scripts.get(task.id) as Script), children: [] });
    return { ...rest, scope: [main], verify: [`verify ${task.id}`], nonCommitting: false };
  });
  for (const { id } of tasks) scripts.set(id, { ...(scripts.get(id) as Script), notes: false, rival: undefined });
  for (const { id } of authoredTasks('topic')) {
    const misdeeds: Misdeed[] = [];
    while (misdeeds.length < 3 && dice.chance(0.4)) misdeeds.push(dice.pick(MISDEEDS));
    scripts.set(id, {
      misdeeds,
      hopeless: false,
      main: `stray/${id}.txt`,
      notes: false,
      rival: undefined,
      pace: dice.spread(2, 900),
      children: [],
    });
  }
  return { ...scenario, topic: 'an idea', scripts, tasks, verify: [], terms: undefined };
}

/** The spec and the plan that agents write. */
export function documentText(id: string, scenario: Scenario): string | undefined {
  if (scenario.topic === undefined) return undefined;
  if (id === SPEC)
    return '# An idea\n\n## Intent\n\nTo have it.\n\n## Scope\n\n- In: src\n\n## Requirements\n\n- FR-1: it is there\n\n## Assumptions\n\n## Open decisions\n';
  if (id !== PLAN) return undefined;
  const tasks = scenario.tasks.map(
    ({ title, needs, scope, verify }, i) =>
      `### Task ${i + 1}: ${title}\n\n**Files:** \`${scope.join('`, `')}\`\n**Needs:** ${needs.join(', ') || 'none'}\n**Verify:** ${verify.map((one) => `\`${one}\``).join(', ')}\n`,
  );
  return `# Plan: An idea\n\n${tasks.join('\n')}`;
}

/** Steps at which a crash is most telling. */
const LABELS = [
  'append:begin',
  'append:half',
  'append:written',
  'append:done',
  'start:before',
  'start:after',
  'temporary:half',
  'write:rename',
  'write:renamed',
  'publish:objects',
  'publish:ref',
  'publish:done',
  'collect:read',
  'collect:objects',
  'collect:ref',
  'collect:done',
  'fill:done',
  'removeTree',
  'create:link',
  'create:linked',
  'makeDirectory',
  'checkout:done',
  'run:start',
  'end',
  'commit',
];

/** What people think of while the run is under way. */
function spareTasks(seed: number, scripts: Map<string, Script>): readonly PlanTask[] {
  const dice = new Dice(seed, 'spare');
  return Array.from({ length: 4 }, (_, i): PlanTask => {
    const id = `T${20 + i}`;
    const misdeeds: Misdeed[] = [];
    while (misdeeds.length < 2 && dice.chance(0.3)) misdeeds.push(dice.pick(MISDEEDS));
    const main = `src/t${20 + i}/out.txt`;
    const pace = dice.spread(2, 900);
    scripts.set(id, { misdeeds, hopeless: false, main, notes: false, rival: undefined, pace, children: [] });
    const scope = dice.pick([[`src/t${20 + i}/`], [main], []]);
    return {
      id,
      title: `task ${20 + i}`,
      unit: `task:${20 + i}`,
      needs: [],
      scope,
      verify: [`verify ${id}`],
      nonCommitting: false,
      agent: undefined,
      estimate: undefined,
    };
  });
}

/** Dice of its own, so that seeds from before anybody steered still throw what they threw. */
function steeringOf(seed: number): readonly number[] {
  const dice = new Dice(seed, 'steering');
  if (!dice.chance(0.6)) return [];
  const restless = dice.chance(0.5);
  return Array.from({ length: restless ? dice.whole(20, 50) : dice.whole(1, 5) }, () =>
    dice.spread(20, restless ? 4000 : 12_000),
  );
}

function faultsOf(seed: number): Faults {
  const dice = new Dice(seed, 'faults');
  const quiet = dice.chance(0.1);
  const fuses: Fuse[] = [];
  const crashes = quiet ? 0 : dice.pick([0, 1, 1, 2, 2, 3, 4, 6]);
  for (let i = 0; i < crashes; i++) {
    const blow: Blow = dice.pick(['kill', 'kill', 'kill', 'power', 'power', 'stop']);
    const kind = dice.next();
    if (kind < 0.4) fuses.push({ blow, when: 'step', count: Math.ceil(dice.spread(1, 2500)) });
    else if (kind < 0.75)
      fuses.push({ blow, when: 'label', label: dice.pick(LABELS), count: Math.ceil(dice.spread(0.5, 12)) });
    else fuses.push({ blow, when: 'time', ms: dice.spread(1, 8000) });
  }
  const meddling: Faults['meddling'][number][] = [];
  if (!quiet && dice.chance(0.3)) {
    const times = dice.whole(1, 3);
    for (let i = 0; i < times; i++) {
      const what = dice.pick([
        'forward',
        'forward',
        'forward',
        'rewind',
        'delete',
        'base-forward',
        'queue-lost',
        'worktree',
        'dirty',
      ] as const);
      meddling.push({ at: dice.spread(20, 15_000), what });
    }
  }
  return {
    fuses,
    pauses: fuses.map(() => dice.spread(1, dice.chance(0.3) ? 20_000 : 1000)),
    slowest: dice.pick([0.5, 1, 1, 5, 60]),
    crowded: dice.chance(0.3),
    full: !quiet && dice.chance(0.08) ? { at: dice.spread(1, 8000), ms: dice.spread(10, 30_000) } : undefined,
    badSync: !quiet && dice.chance(0.05) ? 0.02 : 0,
    clock:
      !quiet && dice.chance(0.06)
        ? { at: dice.spread(10, 5000), by: dice.pick([-3_600_000, -5000, 5000, 3_600_000]) }
        : undefined,
    meddling,
    cancelAt: !quiet && dice.chance(0.04) ? dice.spread(50, 8000) : undefined,
    twoStarts: dice.chance(0.15),
    strayRequests: dice.chance(0.3) ? [dice.spread(5, 5000), dice.spread(5, 9000)] : [],
    steering: steeringOf(seed),
    pauseAt: !quiet && dice.chance(0.1) ? [dice.spread(20, 6000)] : [],
  };
}
