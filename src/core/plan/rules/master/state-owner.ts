import type { Module } from '../../kinds/master/model.ts';
import type { Rule } from '../rule.ts';
import { nameOf } from './around.ts';

/** MS-13: two modules that own one table change it under each other. */
export const stateOwner: Rule<'master'> = {
  id: 'MS-13',
  name: 'state-owner-unique',
  about: 'Two modules own the same table, store or directory.',
  severity: 'error',
  fix: 'none',
  kinds: ['master'],
  *check({ detail }) {
    const first = new Map<string, Module>();
    for (const module of detail.modules) {
      const own = new Set<string>();
      for (const { kind, key, text, span } of module.owns) {
        const id = `${kind} ${key}`;
        if (own.has(id)) continue;
        own.add(id);
        const other = first.get(id);
        if (other === undefined) {
          first.set(id, module);
          continue;
        }
        const message = `${text.slice(0, 60)} is owned by ${nameOf(other)} and by ${nameOf(module)}.`;
        const hint = 'Let one module own it; the other one reads it ("reads `…`") or goes through an interface.';
        yield { span, message, hint };
      }
    }
  },
};
