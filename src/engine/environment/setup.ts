import { envFile } from '../../core/environment/dotenv.ts';
import { expand, type Lease } from '../../core/environment/lease.ts';
import { redactFile } from '../machine/redact-file.ts';
import { redact } from '../../core/environment/secrets.ts';
import type { EnvironmentSettings, GeneratedFile, SetupCommand } from '../../core/environment/settings.ts';
import { baseName, joinPath, parentPath } from '../../core/base/path.ts';
import { oneLine, printable } from '../../core/base/text.ts';
import type { FailedSetup } from '../../core/run/environment-event.ts';
import { reasonOf, VERIFIES } from '../perform/verifying.ts';
import type { Performing } from '../perform/performer.ts';
import { shareDirectories } from './share.ts';
import { fileValues, SETS_UP, type Site, siteSecrets, siteVariables } from './site.ts';

/** What came of making a site ready. */
export type SetupOutcome = {
  readonly copied: readonly string[];
  readonly made: readonly string[];
  /** Directories that were taken over. */
  readonly shared: readonly string[];
} & (
  | {
      readonly how: 'ready';
      readonly variables: Readonly<Record<string, string>>;
      readonly secrets: readonly string[];
    }
  | { readonly how: 'failed'; readonly failed: FailedSetup }
  | { readonly how: 'cancelled' }
);

const OWN = '.masterplan.yaml';
/** Milliseconds that processes of a set-up get to end. */
const GRACE = 2000;
/** Bytes of output that are told. */
const TAIL = 4000;
/** Files that are copied; whoever wants more wants a set-up command. */
const MOST_COPIES = 10_000;
/** Files in one call of `cp`: a command line has an end. */
const BATCH = 200;
const LONGEST_FILE = 1024 * 1024;

class SetupFailure extends Error {
  readonly failed: FailedSetup;
  constructor(command: string, reason: string, from = OWN, rest: Partial<FailedSetup> = {}) {
    super(reason);
    this.failed = { command, exit_code: null, reason, tail: '', from, ...rest };
  }
}

/**
 * Makes a fresh worktree or checkout ready: files are copied and made, then the set-up commands run in it, one after the
 * other. Stops at the first thing that fails. The directory holds its commit and nobody works in it yet.
 */
export async function setUp(
  site: Site,
  lease: Lease,
  settings: EnvironmentSettings,
  performing: Performing,
  signal: AbortSignal,
): Promise<SetupOutcome> {
  const copied: string[] = [];
  const made: string[] = [];
  const shared: string[] = [];
  try {
    await endSetup(site, performing);
    await performing.io.files.makeDirectory(site.outputs);
    const variables = siteVariables(site, lease, settings, performing);
    if (!variables.ok) throw new SetupFailure('variables', variables.error);
    const wanted = await filesToCopy(site, settings, performing);
    const put = [...new Set([...wanted, ...settings.files.map(({ path }) => path)])];
    // First, so that they are never taken for somebody's work.
    if (put.length > 0) await performing.git.keepOut(site.path, put);
    await copyFiles(site, wanted, performing);
    copied.push(...wanted);
    shared.push(...(await shareDirectories(site, settings.share ?? [], performing)));
    for (const file of settings.files) {
      await makeFile(site, lease, file, copied, performing);
      made.push(file.path);
    }
    const secrets = siteSecrets(variables.value, await envTexts(site, put, performing), performing);
    for (const [at, command] of settings.setup.entries()) {
      if (command.unless !== undefined && shared.includes(command.unless)) continue;
      await performing.confirm();
      const failed = await runCommand(
        site,
        site.path,
        command,
        `setup-${at + 1}`,
        variables.value,
        secrets,
        settings,
        performing,
        signal,
      );
      if (failed === 'cancelled') return { how: 'cancelled', copied, made, shared };
      if (failed !== undefined) return { how: 'failed', failed, copied, made, shared };
    }
    if (settings.setup.length + shared.length > 0) await refuseStrays(site, settings, performing);
    return { how: 'ready', variables: variables.value, secrets, copied, made, shared };
  } catch (error) {
    if (!(error instanceof SetupFailure)) throw error;
    return { how: 'failed', failed: error.failed, copied, made, shared };
  }
}

/**
 * Runs the teardown commands in a site, all of them whatever fails, and ends what its set-up left running. May be run
 * again. Where the directory is gone the commands run in an empty one, never anywhere else.
 */
export async function tearDown(
  site: Site,
  lease: Lease,
  settings: EnvironmentSettings,
  performing: Performing,
  signal: AbortSignal,
): Promise<FailedSetup | 'cancelled' | undefined> {
  const { files } = performing.io;
  let first: FailedSetup | undefined;
  const variables = siteVariables(site, lease, settings, performing);
  const given = variables.ok ? variables.value : {};
  if (settings.teardown.length > 0) {
    const gone = joinPath(site.outputs, 'gone');
    const isThere = async (): Promise<boolean> => (await files.stat(site.path))?.kind === 'directory';
    let cwd = site.gone !== true && (await isThere()) ? site.path : gone;
    await files.makeDirectory(cwd === gone ? gone : site.outputs);
    const secrets = siteSecrets(given, [], performing);
    for (const [at, command] of settings.teardown.entries()) {
      const name = `teardown-${at + 1}`;
      const run = () => runCommand(site, cwd, command, name, given, secrets, settings, performing, signal);
      let failed = await run();
      // Whoever deletes the worktree under a command makes it fail, and what it was to clear up is still there.
      if (failed !== undefined && failed !== 'cancelled' && cwd !== gone && !(await isThere())) {
        cwd = gone;
        await files.makeDirectory(gone);
        failed = await run();
      }
      if (failed === 'cancelled') return failed;
      first ??= failed;
    }
  }
  await endSetup(site, performing);
  return first;
}

/** Ends what a set-up left running, in whatever life it was started. */
async function endSetup({ nonce }: Site, { io }: Performing): Promise<void> {
  for (const left of await io.processes.find(SETS_UP, nonce)) await io.processes.end(left, GRACE);
}

async function runCommand(
  site: Site,
  cwd: string,
  { command, from }: SetupCommand,
  name: string,
  variables: Readonly<Record<string, string>>,
  secrets: readonly string[],
  settings: EnvironmentSettings,
  performing: Performing,
  signal: AbortSignal,
): Promise<FailedSetup | 'cancelled' | undefined> {
  const { io } = performing;
  const output = joinPath(site.outputs, `${name}.log`);
  await io.files.remove(output);
  const env = {
    ...performing.base,
    ...variables,
    MASTERPLAN_ROOT: performing.paths.root,
    [SETS_UP]: site.nonce,
    ...(site.verifies === undefined ? {} : { [VERIFIES]: site.verifies }),
  };
  const finished = await io.processes.run(
    { argv: [...performing.shell, command], cwd, env },
    { output, signal, ...(settings.timeout > 0 ? { timeout: settings.timeout } : {}) },
  );
  if (performing.redactor !== undefined) await redactFile(io.files, output, performing.redactor);
  if (signal.aborted) return 'cancelled';
  if (finished.ended === 'exited' && finished.code === 0) return undefined;
  const size = (await io.files.stat(output))?.size ?? 0;
  const bytes = (await io.files.readRange(output, Math.max(0, size - TAIL), TAIL)) ?? new Uint8Array(0);
  const said = finished.ended === 'not-started' ? finished.stderr : new TextDecoder().decode(bytes);
  return {
    command: redact(oneLine(command, 200), secrets),
    exit_code: finished.code ?? null,
    reason: reasonOf(finished, settings.timeout),
    tail: redact(printable(said), secrets).slice(-2000),
    from,
  };
}

/** What the patterns name. A target that exists belongs to the commit, and is left alone. */
async function filesToCopy(site: Site, settings: EnvironmentSettings, performing: Performing): Promise<string[]> {
  if (settings.copy.length === 0) return [];
  const found = await performing.git.localFiles(settings.copy, site.commit);
  if (found.length > MOST_COPIES)
    throw new SetupFailure(
      'copy files',
      `${found.length} files match .worktreeinclude and environment.copy; ${MOST_COPIES} are the most: name less, or let a set-up command bring them`,
    );
  const free: string[] = [];
  for (const path of found) if (await isFree(site, path, performing)) free.push(path);
  return free;
}

async function copyFiles(site: Site, all: readonly string[], { io, paths, base }: Performing): Promise<void> {
  // Permissions stay, links stay links.
  const script =
    'from=$1; to=$2; shift 2; for one; do case $one in */*) mkdir -p -- "$to/${one%/*}";; esac; cp -pPR -- "$from/$one" "$to/$one"; done';
  for (let at = 0; at < all.length; at += BATCH) {
    const finished = await io.processes.run({
      argv: ['sh', '-e', '-c', script, 'masterplan-copy', paths.root, site.path, ...all.slice(at, at + BATCH)],
      cwd: site.path,
      env: { ...base },
    });
    if (finished.code !== 0)
      throw new SetupFailure('copy files', oneLine(finished.stderr, 300) || 'cp failed', '.worktreeinclude');
  }
}

/** Whether nothing is at `path` in the site, and no step on the way there is a link or a file. */
async function isFree(site: Site, path: string, { io }: Performing): Promise<boolean> {
  let at = site.path;
  const steps = path.split('/');
  for (const [i, step] of steps.entries()) {
    at = joinPath(at, step);
    const stat = await io.files.stat(at);
    if (stat === undefined) return true;
    if (i < steps.length - 1 && stat.kind !== 'directory')
      throw new SetupFailure(`write ${path}`, `${steps.slice(0, i + 1).join('/')} is no directory in this commit`);
  }
  return false;
}

async function makeFile(
  site: Site,
  lease: Lease,
  file: GeneratedFile,
  copied: readonly string[],
  performing: Performing,
): Promise<void> {
  const { files } = performing.io;
  const what = `make ${file.path}`;
  const target = joinPath(site.path, file.path);
  const free = await isFree(site, file.path, performing);
  if (!free && !copied.includes(file.path))
    throw new SetupFailure(what, 'it is tracked by git: make another one, such as .env.local');
  const source = file.from ?? (free ? undefined : file.path);
  let template = '';
  if (source !== undefined) {
    if (await isFree(site, source, performing))
      throw new SetupFailure(what, `its template ${source} is not in this commit`);
    const bytes = await files.read(joinPath(site.path, source), LONGEST_FILE).catch((error: unknown) => {
      throw new SetupFailure(what, error instanceof Error ? error.message : String(error));
    });
    template = new TextDecoder().decode(bytes);
  }
  const filled = expand(template, site, lease);
  if (!filled.ok) throw new SetupFailure(what, `${source ?? ''}: ${filled.error}`);
  const set: Record<string, string> = {};
  for (const [name, text] of Object.entries(performing.env[fileValues(file.path)] ?? {})) {
    const expanded = expand(text, site, lease);
    if (!expanded.ok) throw new SetupFailure(what, `${name}: ${expanded.error}`);
    set[name] = expanded.value;
  }
  if (file.path.includes('/')) await files.makeDirectory(parentPath(target), { durable: false });
  await files.write(target, envFile(filled.value, set), { durable: false });
}

/** Texts of the files of variables among those that were put into a site. */
async function envTexts(site: Site, put: readonly string[], { io }: Performing): Promise<string[]> {
  const texts: string[] = [];
  for (const path of put) {
    if (!/^\.env|\.env$/.test(baseName(path))) continue;
    const bytes = await io.files.read(joinPath(site.path, path), LONGEST_FILE).catch(() => undefined);
    if (bytes !== undefined) texts.push(new TextDecoder().decode(bytes));
  }
  return texts;
}

/** What a set-up changes would be taken for the work of the agent, or make what is verified another tree. */
async function refuseStrays(site: Site, settings: EnvironmentSettings, { git }: Performing): Promise<void> {
  const { changed, added } = await git.strays(site.path, site.commit);
  // New files in a checkout for verification are in nobody's way.
  const paths = site.verifies === undefined ? [...changed, ...added] : [...changed];
  if (paths.length === 0) return;
  const commands = settings.setup.map(({ command }) => command);
  throw new SetupFailure(
    commands.length === 1 ? (commands[0] ?? '') : 'the set-up commands',
    changed.length > 0
      ? `changes files that git tracks: ${list(changed)}; use commands that leave them as they are (npm ci instead of npm install)`
      : `leaves files that git does not ignore: ${list(added)}; add them to .gitignore`,
    settings.setup[0]?.from ?? OWN,
  );
}

function list(paths: readonly string[]): string {
  return paths.slice(0, 5).map(printable).join(', ') + (paths.length > 5 ? ', …' : '');
}
