import { parseStamp } from '../../src/core/base/time.ts';
import { circuitGate } from '../../src/core/run/circuit.ts';
import { scopesOverlap } from '../../src/core/plan/scope.ts';
import { checkLine } from '../../src/core/run/codec.ts';
import { checksOf } from '../../src/core/run/checks.ts';
import { attemptName, type RecordedEvent } from '../../src/core/run/event.ts';
import { evolve } from '../../src/core/run/evolve.ts';
import {
  emptyState,
  isAtWork,
  isOver,
  plansFirst,
  isDropped,
  taskOf,
  type RunState,
  type TaskState,
} from '../../src/core/run/state.ts';
import type { ReviewSettings } from '../../src/core/run/review/settings.ts';
import { PAUSE_GATE, pausedAt } from '../../src/core/run/pause.ts';
import type { Reply } from '../../src/engine/inbox.ts';
import { attemptFile, type RunPaths } from '../../src/engine/paths.ts';
import type { Truth } from './agents.ts';
import type { FileNode } from './disk.ts';
import { type FilesWitness, isTemporary } from './files.ts';
import type { Commit } from './git-store.ts';
import type { Life } from './life.ts';
import type { Machine } from './machine.ts';
import type { Process } from './process-table.ts';
import type { GitWitness } from './repositories.ts';
import { trainCommands } from '../../src/core/run/queue/commands.ts';
import { judge, PUT } from './agents.ts';
import { isAnotherTask } from './amending.ts';
import { oldTestsFault } from './old-tests.ts';
import { reviewFault } from './reviewers.ts';
import type { Scenario } from './scenario.ts';
import { Stops } from './stops.ts';
import { balanceFault } from './terms.ts';

const decoder = new TextDecoder();

/**
 * Watches a machine and objects when something is that must never be. It reads the durable bytes of the log by itself and
 * compares with what really happened; L1 to L9 are the statements of the design.
 */
export class Checker implements FilesWitness, GitWitness {
  readonly #machine: Machine;
  readonly #scenario: Scenario;
  readonly #truth: Truth;
  readonly #paths: RunPaths;
  /** The durable log. */
  readonly events: RecordedEvent[] = [];
  state: RunState = emptyState();
  #offset = 0;
  #sum = 0;
  readonly #starts = new Set<string>();
  /** When lanes were parked last. */
  readonly #parked = new Map<string, number>();
  /** When the run was paused last. */
  #paused = 0;
  readonly #exempt = new Set<string>();
  /** Attempts of each task that were begun for an earlier text of it. */
  readonly #begunBy = new Map<string, number>();
  /** Tasks that persons do by hand, by the log alone. */
  readonly #held = new Set<string>();
  readonly #merged = new Set<string>();
  readonly #stopsOfPlan = new Stops();

  constructor(machine: Machine, scenario: Scenario, truth: Truth, paths: RunPaths) {
    this.#machine = machine;
    this.#scenario = scenario;
    this.#truth = truth;
    this.#paths = paths;
    machine.struck = () => this.#projectionsBehind();
    machine.processes.launched = (process) => this.#launched(process);
  }

  looking(life: Life, path: string): void {
    if (path === `${this.#paths.runtime}/lock`) life.looked++;
  }

  appending(life: Life, path: string): void {
    if (path !== this.#paths.log) return;
    // Being robbed between the look and the write is nobody's fault; not having looked is.
    if (life.robbed && life.looked === life.appended)
      this.#fail('L6', `${life.name} writes the log, which belongs to another by now`);
    life.appended = life.looked;
  }

  synced(life: Life, path: string, file: FileNode, how: 'open' | 'append' | 'truncate'): void {
    if (path !== this.#paths.log) return;
    const bytes = file.durable;
    if (bytes.length < this.#offset)
      return this.#fail(
        'L1',
        `${life.name} cut durable events from the log (${how}: ${bytes.length} of ${this.#offset})`,
      );
    let sum = this.#sum;
    let start = this.#offset;
    let group: RecordedEvent[] = [];
    for (let end = bytes.indexOf(10, start); end >= 0; end = bytes.indexOf(10, start)) {
      const next = checkLine(bytes, start, end, sum);
      if (next === undefined) break;
      const event = JSON.parse(decoder.decode(bytes.subarray(start, end))) as RecordedEvent;
      sum = next;
      start = end + 1;
      group.push(event);
      if (event.more === true) continue;
      this.#offset = start;
      this.#sum = sum;
      for (const one of group) this.#happened(one);
      group = [];
    }
    if (how === 'append' && this.#offset !== bytes.length)
      this.#fail('L7', `${life.name} left a log whose end cannot be read`);
  }

  /** Events that the engine was told are durable. */
  acknowledged(life: Life, events: readonly RecordedEvent[]): void {
    if (life.dead) return;
    for (const event of events) {
      const recorded = this.events[event.seq - 1];
      // One writer, dense numbers and a checksum over each line: these three tell one event from any other.
      if (recorded?.event !== event.event || recorded.fence !== event.fence || recorded.ts !== event.ts) {
        return this.#fail(
          'L1',
          `${life.name} believes that event ${event.seq} (${event.event}) is durable, and it is not`,
        );
      }
    }
  }

  /** An engine came to rest: what it believes is what the log says. */
  rested(life: Life, state: RunState): void {
    if (life.robbed) return;
    if (JSON.stringify(state) !== JSON.stringify(this.state) && canonical(state) !== canonical(this.state))
      this.#fail('L3', `${life.name} believes another state than the log folds to`);
  }

  moving(life: Life, branch: string, from: string | undefined, to: string | undefined): void {
    const { git } = this.#machine;
    if (branch !== this.state.runBranch) return this.#advancing(from, to);
    if (to === undefined) {
      if (this.state.finishAnswer !== 'discard') this.#fail('L5', `${life.name} removes the run branch unasked`);
      return;
    }
    if (from !== undefined && !git.isAncestor(from, to) && !this.state.restoring) {
      return this.#fail(
        'L4',
        `${life.name} moves the run branch from ${from.slice(0, 8)} to ${to.slice(0, 8)}, which leaves out what was there`,
      );
    }
    const seen = new Set<string>();
    for (const { commit, trailers } of git.since(this.state.base, to)) {
      if (trailers?.run !== this.state.run) continue;
      if (seen.has(trailers.task)) this.#fail('once', `${trailers.task} is on the run branch twice`);
      seen.add(trailers.task);
      // What landed before may have been given needs since, which were met by then.
      if (from !== undefined && git.isAncestor(commit.id, from)) continue;
      const task = taskOf(this.state, trailers.task);
      const above = task?.parent === undefined ? undefined : taskOf(this.state, task.parent);
      const needs = [...(task?.task.needs ?? []), ...(above?.task.needs ?? [])].filter(
        (need) => !this.#scenario.gone.has(need),
      );
      // Who needs a task with a sub-plan needs every task of that.
      const leaves = needs.flatMap((need) => taskOf(this.state, need)?.subplan?.tasks.map(({ id }) => id) ?? [need]);
      for (const need of leaves)
        if (!seen.has(need) && !this.#scenario.gone.has(need) && !this.#wasDone(need))
          this.#fail('needs', `${trailers.task} landed before ${need}, which it needs`);
    }
    const secret = PUT.find((path) => git.treeOf(to).has(path));
    if (secret !== undefined) this.#fail('environment', `${secret}, which a set-up put there, lands`);
    this.#landing(
      from,
      to,
      git
        .since(this.state.base, to)
        .flatMap(({ commit, trailers }) =>
          trailers?.run !== this.state.run || (from !== undefined && git.isAncestor(commit.id, from))
            ? []
            : [{ commit, task: trailers.task }],
        ),
    );
  }

  /** The worktree of an attempt is about to be removed. */
  removing(life: Life, path: string): void {
    if (life.robbed) return;
    this.#kept(path.slice(path.lastIndexOf('/') + 1), `${life.name} removes its worktree`);
  }

  /** Somebody deleted the private repository: what was kept there is nobody's fault. */
  excuse(): void {
    for (const task of this.state.tasks)
      for (const attempt of task.attempts) this.#exempt.add(attemptFile(task.task.id, attempt.number));
  }

  atEnd(): void {
    const { disk, git, processes } = this.#machine;
    for (const process of processes.alive)
      this.#fail('L6', `process ${process.pid} (${process.program.argv.slice(-1).join()}) is left at the end`);
    for (const directory of [this.#paths.worktrees, this.#paths.checkouts, this.#paths.scratch]) {
      const node = disk.find(directory);
      const left = node?.kind === 'directory' ? [...node.entries.keys()] : [];
      if (left.length > 0) this.#fail('L8', `${directory} still holds ${left.join(', ')}`);
    }
    this.#noStrays();
    for (const [ref, commit] of [...git.keptRefs, ...git.queueRefs]) {
      const secret = PUT.find((path) => git.ancestry(commit).some((each) => git.treeOf(each).has(path)));
      if (secret !== undefined) this.#fail('environment', `${secret}, which a set-up put there, is kept under ${ref}`);
    }
    for (const [database, ours] of this.#truth.databases)
      if (ours) this.#fail('environment', `the database ${database} is left at the end`);
    const yaml = disk.text(this.#paths.stateFile) ?? '';
    if (!yaml.includes(`\nseq: ${this.state.seq}\n`)) this.#fail('L3', 'state.yml is behind the log at the end');
    const there = this.state.outcome === 'discard' ? undefined : git.branches.get(this.state.runBranch);
    // Where somebody else moved the branch away after the last look, there is nothing to be seen on it.
    const tip =
      there !== undefined && this.state.tip !== undefined && git.isAncestor(this.state.tip, there) ? there : undefined;
    const cancelled = this.state.outcome === 'cancelled';
    for (const task of this.state.tasks) {
      const { id, authors } = task.task;
      if (task.progress.status === 'merged' && authors !== undefined) continue;
      // What was done before an import is believed on its records, whatever the base holds.
      if (task.progress.status === 'merged' && this.#wasDone(id)) continue;
      if (task.progress.status === 'merged') {
        if (tip !== undefined && judge(`verify ${id}`, git.treeOf(tip), this.#scenario) !== 'pass')
          this.#fail('L5', `${id} is merged, but its verification does not pass on the run branch`);
      } else if (!cancelled && !isOver(task) && !this.#excused(id)) {
        this.#fail('liveness', `${id} is ${task.progress.status} at the end`);
      }
    }
    this.#requestsOnce();
  }

  /** Whether a task was done before its run was imported. */
  #wasDone(id: string): boolean {
    return this.#scenario.before.get(id)?.verdict === 'done';
  }

  /** Whether a task can never be merged, by its own agent's fault or by that of one it needs. */
  #excused(id: string): boolean {
    const parent = taskOf(this.state, id)?.parent;
    const task = this.#scenario.tasks.find((one) => one.id === (parent ?? id));
    const { scripts } = this.#scenario;
    const alone = [id, ...(scripts.get(parent ?? id)?.children ?? [])];
    return (
      alone.some((one) => scripts.get(one)?.hopeless === true) ||
      (task?.needs.some((need) => this.#excused(need)) ?? false)
    );
  }

  /** An answer is one of the options of a gate that is open; a default is taken at the deadline and not before. */
  #gates(event: RecordedEvent): void {
    if (event.event !== 'gate_answered') return;
    const gate = this.state.gates.find(({ id }) => id === event.gate);
    if (gate === undefined || !gate.options.includes(event.answer))
      return this.#fail('gates', `${event.gate} is answered with ${event.answer}, which nobody was asked`);
    const said = this.#truth.answers.get(event.request ?? '');
    if (said?.wrong === true || (said?.asked !== undefined && said.asked !== gate.opened))
      this.#fail('gates', `${event.gate} is answered with ${event.answer}, which was said of another question`);
    const late = event.how.startsWith('nobody answered by');
    if (late && (gate.fallback !== event.answer || parseStamp(event.ts) < (gate.deadline ?? Number.POSITIVE_INFINITY)))
      this.#fail('gates', `${event.gate} takes ${event.answer} before anybody had the time to answer`);
  }

  /** Stops of the plan open by what was proven or answered, in their turn, and by nothing else. */
  #stops(event: RecordedEvent): void {
    const over = (id: string): boolean => {
      const task = taskOf(this.state, id);
      return task === undefined || isOver(task);
    };
    const passed = (tree: string, command: string): boolean => this.#truth.passed.has(`${tree} ${command}`);
    const fault = this.#stopsOfPlan.happened(event, over, passed);
    if (fault !== undefined) this.#fail('stop', fault);
  }

  #happened(event: RecordedEvent): void {
    const before = this.state.seq;
    if (event.event === 'landing_rejected') this.#blamed(event);
    this.events.push(event);
    this.#machine.world.note(
      `log ${event.seq} ${event.event}${'task' in event ? ` ${event.task}` : ''}${'attempt' in event ? `#${event.attempt}` : ''}${'ending' in event ? ` ${event.ending}: ${event.reason}` : ''}${event.event === 'anomaly' ? ` ${event.what}: ${event.detail}` : ''}`,
    );
    this.#gates(event);
    this.#stops(event);
    try {
      this.state = evolve(this.state, event);
    } catch (error) {
      return this.#fail(
        'L7',
        `event ${event.seq} after ${before}: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
    this.#steered(event);
    const eased = oldTestsFault(this.events, this.state, event, this.#machine.git, this.#scenario);
    if (eased !== undefined) this.#fail('old tests', eased);
    const unproven = Object.values(this.state.failures ?? {}).find((group) => group.class === 'stale-evidence');
    if (unproven !== undefined) this.#fail('L2', unproven.what);
    if (event.event === 'gate_opened' && event.gate === PAUSE_GATE) this.#paused = this.#machine.world.now;
    if (event.event === 'lane_parked') this.#parked.set(event.lane, this.#machine.world.now);
    if (event.event === 'attempt_started') {
      // Whoever was chosen just before the lane was parked may still begin.
      const since = this.#machine.world.now - (this.#parked.get(event.agent) ?? 0);
      if (this.state.lanes[event.agent]?.parked !== undefined && since > 5000)
        this.#fail('limits', `${event.task} starts on ${event.agent}, which is parked for ${since} ms`);
      if (this.#wasDone(event.task)) this.#fail('imported', `${event.task} starts, and was done before the import`);
      const at = this.state.schedule.index[event.task] as number;
      // Whoever was being made ready may still begin.
      if (
        event.person === undefined &&
        pausedAt(this.state) !== undefined &&
        this.#machine.world.now - this.#paused > 5000
      )
        this.#fail('pause', `${event.task} starts though the run is paused`);
      if (this.state.gates.some(({ id }) => id === circuitGate(event.task)))
        this.#fail('circuit', `${event.task} starts while a person is asked whether it should`);
      // What comes back from a person is work that was done: it keeps to no wave, but what it needs it has alone.
      if (event.person?.gave_up !== true)
        this.#limits(event.task, at, event.reviews !== undefined || event.person !== undefined);
      const stop = this.#stopsOfPlan.startFault(event.task, this.state.tasks[at]?.parent);
      if (stop !== undefined && event.reviews === undefined && event.person === undefined) this.#fail('stop', stop);
      for (const other of this.state.schedule.active) {
        const task = this.state.tasks[other]?.task;
        if (
          other !== at &&
          event.person === undefined &&
          // Work of persons may overlap; a review of it changes nothing.
          event.reviews === undefined &&
          task !== undefined &&
          scopesOverlap(changes(this.state.tasks[at]), changes(this.state.tasks[other]))
        )
          this.#fail('L6', `${event.task} starts while ${task.id}, whose scope overlaps, is under way`);
      }
    } else if (event.event === 'setup_started') {
      this.#leased(event);
    } else if (event.event === 'attempt_finished') {
      this.#kept(attemptFile(event.task, event.attempt), 'it is recorded as finished');
      for (const process of this.#agents()) {
        const { MASTERPLAN_TASK: task, MASTERPLAN_ATTEMPT: attempt } = process.program.env;
        if (task === event.task && attempt === String(event.attempt) && !process.startedBy.robbed) {
          this.#fail(
            'L6',
            `${attemptName(event.task, event.attempt)} is recorded as finished while process ${process.pid} of it lives`,
          );
        }
      }
    } else if (event.event === 'review_finished') {
      const fault = reviewFault(this.events, this.#scenario.settings.review as ReviewSettings, event.task);
      if (fault !== undefined) this.#fail('review', fault);
    } else if (event.event === 'run_completed') {
      const fault = balanceFault(
        this.#scenario.terms,
        this.events,
        event,
        this.state.tasks.flatMap(({ task, progress }) => (progress.status === 'waived' ? [task.id] : [])),
      );
      if (fault !== undefined) this.#fail('complete', fault);
    } else if (event.event === 'old_tests_tried') {
      this.#machine.counts.oldTests++;
    } else if (event.event === 'merge_finished') {
      this.#machine.counts.merges++;
      this.#merged.add(event.task);
    }
  }

  /** What a person steered is what the run does, and nothing else. */
  #steered(event: RecordedEvent): void {
    if (event.event === 'task_waived' && event.criterion === undefined) this.#machine.counts.waivers++;
    if (event.event === 'plan_amended' || event.event === 'subplan_amended') this.#amended(event);
    this.#heldByPersons(event);
    if (event.event === 'merge_finished') {
      const since = this.#begunBy.get(event.task) ?? 0;
      if (event.attempt <= since)
        this.#fail(
          'amend',
          `${attemptName(event.task, event.attempt)} lands, and was for what ${event.task} was before`,
        );
    }
    if ('task' in event && typeof event.task === 'string' && this.#scenario.gone.has(event.task)) {
      if (event.event === 'attempt_started' || event.event === 'merge_finished')
        this.#fail('steering', `${event.event} of ${event.task}, which a person took away`);
    }
    for (const task of this.state.tasks) {
      const { status } = task.progress;
      if (status === 'waived' || status === 'dropped') this.#scenario.gone.add(task.task.id);
      else this.#scenario.gone.delete(task.task.id);
    }
  }

  /** Nothing is dispatched for a task that a person does by hand; only what they return goes on. */
  #heldByPersons(event: RecordedEvent): void {
    if (event.event === 'task_attached') {
      this.#machine.counts.attached++;
      this.#held.add(event.task);
    } else if (event.event === 'attempt_started' && event.reviews === undefined) {
      if (event.person === undefined ? this.#held.has(event.task) : !this.#held.has(event.task))
        this.#fail(
          'held',
          `${attemptName(event.task, event.attempt)} begins by ${event.agent}, and a person ${event.person === undefined ? 'does the task by hand' : 'never had the task'}`,
        );
      if (event.person?.gave_up === true) this.#held.delete(event.task);
    } else if (event.event === 'merge_finished') this.#held.delete(event.task);
    for (const task of this.#held) {
      const now = taskOf(this.state, task);
      if (now?.progress.status === 'waived' || (now !== undefined && isDropped(now))) this.#held.delete(task);
    }
  }

  /** Only what a person approved takes the place of the plan, and whatever was done for another text of a task stays out. */
  #amended(event: Extract<RecordedEvent, { event: 'plan_amended' | 'subplan_amended' }>): void {
    this.#machine.counts.amendments++;
    if (event.event === 'subplan_amended') this.#subplanAmended(event);
    if (!this.#truth.approved.has(event.sha256))
      this.#fail('amend', `the text ${event.sha256.slice(0, 12)} is carried out, and nobody approved it`);
    const changes = new Map<string, string[]>();
    for (const { task, change } of event.changes)
      if (task !== undefined) changes.set(task, [...(changes.get(task) ?? []), change]);
    for (const [id, what] of changes) {
      const task = taskOf(this.state, id);
      if (task === undefined) continue;
      if (this.#merged.has(id) && isAnotherTask(what))
        this.#fail('amend', `${id} landed, and is changed in ${what.join(', ')}`);
      this.#noStaleEvidence(task, what);
      if (isAnotherTask(what) || (what.includes('needs') && task.progress.status === 'pending'))
        this.#begunBy.set(id, isAnotherTask(what) ? task.attempts.length : (this.#begunBy.get(id) ?? 0));
    }
  }

  /** What proves the whole of a sub-plan is a matter of its tasks as they are now; it waits for those, and for who is still on the way out. */
  #subplanAmended({ task: id, tasks }: Extract<RecordedEvent, { event: 'subplan_amended' }>): void {
    this.#machine.counts.rethought++;
    const script = this.#scenario.scripts.get(id);
    const children = tasks.flatMap((task) => (this.#scenario.scripts.has(task.id) ? [task.id] : []));
    if (script !== undefined) this.#scenario.scripts.set(id, { ...script, children });
    const parent = taskOf(this.state, id);
    const open = this.state.tasks.filter((task) => task.parent === id && !isOver(task)).length;
    if (parent?.subplan?.open !== open)
      this.#fail('amend', `${id} waits for ${parent?.subplan?.open} tasks of its sub-plan, and ${open} are not over`);
    if (parent !== undefined && (parent.progress.status === 'unfolded') !== open > 0)
      this.#fail('amend', `${id} is ${parent.progress.status}, and ${open} tasks of its sub-plan are not over`);
  }

  /** What was proven or approved of a task does not count for what it is now; who is at work on it is on the way out. */
  #noStaleEvidence({ task: { id }, progress: { status }, leaving, review }: TaskState, what: readonly string[]): void {
    if (leaving !== undefined || !(isAnotherTask(what) || what.includes('verify'))) return;
    if (status === 'reviewing' || status === 'merging' || (status === 'verifying' && isAnotherTask(what)))
      this.#fail('stale', `${id} is ${status} by what it was before it changed in ${what.join(', ')}`);
    if (review?.pass !== undefined && !this.#merged.has(id))
      this.#fail('stale', `${id} changed in ${what.join(', ')}, and its approval counts on`);
  }

  /** At rest nobody is on the way to anywhere, and whoever cannot go on by itself is shown with what to type. */
  resting(): void {
    const stale = this.#stopsOfPlan.stale(this.state.gates.map(({ id }) => id));
    if (stale !== undefined)
      this.#fail('stale', `${stale} is asked about a stop that the plan does not have, or that is settled`);
    for (const { task, leaving } of this.state.tasks)
      if (leaving !== undefined) this.#fail('limbo', `${task.id} is on its way to be ${leaving.to} when the run rests`);
  }

  /** Nobody else has the ports, and the same attempt has the same ones again. */
  #leased({ task: id, attempt: number, lease }: Extract<RecordedEvent, { event: 'setup_started' }>): void {
    const before = this.events.find(
      (one) => one.event === 'setup_started' && one.task === id && one.attempt === number,
    );
    if (before?.event === 'setup_started' && before.lease.name !== lease.name)
      this.#fail('environment', `${id}#${number} is called ${lease.name}, and was ${before.lease.name}`);
    const ports = new Set(Object.values(lease.ports));
    for (const task of this.state.tasks) {
      for (const attempt of task.attempts) {
        if (attempt.lease === undefined || attempt.setup === 'cleared') continue;
        if (task.task.id === id && attempt.number === number) continue;
        // A lease lives as long as its directory, which somebody threw away: that attempt is lost.
        if (this.#truth.wiped.has(attemptFile(task.task.id, attempt.number))) continue;
        if (Object.values(attempt.lease.ports).some((port) => ports.has(port)))
          this.#fail('environment', `${id}#${number} leases a port of ${task.task.id}#${attempt.number}`);
      }
    }
  }

  /** Who is sent back by the merge queue is to blame: with it the tree fails, by the law of this world and not by chance. */
  #blamed(event: Extract<RecordedEvent, { event: 'landing_rejected' }>): void {
    const train = this.state.trains.find(({ id }) => id === event.train);
    const at = train?.cars.findIndex(({ task }) => task === event.task) ?? -1;
    if (train === undefined || at < 0) return this.#fail('blame', `${event.task} is sent back, and in no train`);
    const tree = this.#machine.git.tree((train.cars[at] as { readonly tree: string }).tree);
    const commands = [...trainCommands(this.state, train, at + 1), event.failed?.command ?? ''];
    if (commands.every((command) => judge(command, tree, this.#scenario) === 'pass'))
      this.#fail('blame', `${event.task} is sent back, and every command passes on its tree`);
  }

  #launched(process: Process): void {
    const {
      MASTERPLAN_TASK: task = '',
      MASTERPLAN_ATTEMPT: attempt = '',
      MASTERPLAN_NONCE: nonce,
    } = process.program.env;
    const name = `${task}#${attempt}`;
    this.#machine.counts.attempts++;
    this.#machine.world.note(`agent ${name} is process ${process.pid}, started by ${process.startedBy.name}`);
    // Whoever was robbed between its look at the lock and the start cannot know it; it ends the agent when it finds out.
    if (process.startedBy.robbed) {
      this.#exempt.add(`${task}.${attempt}`);
      return;
    }
    const state = taskOf(this.state, task);
    if (state === undefined || !isAtWork(state) || state.attempts[Number(attempt) - 1]?.nonce !== nonce) {
      this.#fail('intent', `${name} was started before its start was durable in the log`);
    }
    if (this.#scenario.settings.environment !== undefined && state?.attempts[Number(attempt) - 1]?.setup !== 'passed')
      this.#fail('environment', `${name} was started before its worktree was ready`);
    // Once more for its digest alone, when that is in the log, and never a third time.
    const again = process.program.env['MASTERPLAN_REPAIR'] !== undefined;
    const repair = state?.attempts[Number(attempt) - 1]?.repair;
    if (again !== (repair !== undefined))
      this.#fail('intent', `${name} was started ${again ? 'again for its digest' : 'as if for the first time'}`);
    const start = again ? `${name} for its digest` : name;
    if (this.#starts.has(start)) this.#fail('L6', `${start} was started twice`);
    this.#starts.add(start);
    for (const other of this.#agents()) {
      if (other.group === process.group || other.startedBy.robbed) continue;
      const its = other.program.env['MASTERPLAN_TASK'] ?? '';
      if (its === task)
        this.#fail(
          'L6',
          `${name} was started while #${other.program.env['MASTERPLAN_ATTEMPT']} of the same task lives`,
        );
      // Who is on the way out has the scope that its task had before.
      else if (
        state?.leaving === undefined &&
        taskOf(this.state, its)?.leaving === undefined &&
        scopesOverlap(changes(state), changes(taskOf(this.state, its)))
      ) {
        this.#fail('L6', `${name} was started while ${its}, whose scope overlaps, is at work`);
      }
    }
  }

  /** Things that tasks need are never given out twice, and a wave does not begin before the one before it is over. */
  #limits(name: string, at: number, reviews: boolean): void {
    const { schedule, tasks, settings } = this.state;
    const own = tasks[at];
    for (const [resource, there] of Object.entries(settings?.resources ?? {})) {
      // What a person gives back undone has for a moment what it needs, though it runs nothing; whoever needs it too waits all the same.
      if (own === undefined || plansFirst(own) || (own.task.resources?.[resource] ?? 0) === 0) continue;
      const under = new Set([...schedule.active, at]);
      let used = 0;
      for (const one of under) {
        const task = tasks[one];
        if (task !== undefined && !plansFirst(task)) used += task.task.resources?.[resource] ?? 0;
      }
      if (used > there) this.#fail('limits', `${name} starts, and then ${used} of ${there} ${resource} are in use`);
    }
    const wave = schedule.waves?.[at];
    // Work that began before an amendment moved its task into a later wave is reviewed all the same.
    if (wave === undefined || reviews) return;
    const open = tasks.find(({ progress }, i) => !isOver({ progress }) && (schedule.waves?.[i] ?? 0) < wave);
    if (open !== undefined) this.#fail('waves', `${name} of wave ${wave} starts before ${open.task.id} is merged`);
  }

  #agents(): Process[] {
    return this.#machine.processes.alive.filter((process) => process.program.env['MASTERPLAN_TASK'] !== undefined);
  }

  /** Commits of ours come onto the run branch: there must be evidence for exactly the tree that the branch then has. */
  #landing(
    from: string | undefined,
    to: string,
    train: readonly { readonly commit: Commit; readonly task: string }[],
  ): void {
    const { git } = this.#machine;
    const last = train.at(-1)?.commit;
    // What is put back had landed before.
    if (last === undefined || (this.state.restoring && to === this.state.tip)) return;
    const names = train.map(({ task }) => task).join(', ');
    for (const { commit, task } of train) this.#reviewed(commit, task);
    if (train[0]?.commit.parents[0] !== from) this.#fail('L5', `${names} land on something else than the branch`);
    const commands = new Set<string>();
    const alone = new Set<string>();
    for (const { task: id } of train) {
      const task = taskOf(this.state, id);
      const sentBack = task?.attempts.find((one) => one.lesson?.with !== undefined);
      const base = (sentBack ?? task?.attempts.at(-1))?.base ?? '';
      for (const command of [...(task?.task.verify ?? []), ...this.#scenario.settings.verify.commands])
        alone.add(command);
      const meanwhile = from !== undefined && git.isAncestor(base, from) ? git.since(base, from) : [];
      for (const { trailers } of meanwhile)
        if (trailers !== undefined)
          for (const command of taskOf(this.state, trailers.task)?.task.verify ?? []) commands.add(command);
    }
    const others = [...commands].some((command) => !alone.has(command));
    const evidence = this.events.filter(
      (event) => event.event === 'verification_finished' && event.passed && event.tree === last.tree,
    );
    if (evidence.length === 0)
      return this.#fail('L5', `${names} land as ${last.id.slice(0, 8)} without recorded evidence for its tree`);
    for (const command of [...alone, ...commands]) {
      if (!this.#truth.passed.has(`${last.tree} ${command}`))
        this.#fail('L5', `${names} land, but "${command}" never passed on the tree`);
    }
    if (
      !others &&
      !evidence.some((event) => event.event === 'verification_finished' && event.checks === checksOf([...alone]))
    ) {
      this.#fail('L5', `${names} land on evidence for other commands`);
    }
    for (const { commit, task } of train) {
      for (const [path, content] of git.tree(commit.tree)) {
        if (!this.#truth.written.has(content))
          this.#fail('torn', `${task} lands with ${path} as nobody wrote it: ${JSON.stringify(content.slice(0, 40))}`);
      }
    }
  }

  /** Where a review is required, somebody looked at the very files that land, or a person let them pass. */
  #reviewed(commit: Commit, id: string): void {
    const settings = this.#scenario.settings.review;
    if (settings?.mode !== 'required') return;
    const task = taskOf(this.state, id);
    const attempt = task?.progress.status === 'merging' ? task.progress.attempt : undefined;
    const { git } = this.#machine;
    const landing = git.tree(commit.tree);
    const ok = this.events.some((event) => {
      if (event.event === 'gate_answered') return event.gate === `review:${id}` && event.answer === 'accept';
      if (event.event === 'review_skipped')
        return event.task === id && event.attempt === attempt && event.why === 'nothing-changed';
      if (event.event !== 'review_finished' || event.task !== id || event.verdict !== 'approve') return false;
      if (event.reviews !== attempt) return false;
      const [base, seen] = [git.treeOf(event.base), git.tree(event.tree)];
      return [...new Set([...base.keys(), ...seen.keys()])].every(
        (path) => base.get(path) === seen.get(path) || landing.get(path) === seen.get(path),
      );
    });
    if (!ok) this.#fail('review', `${id} lands as ${commit.id.slice(0, 8)}, and nobody reviewed it or let it pass`);
  }

  #advancing(from: string | undefined, to: string | undefined): void {
    const { git } = this.#machine;
    if (to === undefined || from === undefined || !git.isAncestor(from, to))
      return this.#fail('L4', 'the base branch loses commits');
    const commit = git.get(to);
    const check = this.events.findLast((event) => event.event === 'branch_verified');
    const knowing = check !== undefined && this.#answeredKnowing(check, commit.tree);
    if (check?.event === 'branch_verified' && check.tree === commit.tree && !check.passed && !knowing)
      this.#fail('L5', 'the base branch gets what failed as a whole, and nobody was asked about that');
    // A person may merge what fails, once they were told that exactly this tree does.
    if (commit.parents.length < 2 || knowing) return;
    for (const task of this.state.tasks) {
      if (this.#scenario.gone.has(task.task.id)) continue;
      for (const command of task.task.verify) {
        if (!this.#truth.passed.has(`${commit.tree} ${command}`))
          this.#fail('L5', `the base branch gets a merge on which "${command}" never passed`);
      }
    }
  }

  /** A person answered `merge`, after the balance and the question said which command fails on this very tree: no policy, and nobody beforehand. */
  #answeredKnowing(check: RecordedEvent, tree: string): boolean {
    if (check.event !== 'branch_verified' || check.tree !== tree || check.failed === undefined) return false;
    const { command } = check.failed;
    const since = this.events.slice(check.seq);
    const drawn = since.findIndex((event) => event.event === 'balance_drawn');
    const asked = since.findLastIndex((event) => event.event === 'gate_opened' && event.gate === 'finish');
    const question = since[asked];
    if (drawn < 0 || asked < drawn || question?.event !== 'gate_opened') return false;
    if (
      !question.detail.some((line) => line.startsWith('the verification of the whole fails') && line.includes(command))
    )
      return false;
    return since.some(
      (event, at) =>
        at > asked &&
        event.event === 'gate_answered' &&
        event.gate === 'finish' &&
        event.answer === 'merge' &&
        event.by !== 'policy' &&
        event.how === 'terminal',
    );
  }

  /** What an agent wrote in its worktree lies under a ref. */
  #kept(name: string, why: string): void {
    const { disk, git } = this.#machine;
    if (this.#exempt.has(name) || this.#truth.wiped.has(name)) return;
    const [, id = '', number = ''] = /^(.*)\.(\d+)$/.exec(name) ?? [];
    const attempt = taskOf(this.state, id.replaceAll('_', '/'))?.attempts[Number(number) - 1];
    if (attempt === undefined) return;
    const base = git.treeOf(attempt.base);
    const ref = git.queueRefs.get(`refs/masterplan/result/${this.state.slug}/${name}`);
    const kept = ref === undefined ? undefined : git.treeOf(ref);
    const mine = this.#truth.writtenBy.get(name);
    for (const [path, content] of disk.tree(`${this.#paths.worktrees}/${name}`)) {
      if (mine?.has(content) !== true || base.get(path) === content || kept?.get(path) === content) continue;
      return this.#fail('L9', `${path} of ${name} is under no ref when ${why}`);
    }
  }

  /** The projections claim no more than the log holds, whenever somebody may look. */
  #projectionsBehind(): void {
    const seq = Number(/^seq: (\d+)$/m.exec(this.#machine.disk.text(this.#paths.stateFile) ?? '')?.[1] ?? 0);
    if (seq > this.state.seq)
      this.#fail('L3', `state.yml was made from ${seq} events, of which ${this.state.seq} are durable`);
  }

  #noStrays(): void {
    const visit = (path: string): void => {
      const node = this.#machine.disk.find(path);
      if (node?.kind !== 'directory') return;
      for (const name of node.entries.keys()) {
        // What a crash left in the directory of one attempt or one piece of evidence stays until that is cleaned away.
        if (isTemporary(name) && !/\/(?:attempts|evidence)\//.test(path))
          this.#fail('L8', `the temporary file ${path}/${name} is left at the end`);
        visit(`${path}/${name}`);
      }
    };
    visit(this.#paths.bundle);
    visit(this.#paths.runtime);
  }

  /** Every request is in the log at most once, and as a whole. */
  #requestsOnce(): void {
    const seen = new Map<string, number>();
    for (const event of this.events) {
      if (event.request === undefined) continue;
      const last = seen.get(event.request);
      if (last !== undefined && last !== event.seq - 1)
        this.#fail('L1', `the request ${event.request} is in the log twice`);
      seen.set(event.request, event.seq);
    }
    const { disk } = this.#machine;
    for (const [name, text] of disk.tree(this.#paths.replies)) {
      const reply = JSON.parse(text) as Reply;
      if (reply.accepted && !seen.has(reply.id))
        this.#fail('L1', `the reply ${name} says that a request was accepted, and it is not in the log`);
    }
    const waiting = [...disk.tree(this.#paths.inbox).keys()].filter((name) => !isTemporary(name));
    if (waiting.length > 0) this.#fail('L2', `nobody answered ${waiting.join(', ')}`);
  }

  #fail(rule: string, text: string): void {
    this.#machine.world.fail(`${rule}: ${text}`);
  }
}

/** What an attempt of a task may change: one that writes a sub-plan changes nothing. */
function changes(task: TaskState | undefined): readonly string[] {
  return task === undefined || plansFirst(task) ? [] : task.task.scope;
}

/** A state as text, whatever order its keys were set in: one that began with a snapshot has them in another one. */
function canonical(state: RunState): string {
  const sorted = (_: string, value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  return JSON.stringify(state, sorted);
}
