import type { DraftUnit } from './draft.ts';
import type { Source } from './markdown/source.ts';

/** How much of each class of things a task needs while it is under way: `{ simulator: 1, gpu: 2 }`. */
export type Resources = Readonly<Record<string, number>>;

/** How the name of a class of things is spelled, in plans and in the configuration. */
export const RESOURCE_NAME = /^[a-z][a-z0-9_-]{0,31}$/;

/** More of one class than this is a slip of the pen. */
export const MOST_OF_A_RESOURCE = 1000;

const LINE = /^[ \t>]{0,12}(?:[-*+][ \t]+)?(?:\*\*|__)?resources?[ \t]*(?::(?:\*\*|__)?|(?:\*\*|__):)[ \t]*(\S.*)$/i;
const FENCE = /^[ \t>]{0,12}(?:[-*+][ \t]+)?(`{3,}|~{3,})/;

/**
 * The things that a unit says it needs, in a line `**Resources:** simulator, gpu x2`, bold or plain, wherever in its text it stands:
 * so every kind of plan has it. What cannot be read is left out; what is named twice counts as the larger number.
 */
export function resourcesOf(source: Source, unit: Pick<DraftUnit, 'quotes' | 'start' | 'end'>): Resources | undefined {
  const found: Record<string, number> = {};
  for (const { start, end } of unit.quotes ?? [unit]) {
    const text = source.shadow.slice(start, end);
    // Nearly every unit of nearly every plan says nothing of it.
    if (!/resources?/i.test(text)) continue;
    let fence: string | undefined;
    for (const line of text.split('\n')) {
      const marks = FENCE.exec(line)?.[1];
      if (fence !== undefined) {
        if (marks?.startsWith(fence) === true) fence = undefined;
      } else if (marks !== undefined) fence = marks;
      else {
        const value = LINE.exec(line.slice(0, 500))?.[1];
        for (const [name, amount] of value === undefined ? [] : readResources(value))
          found[name] = Math.max(found[name] ?? 0, amount);
      }
    }
  }
  return Object.keys(found).length === 0 ? undefined : found;
}

/** Reads `simulator, gpu x2, 2 port, licence: 3`; words that are no resource are left out. */
export function readResources(value: string): readonly (readonly [name: string, amount: number])[] {
  const plain = value.replace(/<!--.*?-->/g, ' ').replace(/[`*]/g, '');
  if (/^\W{0,3}(?:none|no|n\/a)\b/i.test(plain)) return [];
  return plain.split(/[,;+]|\band\b/i).flatMap((part): readonly (readonly [string, number])[] => {
    const text = part.trim().replace(/\.$/, '').toLowerCase();
    const after = /^([a-z][a-z0-9_-]{0,31})[ \t]*(?:[:=×x(]?[ \t]*(\d{1,4})[ \t]*[)x×]?)?$/.exec(text);
    const before = after === null ? /^(\d{1,4})[ \t]*[x×]?[ \t]*([a-z][a-z0-9_-]{0,31})$/.exec(text) : null;
    const [name, amount] =
      after !== null ? [after[1] as string, Number(after[2] ?? 1)] : [before?.[2] ?? '', Number(before?.[1] ?? 0)];
    return name === '' || amount < 1 || amount > MOST_OF_A_RESOURCE ? [] : [[name, amount]];
  });
}
