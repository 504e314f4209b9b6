import { coverageOf } from '../../src/core/run/review/coverage.ts';
import type { PlanSummary, RunHandle, RunReport } from '../../src/app/api.ts';
import { err, ok } from '../../src/core/base/result.ts';
import { emptyState } from '../../src/core/run/state.ts';
import type { RecordedEvent } from '../../src/core/run/event.ts';
import type { Board } from '../../src/core/views/board.ts';
import type { Interrupt } from '../../src/io/terminal.ts';
import type { Cli } from '../../src/surfaces/cli/command.ts';
import type { Prompts } from '../../src/surfaces/cli/prompts.ts';
import type { UseCases } from '../../src/surfaces/cli/use-cases.ts';

// Times of day are those of the reader; here the reader lives in Greenwich.
process.env['TZ'] = 'UTC';

export const NOON = Date.UTC(2030, 0, 2, 12, 0, 0);
export const minutes = (count: number): number => count * 60_000;

export function board(fields: Partial<Board> = {}): Board {
  return {
    slug: 'add-login',
    run: 'add-login-1234',
    title: 'Add a login',
    status: 'running',
    phase: 'execute',
    branch: 'masterplan/add-login',
    baseBranch: 'main',
    tip: '1111111111111111111111111111111111111111',
    started: NOON - minutes(12),
    updated: NOON - 1000,
    total: 7,
    counts: {
      pending: 2,
      working: 1,
      planned: 0,
      unfolded: 0,
      verifying: 1,
      reviewing: 0,
      merging: 0,
      merged: 3,
      failed: 0,
    },
    working: [
      { task: 'T4', title: 'Sessions that end', attempt: 2, agent: 'alpha', status: 'working', since: NOON - 250_000 },
      {
        task: 'T5',
        title: 'The form 登録 for new people',
        attempt: 1,
        agent: 'beta',
        status: 'verifying',
        since: NOON - 500,
      },
    ],
    ready: 1,
    waiting: [],
    recent: [
      { at: NOON - 5000, text: 'T3 merged as 33333333' },
      { at: NOON - 4000, text: 'T4#2 started with alpha' },
    ],
    next: 'masterplan run add-login',
    outcome: undefined,
    ...fields,
  };
}

export const FINISH_GATE: Board['waiting'][number] = {
  what: 'all 7 tasks are merged. What should happen with masterplan/add-login?',
  since: NOON,
  type: ['merge', 'keep', 'discard'].map((choice) => `masterplan approve add-login --finish ${choice}`),
  gate: {
    id: 'finish',
    options: ['merge', 'keep', 'discard'],
    recommended: 'merge',
    detail: ['it stands at 11111111'],
  },
};

export function report(fields: Partial<RunReport> = {}): RunReport {
  return {
    examined: { changes: 0, rejected: 0, remarks: 0 },
    board: board({
      status: 'completed',
      phase: 'over',
      outcome: 'merge',
      counts: { ...board().counts, pending: 0, working: 0, verifying: 0, merged: 7 },
    }),
    merged: [
      { task: 'T1', title: 'The table of users', commit: 'aaaaaaaaaaaaaaaa', attempts: 1 },
      { task: 'T2', title: 'Passwords', commit: 'bbbbbbbbbbbbbbbb', attempts: 2 },
    ],
    retried: [
      { task: 'T2', attempt: 1, ending: 'timed_out', reason: 'no output for 10 min', lesson: 'npm test: exit code 1' },
    ],
    failed: [],
    log: 'docs/masterplan/add-login/events.jsonl',
    transcripts: '.masterplan/runs/add-login/transcripts',
    next: [{ type: 'git log main', why: 'what landed' }],
    spent: [],
    review: coverageOf(emptyState()),
    spentBy: { role: [], vendor: [], model: [] },
    durationMs: minutes(12),
    ...fields,
  };
}

export const SUMMARY: PlanSummary = {
  slug: 'add-login',
  title: 'Add a login',
  kind: 'task',
  path: 'plan.md',
  tasks: [
    { id: 'T1', title: 'The table of users', needs: [], scope: ['src/db/'], verify: ['npm test'], agent: 'alpha' },
    { id: 'T2', title: 'Passwords', needs: ['T1'], scope: [], verify: [], agent: 'alpha' },
  ],
  levels: [['T1'], ['T2']],
  agents: { alpha: ['claude', '-p', "it's fine"] },
  findings: [],
  source: '# Add a login\n',
};

export interface FakeRun {
  /** Boards after opening and after each time that the engine ran. */
  readonly boards: readonly Board[];
  readonly needsApproval?: boolean;
  readonly warnings?: readonly string[];
  readonly findings?: PlanSummary['findings'];
  readonly events?: readonly RecordedEvent[];
  /** Keeps the engine at work until it is stopped. */
  readonly untilStopped?: boolean;
  readonly fails?: Error;
}

/** A run without an engine; what was asked of it is in `asked`. */
export function fakeRun(run: FakeRun): { handle: RunHandle; asked: string[] } {
  const asked: string[] = [];
  let approved = run.needsApproval !== true;
  let at = 0;
  let listener: (events: readonly RecordedEvent[]) => void = () => undefined;
  let release: () => void = () => undefined;
  let mode: 'drain' | 'now' | undefined;
  const accepted = async (what: string) => {
    asked.push(what);
    return ok(undefined);
  };
  const handle: RunHandle = {
    summary: { ...SUMMARY, findings: run.findings ?? [] },
    isNew: true,
    warnings: run.warnings ?? [],
    held: () => [],
    paths: {
      log: '/project/docs/masterplan/add-login/events.jsonl',
      bundle: '/project/docs/masterplan/add-login',
      transcripts: '/t',
    },
    needsApproval: () => !approved,
    board: () => run.boards[Math.min(at, run.boards.length - 1)] ?? board(),
    state: () => emptyState(),
    report: () => report({ board: handle.board() }),
    approve: async (how) => {
      approved = true;
      return accepted(`approve ${how}`);
    },
    answer: (gate, answer) => accepted(`answer ${gate} ${answer}`),
    finish: (choice) => accepted(`finish ${choice}`),
    cancel: (reason) => accepted(`cancel ${reason}`),
    subscribe: (given) => {
      listener = given;
    },
    async run() {
      asked.push('run');
      if (run.fails !== undefined) throw run.fails;
      if (run.events !== undefined) listener(run.events);
      at++;
      if (run.untilStopped === true && mode !== 'now') await new Promise<void>((resolve) => (release = resolve));
      return mode === undefined ? { end: 'settled' } : { end: 'stopped', mode };
    },
    stop(asking) {
      mode = asking;
      asked.push(`stop ${asking}`);
      if (asking === 'now') release();
    },
    close: async () => void asked.push('close'),
  };
  return { handle, asked };
}

export interface FakeCli {
  readonly cli: Cli;
  out(): string;
  errors(): string;
  interrupt(interrupt: Interrupt): void;
  /** Exit codes of processes that were left at once. */
  readonly exits: number[];
}

/** A command line without a world: no files, no processes, and a terminal that remembers. */
export function fakeCli(
  app: Partial<UseCases> = {},
  options: { interactive?: boolean; prompts?: Partial<Prompts>; env?: Record<string, string>; input?: string } = {},
): FakeCli {
  const written = { out: '', errors: '' };
  const listeners = new Set<(interrupt: Interrupt) => void>();
  const exits: number[] = [];
  const refused = async () => err({ message: 'no such use case in this test', hint: 'give it one', exit: 1 });
  const never = (): never => {
    throw new Error('nobody may ask here');
  };
  const cli: Cli = {
    context: {
      io: {
        clock: {
          now: () => NOON,
          monotonic: () => 0,
          wait: (_, signal) => new Promise((resolve) => signal?.addEventListener('abort', () => resolve())),
        },
        random: { hex: (bytes) => '0'.repeat(bytes * 2) },
        files: never as never,
        processes: never as never,
        ports: never as never,
      },
      http: { post: never as never },
      terminal: {
        interactive: options.interactive ?? false,
        colour: false,
        columns: () => 80,
        rows: () => 24,
        input: async () => new TextEncoder().encode(options.input ?? ''),
        write: (text) => void (written.out += text),
        error: (text) => void (written.errors += text),
        lend: never as never,
        onInterrupt(listener) {
          listeners.add(listener);
          return () => void listeners.delete(listener);
        },
      },
      version: '9.9.9',
      cwd: '/project',
      env: options.env ?? {},
      command: 'masterplan',
      node: 'node',
      keeper: ['node', 'keeper.mjs'],
      user: 'ada',
    },
    app: {
      openRun: refused,
      openTopic: refused,
      openExecute: refused,
      discoverImports: refused,
      importTarget: async () => undefined,
      importRun: refused,
      clean: refused,
      runStatus: refused,
      runProgress: refused,
      nextAction: refused,
      watchRun: refused,
      findRescuable: refused,
      showRescuable: refused,
      restoreRescuable: refused,
      explain: refused,
      listContracts: refused,
      explainAll: refused,
      listProcesses: refused,
      endOrphans: refused,
      retroFor: refused,
      runStats: refused,
      replayRun: refused,
      runDoctor: refused,
      doctorChecks: async () => [],
      showConfig: refused,
      configSchema: async () => ({}),
      initConfig: refused,
      telemetryOfRun: refused,
      tryNotify: refused,
      answerFromFile: refused,
      learned: refused,
      research: refused,
      sendToRun: refused,
      weighAmendment: refused,
      attachTask: refused,
      returnTask: refused,
      validateRuns: refused,
      validatePlan: refused,
      unlockRun: refused,
      graphOf: refused,
      forecastPlan: refused,
      newPlan: refused,
      listDocuments: refused,
      approvePlan: async (_, { plan }) => ok({ meant: 'run', ...(plan === undefined ? {} : { run: plan }) }),
      startPlan: refused,
      finishPlan: refused,
      noticeFor: async () => ({ lines: [], pending: [] }),
      formatPlans: refused,
      convertDocument: refused,
      convertWith: refused,
      writeTwin: refused,
      importPlans: refused,
      exportPlan: refused,
      foreignNotes: async () => [],
      prepareDemo: refused,
      listAgents: refused,
      testAgent: refused,
      lintPlans: refused,
      watchPlans: refused,
      lintRules: async () => [],
      ...app,
    },
    prompts: { confirm: never, choose: never, type: never, ...options.prompts },
    exitNow: (code) => void exits.push(code),
  };
  return {
    cli,
    out: () => written.out,
    errors: () => written.errors,
    interrupt: (interrupt) => listeners.forEach((listener) => listener(interrupt)),
    exits,
  };
}
