import { pullRequestText } from '../../core/run/finish/text.ts';
import { type Forge, ForgeError } from '../forge/forge.ts';
import type { Performing } from './performer.ts';

/** One branch that becomes a pull request. */
interface Wanted {
  readonly branch: string;
  readonly commit: string;
  readonly base: string;
  /** The unit of the plan that it is of; absent: the whole run. */
  readonly task?: string;
}

/**
 * Pushes the finished branch, or the branch of each unit in order, and opens its pull request. Everything is looked at
 * first: what an earlier life pushed or opened is adopted.
 */
export async function openPullRequests(
  tip: string,
  performing: Performing,
  signal: AbortSignal,
): Promise<'opened' | 'cancelled'> {
  const { forge } = performing;
  const state = performing.state();
  const offer = await forge?.look();
  if (forge === undefined || offer?.offered !== true)
    throw new ForgeError(
      `no pull request can be opened: ${offer?.offered === false ? offer.why : 'nothing is known of a forge'}`,
      'install and log in to gh or glab',
    );
  const branches = Object.entries(state.end?.branches ?? {});
  const wanted: readonly Wanted[] =
    branches.length === 0
      ? [{ branch: state.runBranch, commit: tip, base: state.baseBranch }]
      : branches.map(([task, one]) => ({ task, ...one }));
  for (const one of wanted) {
    if (signal.aborted) return 'cancelled';
    await push(one, offer.remote, forge, performing, signal);
    if (signal.aborted) return 'cancelled';
    await open(one, offer.tool, forge, performing, signal);
  }
  return 'opened';
}

async function push(
  { branch, commit }: Wanted,
  remote: string,
  forge: Forge,
  performing: Performing,
  signal: AbortSignal,
): Promise<void> {
  if (performing.state().end?.pushed?.[branch] === commit) return;
  const there = await forge.remoteTip(remote, branch);
  await performing.confirm();
  if (there !== commit) await forge.push(remote, branch, commit, signal);
  await performing.record([{ event: 'branch_pushed', remote, branch, commit, adopted: there === commit }]);
}

async function open(
  { branch, base, task }: Wanted,
  tool: 'gh' | 'glab',
  forge: Forge,
  performing: Performing,
  signal: AbortSignal,
): Promise<void> {
  const state = performing.state();
  if (state.end?.requests?.[branch] !== undefined) return;
  const { title, body } = pullRequestText(state, task);
  const there = await forge.find(tool, branch);
  await performing.confirm();
  const url = there ?? (await forge.open(tool, { branch, base, title, body }, signal));
  await performing.record([
    {
      event: 'pull_request_opened',
      tool,
      branch,
      base,
      title,
      url,
      adopted: there !== undefined,
      ...(task === undefined ? {} : { task }),
    },
  ]);
}
