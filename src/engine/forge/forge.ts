import type { ForgeOffer } from '../../core/run/finish/forge.ts';
import { pushWords } from '../../core/run/finish/push-words.ts';
import type { FinishSettings } from '../../core/run/finish/settings.ts';
import { printable } from '../../core/base/text.ts';
import type { Io } from '../../io/io.ts';

/** What a pull request says. */
export interface PullRequestText {
  readonly branch: string;
  readonly base: string;
  readonly title: string;
  readonly body: string;
}

/** The remote did not take it, or the forge's program refused: what was tried, its own last words, and what to do. */
export class ForgeError extends Error {
  override readonly name = 'ForgeError';
  readonly hint: string;
  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

/** Where branches are pushed to and pull requests are opened: always through the user's own git and the forge's own program. */
export interface Forge {
  /** Whether pull requests can be opened from here. Asks nobody but this machine. */
  look(): Promise<ForgeOffer>;
  /** Where a branch stands at the remote. */
  remoteTip(remote: string, branch: string): Promise<string | undefined>;
  /** Pushes a commit to a branch of the remote, forward only. Rejects with {@link ForgeError}. */
  push(remote: string, branch: string, commit: string, signal: AbortSignal): Promise<void>;
  /** The address of the open pull request of a branch, if there is one. */
  find(tool: 'gh' | 'glab', branch: string): Promise<string | undefined>;
  /** Opens a pull request and returns its address. */
  open(tool: 'gh' | 'glab', text: PullRequestText, signal: AbortSignal): Promise<string>;
}

/** Milliseconds for one call of the forge's program, and for a push. */
const LIMIT = 120_000;
const PUSH_LIMIT = 600_000;
const URL = /https?:\/\/[^\s"'<>]+/g;

/** The forge as this machine knows it. `env` is the person's own environment: git and the programs find their accounts in it. */
export function forgeOf(io: Io, root: string, env: Readonly<Record<string, string>>, settings: FinishSettings): Forge {
  const quiet = {
    ...env,
    GIT_TERMINAL_PROMPT: '0',
    GH_PROMPT_DISABLED: '1',
    GH_NO_UPDATE_NOTIFIER: '1',
    NO_PROMPT: '1',
  };
  const run = async (
    argv: readonly [string, ...string[]],
    signal?: AbortSignal,
    timeout = LIMIT,
    words = lastWords,
  ): Promise<{ readonly there: boolean; readonly code: number; readonly out: string; readonly said: string }> => {
    const finished = await io.processes.run(
      { argv, cwd: root, env: quiet },
      { timeout, ...(signal === undefined ? {} : { signal }) },
    );
    const out = new TextDecoder().decode(finished.stdout);
    return {
      there: finished.ended !== 'not-started',
      code: finished.ended === 'exited' ? (finished.code ?? -1) : -1,
      out,
      said: finished.ended === 'timeout' ? `not finished after ${timeout / 1000} s` : words(finished.stderr, out),
    };
  };
  const has = async (tool: string): Promise<boolean> => (await run([tool, '--version'])).there;
  return {
    look: async () => {
      const remotes = (await run(['git', 'remote'])).out.split('\n').filter((one) => one !== '');
      const remote =
        settings.remote ?? (remotes.includes('origin') ? 'origin' : remotes.length === 1 ? remotes[0] : undefined);
      if (remote === undefined || !remotes.includes(remote))
        return {
          offered: false,
          why:
            settings.remote !== undefined
              ? `the repository has no remote "${settings.remote}"`
              : remotes.length === 0
                ? 'the repository has no remote'
                : `the repository has several remotes (${remotes.join(', ')}): name one in pull_request.remote`,
        };
      const url = (await run(['git', 'remote', 'get-url', '--push', remote])).out.trim();
      const wanted = settings.tool === undefined ? toolsFor(url) : [settings.tool];
      for (const tool of wanted) if (await has(tool)) return { offered: true, tool, remote, url: withoutSecrets(url) };
      return { offered: false, why: `${wanted.join(' and ')} ${wanted.length === 1 ? 'is' : 'are'} not installed` };
    },
    remoteTip: async (remote, branch) => {
      const asked = await run(['git', 'ls-remote', remote, `refs/heads/${branch}`]);
      if (asked.code !== 0)
        throw new ForgeError(`${remote} cannot be read: ${asked.said}`, `git ls-remote ${remote} should answer`);
      return /^([0-9a-f]{40,64})\s/.exec(asked.out)?.[1];
    },
    push: async (remote, branch, commit, signal) => {
      const pushed = await run(
        ['git', 'push', '--porcelain', remote, `${commit}:refs/heads/${branch}`],
        signal,
        PUSH_LIMIT,
        pushWords,
      );
      if (pushed.code !== 0)
        throw new ForgeError(
          `${branch} could not be pushed to ${remote}: ${pushed.said}`,
          `git push ${remote} ${branch} should go`,
        );
    },
    find: async (tool, branch) => {
      const asked = await run(
        tool === 'gh'
          ? ['gh', 'pr', 'list', '--head', branch, '--state', 'open', '--json', 'url', '--limit', '1']
          : ['glab', 'mr', 'list', '--source-branch', branch, '--output', 'json'],
      );
      if (asked.code !== 0)
        throw new ForgeError(
          `${tool} does not say which pull requests there are: ${asked.said}`,
          `${tool} auth status`,
        );
      return (asked.out.match(URL) ?? []).find((url) => /\/(?:pull|merge_requests)\/\d+$/.test(url));
    },
    open: async (tool, { branch, base, title, body }, signal) => {
      const draft = settings.draft === true ? ['--draft'] : [];
      const made = await run(
        tool === 'gh'
          ? ['gh', 'pr', 'create', '--head', branch, '--base', base, '--title', title, '--body', body, ...draft]
          : [
              ...(['glab', 'mr', 'create', '--source-branch', branch, '--target-branch', base] as const),
              ...['--title', title, '--description', body, '--yes', ...draft],
            ],
        signal,
      );
      const url = made.out.match(URL)?.at(-1);
      if (made.code !== 0 || url === undefined)
        throw new ForgeError(`${tool} opened no pull request for ${branch}: ${made.said}`, `${tool} auth status`);
      return url;
    },
  };
}

/** The last lines of what a program said. */
function lastWords(stderr: string, stdout: string): string {
  const lines = printable(`${stderr}\n${stdout}`).split('\n');
  return lines
    .flatMap((line) => line.trim() || [])
    .slice(-4)
    .join('; ');
}

/** The programs that fit the address of a remote; both, where it says nothing. */
function toolsFor(url: string): readonly ('gh' | 'glab')[] {
  const host = /^(?:\w+:\/\/)?(?:[^@/]*@)?([^:/]+)/.exec(url)?.[1] ?? '';
  if (/\bgitlab\b/i.test(host)) return ['glab'];
  if (/\bgithub\b/i.test(host)) return ['gh'];
  return ['gh', 'glab'];
}

/** An address as it may be written down: without a user's password. */
function withoutSecrets(url: string): string {
  return url.replace(/^(\w+:\/\/)[^@/]*@/, '$1');
}
