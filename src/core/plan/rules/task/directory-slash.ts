import { normaliseScope, scopeForm } from '../../scope.ts';
import type { Rule } from '../rule.ts';

/** TK-08: a path that other paths of the plan lie in is a directory, but is written like a file. */
export const directorySlash: Rule<'task'> = {
  id: 'TK-08',
  name: 'directory-slash',
  about: 'A path without a slash at its end looks like a directory.',
  severity: 'warning',
  fix: 'auto',
  kinds: ['task'],
  *check({ draft, compiled }) {
    const parents = new Set<string>();
    for (const task of compiled.tasks) {
      for (const entry of task.scope) {
        const at = entry.lastIndexOf('/', entry.length - 2);
        if (at > 0) parents.add(entry.slice(0, at));
      }
    }
    for (const unit of draft.units) {
      for (const { text, span } of unit.paths) {
        if (text.endsWith('/') || !looksLikeDirectory(text.replace(/^(?:\.\/)+/, ''), parents)) continue;
        const path = normaliseScope(text);
        if (!path.ok || scopeForm(path.value) !== 'file' || !looksLikeDirectory(path.value, parents)) continue;
        const message = `\`${path.value}\` allows only a file of that name.`;
        // The span holds the backticks too; the slash belongs behind the path itself.
        const written = draft.outline.source.text.slice(span.start, span.end).lastIndexOf(text);
        const at = span.start + written + text.length;
        yield {
          span,
          message,
          hint: `If it is a directory, write \`${path.value}/\`.`,
          ...(written < 0
            ? {}
            : {
                fix: {
                  kind: 'auto' as const,
                  title: 'Write it as a directory',
                  edits: [{ start: at, end: at, text: '/' }],
                },
              }),
        };
      }
    }
  },
};

const KNOWN_DIRECTORY =
  /(?:^|\/)(?:src|lib|test|tests|docs?|app|apps|packages|scripts|examples|__tests__|spec|public|assets)$/;

function looksLikeDirectory(path: string, parents: ReadonlySet<string>): boolean {
  return parents.has(path) || KNOWN_DIRECTORY.test(path);
}
