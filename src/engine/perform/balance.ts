import type { EffectOf } from '../../core/run/effect.ts';
import type { RunEvent } from '../../core/run/event.ts';
import { drawBalance as draw, type FoundTest } from '../../core/run/finish/draw.ts';
import { holdsTests } from '../../core/witness/paths.ts';
import { sourceOf } from '../../core/witness/units.ts';
import type { Performing } from './performer.ts';
import { mergeTarget } from './target.ts';

/** Test files of one tree that are read, and characters of each that are kept. */
const MOST_FILES = 2_000;
const MOST_TEXT = 20_000;

/** Finds out what the finished branch proves of the plan: its tests are read from the very tree that was verified. */
export async function drawBalance(effect: EffectOf<'draw-balance'>, performing: Performing): Promise<RunEvent[]> {
  const state = performing.state();
  const target = await mergeTarget(state, effect.commit, performing);
  const check = state.branchCheck;
  const passed = check?.passed === true && (check.of ?? check.commit) === effect.commit;
  const asks = state.terms !== undefined;
  // A merge that was verified lies in the private repository, which somebody may have deleted since: the same tree was just made anew, and
  // where the base branch moved on meanwhile, what the run itself made is on its branch.
  const verified = check?.tree === target.tree ? target.commit : effect.commit;
  const tests = asks && passed ? await testsOf(verified, performing) : [];
  const items = draw(state, { commands: passed ? (check.commands ?? []) : [], passed, tests });
  const forge = (await performing.forge?.look()) ?? { offered: false as const, why: 'nothing is known of a forge' };
  const { commit, onto } = target;
  return [
    {
      event: 'balance_drawn',
      of: effect.commit,
      commit,
      onto,
      ...(target.onto === 'conflict' ? { conflicts: target.conflicts.slice(0, 50) } : {}),
      items,
      forge,
    },
  ];
}

/** The tests of a tree; of a file in a language that is not known, all of it as one. */
export async function testsOf(commit: string, { git }: Pick<Performing, 'git'>): Promise<FoundTest[]> {
  const paths = (await git.pathsOf(commit)).filter(holdsTests).slice(0, MOST_FILES);
  const found: FoundTest[] = [];
  const texts = new Map<string, string>();
  for (let at = 0; at < paths.length; at += 500)
    for (const [path, text] of await git.textsOf(commit, paths.slice(at, at + 500))) texts.set(path, text);
  for (const [path, text] of texts) {
    const units = sourceOf(path, text, true)?.units.filter(({ kind }) => kind === 'test') ?? [];
    if (units.length === 0) found.push({ path, name: '', text: text.slice(0, MOST_TEXT) });
    for (const { name, code } of units) found.push({ path, name, text: `${name}\n${code}`.slice(0, MOST_TEXT) });
  }
  return found;
}
