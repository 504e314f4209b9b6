import { isGlob } from '../../glob.ts';
import { normaliseScope } from '../../scope.ts';
import type { Rule } from '../rule.ts';

/** MI-13: a file that is modified must be there, in the repository or from an earlier task. */
export const fileOrder: Rule<'micro'> = {
  id: 'MI-13',
  name: 'file-order',
  about: 'A task modifies a file that no earlier task creates and git does not track.',
  severity: 'error',
  fix: 'none',
  kinds: ['micro'],
  *check({ draft, detail, facts }) {
    if (facts.files === undefined) return;
    const created = new Set<string>();
    const later = new Map<string, string>();
    for (const [at, { files }] of detail.tasks.entries()) {
      for (const { path, use } of files) {
        const normal = normaliseScope(path);
        if (use === 'create' && normal.ok && !later.has(normal.value))
          later.set(normal.value, draft.units[at]?.id ?? '');
      }
    }
    for (const [at, { files }] of detail.tasks.entries()) {
      const id = draft.units[at]?.id ?? '';
      for (const { path, use } of files) {
        const normal = normaliseScope(path);
        if (normal.ok && (use === 'create' || use === 'test')) created.add(normal.value);
      }
      for (const { path, use, span } of files) {
        const normal = normaliseScope(path);
        if (use !== 'modify' || !normal.ok || isGlob(normal.value) || normal.value.endsWith('/')) continue;
        if (created.has(normal.value) || facts.files.has(normal.value)) continue;
        const creator = later.get(normal.value);
        const message =
          creator === undefined
            ? `${id} modifies ${path}, which does not exist and no task creates.`
            : `${id} modifies ${path}, which only ${creator} creates.`;
        const hint =
          creator === undefined ? 'Mend the path, or write Create instead of Modify.' : `Put ${creator} first.`;
        yield { span, message, hint };
      }
    }
  },
};
