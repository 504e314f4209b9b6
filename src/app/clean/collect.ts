import { formatStamp } from '../../core/base/time.ts';
import { checkSlug } from '../../core/base/slug.ts';
import type { RunState } from '../../core/run/state.ts';
import { runPaths } from '../../engine/paths.ts';
import { oldSnapshots } from '../../engine/perform/removal.ts';
import type { Context } from '../context.ts';
import type { Place } from '../imports/bundle.ts';
import { importedFrom } from '../imports/record.ts';
import { STAGES } from '../imports/stage.ts';
import { findLegacy } from '../legacy.ts';
import { STATUS_FILES } from '../legacy-sign.ts';
import { loadRun } from '../load.ts';
import { listRuns } from '../locate.ts';
import { listProcesses } from '../ps.ts';
import { ownerOf } from '../status.ts';
import { sha256Bytes } from '../../core/base/sha256.ts';
import type { CleanItem, CleanRequest } from './model.ts';

/** Milliseconds without a sign of life after which a run counts as stale. */
const STALE = 90 * 86_400_000;
const HOUR = 3_600_000;
/** In the user's git directory. */
const SNAPSHOTS = 'masterplan/kept.git/refs/masterplan/snapshots';
/** Directories of `.masterplan` that have one for each run. */
const OF_RUNS = ['runs', 'worktrees', 'scratch', 'attached', 'trash'] as const;

interface Known {
  readonly slug: string;
  readonly state: RunState | undefined;
  readonly live: boolean;
}

/** Everything that lies about, with what would be done about it. Reads only. */
export async function collect(context: Context, place: Place, request: CleanRequest): Promise<readonly CleanItem[]> {
  const { io } = context;
  const { located } = place;
  const { root, runsPath } = located;
  const day = formatStamp(io.clock.now()).slice(0, 10);
  const archive = {
    bundles: `${place.config.archivePath ?? `${runsPath}/.archive`}/${day}`,
    rest: `.masterplan/archive/${day}`,
  };
  const action = request.delete ? 'delete' : 'archive';
  const moved = (path: string, to: string): Pick<CleanItem, 'action' | 'to'> =>
    request.delete ? { action } : { action, to: `${to}/${path.slice(path.lastIndexOf('/') + 1)}` };
  const items: CleanItem[] = [];

  const processes = await listProcesses(context, false);
  const busy = new Set(processes.ok ? processes.value.rows.flatMap(({ slug }) => slug ?? []) : []);
  const isLive = async (slug: string): Promise<boolean> =>
    !processes.ok || busy.has(slug) || (await ownerOf(context, runPaths(root, runsPath, slug))) !== undefined;

  const legacy = await findLegacy(io, located);
  const old = new Set(legacy.map(({ path }) => path.slice(path.lastIndexOf('/') + 1)));
  const runs: Known[] = [];
  for (const slug of await listRuns(io, located)) {
    if (old.has(slug)) continue;
    const loaded = await loadRun(io, runPaths(root, runsPath, slug)).catch(() => undefined);
    runs.push({ slug, state: loaded?.ok === true ? loaded.value.state : undefined, live: await isLive(slug) });
  }
  for (const { slug, state, live } of runs) {
    const path = `${runsPath}/${slug}`;
    const of = { path, slug } as const;
    if (state === undefined) {
      items.push({
        ...of,
        category: 'completed',
        what: 'a bundle whose log is damaged',
        action: 'leave',
        why: `masterplan validate ${slug}`,
      });
      continue;
    }
    const age = io.clock.now() - state.updated;
    if (state.phase !== 'over') {
      if (age > STALE && !live)
        items.push({
          ...of,
          category: 'stale',
          what: `a run without a sign of life for ${Math.floor(age / 86_400_000)} days`,
          action: 'leave',
          why: `carry it on or end it: masterplan run ${slug}, masterplan cancel ${slug}`,
        });
      continue;
    }
    const what = `the bundle of a run that is over (${state.outcome ?? ''})`;
    if (live)
      items.push({ ...of, category: 'completed', what, action: 'leave', why: `somebody has it open: masterplan ps` });
    else if (state.imported === undefined && (await io.files.stat(`${root}/${path}/retro.md`)) === undefined)
      items.push({
        ...of,
        category: 'completed',
        what,
        action: 'leave',
        why: `it has no retro yet: masterplan retro ${slug} --write`,
      });
    else {
      // While something of it lies about elsewhere, its log is needed.
      items.push(...(await leftoversOf(context, root, slug, archive.rest, request.delete)));
      items.push({ ...of, category: 'completed', what, ...moved(path, archive.bundles) });
      const runtime = `.masterplan/runs/${slug}`;
      if ((await io.files.stat(`${root}/${runtime}`)) !== undefined)
        items.push({
          category: 'completed',
          path: runtime,
          slug,
          what: 'its transcripts and evidence',
          ...moved(runtime, `${archive.rest}/runs`),
        });
    }
  }

  const imported = await importedFrom(io, located);
  for (const { bundle, path } of legacy) {
    const over = ['complete', 'archived'].includes(bundle.status);
    const as = imported.get(path);
    const what = `a ${path.endsWith('.md') ? 'status file' : 'bundle'} of an older tool (schema ${bundle.schema})`;
    const paths = path.endsWith('.md') ? await sidecars(context, root, path) : [path];
    if (as !== undefined) {
      const same = await unchanged(context, root, as.record.files);
      for (const one of paths)
        items.push({
          category: 'legacy',
          of: path,
          path: one,
          what: `${what}, imported as ${as.slug}`,
          ...(same
            ? moved(one, archive.bundles)
            : {
                action: 'leave',
                why: `it has changed since; import it again: masterplan import ${path} --slug <name>`,
              }),
        });
    } else if (over)
      for (const one of paths)
        items.push({
          category: 'completed',
          path: one,
          what: `${what}, ${bundle.status}`,
          ...(bundle.retro || bundle.status === 'archived' || path.endsWith('.md')
            ? moved(one, archive.bundles)
            : { action: 'leave', why: 'it has no retro.md' }),
        });
    else if (bundle.last !== undefined && io.clock.now() - bundle.last > STALE)
      for (const one of paths)
        items.push({
          category: 'stale',
          path: one,
          what: `${what}, without a sign of life for ${Math.floor((io.clock.now() - bundle.last) / 86_400_000)} days`,
          ...(request.categories.includes('stale')
            ? moved(one, archive.bundles)
            : {
                action: 'leave',
                why: `masterplan import ${path}; or, to archive it: masterplan clean --category=stale --apply`,
              }),
        });
  }
  items.push(...(await orphanSidecars(context, root, archive.bundles, request.delete)));

  const slugs = new Set(runs.map(({ slug }) => slug));
  for (const kind of OF_RUNS)
    for (const slug of await io.files.list(`${root}/.masterplan/${kind}`)) {
      if (slugs.has(slug) || !checkSlug(slug).ok) continue;
      const path = `.masterplan/${kind}/${slug}`;
      if ((await io.files.list(`${root}/${path}`)).length === 0) continue;
      const of = {
        category: kind === 'trash' ? ('trash' as const) : ('orphans' as const),
        path,
        slug,
        what: `${kind} of the run ${slug}, whose bundle is not here`,
      };
      items.push(
        (await isLive(slug))
          ? { ...of, action: 'leave', why: 'something of it is still running: masterplan ps' }
          : { ...of, ...moved(path, `${archive.rest}/${kind}`) },
      );
    }
  for (const { slug, live } of runs)
    for (const name of await io.files.list(`${root}/.masterplan/trash/${slug}`)) {
      const path = `.masterplan/trash/${slug}/${name}`;
      const of = { category: 'trash' as const, path, slug, what: 'what lay in the place of a worktree' };
      items.push(
        live
          ? { ...of, action: 'leave', why: 'its run is open: masterplan ps' }
          : { ...of, ...moved(path, `${archive.rest}/trash/${slug}`) },
      );
    }
  for (const name of await io.files.list(`${root}/${STAGES}`)) {
    const path = `${STAGES}/${name}`;
    const stat = await io.files.stat(`${root}/${path}`);
    if (stat !== undefined && io.clock.now() - stat.mtime > HOUR)
      items.push({
        category: 'caches',
        path,
        what: 'an import that was stopped',
        ...moved(path, `${archive.rest}/import`),
      });
  }
  for (const { slug, state } of runs) {
    if (state === undefined) continue;
    const kept = new Set(await io.files.list(`${place.repository.gitDirectory}/${SNAPSHOTS}/${state.run}`));
    const count = oldSnapshots(state, io.clock.now()).filter((name) => kept.has(name)).length;
    if (count > 0)
      items.push({
        category: 'snapshots',
        path: `${SNAPSHOTS}/${state.run}`,
        slug,
        what: `${count} snapshots of work that landed, or of a run that is over, longer ago than snapshots.keep`,
        action: 'drop',
      });
  }
  return items;
}

/** Worktrees, scratch repositories and checkouts of a run that is over. */
async function leftoversOf(
  { io }: Context,
  root: string,
  slug: string,
  archive: string,
  remove: boolean,
): Promise<CleanItem[]> {
  const items: CleanItem[] = [];
  for (const [directory, what, category] of [
    [`.masterplan/worktrees/${slug}`, 'a worktree of a run that is over', 'worktrees'],
    [`.masterplan/scratch/${slug}`, 'a scratch repository of a run that is over', 'worktrees'],
    [`.masterplan/attached/${slug}`, 'what somebody did by hand in a run that is over', 'worktrees'],
    [`.masterplan/runs/${slug}/checkouts`, 'a checkout in which a verification ran', 'caches'],
  ] as const)
    for (const name of await io.files.list(`${root}/${directory}`)) {
      const path = `${directory}/${name}`;
      // Of a repository a snapshot would be of its files, and git made them: it is moved, never stored.
      const stay = /^\.masterplan\/(?:scratch|attached)/.test(directory) || !remove;
      items.push({
        category,
        path,
        slug,
        what,
        ...(stay
          ? { action: 'archive', to: `${archive}/${directory.slice('.masterplan/'.length)}/${name}` }
          : { action: 'delete' }),
      });
    }
  return items;
}

async function unchanged({ io }: Context, root: string, files: Readonly<Record<string, string>>): Promise<boolean> {
  for (const [path, hash] of Object.entries(files)) {
    const bytes = await io.files.read(`${root}/${path}`).catch(() => undefined);
    if (bytes === undefined || sha256Bytes(bytes) !== hash) return false;
  }
  return true;
}

/** A status file with the plan and the other files of the same name beside it. */
async function sidecars({ io }: Context, root: string, path: string): Promise<string[]> {
  const stem = path.slice(path.lastIndexOf('/') + 1).replace(/-status\.md$/, '');
  const names = await io.files.list(`${root}/${STATUS_FILES}`);
  return names
    .filter((name) => name === `${stem}.md` || SIDECAR.exec(name)?.[1] === stem || name === `${stem}-status.md`)
    .map((name) => `${STATUS_FILES}/${name}`);
}

const SIDECAR =
  /^(.+)-(?:status-archive\.md|eligibility-cache\.json|telemetry(?:-archive)?\.jsonl|subagents(?:-archive)?\.jsonl|subagents-cursor|status\.queue\.jsonl)$/;

/** Files that went with a status file which is not there any more. */
async function orphanSidecars({ io }: Context, root: string, archive: string, remove: boolean): Promise<CleanItem[]> {
  const names = await io.files.list(`${root}/${STATUS_FILES}`);
  return names.flatMap((name): CleanItem[] => {
    const stem = SIDECAR.exec(name)?.[1];
    if (stem === undefined || names.includes(`${stem}-status.md`)) return [];
    const path = `${STATUS_FILES}/${name}`;
    return [
      {
        category: 'orphans',
        path,
        what: 'it went with a status file that is gone',
        ...(remove ? { action: 'delete' } : { action: 'archive', to: `${archive}/${name}` }),
      },
    ];
  });
}
