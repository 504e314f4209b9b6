import { inScope, scopeForm } from './scope.ts';

/**
 * Whether every path in scope `b` is in scope `a`, as far as their spelling shows: what cannot be told is not covered. An empty
 * scope is undeclared and stands for everything.
 */
export function scopeCovers(a: readonly string[], b: readonly string[]): boolean {
  if (a.length === 0 || a.includes('**')) return true;
  if (b.length === 0) return false;
  return b.every((entry) => {
    if (a.includes(entry)) return true;
    if (scopeForm(entry) === 'file') return inScope(a, entry);
    const fixed = entry.slice(0, entry.search(/[*?[{]|$/));
    return a.some((wide) => scopeForm(wide) === 'directory' && fixed.startsWith(wide));
  });
}
