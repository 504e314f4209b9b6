import { redactEvent } from '../core/redact/event.ts';
import { redactorOf, secretValues } from '../core/redact/redactor.ts';
import { err, ok, type Result } from '../core/base/result.ts';
import type { Refusal, Request } from '../core/run/request.ts';
import type { RunSettings } from '../core/run/settings.ts';
import type { RunState } from '../core/run/state.ts';
import { authoredTasks } from '../core/run/authoring/model.ts';
import { attemptName } from '../core/run/event.ts';
import { type Board, boardOf } from '../core/views/board.ts';
import { outcomeOf } from '../core/views/report.ts';
import { inspectRepository } from '../engine/git/inspect.ts';
import type { EngineEnd } from '../engine/engine.ts';
import { ownRun, startEngine, type OwnedRun } from '../engine/open.ts';
import { textsNow } from '../engine/plan-texts.ts';
import type { RunPaths } from '../engine/paths.ts';
import {
  EXIT,
  type AppRefusal,
  type AuthoringOptions,
  type RunHandle,
  type RunOptions,
  type RunReport,
} from './api.ts';
import { unpriced } from './agents/unpriced.ts';
import { unreviewable } from './agents/unreviewable.ts';
import { checkAgents, openTasks } from './agents/stand-ins.ts';
import { answering, readAnswers } from './answers.ts';
import { loadConfig, type Config } from './config.ts';
import { changedBy, flagsOf } from './config-resume.ts';
import { recordOf } from './config-record.ts';
import { approvalOf, doubtsIn } from '../core/documents/record.ts';
import { authoringEvents, extension, finishChosen, planInTheMaking, writeSpec } from './authoring.ts';
import { tasksOfRuns } from './past.ts';
import { containing, networkOfRoles } from './containment.ts';
import type { Context } from './context.ts';
import { loadRecord } from './documents/store.ts';
import {
  creationEvents,
  type NewRun,
  readApproved,
  readPlan,
  summarise,
  writeBundle,
  type PlanFile,
} from './create.ts';
import { basePath, environmentOf, leasesOf } from './environment.ts';
import { shellOf } from './shell.ts';
import { withPath } from '../io/files.ts';
import { environmentFor } from './environment-files.ts';
import { refuseStrayPackages } from './stray-packages.ts';
import { baseOf, excludeRuntime, fitForNew, gitOf } from './fit.ts';
import { damageWords } from './load.ts';
import { changePolicy, planPolicy, policyFlags } from './policy.ts';
import { machineRoom } from './machine.ts';
import { dropAllOldSnapshots } from './old-snapshots.ts';
import { pathsFor, refuseLinks, RUNS_PATH, shown, type Located } from './locate.ts';
import { Notifier } from './notify/notifier.ts';
import { telemetryFor } from './telemetry/start.ts';
import { endStrays } from './ps.ts';
import { enoughOf, everyStopOpens, schedulingDoubts } from './scheduling-doubts.ts';
import { beginImported } from './imports/open.ts';
import { leaveLearned } from './learned.ts';
import { leaveRetro, storyFor } from './retro.ts';
import { forgeFor } from './finish.ts';
import { meetOthers } from './overlap.ts';
import { overlapAt, overlapEvents, peerOf } from '../core/run/overlap.ts';
import { findTarget } from './target.ts';
import { adoptPlan } from '../engine/amendments.ts';

/**
 * Opens a run for carrying it on: a new one of a plan, or an existing one. The same call starts, resumes and recovers.
 * Refusals change nothing.
 *
 * @param given  the configuration, instead of what files say
 */
export async function openRun(
  context: Context,
  options: RunOptions,
  given?: Config,
): Promise<Result<RunHandle, AppRefusal>> {
  const { io } = context;
  const inspected = await inspectRepository(io, context.cwd, environmentOf(context));
  if (!inspected.ok) return err({ ...inspected.error, exit: EXIT.failed });
  const repository = inspected.value;
  const flags = flagsOf(options);
  if (!flags.ok) return flags;
  const config = given === undefined ? await loadConfig(context, repository.root, { flags: flags.value }) : ok(given);
  if (!config.ok) return config;
  const written = options.answers === undefined ? undefined : await readAnswers(context, options.answers);
  if (written?.ok === false) return written;
  const located: Located = { root: repository.root, runsPath: config.value.runsPath ?? RUNS_PATH };

  const target = await findTarget(context, located, options);
  if (!target.ok) return target;
  const { file } = target.value;
  const above = await refuseLinks(io, located.root, `${located.root}/${located.runsPath}`);
  if (!above.ok) return above;
  const met = file === undefined ? undefined : await meetOthers(context, located, options, target.value.slug, file);
  const slug = met?.slug ?? target.value.slug;
  const peer = options.peer ?? met?.peer;
  const found = pathsFor(located, slug);
  if (!found.ok) return found;
  const paths = found.value;
  for (const place of [paths.bundle, paths.runtime, paths.worktrees, paths.scratch]) {
    const links = await refuseLinks(io, located.root, place);
    if (!links.ok) return links;
  }
  const exists = ((await io.files.stat(paths.log))?.size ?? 0) > 0;
  if (!exists) {
    if (file === undefined && options.authoring === undefined && (await io.files.stat(paths.stateFile)) !== undefined)
      return err({
        message: `the log of the run "${slug}" is gone: ${shown(paths.log, located.root)} is missing or empty`,
        hint: `put it back as it was (git log -- ${shown(paths.log, located.root)}, or a backup); masterplan rescue lists the work that was kept`,
        exit: EXIT.failed,
      });
    if (file === undefined && options.authoring === undefined)
      return err({ message: `there is no run "${slug}"`, hint: 'masterplan run <plan.md>', exit: EXIT.usage });
    const fit = await fitForNew(context, repository, config.value, options, slug, file ?? paths.plan, located);
    if (!fit.ok) {
      // A misspelt key may well be why.
      const hint = [...config.value.warnings, fit.error.hint].join('; ');
      return err({ ...fit.error, hint });
    }
    const tasks =
      file === undefined
        ? authoredTasks(options.authoring?.spec === undefined ? 'topic' : 'spec')
        : file.plan.units.map((unit) => unit.task);
    const enough = enoughOf(config.value.settings, tasks);
    if (!enough.ok) return enough;
    const opens = everyStopOpens(file?.plan.terms, tasks);
    if (!opens.ok) return opens;
    const able = await checkAgents(context, config.value.settings, config.value.env, tasks);
    if (!able.ok) return err({ ...able.error, exit: EXIT.failed });
    const held = await containing(context, config.value.settings, repository.gitDirectory);
    if (!held.ok) return held;
    const cut = networkOfRoles(config.value.settings);
    if (!cut.ok) return cut;
    const packages = await refuseStrayPackages(context, located.root, config.value.environment);
    if (!packages.ok) return packages;
    await excludeRuntime(context, repository);
  }

  // Asked while the log is read.
  const shell = shellOf(context);
  let owned: Result<OwnedRun, AppRefusal>;
  try {
    owned = await own(context, paths, !exists);
  } catch (error) {
    return err({
      message: `cannot write the run: ${withPath(error)}`,
      hint: 'free some space or correct the permissions, then run the same command',
      exit: EXIT.failed,
    });
  }
  if (!owned.ok) return owned;
  const { log } = owned.value;
  const redactor = redactorOf(secretValues(config.value.env));
  log.cleanWith((event) => redactEvent(event, redactor));
  const remarks: string[] = [];
  /** Events from before anybody could listen. */
  const early = [...owned.value.opening];
  const leave = async (refusal: AppRefusal): Promise<Result<RunHandle, AppRefusal>> => {
    await owned.value.close();
    return err(refusal);
  };
  try {
    const isNew = log.state.seq === 0;
    if (isNew) {
      const { authoring } = options;
      if (file === undefined && authoring === undefined)
        return await leave({
          message: `the log of "${slug}" holds nothing`,
          hint: 'run it with its plan: masterplan run <plan.md>',
          exit: EXIT.failed,
        });
      if (file !== undefined) await writeBundle(io, paths, file);
      else if (authoring?.spec !== undefined) await writeSpec(io, paths, authoring.spec.source);
      const base = await baseOf(context, repository, options);
      if (!base.ok) return await leave(base.error);
      const environment = await environmentFor(io, located.root, config.value.environment);
      remarks.push(...environment.remarks);
      const begins = (
        file === undefined
          ? (start: NewRun) => authoringEvents(authoring as AuthoringOptions, start, context.user)
          : (start: NewRun) => creationEvents(file, start)
      )({
        run: `${slug}-${io.random.hex(4)}`,
        slug,
        planPath: shown(file?.path ?? paths.plan, located.root),
        baseBranch: base.value.branch,
        base: base.value.commit,
        version: context.version,
        settings: {
          ...settingsFor(config.value.settings, options),
          ...(environment.settings === undefined ? {} : { environment: environment.settings }),
        },
        config: recordOf(config.value),
        past: await tasksOfRuns(context, located, slug),
      });
      const meets = peer === undefined ? [] : overlapEvents(peer, slug, config.value.settings.autonomy);
      const created = await log.append([...begins, ...meets]);
      early.push(...created);
    }
    const state = log.state;
    if (state.unknown.length > 0) {
      return await leave({
        message: `the log holds events that this version of masterplan does not know: ${state.unknown.join(', ')}`,
        hint: 'use the masterplan that wrote it, or a newer one',
        exit: EXIT.failed,
      });
    }
    const plan = planInTheMaking(state, paths) ?? (await planOf(context, paths, state, file));
    if (!plan.ok) return await leave(plan.error);
    const further = isNew ? undefined : extension(state, options.authoring, context.user);
    if (further !== undefined) early.push(...(await log.append([further])));
    const chosen = isNew ? undefined : finishChosen(state, options);
    if (chosen !== undefined) early.push(...(await log.append([chosen])));
    const begun = await beginImported(context, repository, located, config.value, options, state, plan.value);
    if (!begun.ok) return await leave(begun.error);
    if (begun.value.length > 0) early.push(...(await log.append(begun.value)));
    if (state.settings !== undefined && state.phase !== 'over') {
      const { settings, tasks, standIns } = state;
      const able = await checkAgents(context, settings, config.value.env, openTasks(tasks), standIns);
      if (!able.ok) return await leave({ ...able.error, exit: EXIT.failed });
      if (able.value.length > 0) early.push(...(await log.append(able.value)));
    }
    const wanted = state.phase === 'over' ? undefined : state.settings;
    const held = await containing(context, wanted ?? { agents: {} }, repository.gitDirectory);
    if (!held.ok) return await leave(held.error);
    const cut = wanted === undefined ? ok([]) : networkOfRoles(wanted);
    if (!cut.ok) return await leave(cut.error);
    const { containment } = held.value;
    const notes = [...held.value.notes, ...cut.value];
    if (notes.length > 0) early.push(...(await log.append(notes)));
    const git = gitOf(context, repository, slug);
    const doing = new Map<string, string>();
    const machine = machineRoom(context, config.value.machine, state, located.root);
    const strays = await endStrays(context, located, log.state);
    const engine = await startEngine(owned.value, {
      io,
      git,
      paths,
      texts: textsNow(() => log.state, plan.value),
      base: { PATH: basePath(context), HOME: context.env['HOME'] ?? '' },
      env: config.value.env,
      redactor,
      shell: await shell,
      keeper: context.keeper,
      ...leasesOf(context),
      doing: (attempt, what) => void (what === undefined ? doing.delete(attempt) : doing.set(attempt, what)),
      ...(containment === undefined ? {} : { containment }),
      forge: forgeFor(context, located.root, state.settings),
      // A disk that refuses it now costs nothing: `masterplan retro` tells the same from the log at any time.
      leave: async () => {
        if (config.value.retro) await leaveRetro(io, paths).catch(() => undefined);
        await leaveLearned(io, paths, log.state.settings).catch(() => undefined);
      },
      story: (agent) => storyFor(context, paths, agent),
      ...(machine === undefined ? {} : { machine }),
    });
    await dropAllOldSnapshots(context, located, repository, git, log.state);
    const notifier = await Notifier.open({
      context,
      settings: config.value.notify,
      paths,
      state: () => log.state,
      redactor,
      trouble: (channel, why) =>
        void log
          .append([{ event: 'anomaly', what: `a notification by ${channel} was not delivered`, detail: why }])
          .catch(() => undefined),
    });
    engine.subscribe(() => notifier.look());
    const telemetry = await telemetryFor(context, config.value.telemetry, paths, redactor, log);
    if (telemetry !== undefined) engine.subscribe((events) => telemetry.take(events));
    /** How the run came to rest last. */
    let rested: EngineEnd | undefined;
    const request = (fields: RequestFields, how: string, by = context.user): Promise<Result<void, Refusal>> =>
      engine
        .answer({ schema: 1, id: io.random.hex(8), by, how, ...fields } as Request)
        .then((answered) => (answered.ok ? ok(undefined) : answered));
    const answers = answering(engine, written?.value, context);
    const unapproved = (): boolean =>
      log.state.approved === undefined && log.state.phase === 'plan' && overlapAt(log.state) === undefined;
    /** Whoever approved the document need not be asked again for the same text. */
    const approvedAlready = async (): Promise<void> => {
      if (file === undefined || !unapproved()) return;
      const record = await loadRecord(io, file.path);
      const approval = approvalOf(record, plan.value.plan.sha256);
      if (approval === undefined || doubtsIn(record).length > 0) return;
      const how = `${shown(file.path, located.root)} was approved by ${approval.by}`;
      await request({ request: 'approve', planSha256: plan.value.plan.sha256 }, how);
    };
    const approvedByPolicy = async (): Promise<void> => {
      const policy = unapproved() ? planPolicy(log.state, plan.value) : undefined;
      if (policy === undefined) return;
      await request({ request: 'approve', planSha256: plan.value.plan.sha256 }, policy, 'policy');
      remarks.push(`the plan of "${slug}" was approved by policy (${policy})`);
    };
    // Whether it begins at all comes before whether its plan is right.
    const meets = overlapAt(log.state)?.id;
    if (meets !== undefined && options.variant === true)
      await request({ request: 'answer', gate: meets, answer: 'variant' }, '--variant');
    if (overlapAt(log.state) !== undefined) await answers.give();
    await approvedAlready();
    if (!isNew && flags.value.length > 0 && log.state.phase !== 'over') {
      // A run that did not record keys: what its autonomy means is told by the configuration of today, the rest by the flags alone.
      const old = log.state.config === undefined;
      const policy = old ? policyFlags(options).map(({ key }) => key) : [];
      if (policy.length > 0) await changePolicy(log, config.value.settings, options, context.user);
      const rest = flags.value.filter(({ key }) => !policy.some((one) => one === key));
      const changed = await changedBy(context, located.root, log.state, rest);
      if (!changed.ok) return await leave(changed.error);
      if (changed.value !== undefined) early.push(...(await log.append([changed.value])));
    }
    await approvedByPolicy();
    await answers.give();
    const handle: RunHandle = {
      // Shown before anybody approved; going on needs none.
      get summary() {
        const path = shown(file?.path ?? paths.plan, located.root);
        return summarise(plan.value, slug, path, state.settings as RunSettings, log.state.standIns);
      },
      isNew,
      warnings: [
        ...strays.map(
          ({ what, pid, slug: whose }) =>
            `ended ${what} (process ${pid}), which the run ${whose ?? ''} had left behind`,
        ),
        ...(isNew
          ? [
              ...config.value.warnings,
              ...(typeof config.value.telemetry === 'string' ? [config.value.telemetry] : []),
              ...unpriced(config.value.settings),
              ...unreviewable(config.value.settings),
              ...schedulingDoubts(
                config.value.settings,
                plan.value.plan.units.map(({ task }) => task),
              ),
              ...remarks,
            ]
          : []),
      ],
      paths: { log: paths.log, bundle: paths.bundle, transcripts: paths.transcripts },
      needsApproval: unapproved,
      held: () => answers.held(),
      board: () => withDoing(boardOf(log.state), doing),
      state: () => log.state,
      report: () => reportOf(log.state, paths),
      approve: (how) => request({ request: 'approve', planSha256: plan.value.plan.sha256 }, how),
      answer: async (gate, answer, note, how = 'terminal') => {
        const said = { request: 'answer' as const, gate, answer, ...(note === undefined ? {} : { note }) };
        const answered = await request(said, how);
        if (peerOf(gate) !== undefined) await approvedAlready().then(approvedByPolicy);
        return answered;
      },
      finish: (choice) => request({ request: 'finish', choice }, 'terminal'),
      cancel: (reason) => request({ request: 'cancel', reason }, 'terminal'),
      subscribe: (listener) => {
        if (early.length > 0) listener(early);
        engine.subscribe(listener);
      },
      run: async () => {
        rested = undefined;
        notifier.look();
        let end: EngineEnd;
        let given: number;
        // An answer that comes while the run is about to rest is carried out before anybody says that it waits.
        do {
          given = answers.given();
          end = await engine.run();
          await answers.give();
        } while (end.end === 'settled' && answers.given() !== given);
        rested = end;
        // A disk that refuses it now costs nothing: `masterplan retro` tells the same from the log at any time.
        if (log.state.phase === 'over' && config.value.retro && log.state.end?.archived === undefined)
          await leaveRetro(io, paths).catch(() => undefined);
        if (log.state.phase === 'over') await leaveLearned(io, paths, log.state.settings).catch(() => undefined);
        return end;
      },
      stop: (mode) => engine.stop(mode),
      close: async () => {
        const trouble = rested?.end === 'trouble' ? `${rested.what}: ${rested.message}` : undefined;
        await telemetry?.close();
        await notifier.close({ silent: rested?.end !== 'settled' && trouble === undefined, trouble });
        await log.settled();
        await machine?.leave();
        await owned.value.close();
      },
    };
    return ok(handle);
  } catch (error) {
    await owned.value.close().catch(() => undefined);
    return err({
      message: error instanceof Error ? error.message : String(error),
      hint: 'nothing is lost: correct the cause, then run the same command',
      exit: EXIT.failed,
    });
  }
}

type RequestFields = Request extends infer R
  ? R extends Request
    ? Omit<R, 'schema' | 'id' | 'by' | 'how'>
    : never
  : never;

async function own(context: Context, paths: RunPaths, create: boolean): Promise<Result<OwnedRun, AppRefusal>> {
  if (create) await context.io.files.makeDirectory(paths.bundle);
  const owned = await ownRun(context.io, paths, context.command, create);
  if (owned.ok) return owned;
  if (owned.error.why === 'locked')
    return err({ message: owned.error.by.message, hint: owned.error.by.hint, exit: EXIT.failed });
  return err({ ...damageWords(owned.error.damage, paths), exit: EXIT.failed });
}

/** The approved text, from the bundle, checked against the log; and the file that the user named, checked against it too. */
async function planOf(
  context: Context,
  paths: RunPaths,
  state: RunState,
  file: PlanFile | undefined,
): Promise<Result<PlanFile, AppRefusal>> {
  const edited = (path: string): Result<never, AppRefusal> =>
    err({
      message: `${shown(path, paths.root)} was edited after the run "${state.slug}" was ${state.approved === undefined ? 'created' : 'approved'}`,
      hint: `amend the run by it: masterplan amend ${state.slug}; or put the text back`,
      exit: EXIT.failed,
    });
  await adoptPlan(context.io, paths, state);
  // A file that the run was amended away from is still the file that the run was made of.
  const earlier = file !== undefined && state.plans?.includes(file.plan.sha256) === true;
  if (file !== undefined && file.plan.sha256 !== state.planSha256 && !earlier) {
    if (shown(file.path, paths.root) === state.planPath || file.path === paths.plan) return edited(file.path);
    return err({
      message: `the name "${state.slug}" belongs to the run of ${state.planPath}, which is another plan`,
      hint: `choose another name: masterplan run ${shown(file.path, paths.root)} --slug <name>`,
      exit: EXIT.failed,
    });
  }
  if ((await context.io.files.stat(paths.plan)) === undefined) {
    if (file === undefined) {
      return err({
        message: `${shown(paths.plan, paths.root)} is missing`,
        hint: `masterplan run ${state.planPath}`,
        exit: EXIT.failed,
      });
    }
    await context.io.files.write(paths.plan, file.source);
  }
  if (state.approved !== undefined) {
    const approved = await readApproved(context.io, paths.plan, state.kind, state.planSha256);
    return approved === undefined ? edited(paths.plan) : ok(approved);
  }
  const bundled = await readPlan(context.io, paths.plan, state.kind);
  if (!bundled.ok || bundled.value.plan.sha256 !== state.planSha256) return edited(paths.plan);
  return bundled;
}

function reportOf(state: RunState, paths: RunPaths): RunReport {
  const board = boardOf(state);
  const next: { type: string; why: string }[] = board.waiting.flatMap((one) =>
    one.type.map((type, i) => ({ type, why: i === 0 ? one.what : '' })),
  );
  if (state.landed.length > 0 && state.outcome !== 'discard') {
    next.push({ type: `git log --oneline ${state.base.slice(0, 12)}..${state.runBranch}`, why: 'what landed' });
  }
  if (state.phase !== 'over' && board.waiting.length === 0)
    next.push({ type: `masterplan run ${state.slug}`, why: 'goes on where this stopped' });
  return {
    board,
    ...outcomeOf(state),
    log: shown(paths.log, paths.root),
    transcripts: shown(paths.transcripts, paths.root),
    next,
    durationMs: state.updated - state.created,
  };
}

/** The board with what agents are at. */
function withDoing(board: Board, doing: ReadonlyMap<string, string>): Board {
  if (doing.size === 0) return board;
  const working = board.working.map((one) => {
    const what = doing.get(attemptName(one.task, one.attempt));
    return what === undefined ? one : { ...one, doing: what };
  });
  return { ...board, working };
}

function settingsFor(settings: RunSettings, options: RunOptions): RunSettings {
  return {
    ...settings,
    parallel: options.parallel ?? settings.parallel,
    finish: options.finish ?? settings.finish,
    subplans: options.subplans ?? settings.subplans ?? 'ask',
  };
}
