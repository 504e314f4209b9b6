import type { Command } from '@stricli/core';
import type { Calling } from './command.ts';

export interface Entry {
  /** One line for `masterplan --help`. */
  readonly brief: string;
  readonly load: () => Promise<{ readonly command: Command<Calling> }>;
}

/** Every command, in the order in which help lists them. Only the one that is called is loaded. */
export const COMMANDS: Readonly<Record<string, Entry>> = {
  brainstorm: {
    brief: 'Find out what to build, and write it down as a spec',
    load: () => import('./commands/brainstorm.ts'),
  },
  new: { brief: 'The same as brainstorm', load: () => import('./commands/brainstorm.ts') },
  plan: { brief: 'Have a plan written, of a topic or of a spec', load: () => import('./commands/plan.ts') },
  full: { brief: 'From an idea to a finished branch', load: () => import('./commands/full.ts') },
  execute: {
    brief: 'Carry out a plan, or what was brainstormed and planned',
    load: () => import('./commands/execute.ts'),
  },
  finish: {
    brief: 'Verify a run as a whole, and say what happens with its branch',
    load: () => import('./commands/finish.ts'),
  },
  run: { brief: 'Carry out a plan, or go on with a run', load: () => import('./commands/run.ts') },
  status: { brief: 'How far the runs are, and what waits for you', load: () => import('./commands/status.ts') },
  watch: { brief: 'Follow a run that another terminal carries on', load: () => import('./commands/watch.ts') },
  next: { brief: 'The next thing to type', load: () => import('./commands/next.ts') },
  approve: { brief: 'Approve a plan, or answer what a run asks', load: () => import('./commands/approve.ts') },
  reject: { brief: 'Say no to what a run asks', load: () => import('./commands/reject.ts') },
  answer: { brief: 'Answer what a run asks', load: () => import('./commands/answer.ts') },
  pause: { brief: 'Let what is at work end, and start nothing new', load: () => import('./commands/pause.ts') },
  resume: { brief: 'Go on with a run, also with one that was paused', load: () => import('./commands/resume.ts') },
  'new-plan': { brief: 'Write the draft of a new plan', load: () => import('./commands/new-plan.ts') },
  list: { brief: 'The plans that are not over, and what comes next', load: () => import('./commands/list.ts') },
  start: { brief: 'Begin to work on an approved plan', load: () => import('./commands/start.ts') },
  done: { brief: 'Say that a plan is done, when nothing is open', load: () => import('./commands/done.ts') },
  'session-notice': {
    brief: 'For a hook: tell a new session what is pending',
    load: () => import('./commands/session-notice.ts'),
  },
  cancel: { brief: 'Cancel a run; what landed on its branch stays', load: () => import('./commands/cancel.ts') },
  amend: { brief: 'Amend the plan of a run that is under way', load: () => import('./commands/amend.ts') },
  waive: {
    brief: 'Say that a task needs no proof; it counts as waived, never as done',
    load: () => import('./commands/waive.ts'),
  },
  attach: { brief: 'Do a task by hand', load: () => import('./commands/attach.ts') },
  return: { brief: 'Return a task that you did by hand', load: () => import('./commands/return.ts') },
  retry: { brief: 'Open a failed task again', load: () => import('./commands/retry.ts') },
  explain: { brief: 'Why a task is where it is', load: () => import('./commands/explain.ts') },
  ps: { brief: 'What runs now, and what it uses', load: () => import('./commands/ps.ts') },
  retro: {
    brief: 'What a run was: what landed, what blocked, where the time went',
    load: () => import('./commands/retro.ts'),
  },
  learned: {
    brief: 'What runs learned, and what briefs are told of it',
    load: () => import('./commands/learned.ts'),
  },
  research: {
    brief: 'Research bundles: what was found out, for whoever plans',
    load: () => import('./commands/research.ts'),
  },
  doctor: {
    brief: 'Look after runs, git, worktrees, processes, disk, agents and configuration',
    load: () => import('./commands/doctor.ts'),
  },
  replay: { brief: "Step through a run's state, event by event", load: () => import('./commands/replay.ts') },
  stats: { brief: 'What runs took and cost, and what went wrong', load: () => import('./commands/stats.ts') },
  lint: { brief: 'Find what is wrong with plans, and mend it', load: () => import('./commands/lint.ts') },
  fmt: { brief: 'Bring plans into canonical form', load: () => import('./commands/fmt.ts') },
  graph: { brief: 'Show the tasks of a plan and what waits for what', load: () => import('./commands/graph.ts') },
  convert: { brief: 'Write a plan as one of another kind', load: () => import('./commands/convert.ts') },
  twin: { brief: 'Write the JSON twins of plans, or find drift', load: () => import('./commands/twin.ts') },
  simulate: {
    brief: 'Forecast how long a plan takes, and what would help most',
    load: () => import('./commands/simulate.ts'),
  },
  validate: { brief: 'Check logs and bundles line by line', load: () => import('./commands/validate.ts') },
  unlock: { brief: 'Take a run from an owner that is gone for good', load: () => import('./commands/unlock.ts') },
  rescue: { brief: 'List and bring back what was kept or left behind', load: () => import('./commands/rescue.ts') },
  clean: { brief: 'Clear away what is over, orphaned or left behind', load: () => import('./commands/clean.ts') },
  import: { brief: 'Take over what was begun elsewhere', load: () => import('./commands/import.ts') },
  export: { brief: 'Write a plan in the format of another tool', load: () => import('./commands/export.ts') },
  telemetry: {
    brief: 'Spans and metrics of a run, as OpenTelemetry has them',
    load: () => import('./commands/telemetry.ts'),
  },
  config: { brief: 'What the configuration says, and where it says so', load: () => import('./commands/config.ts') },
  init: { brief: 'Write a configuration file for the agents that are here', load: () => import('./commands/init.ts') },
  agents: {
    brief: 'Which agents there are, what they can do, and whether one works',
    load: () => import('./commands/agents.ts'),
  },
  contracts: {
    brief: 'What agents are told and have to give back',
    load: () => import('./commands/contracts.ts'),
  },
  notify: {
    brief: 'Send a message for trying through every configured channel',
    load: () => import('./commands/notify.ts'),
  },
  demo: { brief: 'See it work on a small project in a temporary directory', load: () => import('./commands/demo.ts') },
};
