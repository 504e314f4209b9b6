import { nearest } from '../core/base/nearest.ts';
import { err, ok, type Result } from '../core/base/result.ts';
import { implementer } from '../core/run/seats.ts';
import { createRepositories } from '../engine/git/create.ts';
import { dirtyFiles } from '../engine/git/inspect.ts';
import type { UserRepository } from '../engine/git/repositories.ts';
import { EXIT, type AppRefusal, type RunOptions } from './api.ts';
import { vacantRoles } from './config-roles.ts';
import type { Config } from './config.ts';
import type { Context } from './context.ts';
import type { PlanFile } from './create.ts';
import { basePath, environmentOf } from './environment.ts';
import { didYouMean } from './lint-rules.ts';
import { shown, type Located } from './locate.ts';

/** Whether a run of this plan can be created here and now; every refusal leaves everything as it was. */
export async function fitForNew(
  context: Context,
  repository: UserRepository,
  config: Config,
  options: RunOptions,
  slug: string,
  file: PlanFile | string,
  located: Located,
): Promise<Result<void, AppRefusal>> {
  const settings = config.settings;
  const role = implementer(settings);
  if (!Object.hasOwn(settings.agents, role)) {
    const names = Object.keys(settings.agents);
    return err({
      message:
        names.length === 0
          ? 'no agent is configured'
          : role === ''
            ? `several agents are configured (${names.join(', ')}), and none has the role "implement"`
            : `the role "implement" names the agent "${role}", which is not configured`,
      hint: 'masterplan agents shows what is installed; in .masterplan.yaml:  agents: {claude: {}, mine: {command: [program, argument]}}  and  roles: {implement: mine}',
      exit: EXIT.usage,
    });
  }
  const [vacant] = vacantRoles(settings);
  if (vacant !== undefined) {
    const near = didYouMean(nearest(vacant.agent, Object.keys(settings.agents)));
    return err({
      message: `the role "${vacant.role}" names the agent "${vacant.agent}", which is not configured${near}`,
      hint: `configured are: ${Object.keys(settings.agents).join(', ')}; leave the role out to have its usual agent`,
      exit: EXIT.usage,
    });
  }
  if (options.base === undefined && repository.branch === undefined) {
    return err({
      message: 'HEAD is detached, so there is no branch to finish on',
      hint: 'git switch <branch>, or: --base <branch>',
      exit: EXIT.failed,
    });
  }
  const named = typeof file === 'string' ? (options.authoring?.spec?.path ?? file) : file.path;
  const own = [shown(named, located.root), '.masterplan.yaml', '.gitignore'];
  const changed = await dirtyFiles(context.io, repository.root, environmentOf(context));
  if (!changed.ok) return err({ ...changed.error, exit: EXIT.failed });
  const dirty = changed.value.filter((path) => !own.includes(path) && !path.startsWith(`${located.runsPath}/`));
  if (dirty.length > 0 && options.allowDirty !== true) {
    return err({
      message: `${dirty.length} tracked ${dirty.length === 1 ? 'file has' : 'files have'} uncommitted changes, which no agent would see: ${dirty.slice(0, 5).join(', ')}${dirty.length > 5 ? ', …' : ''}`,
      hint: 'git commit or git stash them, or start without them: --allow-dirty',
      exit: EXIT.failed,
    });
  }
  const base = await baseOf(context, repository, options);
  if (!base.ok) return base;
  const git = gitOf(context, repository, slug);
  const taken = await git.branchTip(`masterplan/${slug}`);
  if (taken !== undefined) {
    return err({
      message: `the branch masterplan/${slug} exists already, at ${taken.slice(0, 12)}, and belongs to no run here`,
      hint: `choose another name: --slug <name>; or, if nothing on it is needed: git branch -D masterplan/${slug}`,
      exit: EXIT.failed,
    });
  }
  const beside = await git.inTheWay(`masterplan/${slug}`);
  if (beside !== undefined) {
    return err({
      message: `git cannot make the branch masterplan/${slug} beside the branch ${beside}`,
      hint: `give that one another name: git branch -m ${beside} <name>`,
      exit: EXIT.failed,
    });
  }
  return ok(undefined);
}

/** Where a new run starts and where it is to end: the branch asked for, or the one checked out. */
export async function baseOf(
  context: Context,
  repository: UserRepository,
  options: RunOptions,
): Promise<Result<{ branch: string; commit: string }, AppRefusal>> {
  const branch = options.base ?? repository.branch ?? '';
  if (options.base === undefined) return ok({ branch, commit: repository.head });
  const commit = await gitOf(context, repository, 'base').branchTip(branch);
  if (commit === undefined)
    return err({ message: `there is no branch ${branch}`, hint: 'git branch --list', exit: EXIT.usage });
  return ok({ branch, commit });
}

/** The three repositories of a run. */
export function gitOf(
  context: Context,
  repository: UserRepository,
  slug: string,
): ReturnType<typeof createRepositories> {
  return createRepositories(context.io, {
    root: repository.root,
    gitDirectory: repository.gitDirectory,
    slug,
    identity: repository.identity,
    ignored: repository.ignored,
    tools: { path: basePath(context), home: context.env['HOME'] ?? '' },
  });
}

/** Keeps git from seeing the runtime directory, without touching any file of the project. */
export async function excludeRuntime(
  context: Context,
  repository: Pick<UserRepository, 'gitDirectory'>,
): Promise<void> {
  const path = `${repository.gitDirectory}/info/exclude`;
  const bytes = await context.io.files.read(path, 1024 * 1024);
  const text = bytes === undefined ? '' : new TextDecoder().decode(bytes);
  if (/^\/?\.masterplan\/?\s*$/m.test(text)) return;
  await context.io.files.makeDirectory(`${repository.gitDirectory}/info`);
  await context.io.files.write(path, `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}/.masterplan/\n`);
}
