import type { RunProgress } from '../../app/progress.ts';
import type { TopicRequest } from '../../app/topics.ts';
import type { Barrier } from '../../core/plan/barrier.ts';
import type { Attached, AttachRequest, Ending, Returned } from '../../app/attach.ts';
import type { Amendment, AmendOptions } from '../../app/amend.ts';
import type { AgentsReport } from '../../app/agents/list.ts';
import type { AgentTest, AgentTestRequest, Step } from '../../app/agents/try.ts';
import type { AppRefusal, RunHandle, RunInfo, Sent, ValidateReport } from '../../app/api.ts';
import type { DoctorReport, DoctorRequest } from '../../app/doctor/doctor.ts';
import type { ListedCheck } from '../../app/doctor/list.ts';
import type { ConfigReport, ConfigRequest } from '../../app/config-show.ts';
import type { InitReport } from '../../app/init.ts';
import type { JsonSchema } from '../../app/config-json-schema.ts';
import type { ContractInfo } from '../../app/contracts.ts';
import type { ReplayAnswer, ReplayRequest } from '../../app/replay-answer.ts';
import type { StatsRequest, Uncounted } from '../../app/stats.ts';
import type { Stats } from '../../core/views/stats/model.ts';
import type { ExportOptions, ExportReport } from '../../app/export.ts';
import type { BundleOptions, ImportedBundle } from '../../app/imports/bundle.ts';
import type { CleanReport, CleanRequest } from '../../app/clean/model.ts';
import type { Discovery } from '../../app/imports/discover.ts';
import type { ImportTarget, NamedImport } from '../../app/imports/import.ts';
import type { ImportOptions, ImportReport } from '../../app/import.ts';
import type { LintAnswer, LintRequest } from '../../app/lint.ts';
import type { ListedRule } from '../../app/lint-rules.ts';
import type { Converted } from '../../core/formats/convert.ts';
import type { ConvertedWith, ConvertWithRequest } from '../../app/convert-with.ts';
import type { ConvertRequest, TwinReport } from '../../app/convert.ts';
import type { FormatAnswer, FormatRequest } from '../../app/fmt.ts';
import type { ForecastRequest } from '../../app/forecast.ts';
import type { Forecast } from '../../core/views/forecast.ts';
import type { PlanFile } from '../../app/create.ts';
import type { PlanKind } from '../../core/plan/model.ts';
import type { PlanGraph } from '../../core/plan/plan-graph.ts';
import type { ValidatePlanReport, ValidatePlanRequest } from '../../app/validate-plan.ts';
import type { Context } from '../../app/context.ts';
import type { Demo } from '../../app/demo/demo.ts';
import type { RescueDetails, RescueQuestion, RescueReport, Restored } from '../../app/rescue.ts';
import type { RunOptions } from '../../app/api.ts';
import type { Approval, DocumentAnswer, DocumentRequest } from '../../app/documents/approve.ts';
import type { PlanList } from '../../app/documents/list.ts';
import type { NewPlan, NewPlanRequest } from '../../app/documents/new-plan.ts';
import type { Notice } from '../../app/documents/visits.ts';
import type { TelemetryReport, TelemetryRequest } from '../../app/telemetry/past.ts';
import type { NotifyTest } from '../../app/notify/try.ts';
import type { LearnedAnswer, LearnedRequest } from '../../app/learned.ts';
import type { ResearchAnswer, ResearchRequest } from '../../app/research.ts';
import type { RetroAnswer, RetroRequest } from '../../app/retro.ts';
import type { Answered } from '../../app/answer-from-file.ts';
import type { Ask } from '../../app/send.ts';
import type { WatchEnd, Watcher, WatchRequest } from '../../app/watch.ts';
import type { Result } from '../../core/base/result.ts';
import type { Explanation } from '../../core/views/explain.ts';
import type { Running } from '../../app/ps.ts';
import type { ProcessRow } from '../../core/views/processes.ts';
import type { WhyNot } from '../../core/views/why-not.ts';

type Answer<T> = Promise<Result<T, AppRefusal>>;

/** What the commands ask of the application. An interface, so that a test can stand in for all of it. */
export interface UseCases {
  openRun(context: Context, options: RunOptions): Answer<RunHandle>;
  /** Gives what a file of answers says to the gates of a run that are open. */
  answerFromFile(context: Context, request: { readonly file: string; readonly run?: string }): Answer<Answered>;
  /** What is to be opened for a verb that begins with an idea, and for `execute`. Both change nothing. */
  openTopic(context: Context, request: TopicRequest): Answer<RunOptions>;
  openExecute(context: Context, target?: string): Answer<RunOptions>;
  runStatus(context: Context, slug?: string): Answer<readonly RunInfo[]>;
  /** Milestones and subtasks of one run. */
  runProgress(context: Context, slug?: string): Answer<RunProgress>;
  /** Follows a run that somebody else carries on, until it rests or `signal` is aborted. */
  watchRun(context: Context, request: WatchRequest, watcher: Watcher, signal: AbortSignal): Answer<WatchEnd>;
  nextAction(context: Context, slug?: string): Answer<{ readonly runs: readonly NextStep[] }>;
  explain(
    context: Context,
    question: { readonly task: string; readonly run?: string },
  ): Answer<Explanation & { readonly run: string }>;
  /** Needs nothing of the machine. */
  listContracts(id?: string): Answer<{ readonly contracts: readonly ContractInfo[] }>;
  explainAll(
    context: Context,
    question: { readonly run?: string },
  ): Answer<{ readonly run: string; readonly waiting: readonly WhyNot[] }>;
  listProcesses(context: Context, all: boolean): Answer<Running>;
  endOrphans(context: Context): Answer<readonly ProcessRow[]>;
  retroFor(context: Context, request: RetroRequest): Answer<RetroAnswer>;
  learned(context: Context, request: LearnedRequest): Answer<LearnedAnswer>;
  research(context: Context, request: ResearchRequest): Answer<ResearchAnswer>;
  sendToRun(context: Context, ask: Ask): Answer<Sent>;
  attachTask(
    context: Context,
    request: AttachRequest,
  ): Answer<{ readonly attached: Attached } | { readonly ending: Ending }>;
  returnTask(context: Context, request: AttachRequest & { readonly drop: boolean }): Answer<Returned>;
  weighAmendment(context: Context, options: AmendOptions, keep: boolean): Answer<Amendment>;
  newPlan(context: Context, request: NewPlanRequest): Answer<NewPlan>;
  listDocuments(context: Context): Answer<PlanList>;
  /** Approves a document, or says that a run is meant. */
  approvePlan(context: Context, request: DocumentRequest): Answer<Approval>;
  startPlan(context: Context, request: DocumentRequest & { readonly force: boolean }): Answer<DocumentAnswer>;
  finishPlan(context: Context, request: DocumentRequest): Answer<DocumentAnswer>;
  noticeFor(context: Context): Promise<Notice>;
  formatPlans(context: Context, request: FormatRequest): Answer<FormatAnswer>;
  convertWith(context: Context, request: ConvertWithRequest, signal: AbortSignal): Answer<ConvertedWith>;
  convertDocument(context: Context, request: ConvertRequest): Answer<Converted & { readonly out: string | undefined }>;
  writeTwin(
    context: Context,
    request: { readonly path: string; readonly kind?: PlanKind; readonly check: boolean },
  ): Answer<TwinReport>;
  forecastPlan(context: Context, request: ForecastRequest): Answer<Forecast>;
  graphOf(
    context: Context,
    request: { readonly path: string; readonly kind?: PlanKind; readonly barrier?: Barrier },
  ): Answer<PlanGraph & { readonly file: PlanFile }>;
  runDoctor(context: Context, request: DoctorRequest): Answer<DoctorReport>;
  doctorChecks(): Promise<readonly ListedCheck[]>;
  replayRun(context: Context, request: ReplayRequest): Answer<ReplayAnswer>;
  runStats(context: Context, request: StatsRequest): Answer<Stats & { readonly uncounted: readonly Uncounted[] }>;
  validateRuns(context: Context, slug?: string, how?: { readonly anew?: boolean }): Answer<ValidateReport>;
  validatePlan(context: Context, request: ValidatePlanRequest): Answer<ValidatePlanReport>;
  findRescuable(context: Context, question: RescueQuestion): Answer<RescueReport>;
  showRescuable(context: Context, id: string): Answer<RescueDetails>;
  restoreRescuable(
    context: Context,
    request: { readonly id: string; readonly to?: string; readonly into?: string },
  ): Answer<Restored>;
  clean(context: Context, request: CleanRequest): Answer<CleanReport>;
  unlockRun(context: Context, slug: string): Answer<{ readonly released: boolean; readonly by: string }>;
  /** Lists what could be imported. */
  discoverImports(context: Context): Answer<Discovery>;
  /** What is named, if it becomes a bundle; `undefined`: it is a plan of another tool. */
  importTarget(context: Context, named: NamedImport): Promise<ImportTarget | undefined>;
  importRun(context: Context, target: ImportTarget, options: BundleOptions): Answer<ImportedBundle>;
  importPlans(context: Context, options: ImportOptions): Answer<ImportReport>;
  exportPlan(context: Context, options: ExportOptions): Answer<ExportReport>;
  foreignNotes(context: Context, paths: readonly string[]): Promise<readonly string[]>;
  prepareDemo(context: Context): Answer<Demo>;
  showConfig(context: Context, request: ConfigRequest): Answer<ConfigReport>;
  /** The JSON Schema of the configuration file. */
  configSchema(): Promise<JsonSchema>;
  initConfig(context: Context): Answer<InitReport>;
  listAgents(context: Context): Answer<AgentsReport>;
  /** Has an agent do a task of one word; `tell` gets every step as it happens. */
  testAgent(
    context: Context,
    request: AgentTestRequest,
    tell: (step: Step) => void,
    signal: AbortSignal,
  ): Answer<AgentTest>;
  telemetryOfRun(context: Context, request: TelemetryRequest): Answer<TelemetryReport>;
  tryNotify(context: Context): Answer<NotifyTest>;
  lintPlans(context: Context, request: LintRequest): Answer<LintAnswer>;
  /** Lints, and again whatever changes, until `signal` is aborted; `show` gets everything each time. */
  watchPlans(
    context: Context,
    request: LintRequest,
    show: (answer: LintAnswer) => Promise<void>,
    signal: AbortSignal,
  ): Answer<void>;
  lintRules(): Promise<readonly ListedRule[]>;
}

export interface NextStep {
  readonly slug: string;
  readonly next: string;
  readonly why: string;
}

/** The real ones. Each is loaded when it is called: `status` must not wait for the engine to be read from disk. */
export const useCases: UseCases = {
  openRun: async (...args) => (await import('../../app/run.ts')).openRun(...args),
  runProgress: async (...args) => (await import('../../app/progress.ts')).runProgress(...args),
  answerFromFile: async (...args) => (await import('../../app/answer-from-file.ts')).answerFromFile(...args),
  openTopic: async (...args) => (await import('../../app/topics.ts')).openTopic(...args),
  openExecute: async (...args) => (await import('../../app/topics.ts')).openExecute(...args),
  runStatus: async (...args) => (await import('../../app/status.ts')).runStatus(...args),
  watchRun: async (...args) => (await import('../../app/watch.ts')).watchRun(...args),
  listContracts: async (id) => (await import('../../app/contracts.ts')).listContracts(id),
  nextAction: async (...args) => (await import('../../app/status.ts')).nextAction(...args),
  explain: async (...args) => (await import('../../app/choose.ts')).explain(...args),
  listProcesses: async (...args) => (await import('../../app/ps.ts')).listProcesses(...args),
  endOrphans: async (...args) => (await import('../../app/ps.ts')).endOrphans(...args),
  explainAll: async (...args) => (await import('../../app/choose.ts')).explainAll(...args),
  retroFor: async (...args) => (await import('../../app/retro.ts')).retroFor(...args),
  learned: async (...args) => (await import('../../app/learned.ts')).learned(...args),
  research: async (...args) => (await import('../../app/research.ts')).research(...args),
  weighAmendment: async (...args) => (await import('../../app/amend.ts')).weigh(...args),
  sendToRun: async (...args) => (await import('../../app/send.ts')).sendToRun(...args),
  newPlan: async (...args) => (await import('../../app/documents/new-plan.ts')).newPlan(...args),
  listDocuments: async (...args) => (await import('../../app/documents/list.ts')).listDocuments(...args),
  approvePlan: async (...args) => (await import('../../app/documents/approve.ts')).approvePlan(...args),
  startPlan: async (...args) => (await import('../../app/documents/carry.ts')).startPlan(...args),
  finishPlan: async (...args) => (await import('../../app/documents/carry.ts')).finishPlan(...args),
  noticeFor: async (...args) => (await import('../../app/documents/visits.ts')).noticeFor(...args),
  formatPlans: async (...args) => (await import('../../app/fmt.ts')).formatPlans(...args),
  convertWith: async (...args) => (await import('../../app/convert-with.ts')).convertWith(...args),
  convertDocument: async (...args) => (await import('../../app/convert.ts')).convertDocument(...args),
  writeTwin: async (...args) => (await import('../../app/convert.ts')).writeTwin(...args),
  forecastPlan: async (...args) => (await import('../../app/forecast.ts')).forecastPlan(...args),
  graphOf: async (...args) => (await import('../../app/graph.ts')).graphOf(...args),
  runDoctor: async (...args) => (await import('../../app/doctor/doctor.ts')).runDoctor(...args),
  doctorChecks: async () => (await import('../../app/doctor/list.ts')).listChecks(),
  replayRun: async (...args) => (await import('../../app/replay.ts')).replayRun(...args),
  runStats: async (...args) => (await import('../../app/stats.ts')).runStats(...args),
  validateRuns: async (...args) => (await import('../../app/validate.ts')).validateRuns(...args),
  validatePlan: async (...args) => (await import('../../app/validate-plan.ts')).validatePlan(...args),
  findRescuable: async (...args) => (await import('../../app/rescue.ts')).findRescuable(...args),
  showRescuable: async (...args) => (await import('../../app/rescue.ts')).showRescuable(...args),
  restoreRescuable: async (...args) => (await import('../../app/rescue.ts')).restoreRescuable(...args),
  clean: async (...args) => (await import('../../app/clean/clean.ts')).clean(...args),
  unlockRun: async (...args) => (await import('../../app/validate.ts')).unlockRun(...args),
  discoverImports: async (...args) => (await import('../../app/imports/discover.ts')).discover(...args),
  importTarget: async (...args) => (await import('../../app/imports/import.ts')).importTarget(...args),
  importRun: async (...args) => (await import('../../app/imports/import.ts')).importRun(...args),
  importPlans: async (...args) => (await import('../../app/import.ts')).importPlans(...args),
  exportPlan: async (...args) => (await import('../../app/export.ts')).exportPlan(...args),
  foreignNotes: async (...args) => (await import('../../app/foreign-plan.ts')).foreignNotes(...args),
  attachTask: async (...args) => (await import('../../app/attach.ts')).attachTask(...args),
  returnTask: async (...args) => (await import('../../app/attach.ts')).returnTask(...args),
  prepareDemo: async (...args) => (await import('../../app/demo/demo.ts')).prepareDemo(...args),
  showConfig: async (...args) => (await import('../../app/config-show.ts')).showConfig(...args),
  configSchema: async () => (await import('../../app/config-json-schema.ts')).configJsonSchema(),
  initConfig: async (...args) => (await import('../../app/init.ts')).initConfig(...args),
  listAgents: async (...args) => (await import('../../app/agents/list.ts')).listAgents(...args),
  testAgent: async (...args) => (await import('../../app/agents/try.ts')).testAgent(...args),
  telemetryOfRun: async (...args) => (await import('../../app/telemetry/past.ts')).telemetryOfRun(...args),
  tryNotify: async (...args) => (await import('../../app/notify/try.ts')).tryNotify(...args),
  lintPlans: async (...args) => (await import('../../app/lint.ts')).lintPlans(...args),
  watchPlans: async (...args) => (await import('../../app/lint-watch.ts')).watchPlans(...args),
  lintRules: async () => (await import('../../app/lint-rules.ts')).listRules(),
};
