import type { RunState } from '../../src/core/run/state.ts';
import type { RunPaths } from '../../src/engine/paths.ts';
import type { Truth } from './agents.ts';
import type { Dice } from './dice.ts';
import type { Machine } from './machine.ts';
import type { Faults } from './scenario.ts';

/** Somebody does something to the repository that masterplan did not expect. */
export function meddle(
  what: Faults['meddling'][number]['what'],
  machine: Machine,
  state: RunState,
  paths: RunPaths,
  truth: Truth,
  dice: Dice,
): void {
  const { git, disk, world } = machine;
  const tip = git.branches.get(state.runBranch);
  world.note(`somebody: ${what}`);
  const commitOn = (branch: string, onto: string): void => {
    const content = `by a person ${dice.hex(4)}\n`;
    truth.written.add(content);
    const tree = new Map([...git.treeOf(onto), [`person-${dice.hex(2)}.txt`, content] as const]);
    const commit = git.commit(git.writeTree(tree), [onto], 'by hand', machine.now());
    git.userObjects.add(commit.id);
    git.branches.set(branch, commit.id);
  };
  switch (what) {
    case 'forward':
      if (tip !== undefined) commitOn(state.runBranch, tip);
      return;
    case 'rewind': {
      const parent = tip === undefined || tip === state.base ? undefined : git.get(tip).parents[0];
      if (parent !== undefined) git.branches.set(state.runBranch, parent);
      return;
    }
    case 'delete':
      git.branches.delete(state.runBranch);
      return;
    case 'base-forward': {
      const main = git.branches.get('main');
      if (main !== undefined) commitOn('main', main);
      return;
    }
    case 'dirty':
      git.dirty = ['README.md'];
      return;
    case 'worktree': {
      const node = disk.find(paths.worktrees);
      if (node?.kind !== 'directory' || node.entries.size === 0) return;
      const name = dice.pick([...node.entries.keys()]);
      truth.wiped.add(name);
      disk.set(node, name, undefined, paths.worktrees);
      return;
    }
    case 'queue-lost':
      return;
  }
}
