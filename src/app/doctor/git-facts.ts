import { SAFE_SETTINGS, safeEnvironment } from '../../engine/git/git.ts';
import type { Context } from '../context.ts';
import type { Located } from '../locate.ts';
import type { GitFacts, Named } from './facts.ts';
import { namedIn } from './names.ts';

/** Milliseconds after which a question is given up. */
const PATIENCE = 20_000;
const MOST_OUTPUT = 64 * 1024 * 1024;

/** What is left in a git directory while something is in the middle. */
const MIDDLES: Readonly<Record<string, string>> = {
  MERGE_HEAD: 'merge',
  'rebase-merge': 'rebase',
  'rebase-apply': 'rebase',
  CHERRY_PICK_HEAD: 'cherry-pick',
  REVERT_HEAD: 'revert',
  BISECT_LOG: 'bisect',
};

/** Asks git what doctor wants to know of the user's repository; nothing of its configuration is executed. */
export async function gitFacts(context: Context, { root, runsPath }: Located): Promise<GitFacts> {
  const { io } = context;
  // check-ignore refuses where pathspecs are literal; the paths here hold nothing that could be magic.
  const env = {
    ...safeEnvironment({ path: context.env['PATH'] ?? '', home: context.env['HOME'] ?? '/' }),
    GIT_LITERAL_PATHSPECS: '0',
  };
  const settings = SAFE_SETTINGS.flatMap((setting) => ['-c', setting]);
  const ask = async (...args: readonly string[]): Promise<{ code: number; text: string } | undefined> => {
    const finished = await io.processes.run(
      { argv: ['git', ...settings, ...args], cwd: root, env },
      { timeout: PATIENCE, maxOutput: MOST_OUTPUT },
    );
    if (finished.ended !== 'exited' || finished.code === undefined) return undefined;
    return { code: finished.code, text: new TextDecoder().decode(finished.stdout) };
  };
  const said = async (...args: readonly string[]): Promise<string | undefined> => {
    const answer = await ask(...args);
    return answer?.code === 0 ? answer.text : undefined;
  };
  const version = (await said('version'))?.trim();
  const [head, ref, refs, runtime, bundles, ignored, bundlesIgnored, common] =
    version === undefined
      ? []
      : await Promise.all([
          said('rev-parse', '--verify', '--quiet', 'HEAD^{commit}'),
          said('symbolic-ref', '--quiet', 'HEAD'),
          said('for-each-ref', '--format=%(objectname) %(refname)', 'refs/heads'),
          said('ls-files', '-z', '--', '.masterplan'),
          said('ls-files', '-z', '--', runsPath),
          ask('check-ignore', '--quiet', '--no-index', '.masterplan/x'),
          ask('check-ignore', '--quiet', '--no-index', `${runsPath}/x/events.jsonl`),
          said('rev-parse', '--path-format=absolute', '--git-common-dir'),
        ]);
  const directory = common?.trim() ?? `${root}/.git`;
  const linked = (await io.files.stat(`${root}/.git`).catch(() => undefined))?.kind === 'file';
  const there = async (name: string): Promise<boolean> =>
    (await io.files.stat(`${directory}/${name}`).catch(() => undefined)) !== undefined;
  const middles = await Promise.all(
    Object.entries(MIDDLES).map(async ([name, what]) => ((await there(name)) ? what : undefined)),
  );
  return {
    version,
    head: head?.trim(),
    branch: ref?.trim().replace(/^refs\/heads\//, ''),
    refs: refs === undefined ? undefined : refsIn(refs),
    trackedRuntime: (runtime ?? '').split('\0').filter((path) => path !== ''),
    trackedBundles: bundles === undefined ? undefined : new Set(bundles.split('\0')),
    runtimeIgnored: ignoredBy(ignored),
    bundlesIgnored: ignoredBy(bundlesIgnored),
    directory,
    linked,
    shallow: await there('shallow'),
    locks: await locksIn(context, directory),
    gone: await goneWorktrees(context, directory),
    middle: middles.find((one) => one !== undefined),
  };
}

/** 0: ignored, 1: not, everything else: git could not tell. */
function ignoredBy(answer: { readonly code: number } | undefined): boolean | undefined {
  return answer === undefined || answer.code > 1 ? undefined : answer.code === 0;
}

function refsIn(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('\n').flatMap((line): [string, string][] => {
      const at = line.indexOf(' ');
      return at < 0 ? [] : [[line.slice(at + 1), line.slice(0, at)]];
    }),
  );
}

async function locksIn({ io }: Context, directory: string): Promise<Named[]> {
  return (await namedIn(io, directory)).filter(({ name }) => name.endsWith('.lock'));
}

async function goneWorktrees({ io }: Context, directory: string): Promise<string[]> {
  const gone: string[] = [];
  for (const name of await io.files.list(`${directory}/worktrees`).catch(() => [])) {
    const bytes = await io.files.read(`${directory}/worktrees/${name}/gitdir`, 65_536).catch(() => undefined);
    const path = bytes === undefined ? '' : new TextDecoder().decode(bytes).trim();
    if (path.startsWith('/') && (await io.files.stat(path).catch(() => undefined)) === undefined)
      gone.push(path.replace(/\/\.git$/, ''));
  }
  return gone;
}
