import { err, ok, type Result } from '../../core/base/result.ts';
import { oneLine } from '../../core/base/text.ts';
import { duration } from '../../core/base/time.ts';
import type { PlanTask } from '../../core/plan/model.ts';
import { ranNothing } from '../../core/witness/evidence.ts';
import { safeEnvironment, SAFE_SETTINGS } from '../../engine/git/git.ts';
import { NONCE } from '../../engine/machine/custody.ts';
import type { Finished } from '../../io/processes.ts';
import { EXIT, type AppRefusal } from '../api.ts';
import type { Config } from '../config.ts';
import type { Context } from '../context.ts';
import { basePath } from '../environment.ts';
import { environmentFor } from '../environment-files.ts';
import { shellOf } from '../shell.ts';

/** How somebody asked for it. */
export interface VerifyRequest {
  /** Told of each command as it begins and ends. */
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal;
  /** Milliseconds for all of it. */
  readonly patience?: number;
}

/** What the verify commands of tasks said. */
export interface Ran {
  /** By task; those of which nothing was learned are missing. */
  readonly tasks: ReadonlyMap<string, { readonly passed: boolean; readonly what: string; readonly where: string }>;
  readonly remarks: readonly string[];
}

/** Milliseconds for all commands together. */
const PATIENCE = 15 * 60_000;
/** Milliseconds that processes which a command left behind get to end. */
const GRACE = 2000;
/** Commands that pass whatever is there. */
const IDLE = /^\s*(?:true|:|exit(?:\s+0)?|echo\b[^;&|]*)\s*$/;

const NOT_RUN: Outcome = { how: 'nothing', words: 'was not run' };

type Outcome =
  | { readonly how: 'passed' | 'failed'; readonly words: string }
  /** Nothing was learned of the work: it did not run, or it proves nothing. */
  | { readonly how: 'nothing'; readonly words: string };

/**
 * Runs the tasks' verify commands on the base, in a checkout in the directory for temporary files, with a repository of its own that
 * only reads the objects of the user's: never in the user's tree. What passes on the commit before the plan began as well proves
 * nothing. The checkouts are gone afterwards.
 */
export async function runVerify(
  context: Context,
  root: string,
  commits: { readonly base: string; readonly start?: string },
  tasks: readonly Pick<PlanTask, 'id' | 'verify'>[],
  config: Pick<Config, 'settings' | 'environment' | 'env'>,
  { say, signal, patience = PATIENCE }: VerifyRequest,
): Promise<Result<Ran, AppRefusal>> {
  const { io } = context;
  const commands = [...new Set(tasks.flatMap(({ verify }) => verify))];
  const idle = tasks.filter(({ verify }) => verify.length === 0).map(({ id }) => id);
  const remarks = idle.length === 0 ? [] : [`no verify command of their own: ${idle.slice(0, 12).join(', ')}`];
  if (commands.length === 0) return ok({ tasks: new Map(), remarks });
  const place = `${context.env['TMPDIR'] ?? '/tmp'}/masterplan-import-${io.random.hex(6)}`;
  const nonce = `import-${io.random.hex(12)}`;
  const deadline = io.clock.monotonic() + patience;
  const setup = (await environmentFor(io, root, config.environment)).settings;
  const wanted = setup?.checkouts === false ? [] : (setup?.setup ?? []).map(({ command }) => command);
  const env = {
    PATH: basePath(context),
    HOME: context.env['HOME'] ?? place,
    ...config.env['verify'],
    GIT_CEILING_DIRECTORIES: place,
    [NONCE]: nonce,
  };
  const shell = await shellOf(context);
  const limit = config.settings.verify.timeout;
  const run = async (command: string, cwd: string): Promise<Outcome> => {
    const left = deadline - io.clock.monotonic();
    if (left <= 0 || signal?.aborted === true) return { how: 'nothing', words: 'was not run: the time was up' };
    const timeout = limit > 0 ? Math.min(limit, left) : left;
    const finished = await io.processes.run(
      { argv: [...shell, command], cwd, env },
      { timeout, maxOutput: 64 * 1024 * 1024, ...(signal === undefined ? {} : { signal }) },
    );
    for (const one of await io.processes.find(NONCE, nonce)) await io.processes.end(one, GRACE);
    return outcomeOf(finished, timeout);
  };
  const ready = async (commit: string, name: string): Promise<Result<string, string>> => {
    const path = `${place}/${name}`;
    const made = await checkout(context, root, commit, path);
    if (made !== undefined) return err(made);
    for (const command of wanted) {
      say(`set-up: ${oneLine(command, 160)}`);
      const { how, words } = await run(command, path);
      if (how !== 'passed') return err(`the set-up "${oneLine(command, 120)}" ${words}`);
    }
    return ok(path);
  };
  try {
    if (place.startsWith(`${root}/`))
      return err({
        message: `TMPDIR (${context.env['TMPDIR'] ?? ''}) lies in the repository, and nothing is run there`,
        hint: 'TMPDIR=/tmp masterplan import … --verify',
        exit: EXIT.failed,
      });
    const now = await ready(commits.base, 'base');
    if (!now.ok && signal?.aborted !== true)
      return ok({ tasks: new Map(), remarks: [...remarks, `nothing was verified: ${now.error}`] });
    const outcomes = new Map<string, Outcome>();
    for (const [i, command] of (now.ok ? commands : []).entries()) {
      if (signal?.aborted === true) break;
      say(`verify ${i + 1} of ${commands.length}: ${oneLine(command, 160)}`);
      const one: Outcome = IDLE.test(command)
        ? { how: 'nothing', words: 'passes whatever is there' }
        : await run(command, now.ok ? now.value : place);
      outcomes.set(command, one);
      say(`  ${one.words}`);
      // What one command leaves in the files is no proof for the next.
      if (now.ok && !(await restore(context, commits.base, now.value))) break;
    }
    if (commits.start !== undefined && [...outcomes.values()].some(({ how }) => how === 'passed')) {
      const then = await ready(commits.start, 'start');
      for (const [command, { how }] of outcomes) {
        if (how !== 'passed' || !then.ok || signal?.aborted === true) continue;
        say(`before the plan began: ${oneLine(command, 160)}`);
        const one = await run(command, then.value);
        say(`  ${one.words}`);
        await restore(context, commits.start, then.value);
        if (one.how === 'passed')
          outcomes.set(command, { how: 'nothing', words: 'passed before the plan began, too, so it proves nothing' });
      }
    }
    if (signal?.aborted === true)
      return err({ message: 'stopped; nothing was imported', hint: 'type it again', exit: EXIT.interrupted });
    return ok(toldOf(tasks, outcomes, commits.base, remarks));
  } finally {
    await io.files.removeTree(place).catch(() => undefined);
  }
}

/** What all commands of a task together say of it. */
function toldOf(
  tasks: readonly Pick<PlanTask, 'id' | 'verify'>[],
  outcomes: ReadonlyMap<string, Outcome>,
  base: string,
  remarks: readonly string[],
): Ran {
  const told = new Map<string, { passed: boolean; what: string; where: string }>();
  for (const { id, verify } of tasks) {
    const own = verify.map((command) => ({ command, ...(outcomes.get(command) ?? NOT_RUN) }));
    const failed = own.find(({ how }) => how === 'failed');
    const passed = own.find(({ how }) => how === 'passed');
    if (failed !== undefined)
      told.set(id, {
        passed: false,
        what: `its verify command ${failed.words} on the base`,
        where: shown(failed.command),
      });
    // What proves nothing beside one that proves something does not matter; what could not be run does.
    else if (
      passed !== undefined &&
      own.every(({ how, words }) => how === 'passed' || /proves nothing|whatever/.test(words))
    )
      told.set(id, {
        passed: true,
        what: `what it is verified by passes on ${base.slice(0, 12)}`,
        where: shown(passed.command),
      });
  }
  const nothing = [...outcomes].filter(([, { how }]) => how === 'nothing');
  return {
    tasks: told,
    remarks: [...remarks, ...nothing.slice(0, 12).map(([command, { words }]) => `${shown(command)} ${words}`)],
  };
}

function shown(command: string): string {
  return `"${oneLine(command, 120)}"`;
}

function outcomeOf(finished: Finished, timeout: number): Outcome {
  const { ended, code } = finished;
  if (ended === 'timeout') return { how: 'nothing', words: `was ended after ${duration(timeout)}` };
  if (ended === 'not-started' || code === 126 || code === 127)
    return { how: 'nothing', words: 'could not be run here: its program is missing' };
  if (ended !== 'exited' || code === undefined) return { how: 'nothing', words: `did not end by itself (${ended})` };
  if (code !== 0) return { how: 'failed', words: `fails (exit code ${code})` };
  const nothing = ranNothing(
    `${new TextDecoder().decode(finished.stdout.slice(-64_000))}\n${finished.stderr.slice(-64_000)}`,
  );
  return nothing === undefined
    ? { how: 'passed', words: 'passes' }
    : { how: 'nothing', words: `passes, but no test was run ("${oneLine(nothing, 80)}"): it proves nothing` };
}

/** Puts the files of a checkout back to those of its commit; what git ignores stays, because the set-up put it there. */
async function restore(context: Context, commit: string, path: string): Promise<boolean> {
  const git = gitIn(context);
  for (const args of [
    ['update-ref', '--no-deref', 'HEAD', commit],
    ['read-tree', '--reset', commit],
    ['checkout-index', '--all', '--force', '--quiet'],
    ['clean', '-ffdq'],
  ])
    if ((await git(path, ...args)).code !== 0) return false;
  return true;
}

/** Runs git in a directory, by nobody's configuration. */
function gitIn(context: Context): (cwd: string, ...args: readonly string[]) => Promise<Finished> {
  const env = safeEnvironment({ path: basePath(context), home: context.env['HOME'] ?? '/' });
  const settings = SAFE_SETTINGS.flatMap((setting) => ['-c', setting]);
  return (cwd, ...args) =>
    context.io.processes.run({ argv: ['git', ...settings, ...args], cwd, env }, { timeout: 300_000 });
}

/** A checkout with a repository of its own, which reads the objects of the user's and is written alone. What is wrong, if anything is. */
async function checkout(context: Context, root: string, commit: string, path: string): Promise<string | undefined> {
  const { io } = context;
  const git = gitIn(context);
  try {
    const common = await git(root, 'rev-parse', '--path-format=absolute', '--git-path', 'objects');
    const objects = new TextDecoder().decode(common.stdout).trim();
    await io.files.makeDirectory(path);
    const made = await git(
      path,
      'init',
      '--quiet',
      '--template=',
      `--object-format=${commit.length > 40 ? 'sha256' : 'sha1'}`,
      '.',
    );
    if (common.code !== 0 || made.code !== 0) return oneLine(common.stderr || made.stderr, 300);
    await io.files.makeDirectory(`${path}/.git/objects/info`);
    await io.files.write(`${path}/.git/objects/info/alternates`, `${objects}\n`);
    for (const args of [
      ['update-ref', '--no-deref', 'HEAD', commit],
      ['read-tree', commit],
      ['checkout-index', '--all', '--quiet'],
    ]) {
      const done = await git(path, ...args);
      if (done.code !== 0) return oneLine(done.stderr || done.ended, 300);
    }
    return undefined;
  } catch (error) {
    return `no checkout could be made in ${path}: ${error instanceof Error ? error.message : String(error)}`;
  }
}
