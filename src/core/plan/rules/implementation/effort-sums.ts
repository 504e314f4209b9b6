import { hoursText } from '../../kinds/implementation/effort.ts';
import type { Effort, EffortLine } from '../../kinds/implementation/model.ts';
import type { Remark, Rule } from '../rule.ts';

type Hours = Pick<Effort, 'low' | 'high'>;

/** IS-14: hours that do not add up. */
export const effortSums: Rule<'implementation'> = {
  id: 'IS-14',
  name: 'effort-sums',
  about: 'The hours of the phases do not add up to the implementation, or the parts not to the total.',
  severity: 'warning',
  fix: 'auto',
  kinds: ['implementation'],
  *check({ detail }) {
    const lines = detail.effort?.lines ?? [];
    const implementation = lines.find(({ name }) => name === 'implementation');
    if (implementation?.effort !== undefined) {
      const listed = sum(implementation.phases.map(({ effort }) => effort));
      const headed = detail.phases.map(({ effort }) => effort);
      const phases =
        implementation.phases.length > 0
          ? listed
          : headed.length > 0 && headed.every((effort) => effort !== undefined)
            ? sum(headed as readonly Effort[])
            : undefined;
      if (phases !== undefined && !same(phases, implementation.effort)) {
        yield wrong(implementation, implementation.effort, phases, 'the phases');
        return;
      }
      for (const { number, effort } of implementation.phases) {
        const phase = detail.phases.find((one) => one.number === number)?.effort;
        if (phase === undefined || same(phase, effort)) continue;
        const message = `Phase ${number} has ${hoursText(effort.low, effort.high)} here, but ${hoursText(phase.low, phase.high)} in its heading.`;
        yield { span: effort.span, message, hint: 'Write the same hours in both places.' };
      }
    }
    const total = lines.find(({ name }) => name === 'total');
    const parts = lines.filter(({ name }) => name !== 'total');
    const stated = parts.filter(({ effort }) => effort !== undefined);
    if (total?.effort === undefined || stated.length < 2) return;
    // What is done may count or not, and so may what has a name of its own.
    const sums = [
      stated,
      stated.filter(({ done }) => !done),
      stated.filter(({ name }) => name !== 'other'),
      stated.filter(({ name, done }) => name !== 'other' && !done),
    ].map((some) => sum(some.map(({ effort }) => effort as Effort)));
    const own = total.effort;
    if (!sums.some((one) => same(one, own))) yield wrong(total, own, sums[0] as Hours, 'its parts');
  },
};

function sum(efforts: readonly Hours[]): Hours {
  return efforts.reduce((all, { low, high }) => ({ low: all.low + low, high: all.high + high }), { low: 0, high: 0 });
}

function same(a: Hours, b: Hours): boolean {
  return Math.abs(a.low - b.low) < 2 && Math.abs(a.high - b.high) < 2;
}

function wrong({ label }: EffortLine, { low, high, span }: Effort, right: Hours, what: string): Remark {
  const text = hoursText(right.low, right.high);
  return {
    span,
    message: `${label} states ${hoursText(low, high)}, but ${what} add up to ${text}.`,
    hint: `Write ${text}, or correct ${what}.`,
    fix: { kind: 'auto', title: `Write ${text}`, edits: [{ start: span.start, end: span.end, text }] },
  };
}
