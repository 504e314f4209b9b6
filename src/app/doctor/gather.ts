import { err } from '../../core/base/result.ts';
import { sha256 } from '../../core/base/sha256.ts';
import { lockHolder } from '../../engine/log/lock.ts';
import { replayProven } from '../../engine/log/proven.ts';
import { boardOf } from '../../core/views/board.ts';
import { readSnapshot, snapshotDamage, type Snapshot } from '../../engine/log/snapshot.ts';
import { attemptFile, runPaths, type RunPaths } from '../../engine/paths.ts';
import type { ProcessIdentity } from '../../io/processes.ts';
import { listAgents } from '../agents/list.ts';
import { EXIT } from '../api.ts';
import { loadConfig } from '../config.ts';
import type { Context } from '../context.ts';
import { listIn } from '../documents/list.ts';
import { importedFrom } from '../imports/record.ts';
import { findLegacy, type FoundLegacy } from '../legacy.ts';
import { listRuns, type Located, RUNS_PATH } from '../locate.ts';
import { loglessBundles } from '../logless.ts';
import type { LegacyFacts, Named, RunFacts, WorldFacts } from './facts.ts';
import { gitFacts } from './git-facts.ts';
import { namedIn, textIn } from './names.ts';

const NONCE = 'MASTERPLAN_NONCE';

/** Looks everything up that checks are made on. Reads only; nothing that cannot be read is an error here. */
export async function gather(context: Context, located: Located, only: string | undefined): Promise<WorldFacts> {
  const { io } = context;
  const { root, runsPath } = located;
  const found = await findLegacy(io, located);
  const old = new Set(found.map(({ path }) => path));
  const slugs = new Set(
    [...(await listRuns(io, located)), ...(await loglessBundles(io, located))].filter(
      (slug) => !old.has(`${runsPath}/${slug}`),
    ),
  );
  const runs: RunFacts[] = [];
  for (const slug of [...slugs].sort())
    if (only === undefined || slug === only) runs.push(await runFacts(context, located, slug));
  const imported = found.length === 0 ? undefined : await importedFrom(io, located);
  const legacy: LegacyFacts[] = [];
  for (const one of found)
    // What was imported goes on as the bundle that it became.
    if ((only === undefined || one.bundle.slug === only) && imported?.has(one.path) !== true)
      legacy.push(await legacyFacts(context, located, one));
  const own = `${root}/.masterplan`;
  const names = async (path: string): Promise<string[]> => (await namedIn(io, path)).map(({ name }) => name);
  const there = async (path: string): Promise<boolean> =>
    (await io.files.stat(path).catch(() => undefined)) !== undefined;
  const [free, inodes] = await disk(context, root);
  const home = context.env['HOME'];
  const all = only === undefined;
  // A run that another process begins just now has its lock before its bundle, or came after we listed the bundles.
  const begins = async (slug: string): Promise<boolean> =>
    (await lockHolder(io, runPaths(root, runsPath, slug).runtime).catch(() => undefined))?.liveness === 'alive' ||
    (await there(runPaths(root, runsPath, slug).log));
  const settled = async (found: readonly string[]): Promise<string[]> => {
    const kept: string[] = [];
    for (const name of found) if (slugs.has(name) || !(await begins(name))) kept.push(name);
    return kept;
  };
  /** What a run that was archived leaves of its worktrees is an empty directory: nothing lies in it. */
  const filled = async (path: string): Promise<string[]> => {
    const kept: string[] = [];
    for (const name of await names(path)) if ((await namedIn(io, `${path}/${name}`)).length > 0) kept.push(name);
    return settled(kept);
  };
  return {
    located,
    now: io.clock.now(),
    env: context.env,
    runs,
    legacy,
    git: await gitFacts(context, located),
    config: await loadConfig(context, root).catch((error: unknown) =>
      err({
        message: error instanceof Error ? error.message : String(error),
        hint: 'look at .masterplan.yaml',
        exit: EXIT.usage,
      }),
    ),
    otherRuns: runsPath === RUNS_PATH ? [] : await listRuns(io, { root, runsPath: RUNS_PATH }),
    agents: await listAgents(context).then(
      (listed) => (listed.ok ? listed.value : undefined),
      () => undefined,
    ),
    plans: await listIn(context, located, false).catch(() => undefined),
    // Of one run alone nobody can say what belongs to none.
    runtime: {
      runs: all ? await settled(await names(`${own}/runs`)) : [],
      worktrees: all ? await filled(`${own}/worktrees`) : [],
      scratch: all ? await filled(`${own}/scratch`) : [],
    },
    queue: {
      there: await there(`${own}/queue.git`),
      whole: (await there(`${own}/queue.git/HEAD`)) && (await there(`${own}/queue.git/objects`)),
    },
    free,
    inodes,
    homeThere: home !== undefined && (await io.files.stat(home).catch(() => undefined))?.kind === 'directory',
    // Where /bin is a link, only reading through it tells.
    shellThere: (await io.files.readRange('/bin/sh', 0, 1).catch(() => new Uint8Array(1))) !== undefined,
    runtimeLink: !['directory', undefined].includes((await io.files.stat(own).catch(() => undefined))?.kind),
    outOfScope: await namedIn(io, `${root}/.out-of-scope`),
  };
}

async function runFacts(context: Context, { root, runsPath }: Located, slug: string): Promise<RunFacts> {
  const { io } = context;
  const paths = runPaths(root, runsPath, slug);
  const bundle = `${runsPath}/${slug}`;
  const unreadable: { file: string; why: string }[] = [];
  const text = (path: string): Promise<string | undefined> =>
    textIn(io, path, (why) => unreadable.push({ file: path.slice(root.length + 1), why }));
  const files = await namedIn(io, paths.bundle);
  const logBytes = files.find(({ name }) => name === 'events.jsonl')?.size;
  const holder = await lockHolder(io, paths.runtime).catch(() => undefined);
  const snapshot = await readSnapshot(io, paths);
  // Its state is folded further from here on: of the snapshot itself only its place is asked.
  const snapshotSeq = snapshot?.position.seq;
  const log = logBytes === undefined ? undefined : await logFacts(context, paths, snapshot);
  const processes = await namedIn(io, paths.processes);
  const records = await Promise.all(
    processes.map(async ({ name }) => recordIn(await textIn(io, `${paths.processes}/${name}`))),
  );
  const digests = await namedIn(io, paths.digests);
  const modules = (await namedIn(io, `${paths.bundle}/modules`)).map(({ name }) => name);
  const facts: Omit<RunFacts, 'strays'> = {
    slug,
    paths,
    bundle,
    files,
    log,
    logBytes: logBytes ?? 0,
    conflictLine: log !== undefined && !log.ok ? await conflictLine(context, paths.log) : undefined,
    stateText: await text(paths.stateFile),
    snapshotSeq,
    snapshotDamage:
      log?.ok === true
        ? await snapshotDamage(io, paths, snapshot, log.value.position, () => boardOf(log.value.state))
        : undefined,
    snapshotThere: (await io.files.stat(paths.snapshot).catch(() => undefined)) !== undefined,
    planText: await text(paths.plan),
    indexText: await text(paths.index),
    digests: await Promise.all(
      digests.map(async (one) => ({ ...one, text: await textIn(io, `${paths.digests}/${one.name}`) })),
    ),
    briefs: (await namedIn(io, paths.briefs)).map(({ name }) => name),
    subplans: await subplansIn(context, paths, modules),
    holder,
    inbox: await namedIn(io, paths.inbox),
    processes: processes.map((one, i) => ({ ...one, readable: records[i] !== undefined })),
    torn: await namedIn(io, paths.torn),
    checkouts: (await namedIn(io, paths.checkouts)).map(({ name }) => name),
    worktrees: (await namedIn(io, paths.worktrees)).map(({ name }) => name),
    scratch: (await namedIn(io, paths.scratch)).map(({ name }) => name),
    transcriptBytes: (await namedIn(io, paths.transcripts)).reduce((sum, { size }) => sum + size, 0),
    unreadable,
  };
  const owned = holder !== undefined && holder.liveness !== 'dead';
  return { ...facts, strays: owned ? [] : await straysOf(context, facts, records) };
}

async function logFacts({ io }: Context, paths: RunPaths, snapshot: Snapshot | undefined): Promise<RunFacts['log']> {
  try {
    return await replayProven(io, paths, snapshot);
  } catch (error) {
    return err({ file: paths.log, line: 0, problem: error instanceof Error ? error.message : String(error) });
  }
}

/** The first line of a damaged log on which git left its marks. */
async function conflictLine({ io }: Context, path: string): Promise<number | undefined> {
  const text = await textIn(io, path);
  const at = text === undefined ? -1 : text.search(/^(?:<<<<<<< |>>>>>>> )/m);
  return text === undefined || at < 0 ? undefined : text.slice(0, at).split('\n').length;
}

async function subplansIn({ io }: Context, paths: RunPaths, modules: readonly string[]): Promise<string[]> {
  const there: string[] = [];
  for (const name of modules) {
    if ((await io.files.stat(`${paths.bundle}/modules/${name}/plan.md`).catch(() => undefined)) !== undefined)
      there.push(name);
    for (const below of await io.files.list(`${paths.bundle}/modules/${name}`).catch(() => [])) {
      if (
        (await io.files.stat(`${paths.bundle}/modules/${name}/${below}/plan.md`).catch(() => undefined)) !== undefined
      )
        there.push(`${name}/${below}`);
    }
  }
  return there;
}

interface ProcessRecord {
  readonly nonce?: string;
  readonly process?: ProcessIdentity;
}

function recordIn(text: string | undefined): ProcessRecord | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null ? (value as ProcessRecord) : undefined;
  } catch {
    return undefined;
  }
}

/** Agents by their records and, where work is under way, by their nonce. */
async function straysOf(
  { io }: Context,
  run: Omit<RunFacts, 'strays'>,
  records: readonly (ProcessRecord | undefined)[],
): Promise<ProcessIdentity[]> {
  const alive: ProcessIdentity[] = [];
  for (const record of records) {
    const one = record?.process;
    if (one !== undefined && typeof one.pid === 'number' && (await io.processes.liveness(one)) === 'alive')
      alive.push(one);
  }
  const state = run.log?.ok === true ? run.log.value.state : undefined;
  for (const { task, progress, attempts } of state?.tasks ?? []) {
    if (
      progress.status !== 'working' ||
      !run.processes.some(({ name }) => name.startsWith(attemptFile(task.id, progress.attempt)))
    )
      continue;
    const nonce = attempts[progress.attempt - 1]?.nonce ?? '';
    if (nonce !== '') alive.push(...(await io.processes.find(NONCE, nonce)));
  }
  return alive.filter((one, i) => alive.findIndex(({ pid }) => pid === one.pid) === i);
}

async function legacyFacts({ io }: Context, { root }: Located, { bundle, path }: FoundLegacy): Promise<LegacyFacts> {
  const directory = path.endsWith('.md') ? undefined : `${root}/${path}`;
  const files: readonly Named[] = directory === undefined ? [] : await namedIn(io, directory);
  const text = async (name: string): Promise<string | undefined> =>
    directory === undefined ? undefined : textIn(io, `${directory}/${name}`);
  const hash = (content: string | undefined): string | undefined =>
    content === undefined ? undefined : sha256(content);
  const missing: string[] = [];
  for (const [name, file] of Object.entries(bundle.artifacts)) {
    if (
      !['spec', 'plan', 'events', 'retro'].includes(name) ||
      !/^[\w./-]+$/.test(file) ||
      file.startsWith('/') ||
      file.includes('..')
    )
      continue;
    if ((await io.files.stat(`${root}/${file}`).catch(() => undefined)) === undefined) missing.push(file);
  }
  const worktree = bundle.worktree.startsWith('/') ? bundle.worktree : undefined;
  return {
    bundle,
    path,
    files,
    planSha256: hash(await text('plan.md')),
    stateText: (await text('state.yml')) ?? '',
    specText: await text('spec.md'),
    goalsSha256: hash(await text('goals.md')),
    missing,
    worktreeThere:
      worktree === undefined ? undefined : (await io.files.stat(worktree).catch(() => undefined)) !== undefined,
  };
}

/** Free bytes and the used share of names, as df tells them. */
async function disk({ io, env }: Context, root: string): Promise<readonly [number | undefined, number | undefined]> {
  const ask = async (flag: string): Promise<string[]> => {
    const finished = await io.processes.run(
      { argv: ['df', flag, root], cwd: root, env: { PATH: env['PATH'] ?? '', LC_ALL: 'C' } },
      { timeout: 5_000, maxOutput: 65_536 },
    );
    return finished.code === 0
      ? (new TextDecoder().decode(finished.stdout).trim().split('\n').at(-1) ?? '').split(/\s+/)
      : [];
  };
  const blocks = Number((await ask('-Pk'))[3]);
  const [, all, used] = (await ask('-Pi')).map(Number);
  const share = all === undefined || used === undefined || !(all > 0) ? undefined : used / all;
  return [Number.isFinite(blocks) ? blocks * 1024 : undefined, share];
}
