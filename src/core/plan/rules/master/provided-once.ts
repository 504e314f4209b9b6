import type { Module } from '../../kinds/master/model.ts';
import type { Rule } from '../rule.ts';
import { nameOf } from './around.ts';

/** MS-08: what two modules provide, two agents build. */
export const providedOnce: Rule<'master'> = {
  id: 'MS-08',
  name: 'provided-by-one',
  about: 'Two modules provide the same thing.',
  severity: 'warning',
  fix: 'none',
  kinds: ['master'],
  *check({ detail }) {
    const first = new Map<string, Module>();
    for (const module of detail.modules) {
      const own = new Set<string>();
      for (const { key, text, span } of module.provides) {
        if (key.length < 2 || own.has(key)) continue;
        own.add(key);
        const other = first.get(key);
        if (other === undefined) first.set(key, module);
        else {
          const message = `${text.slice(0, 60)} is provided by ${nameOf(other)} and by ${nameOf(module)}.`;
          yield {
            span,
            message,
            hint: 'Let one module provide it and the other depend on it, or define it in Phase 0.',
          };
        }
      }
    }
  },
};
