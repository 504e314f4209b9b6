import { PLAN_KINDS } from '../../model.ts';
import type { Fix } from '../../../base/finding.ts';
import type { Draft, DraftUnit } from '../../draft.ts';
import type { Rule } from '../rule.ts';

/** GEN-002: two units with one id; commits, needs and the log could not tell them apart. */
export const dupId: Rule = {
  id: 'GEN-002',
  name: 'dup-id',
  about: 'Two units have the same normalised id.',
  severity: 'error',
  fix: 'suggest',
  refuses: true,
  kinds: PLAN_KINDS,
  *check({ draft }) {
    const first = new Map<string, DraftUnit>();
    const { source } = draft.outline;
    const free = freeNumbers(draft.units);
    for (const unit of draft.units) {
      const other = first.get(unit.id);
      if (other === undefined) {
        first.set(unit.id, unit);
        continue;
      }
      const span = source.span(unit.heading.start, unit.heading.end);
      const { line } = source.span(other.start, other.start);
      const message = `${unit.id} is already defined in line ${line}.`;
      const fix = renumbered(draft, unit, free);
      yield {
        span,
        message,
        hint: 'Give this one a number of its own, and check the needs that name it.',
        ...(fix === undefined ? {} : { fix }),
      };
    }
  },
};

/** The next free number of each series of ids, by what stands before the number. */
function freeNumbers(units: readonly DraftUnit[]): Map<string, number> {
  const free = new Map<string, number>();
  for (const { id } of units) {
    const match = SERIES.exec(id);
    if (match === null) continue;
    const prefix = match[1] as string;
    free.set(prefix, Math.max(free.get(prefix) ?? 1, Number(match[2]) + 1));
  }
  return free;
}

const SERIES = /^(.{0,40}?)(\d{1,9})$/;

function renumbered({ outline }: Draft, unit: DraftUnit, free: Map<string, number>): Fix | undefined {
  const [, prefix, number] = SERIES.exec(unit.id) ?? [];
  if (prefix === undefined || number === undefined) return undefined;
  const head = outline.source.shadow.slice(unit.heading.start, Math.min(unit.heading.end, unit.heading.start + 200));
  const written = new RegExp(String.raw`(?<!\d)0{0,8}${number}(?!\d)`).exec(head);
  if (written === null) return undefined;
  const next = free.get(prefix) as number;
  free.set(prefix, next + 1);
  const start = unit.heading.start + written.index;
  return {
    kind: 'suggest',
    title: `Make it ${prefix}${next}`,
    edits: [{ start, end: start + written[0].length, text: String(next) }],
  };
}
