import type { Span } from '../../../base/finding.ts';
import type { Rule } from '../rule.ts';
import { isEmpty, nameKey, saysNone, speaksOf } from './shared.ts';

/** MA-08: state that two blocks own is state that nobody owns. */
export const singleOwner: Rule<'macro'> = {
  id: 'MA-08',
  name: 'single-owner',
  about: 'The same state is owned by two building blocks.',
  severity: 'error',
  fix: 'none',
  kinds: ['macro'],
  *check({ detail }) {
    const hint = 'Let one block own it; the others observe it, or ask the owner to change it.';
    const owners = new Map<string, string>();
    const claim = (state: string, owner: string): string | undefined => {
      const key = nameKey(state);
      const other = owners.get(key);
      if (other === undefined) owners.set(key, owner);
      return key === '' || other === undefined || nameKey(other) === nameKey(owner) ? undefined : other;
    };
    const twice = (state: string, one: string, other: string, span: Span) => ({
      span,
      message: `"${state.slice(0, 60)}" is owned by both "${one.slice(0, 60)}" and "${other.slice(0, 60)}".`,
      hint,
    });
    for (const { name, aspects } of detail.blocks) {
      const owns = aspects.get('owns');
      if (owns === undefined || isEmpty(owns.text) || saysNone(owns.text) || /^stateless/i.test(owns.text)) continue;
      for (const state of owns.text.replace(/\([^()]{0,400}\)/g, ' ').split(/[,;\n]|\s(?:and|\+)\s/)) {
        const other = claim(state, name);
        if (other !== undefined) yield twice(state.trim(), other, name, owns.span);
      }
    }
    owners.clear();
    for (const { state, owner, span } of detail.owners) {
      const other = claim(state, owner);
      if (other !== undefined) yield twice(state, other, owner, span);
      const named = detail.blocks.slice(0, 50).filter(({ name }) => speaksOf(owner.slice(0, 400), name));
      if (named.length > 1) yield twice(state, named[0]?.name ?? '', named[1]?.name ?? '', span);
    }
  },
};
