import type { DraftUnit } from '../../draft.ts';
import type { Rule } from '../rule.ts';
import { unitSpan } from './shared.ts';

/** IS-22: a wave that begins before what it needs is done. */
export const waveConsistent: Rule<'implementation'> = {
  id: 'IS-22',
  name: 'wave-consistent',
  about: 'A unit stands in the same wave as one that it needs, or in an earlier one.',
  severity: 'error',
  fix: 'auto',
  kinds: ['implementation'],
  *check({ draft, detail, compiled }) {
    if (detail.form !== 'waves') return;
    const { units } = draft;
    const at = new Map<string, number>();
    units.forEach(({ id }, i) => {
      if (!at.has(id)) at.set(id, i);
    });
    const needs = units.map((): number[] => []);
    for (const { from, to, why } of compiled.edges) {
      const need = at.get(from);
      const own = at.get(to);
      if (why === 'declared' && need !== undefined && own !== undefined && need !== own) needs[own]?.push(need);
    }
    const right = settled(units, needs);
    const { source } = draft.outline;
    for (const [i, unit] of units.entries()) {
      const stated = unit.declaredWave;
      const wave = right[i];
      const task = detail.tasks[i];
      if (stated === undefined) continue;
      const span = task?.waveSpan ?? unitSpan(draft, unit);
      if (wave !== undefined && wave > stated) {
        const late = (needs[i] as number[]).find((need) => (right[need] ?? -1) >= stated) as number;
        const other = units[late] as DraftUnit;
        const cell = source.text.slice(span.start, span.end);
        const digits = /^(?:wave\s+)?#?\d{1,6}$/i.test(cell) ? /\d{1,6}/.exec(cell) : null;
        const edits = digits === null ? [] : [{ start: span.start + digits.index, end: span.end, text: String(wave) }];
        yield {
          span,
          message: `${unit.id} is in wave ${stated}, but needs ${other.id} of wave ${right[late]}.`,
          hint: `It can begin in wave ${wave}.`,
          ...(edits.length === 0 ? {} : { fix: { kind: 'auto', title: `Put ${unit.id} into wave ${wave}`, edits } }),
        };
      } else if (task?.orderWave !== undefined && task.orderWave !== stated) {
        const message = `${unit.id} is in wave ${stated} here, but in wave ${task.orderWave} of the execution order.`;
        yield { severity: 'warning', span, message, hint: 'Write the same wave in both places.' };
      }
    }
  },
};

/** The wave in which each unit can begin: as stated, but behind all it needs; units on cycles stay where they are. */
function settled(units: readonly DraftUnit[], needs: readonly (readonly number[])[]): readonly (number | undefined)[] {
  const right = units.map(({ declaredWave }) => declaredWave);
  const waiting = needs.map((list) => list.length);
  const users = units.map((): number[] => []);
  needs.forEach((list, i) => {
    for (const need of list) users[need]?.push(i);
  });
  const open = waiting.flatMap((count, i) => (count === 0 ? [i] : []));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const wave = right[next];
    for (const user of users[next] as number[]) {
      const own = right[user];
      if (wave !== undefined && own !== undefined && own <= wave) right[user] = wave + 1;
      waiting[user] = (waiting[user] as number) - 1;
      if (waiting[user] === 0) open.push(user);
    }
  }
  return right.map((wave, i) => ((waiting[i] as number) > 0 ? units[i]?.declaredWave : wave));
}
