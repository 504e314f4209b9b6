import type { Breach, Node, Place, Rule } from './project.ts';

/** Methods that delete something which may be somebody's work. */
const DELETING = new Set(['removeTree', 'removeWorktree', 'deleteBranch', 'dropSnapshots']);

/** Who may call them, and what they delete: nothing of an agent or a person that is not proven to be kept. */
const ALLOWED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'src/engine/perform/removal.ts': {
    removeWorktree: 'what is proven to be kept',
    removeTree: 'what is proven to be kept, byte for byte',
    dropSnapshots: 'what landed long ago',
  },
  'src/engine/perform/branch.ts': { deleteBranch: 'the run branch, when a person said discard; its commits stay kept' },
  'src/engine/git/worktrees.ts': {
    removeTree: 'carries out what removal.ts asks for',
    removeWorktree: 'half-made ones',
  },
  'src/engine/git/publish.ts': { deleteBranch: 'carries out what a person chose' },
  'src/engine/git/queue.ts': { removeTree: 'indexes of our own that an earlier life left in the private repository' },
  'src/app/doctor/fixes.ts': { removeTree: 'clean checkouts of commits that are kept, in which a verification died' },
  'src/app/convert-with.ts': { removeTree: 'the scratch repository of `convert --with`' },
  'src/app/imports/verify.ts': { removeTree: 'the checkouts of commits, of `import --verify`' },
  'src/engine/agents/repair.ts': { removeTree: 'the refused digest of an earlier life, whose words are in the log' },
  'src/app/agents/try.ts': { removeTree: 'the scratch repository of `agents test`' },
};

/** Deletion on proof: worktrees, branches and trees are removed where a proof is asked for, and nowhere else. */
export const deletion: Rule = ({ sources }) =>
  sources.flatMap((source) => {
    if (!source.path.startsWith('src/') || source.path.startsWith('src/io/')) return [];
    const breaches: Breach[] = [];
    for (const place of source.nodes) {
      const name = called(place);
      if (name === undefined || !DELETING.has(name) || isStage(place) || ALLOWED[source.path]?.[name] !== undefined)
        continue;
      breaches.push({
        path: source.path,
        line: place.line,
        message: `calls ${name}: what may be somebody's work is removed by engine/perform/removal.ts, with a proof`,
      });
    }
    return breaches;
  });

/** The name of the method or function that is called here. */
function called({ node }: Place): string | undefined {
  if (node.type !== 'CallExpression') return undefined;
  const callee = node['callee'] as Node;
  if (callee.type === 'Identifier') return String(callee['name']);
  if (callee.type !== 'MemberExpression') return undefined;
  const property = callee['property'] as Node;
  return String(callee['computed'] === true ? property['value'] : property['name']);
}

/** `removeTree(stage)`: what git writes on the way lies in a directory of our own that is called so everywhere. */
function isStage({ node }: Place): boolean {
  const [first] = node['arguments'] as Node[];
  return first?.type === 'Identifier' && first['name'] === 'stage';
}
